"""Plans a film before a word of it is written: beat, place, hour, weather, pose and things of every scene."""

import random
from collections import Counter
from dataclasses import dataclass

from scene_svc.grammar.arcs import Arc, Beat
from scene_svc.grammar.beats import STORY_BEATS
from scene_svc.grammar.heroes import Hero, voice_of
from scene_svc.grammar.ideas import Idea, Thing
from scene_svc.grammar.nouns import verbs_of
from scene_svc.grammar.poses import POSES_OF_VERBS, STILL_POSES
from scene_svc.grammar.routes import Stop, route, stop_of
from scene_svc.grammar.special_beats import SPECIAL_BEATS
from scene_svc.grammar.times import DAYS, WEATHERS, Weather

BEATS = {beat.name: beat for beat in (*STORY_BEATS, *SPECIAL_BEATS)}
WEATHER_CHANCE = 0.4
"""How often an open place has weather when the idea asks for none."""


@dataclass(frozen=True)
class Cue:
    """What the film wants of one scene."""

    index: int
    beat: Beat
    stop: Stop
    hour: str
    weather: Weather | None
    pose: str
    things: tuple[Thing, ...] = ()
    light: Thing | None = None
    """An hour the idea names, which lights this scene."""
    role: Thing | None = None
    """What the idea calls the character, said here."""
    passage: str = ""
    is_last: bool = False


def plan(idea: Idea, *, hero: Hero, arc: Arc, scenes: int, chance: random.Random) -> list[Cue]:
    """A cue for every scene; each thing and passage of the idea is in at least one of them."""
    beats = [BEATS[name] for name in arc.spread(scenes)]
    stops = route(idea, hero_text=hero.text, scenes=scenes, chance=chance)
    passages = _passages(idea, scenes=scenes)
    stops = [stop_of(passage) or stop for passage, stop in zip(passages, stops, strict=True)]
    hours = _hours(idea, scenes=scenes, chance=chance)
    poses = _poses(idea, beats=beats, stops=stops, chance=chance)
    role = _role(idea, hero)
    lights = _lights(idea, stops=stops, hours=hours)
    things = _dealt(_unplaced(idea, hero=hero, stops=stops, role=role, lights=lights), scenes=scenes)
    return [
        Cue(
            index=index,
            beat=beats[index],
            stop=stops[index],
            hour=hours[index],
            weather=_weather(idea, stop=stops[index], hour=hours[index], beat=beats[index], chance=chance),
            pose=poses[index],
            things=things[index],
            light=lights.get(index),
            role=role if index == 0 else None,
            passage=passages[index],
            is_last=index == scenes - 1,
        )
        for index in range(scenes)
    ]


def _hours(idea: Idea, *, scenes: int, chance: random.Random) -> list[str]:
    """The light moves on through one day; through one that has the hours the idea names."""
    asked = {thing.hour for thing in idea.things if thing.hour}
    best = max(len(asked & set(day)) for day in DAYS)
    day = chance.choice([day for day in DAYS if len(asked & set(day)) == best])
    return [day[round(index * (len(day) - 1) / max(1, scenes - 1))] for index in range(scenes)]


def _lights(idea: Idea, *, stops: list[Stop], hours: list[str]) -> dict[int, Thing]:
    lights: dict[int, Thing] = {}
    for thing in idea.things:
        fitting = (
            index
            for index, (stop, hour) in enumerate(zip(stops, hours, strict=True))
            if hour == thing.hour and index not in lights and stop.place.air in {"open", "indoors"}
        )
        scene = next(fitting, None)
        if scene is not None and not thing.is_place and thing.sort in {"nature", "thing"}:
            lights[scene] = thing
    return lights


def _poses(idea: Idea, *, beats: list[Beat], stops: list[Stop], chance: random.Random) -> list[str]:
    """One pose to a scene: what the beat likes, what the idea's verbs ask for, the least used first."""
    asked = [POSES_OF_VERBS[verb] for verb in verbs_of(idea.text) if verb in POSES_OF_VERBS]
    used: Counter[str] = Counter()
    poses: list[str] = []
    for beat, stop in zip(beats, stops, strict=True):
        wanted = {*beat.poses, *asked[:2]}
        possible = sorted(wanted & STILL_POSES or STILL_POSES) if stop.place.still else sorted(wanted)
        fresh = [pose for pose in possible if poses[-1:] != [pose]] or possible
        chance.shuffle(fresh)
        pose = min(fresh, key=lambda one: used[one])
        used[pose] += 1
        poses.append(pose)
    return poses


