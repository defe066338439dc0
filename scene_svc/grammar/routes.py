"""Where each scene happens: the idea's places in their order, their neighbours in between."""

import random
from dataclasses import dataclass

from scene_svc.grammar.ideas import Idea, theme_kinds
from scene_svc.grammar.indoors import ATLAS, BY_KIND, OPEN_ROUTES
from scene_svc.grammar.nouns import phrases_of
from scene_svc.grammar.places import Place, foreign_kinds, kind_of

LONGEST_NAME_CHARS = 60
MOST_KINDS = 4


@dataclass(frozen=True)
class Stop:
    """A place as one scene uses it; `here` are the idea's words for it, or the place's own."""

    place: Place
    here: str
    named: str = ""
    """The thing of the idea that `here` shows."""


def route(idea: Idea, *, hero_text: str, scenes: int, chance: random.Random) -> list[Stop]:
    """A stop for every scene. With fewer scenes than places the first places of each stretch are taken."""
    stops = _named_stops(idea) or _stops(_suitable_kinds(idea, hero_text, chance)[: max(2, min(MOST_KINDS, scenes))])
    taken = {stop.place.kind for stop in stops}
    stretches: dict[int, list[int]] = {}
    for scene in range(scenes):
        stretches.setdefault(scene * len(stops) // scenes, []).append(scene)
    return [stop for at, stretch in stretches.items() for stop in _stretched(stops[at], len(stretch), taken)]


def stop_of(passage: str) -> Stop | None:
    """The place a passage plays in, if it names one."""
    named = [kind_of(word, ATLAS) for phrase in phrases_of(passage) for word in phrase.words]
    kind = next((kind for kind in (*named, *foreign_kinds(passage, ATLAS)) if kind), None)
    return Stop(BY_KIND[kind], BY_KIND[kind].here) if kind else None


def _named_stops(idea: Idea) -> list[Stop]:
    """The places the idea names. A place of which only a part is named keeps its own words."""
    stops: dict[str, Stop] = {}
    for thing in idea.things:
        if thing.kind is None or thing.is_hint:
            continue
        own = thing.is_place and len(thing.it) <= LONGEST_NAME_CHARS
        usual = BY_KIND[thing.kind]
        stop = Stop(usual, f"{thing.it}{thing.clause}", thing.it) if own else Stop(usual, usual.here)
        stops.setdefault(stop.here if own else thing.kind, stop)
    return list(stops.values())


def _suitable_kinds(idea: Idea, hero_text: str, chance: random.Random) -> list[str]:
    kinds = list(idea.kinds) or theme_kinds(hero_text)
    return list(dict.fromkeys(kinds)) or chance.choice(OPEN_ROUTES).split()


def _stops(kinds: list[str]) -> list[Stop]:
    return [Stop(BY_KIND[kind], BY_KIND[kind].here) for kind in kinds]


def _stretched(stop: Stop, count: int, taken: set[str]) -> list[Stop]:
    """The stop, a neighbour, the stop again, the next neighbour: never the same picture twice running."""
    fresh = [kind for kind in stop.place.near if kind not in taken] or list(stop.place.near)
    taken |= set(fresh[: count // 2])
    neighbours = _stops(fresh) or [stop]
    return [stop if at % 2 == 0 else neighbours[(at // 2) % len(neighbours)] for at in range(count)]
