"""What the words of a description say about a look; nothing is guessed here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shared.figure import words
from shared.figure.look import Age, Build, Gender, Rgb
from shared.figure.tones import toned

Traits = dict[str, Any]
"""Fields of a Look while it is being put together; validated when it becomes one."""


@dataclass(frozen=True)
class Found:
    """A noun of the text with the adjectives before it and its colour."""

    noun: str
    adjectives: tuple[str, ...]
    color: Rgb | None
    denied: bool


def read(description: str) -> Traits:
    """The fields of a Look that `description` speaks of, and only those."""
    tokens = _tokens(description)
    found = [_found(tokens, at) for at, token in enumerate(tokens) if token in _NOUNS]
    traits: Traits = {}
    traits |= _roles(tokens)
    traits |= _beings(tokens, found)
    traits |= _outfit(tokens, found)
    for one in found:
        worn = _worn(one)
        plain_wings = one.noun == "wings" and not set(one.adjectives) & set(words.WING_KINDS)
        traits |= {} if plain_wings and "wings" in traits and not one.denied else worn
    traits |= _hair(found)
    traits |= _carried(found, traits)
    return traits


def _tokens(description: str) -> list[str]:
    text = description.lower().replace("t-shirt", "tshirt").replace("top hat", "tophat").replace("lab coat", "labcoat")
    text = text.replace("trench coat", "trenchcoat").replace("space suit", "spacesuit").replace("'s", "")
    return re.findall(r"[^\W\d_]+|[,.;:]|\d+", text)


def _found(tokens: Sequence[str], at: int) -> Found:
    start = at
    while start and _continues(tokens, start - 1):
        start -= 1
    adjectives = tuple(tokens[start:at])
    denied = any(token in words.NEGATIONS for token in tokens[max(0, start - 2) : at])
    color = _color(adjectives) or _color_after(tokens[at + 1 : at + 4])
    return Found(tokens[at], adjectives, color, denied)


def _continues(tokens: Sequence[str], at: int) -> bool:
    """Whether the word there still belongs to the noun phrase behind it."""
    if tokens[at] == "and":
        return at > 0 and tokens[at - 1] in words.COLORS and tokens[at + 1] in words.COLORS
    if not tokens[at].isalpha() or tokens[at] in words.BREAKS:
        return False
    return tokens[at] not in _CLOTHES or tokens[at].endswith("ed")


def _color(adjectives: Sequence[str]) -> Rgb | None:
    for at in range(len(adjectives) - 1, -1, -1):
        rgb = words.COLORS.get(adjectives[at])
        if rgb and not _is_shade(adjectives, at):
            return toned(rgb, words.SHADES.get(adjectives[at - 1], 0.0) if at else 0.0)
    return None


def _is_shade(adjectives: Sequence[str], at: int) -> bool:
    return adjectives[at] in words.SHADES and at + 1 < len(adjectives)


def _color_after(following: Sequence[str]) -> Rgb | None:
    """`hair dyed pink`, `a dress of blue silk`."""
    for token in following:
        if token in words.COLORS:
            return words.COLORS[token]
        if token not in {"is", "are", "dyed", "colored", "coloured", "of", "in", "bright", "pure"}:
            return None
    return None


def _roles(tokens: Sequence[str]) -> Traits:
    traits: Traits = {}
    for token in tokens:
        traits = {**traits, **words.ROLES.get(token, {}), **words.ROLE_COLORS.get(token, {})}
    return traits


def _beings(tokens: Sequence[str], found: Sequence[Found]) -> Traits:
    every = set(tokens)
    traits: Traits = {"age": _age(tokens, every)}
    if gender := _gender(tokens):
        traits["gender"] = gender
    if every & words.ROBOTS:
        traits |= _robot(found)
    elif species := _species(tokens):
        traits |= {"kind": "animal", "species": species, "skin": words.FUR[species]} | _fur(tokens, species)
    if build := _build(every):
        traits["build"] = build
    return traits | _body(tokens, found)


def _age(tokens: Sequence[str], every: set[str]) -> Age:
    years = re.search(r"\b(\d{1,3}) (?:year|,|$)", " ".join(tokens))
    if years:
        return (
            "child"
            if int(years[1]) < 14
            else "young"
            if int(years[1]) < 28
            else "adult"
            if int(years[1]) < 60
            else "old"
        )
    if every & words.OLD:
        return "old"
    if every & words.TEENS:
        return "young"
    if every & words.CHILDREN or "little" in every:
        return "child"
    return "young" if every & words.YOUNG else "adult"


def _gender(tokens: Sequence[str]) -> Gender | None:
    for token in tokens:
        if token in words.WOMEN:
            return "woman"
        if token in words.MEN:
            return "man"
    return None


def _robot(found: Sequence[Found]) -> Traits:
    traits: Traits = {"kind": "robot", "species": "robot", "hair": "bald"}
    for one in found:
        if one.noun in words.ROBOTS and one.color:
            traits |= {"skin": one.color}
    return traits


def _species(tokens: Sequence[str]) -> str | None:
    """The animal the text is about: one that no `wings`, `ears` or `mask` lays claim to."""
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in words.SPECIES and after not in _BORROWED and not _owned(tokens, at):
            return words.SPECIES[token]
    return None


_BORROWED = frozenset(
    ["wings", "ears", "mask", "tail", "costume", "eyes", "hat", "fur", "print", "tattoo", "skin", "hood"]
)


def _owned(tokens: Sequence[str], at: int) -> bool:
    """`a girl with her cat`: the cat is company, the girl the character."""
    earlier = set(tokens[:at])
    return bool(earlier & (words.WOMEN | words.MEN)) and bool({"with", "and", "his", "her", "riding"} & earlier)


def _fur(tokens: Sequence[str], species: str) -> Traits:
    at = next(i for i, token in enumerate(tokens) if words.SPECIES.get(token) == species)
    color = _found(tokens, at).color
    return {"skin": color} if color else {}


def _build(every: set[str]) -> Build | None:
    if every & words.BROAD:
        return "broad"
    return "slim" if every & words.SLIM else None


def _body(tokens: Sequence[str], found: Sequence[Found]) -> Traits:
    traits: Traits = {}
    for one in found:
        if one.noun in {"skin", "skinned"} and one.adjectives:
            traits["skin"] = next((words.SKINS[a] for a in one.adjectives if a in words.SKINS), one.color)
        if one.noun in {"eyes", "eyed"} and one.color:
            traits["eyes"] = one.color
        if one.noun == "fur" and one.color:
            traits["skin"] = one.color
    for before, noun in pairwise(tokens):
        if before in {"black", "brown"} and noun in words.WOMEN | words.MEN:
            traits.setdefault("skin", words.SKINS[before])
    for origin in (token for token in tokens if token in words.ORIGINS):
        traits.setdefault("skin", words.ORIGINS[origin])
    if "freckles" in tokens or "pale" in tokens[:4]:
        traits.setdefault("skin", words.SKINS["pale"])
    return {field: value for field, value in traits.items() if value is not None}


def _worn(one: Found) -> Traits:
    """What one noun says about the clothes; `none` where it is denied."""
    for field, table in _GARMENTS.items():
        if one.noun in table:
            if one.denied:
                return {field: "none"} if field in _DENIABLE else {}
            return _garment(field, table[one.noun], one)
    for field, nouns in (("cape", words.CAPES), ("scarf", words.SCARVES), ("shoes_color", words.SHOES)):
        if one.noun in nouns and not one.denied:
            return {field: one.color} if one.color else {} if field == "shoes_color" else {field: (176, 52, 56)}
    return {}


def _garment(field: str, kind: str, one: Found) -> Traits:
    if field == "headwear":
        kind = next((words.HAT_KINDS[a] for a in one.adjectives if a in words.HAT_KINDS), kind)
    if field == "wings":
        kind = next((words.WING_KINDS[a] for a in one.adjectives if a in words.WING_KINDS), kind)
    kind = _by_length(kind, one.adjectives)
    traits: Traits = {field: kind}
    if one.color and field in _COLOR_FIELD:
        traits[_COLOR_FIELD[field]] = one.color
    if field == "beard" and one.color:
        traits["hair_color"] = one.color
    if kind in {"dress", "long_dress"}:
        traits |= {"outer": "none"} | ({"top_color": one.color} if one.color else {})
    if field == "top":
        traits.setdefault("outer", "none")
    return traits


def _by_length(kind: str, adjectives: Sequence[str]) -> str:
    long = {"coat": "long_coat", "dress": "long_dress", "skirt": "long_skirt", "full": "long"}
    if {"long", "flowing", "floor"} & set(adjectives):
        return long.get(kind, kind)
    if "short" in adjectives:
        return {"full": "short", "long_coat": "coat", "long_dress": "dress"}.get(kind, kind)
    return kind


def _hair(found: Sequence[Found]) -> Traits:
    traits: Traits = {}
    for one in found:
        if one.noun == "redhead":
            traits["hair_color"] = (186, 82, 38)
        elif one.noun in {"blonde", "blond", "brunette"} and not one.denied:
            traits.setdefault("hair_color", words.COLORS[one.noun])
        elif one.noun in words.HAIR_NOUNS:
            style = next((words.HAIRS[w] for w in (one.noun, *reversed(one.adjectives)) if w in words.HAIRS), None)
            traits |= {"hair": style} if style else {}
            traits |= {"hair_color": color} if (color := _hair_color(one)) else {}
            traits |= {"hair": "bald"} if one.denied and one.noun == "hair" else {}
    return traits


def _hair_color(one: Found) -> Rgb | None:
    """Red hair is copper; `dark` and `fair` are colours of hair alone."""
    if one.color == words.COLORS["red"]:
        return 178, 74, 36
    if one.color is None and one.adjectives:
        return {"dark": (44, 32, 34), "fair": (226, 192, 122), "light": (206, 166, 104)}.get(one.adjectives[-1])
    return one.color


def _outfit(tokens: Sequence[str], found: Sequence[Found]) -> Traits:
    """`a woman in red`, `dressed all in black`."""
    text = " ".join(tokens)
    match = re.search(
        r"\b(?:in|wearing) (?:all )?((?:dark |light |pale )?[a-z]+)(?= [,.;:]| (?:with|and|on|under|who|at|is)\b|$)",
        text,
    )
    color = _color(match[1].split()) if match else None
    if not color:
        return {}
    return {"outer_color": color, "lower_color": color, "top_color": color}


def _carried(found: Sequence[Found], traits: Mapping[str, Any]) -> Traits:
    things: list[str] = []
    for one in found:
        thing = words.THINGS.get(one.noun)
        if thing and not one.denied and thing not in things:
            things.append(thing)
    tint = next((one.color for one in found if one.noun in words.THINGS and one.color), None)
    return ({"accessories": tuple(things)} if things else {}) | ({"accent": tint} if tint else {})


_GARMENTS: dict[str, dict[str, str]] = {
    "headwear": words.HEADWEAR, "eyewear": words.EYEWEAR, "outer": words.OUTERS, "top": words.TOPS,
    "lower": words.LOWERS, "wings": words.WINGS, "beard": words.BEARDS,
}  # fmt: skip
_COLOR_FIELD = {"headwear": "headwear_color", "outer": "outer_color", "top": "top_color", "lower": "lower_color"}
_DENIABLE = frozenset({"headwear", "eyewear", "outer", "wings", "beard"})
_OF_THE_BODY = frozenset({"hair", "haired", "eyes", "eyed", "skin", "skinned", "fur"})
_CLOTHES = frozenset().union(
    *_GARMENTS.values(), words.CAPES, words.SCARVES, words.SHOES, _OF_THE_BODY
) - {"top"}  # fmt: skip
_NOUNS = (
    _CLOTHES | words.HAIR_NOUNS | words.ROBOTS | set(words.THINGS)
    | {"redhead", "blonde", "blond", "brunette", "bald", "top"}
)  # fmt: skip
