"""Writes the scenes of a film: deals each its sentences and keeps it within its length."""

import random
import re
from dataclasses import dataclass

from scene_svc.grammar import looks, poses, times
from scene_svc.grammar.camera import Camera, Shot
from scene_svc.grammar.deck import Deck
from scene_svc.grammar.frames import DETAIL_LINES, FRAMES, MANNER_LINES, PLAIN_MANNER_LINES
from scene_svc.grammar.heroes import Hero
from scene_svc.grammar.ideas import Thing
from scene_svc.grammar.language import fill, listing, sentence, shortened
from scene_svc.grammar.motifs import FIRST_LINES, LAST_LINES, MOTIF_LINES, MOTIF_LISTS, PASSAGES, PROP_LINES
from scene_svc.grammar.places import Spot
from scene_svc.grammar.score import Cue

LONGEST_CHARS = 700
"""A description stays below this unless the user's own words alone are longer: those are never dropped."""
STYLE_CHARS = 110


_HANDS = re.compile(r"hand|finger|palm|fist|wrist|thumb|knuckle|sleeve|collar|shoulder")
"""What an animal has not."""
_ONE_EACH = re.compile(
    r"\{their\} (face|head|chin|mouth|throat|jaw|heel|outline|reflection|shadow|name|collar|manner)\b"
)
"""What each of several characters has one of."""


@dataclass(frozen=True)
class Draft:
    """One scene as written, before it becomes a contract."""

    title: str
    description: str
    negative_description: str
    camera_angle: str
    mood: str
    caption: str


@dataclass(frozen=True)
class Lines:
    """The sentences dealt to one scene. Empty ones are not there."""

    frame: tuple[str, ...]
    where: str
    light: str
    sight: str
    weather: str
    act: str
    motif: str
    event: str
    look: str
    manner: str
    detail: str


