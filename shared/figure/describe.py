"""Free English text to a look: what the words say, and what the seed adds. The same text and seed, the same look."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.figure import words
from shared.figure.look import Gender, HairStyle, Kind, Look, Rgb
from shared.figure.reading import Traits, read
from shared.figure.tones import luminance, toned

Choice = TypeVar("Choice")


def look_of(description: str, *, seed: int = 0, variant: int = 0) -> Look:
    """The character that `description` describes. What it leaves open is chosen by `seed`.

    `variant` 0..3 gives four candidates of different outline; none contradicts the text.
    """
    variant %= 4
    said = read(description)
    dice = _Dice(f"{' '.join(description.lower().split())}|{seed}", variant)
    return Look(description=description, seed=seed, variant=variant, stance=variant, **(_guessed(said, dice) | said))


@dataclass(frozen=True)
class _Dice:
    """Choices that depend on a text and a candidate only."""

    text: str
    variant: int

    def same(self, what: str, choices: Sequence[Choice]) -> Choice:
        """One for all four candidates."""
        return choices[self._number(what) % len(choices)]

    def each(self, what: str, choices: Sequence[Choice]) -> Choice:
        """Another for every candidate, as far as there are enough."""
        return choices[(self._number(what) + self.variant) % len(choices)]

    def _number(self, what: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{what}|{self.text}".encode()).digest()[:6], "big")


def _guessed(said: Traits, dice: _Dice) -> Traits:
    kind: Kind = said.get("kind", "person")
    gender: Gender = said.get("gender", dice.same("gender", _genders(said, kind)))
    skin = said.get("skin") or _skin_tone(said, dice)
    outer, top, lower, accent = dice.same("palette", words.CLOTH_TONES)
    traits: Traits = {
        "gender": gender, "outer_color": outer, "top_color": top, "lower_color": lower, "accent": accent,
        "headwear_color": toned(accent, -0.1), "shoes_color": toned(lower, -0.4),
        "skin": skin, "hair_color": _hair_tone(said, skin, dice),
        "hair": _hair_style(said, gender, dice), "build": "average",
    }  # fmt: skip
    if kind == "robot":
        return traits | _robot_guess(said, dice)
    return traits | _clothes(said, gender, dice) | _finery(said, dice)


def _genders(said: Traits, kind: Kind) -> tuple[Gender, ...]:
    if kind != "person":
        return ("neutral",)
    if said.get("beard", "none") != "none":
        return ("man",)
    return ("woman",) if said.get("lower") in {"dress", "long_dress"} else ("woman", "man")


def _robot_guess(said: Traits, dice: _Dice) -> Traits:
    skin = said.get("skin") or dice.same("metal", ((178, 186, 198), (222, 214, 196), (196, 150, 92), (108, 138, 158)))
    wear = {"scarf": dice.same("scarf", ((214, 78, 60), (240, 176, 70), (70, 140, 170)))} if dice.variant == 2 else {}
    return {"skin": skin, "hair": "bald", "outer": "none", "top_color": skin, "lower_color": toned(skin, -0.35),
            "build": dice.each("frame", ("average", "broad", "slim", "broad")), "shoes_color": toned(skin, -0.5),
            "eyes": (110, 232, 240)} | wear  # fmt: skip


def _skin_tone(said: Traits, dice: _Dice) -> Rgb:
    """Fair hair in the text leaves the fair half of the tones."""
    hair = said.get("hair_color")
    fair = hair is not None and said.get("age") != "old" and luminance(hair) > 0.25
    return dice.same("skin", tuple(tone for tone in words.SKIN_TONES if not fair or luminance(tone) > 0.6))


def _hair_tone(said: Traits, skin: Rgb, dice: _Dice) -> Rgb:
    if said.get("age") == "old":
        return dice.same("grey", ((206, 206, 210), (160, 160, 168), (232, 228, 220)))
    light = luminance(skin)
    deep = [tone for tone in words.HAIR_TONES if luminance(tone) < (0.2 if light < 0.55 else light - 0.15)]
    return dice.same("hair tone", deep or words.HAIR_TONES[:1])


def _hair_style(said: Traits, gender: Gender, dice: _Dice) -> HairStyle:
    if said.get("kind") == "animal":
        return "bald"
    styles: dict[Gender, tuple[HairStyle, ...]] = {
        "woman": ("bob", "long", "bun", "curly", "ponytail", "wavy"),
        "man": ("short", "tousled", "curly", "buzz"),
        "neutral": ("short", "bob", "tousled", "curly", "wavy"),
    }
    if said.get("age") == "child" and gender == "woman":
        return dice.each("hair", ("braids", "bob", "ponytail", "curly"))
    return dice.each("hair", styles[gender])


def _clothes(said: Traits, gender: Gender, dice: _Dice) -> Traits:
    """Lengths and layers of what was not said: they make the outline, so each candidate gets its own."""
    if said.get("outer") in {"armor", "spacesuit", "suit", "uniform", "robe"}:
        return {"lower": "trousers"}
    lowers = ("trousers", "skirt", "trousers", "long_skirt") if gender == "woman" else ("trousers",)
    lower = said.get("lower") or dice.each("lower", lowers)
    dressed = "top" in said or lower in {"dress", "long_dress"}
    outer = "none" if dressed else dice.each("outer", ("coat", "jacket", "long_coat", "none"))
    return {"lower": lower, "outer": outer, "top": dice.each("top", ("shirt", "sweater", "tshirt", "hoodie"))}


def _finery(said: Traits, dice: _Dice) -> Traits:
    """One thing more for some candidates, where the text names none of its sort."""
    traits: Traits = {}
    if dice.variant == 2 and "scarf" not in said and said.get("outer") not in {"armor", "spacesuit"}:
        traits["scarf"] = dice.same("scarf", ((214, 78, 60), (240, 176, 70), (70, 140, 170), (232, 220, 200)))
    if dice.variant == 3 and not said.get("accessories"):
        traits["accessories"] = (dice.same("thing", ("umbrella", "backpack", "suitcase", "lantern", "book", "bag")),)
    if said.get("gender") == "man" and said.get("age") in {"adult", "old"} and "beard" not in said:
        traits["beard"] = dice.each("beard", ("none", "short", "none", "full"))
    return traits
