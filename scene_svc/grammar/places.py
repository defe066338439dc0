"""What a place is, and how it is found in a text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Air = Literal["open", "indoors", "space", "underwater"]
"""What surrounds a place: decides its light and whether weather reaches it."""


@dataclass(frozen=True)
class Spot:
    """One corner of a place. `where` takes `{here}`; `sight` is a whole clause about something that moves there."""

    where: str
    sight: str
    title: str


@dataclass(frozen=True)
class Place:
    """A kind of place: the words that name it, its corners, and the kinds that lie next to it in a story."""

    kind: str
    here: str
    words: frozenset[str]
    spots: tuple[Spot, ...]
    near: tuple[str, ...] = ()
    air: Air = "open"
    still: bool = False
    """No room to walk: a boat's deck, a narrow ledge, weightlessness."""
    foreign: tuple[str, ...] = ()


def place(
    kind: str,
    words: str,
    *spots: tuple[str, str, str],
    near: str = "",
    here: str = "",
    air: Air = "open",
    still: bool = False,
    foreign: str = "",
) -> Place:
    """A `Place` as the atlas writes it: word lists as one string, spots as plain triples."""
    return Place(
        kind=kind,
        here=here or f"the {kind}",
        words=frozenset(words.split()),
        spots=tuple(Spot(*spot) for spot in spots),
        near=tuple(near.split()),
        air=air,
        still=still,
        foreign=tuple(foreign.split()),
    )


def kind_of(word: str, atlas: Iterable[Place]) -> str | None:
    """The kind of place one English word names, in the singular or the plural."""
    lowered = word.casefold()
    return next((one.kind for one in atlas if {lowered, lowered.removesuffix("s")} & one.words), None)


def foreign_kinds(text: str, atlas: Iterable[Place]) -> list[str]:
    """The kinds of place a text in another language names, in the order it names them."""
    lowered = text.casefold()
    found = ((_where(stem, lowered), one.kind) for one in atlas for stem in one.foreign)
    return list(dict.fromkeys(kind for at, kind in sorted(found) if at >= 0))


def _where(stem: str, text: str) -> int:
    """A stem counts at the start of a word; scripts without spaces have no such start."""
    pattern = re.escape(stem) if ord(stem[0]) > 0x2E80 else rf"\b{re.escape(stem)}"
    match = re.search(pattern, text)
    return match.start() if match else -1