class Pen:
    """Writes the scenes of one film in order; remembers what it has used so that nothing returns too soon."""

    def __init__(self, *, hero: Hero, camera: Camera, style: str, chance: random.Random) -> None:
        self._hero = hero
        self._camera = camera
        self._chance = chance
        self._style = shortened(style, limit=STYLE_CHARS)
        self._decks: dict[tuple[str, ...], Deck[str]] = {}
        self._spots: dict[str, Deck[Spot]] = {}
        self._frames = Deck(FRAMES, chance=chance)
        self._titles: set[str] = set()
        self._shown: set[Thing] = set()

    def write(self, cue: Cue) -> Draft:
        shot = self._camera.shot(cue.index, size=cue.beat.size)
        mood = self._deal(cue.beat.moods)
        spot = self._spot(cue)
        return Draft(
            title=self._title(cue, spot),
            description=self._described(self._lines(cue, spot, mood=mood), cue, shot),
            negative_description=_negative(cue, style=self._style, alone=not self._hero.plural),
            camera_angle=shot.angle,
            mood=mood,
            caption=self._deal(cue.beat.captions),
        )

    def _deal(self, lines: tuple[str, ...]) -> str:
        if self._hero.is_animal:
            lines = tuple(line for line in lines if not _HANDS.search(line)) or lines
        return self._decks.setdefault(lines, Deck(lines, chance=self._chance)).deal()

    def _spot(self, cue: Cue) -> Spot:
        place = cue.stop.place
        return self._spots.setdefault(place.kind, Deck(place.spots, chance=self._chance)).deal()

    def _fill(self, template: str, *, plural: bool = False, **slots: str) -> str:
        if self._hero.plural:
            template = _ONE_EACH.sub(r"{their} \1s", template)
        return fill(template, voice=self._hero.voice, plural=plural, slots=slots)

    def _lines(self, cue: Cue, spot: Spot, *, mood: str) -> Lines:
        return Lines(
            frame=self._frames.deal(),
            where=self._fill(spot.where, here=cue.stop.here),
            light=self._light(cue),
            sight=spot.sight,
            weather=self._weather(cue, spot),
            act=self._deal(poses.ACTS[cue.pose]),
            motif=self._motif(cue),
            event=self._event(cue),
            look=self._fill(self._deal(looks.LOOK_LINES), style=self._style, mood=mood),
            manner=self._manner(cue),
            detail=self._detail(cue),
        )

    def _light(self, cue: Cue) -> str:
        if cue.light:
            return f"the light of {cue.light.it}"
        by_air = {
            "open": times.LIGHT[cue.hour],
            "indoors": times.INDOOR_LIGHT[cue.hour],
            "space": times.SPACE_LIGHT,
            "underwater": times.WATER_LIGHT,
        }
        return self._deal(by_air[cue.stop.place.air])

    def _weather(self, cue: Cue, spot: Spot) -> str:
        """The weather where the spot does not already speak of it."""
        if cue.weather is None or re.search(rf"{cue.weather.name}|wind|mist", f"{spot.where} {spot.sight}"):
            return ""
        return self._deal(cue.weather.lines)

    def _motif(self, cue: Cue) -> str:
        if cue.passage:
            return self._fill(self._deal(PASSAGES), it=_unquoted(cue.passage))
        if not cue.things:
            return ""
        first, *more = cue.things
        line = self._fill(self._deal(self._motif_lines(cue)), plural=first.plural, it=first.it, bare=first.bare)
        self._shown.add(first)
        if not more:
            return line
        return f"{line}; {self._fill(self._deal(MOTIF_LISTS), it=listing([thing.it for thing in more]))}"

    def _motif_lines(self, cue: Cue) -> tuple[str, ...]:
        """Words for a first appearance, for the last scene, or for the way between."""
        thing = cue.things[0]
        special = FIRST_LINES if thing not in self._shown else LAST_LINES if cue.is_last else {}
        return special.get(thing.sort, MOTIF_LINES[thing.sort])

    def _event(self, cue: Cue) -> str:
        if self._hero.props and cue.index % 2 == 1:
            prop, sort = self._hero.props[cue.index // 2 % len(self._hero.props)]
            return self._fill(self._deal(PROP_LINES[sort]), prop=prop)
        return self._fill(self._deal(cue.beat.events))

    def _manner(self, cue: Cue) -> str:
        traits = self._hero.manner(cue.index)
        if not traits:
            return ""
        lines = MANNER_LINES if self._hero.plain_manners else PLAIN_MANNER_LINES
        return self._fill(self._deal(lines), traits=traits)

    def _detail(self, cue: Cue) -> str:
        detail = self._hero.detail(cue.index)
        return self._fill(self._deal(DETAIL_LINES), detail=detail) if detail else ""

    def _described(self, lines: Lines, cue: Cue, shot: Shot) -> str:
        """The fullest telling that is not too long."""
        tellings = [
            self._told(lines, cue, shot, full=full, weather=weather)
            for full, weather in ((True, True), (True, False), (False, False))
        ]
        return next((one for one in tellings if len(one) <= LONGEST_CHARS), tellings[-1])

    def _told(self, lines: Lines, cue: Cue, shot: Shot, *, full: bool, weather: bool) -> str:
        hero = self._hero
        sight = f"{lines.sight} while {lines.weather}" if weather and lines.weather else lines.sight
        story = [line for line in (lines.motif, lines.event if full or not lines.motif else "") if line]
        look = "; ".join(line for line in (lines.manner, lines.detail, lines.look) if line)
        there = f" {lines.where}"
        slots = {
            "shot": shot.prose,
            "who": f"{cue.role.it}, {hero.name},"
            if cue.role and not hero.calls_itself(cue.role.bare)
            else hero.subject,
            "acts": self._fill(lines.act, plural=hero.plural, at=""),
            "acts_there": self._fill(lines.act, plural=hero.plural, at=there),
            "they_act_there": f"{hero.voice.they} {self._fill(lines.act, plural=hero.voice.plural, at=there)}",
            "where": lines.where,
            "light": f"in {lines.light}",
            "bare_light": lines.light,
            "sight": sight,
            "story": "; ".join(story),
            "look": look,
        }
        return " ".join(sentence(fill(part, voice=hero.voice, slots=slots)) for part in lines.frame)

    def _title(self, cue: Cue, spot: Spot) -> str:
        """A title no other scene has."""
        own = [_titled(thing) for thing in cue.things[:1]]
        ideas = [self._deal(cue.beat.titles), spot.title, *own]
        self._chance.shuffle(ideas)
        named = (*ideas, *cue.beat.titles, f"{spot.title}, {cue.hour.capitalize()}", f"Scene {cue.index + 1}")
        title = next(one for one in named if one not in self._titles and 2 <= len(one.split()) <= 4)
        self._titles.add(title)
        return title


def _titled(thing: Thing) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in thing.it.split()) if len(thing.it) <= 30 else ""


def _unquoted(text: str) -> str:
    """The user's words inside our quotation marks: theirs become single ones."""
    return re.sub('[“”"„«»]', "'", text).rstrip(" ,;:.")


def _negative(cue: Cue, *, style: str, alone: bool) -> str:
    """What would spoil this scene: artefacts, another person, and what is opposite to it."""
    words = set(re.findall(r"[\w-]+", style.casefold()))
    against = next((bad for good, bad in looks.LOOK_OPPOSITES if words & set(good.split())), "")
    air = cue.stop.place.air
    parts = (
        *looks.ARTEFACTS,
        "duplicate of the main character, changing face or clothes" if alone else "changing faces or clothes",
        looks.HOUR_OPPOSITES[cue.hour] if air in {"open", "indoors"} else "",
        looks.WEATHER_OPPOSITES[cue.weather.name] if cue.weather else "",
        looks.AIR_OPPOSITES[air],
        poses.POSE_OPPOSITES[cue.pose],
        against,
    )
    return ", ".join(part for part in parts if part)