def _role(idea: Idea, hero: Hero) -> Thing | None:
    """The idea's subject where it may be the character: a single person of no other gender, not named elsewhere."""
    subject = idea.things[0] if idea.things else None
    if subject is None or subject.sort != "person" or subject.plural != hero.plural:
        return None
    others = (thing.bare.split()[-1] for thing in idea.things[1:])
    elsewhere = any(_mentions(hero, word) for word in others) and not _mentions(hero, subject.bare.split()[-1])
    gender = voice_of(subject.bare)
    return None if elsewhere or gender not in {None, hero.voice} else subject


def _mentions(hero: Hero, words: str) -> bool:
    return f" {words.casefold()} " in f" {hero.name.casefold().replace(',', ' ')} "


def _unplaced(
    idea: Idea, *, hero: Hero, stops: list[Stop], role: Thing | None, lights: dict[int, Thing]
) -> list[Thing]:
    """The things that neither the character, nor a place, nor the light already brings into the film."""
    shown = {stop.named for stop in stops}
    lit = {thing.bare for thing in lights.values()}
    return [
        thing
        for thing in idea.things
        if thing != role and thing.it not in shown and thing.bare not in lit and not _mentions(hero, thing.bare)
    ]


def _dealt(things: list[Thing], *, scenes: int) -> list[tuple[Thing, ...]]:
    """The things in the order of the idea; scenes that get none take up an earlier one again."""
    dealt: list[list[Thing]] = [[] for _ in range(scenes)]
    for at, thing in enumerate(things):
        dealt[at * scenes // len(things)].append(thing)
    main = next((thing for thing in things if thing.sort != "person"), things[0] if things else None)
    known: list[Thing] = []
    for index, scene in enumerate(dealt):
        known += scene
        if not scene and main and (scenes <= 8 or index % 2 == 0 or index == scenes - 1):
            scene.append(main if index % 2 or index == scenes - 1 else known[index // 2 % len(known)])
    return [tuple(scene) for scene in dealt]


def _passages(idea: Idea, *, scenes: int) -> list[str]:
    """The idea's own words in order; few of them open their stretch of the film, and the last closes it."""
    pieces = idea.passages
    if not pieces:
        return [""] * scenes
    if len(pieces) >= scenes:
        return _shared(pieces, scenes=scenes)
    opened = {at * scenes // len(pieces): piece for at, piece in enumerate(pieces)}
    return [opened.get(index, pieces[-1] if index == scenes - 1 else "") for index in range(scenes)]


def _shared(pieces: tuple[str, ...], *, scenes: int) -> list[str]:
    """The pieces in order, each scene with about the same number of characters."""
    total, begun = sum(map(len, pieces)), 0
    shares: list[list[str]] = [[] for _ in range(scenes)]
    for piece in pieces:
        shares[(2 * begun + len(piece)) * scenes // (2 * total)].append(piece)
        begun += len(piece)
    return [" ".join(share) for share in shares]


def _weather(idea: Idea, *, stop: Stop, hour: str, beat: Beat, chance: random.Random) -> Weather | None:
    if stop.place.air != "open":
        return None
    possible = [one for one in WEATHERS if _can_be(one, stop=stop, hour=hour)]
    words = set(idea.text.casefold().split())
    asked = [one for one in possible if one.words & words]
    if asked:
        return asked[0] if chance.random() < 0.6 or beat.name == "low" else None
    usual = [one for one in possible if one.name != "snow" or stop.place.kind == "snow"]
    return chance.choice(usual) if usual and chance.random() < WEATHER_CHANCE else None


def _can_be(weather: Weather, *, stop: Stop, hour: str) -> bool:
    if stop.place.kind == "desert":
        return weather.name in {"wind", "stars"} and (not weather.hours or hour in weather.hours)
    return not weather.hours or hour in weather.hours
