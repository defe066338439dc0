"""The colours of a scene: one small palette per place and hour, graded by mood, kept together by the film's seed."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from video_svc.animatic.colour import Colour, graded, mix, rgb
from video_svc.animatic.recipe import seed_of
from video_svc.animatic.setting import Hour, Mood, Place, Setting, Weather


@dataclass(frozen=True)
class Palette:
    zenith: Colour
    """The sky overhead, or an indoor wall in the dark."""
    sky: Colour
    horizon: Colour
    light: Colour
    """Sun, moon or lamp: the brightest colour and the rim of the figure."""
    haze: Colour
    """What far things fade into."""
    shade: Colour
    """What near things are made of."""
    accent: Colour
    """Windows, lamps, neon."""

    def at(self, depth: float) -> Colour:
        """The body colour of a thing `depth` deep: 0 at the horizon, 1 before the lens."""
        return mix(self.haze, self.shade, depth**0.8)


def _palette(colours: str) -> Palette:
    return Palette(*(rgb(text) for text in colours.split()))


#                      zenith sky    horizon light  haze   shade  accent
_HOURS = {
    Hour.DAWN: (
        _palette("33457f b57fa6 ffc9a0 fff0cf 9f86ac 20203f ffb978"),
        _palette("2d5c86 8fb3c4 ffdcb2 fff3d6 88a3b8 182b44 ff9d76"),
        _palette("4a3d78 d58aa0 ffd8b8 fff1dc a9839f 2a1c3c ffc07a"),
    ),
    Hour.DAY: (
        _palette("2f86bd 86c6dd e9f3e2 fffbe2 86b1bd 143746 ff8f5c"),
        _palette("3f79b8 9cc4e0 fdeed6 fffaf0 8fa9c4 1d2f52 ff9a4d"),
        _palette("2a92a6 8fd3cb f6f2d2 fffde6 84b8b0 12403f ff7d5a"),
    ),
    Hour.DUSK: (
        _palette("251a4f a63c78 ff9459 ffe0a0 a8416f 1c0f30 ffc36b"),
        _palette("1b2a5c 7a4f9a ff9e7a ffe6bd 8a5590 17143a ffcb7d"),
        _palette("3a1740 c4484f ffb05c fff0b8 b04a58 220d27 ffd27a"),
    ),
    Hour.NIGHT: (
        _palette("050b22 122d63 3f74ad e8f2ff 2d5288 060c20 ffcf7a"),
        _palette("0a0a26 2a2468 6b58b5 efeaff 44408c 0a0822 ffc98f"),
        _palette("04131f 0c3a4f 2f8488 e2fff4 205e6b 04121b ffd58a"),
    ),
}
_PLACES = {
    (Place.FOREST, Hour.DAY): _palette("2c6a5c 7fb58d eef0bf fffbd8 7da888 0e2c26 ffd27a"),
    (Place.FOREST, Hour.DAWN): _palette("27585c 8bab95 ffe2ae fff5d0 86a390 10302e ffc07a"),
    (Place.FOREST, Hour.DUSK): _palette("14243c 54527a ff9f63 ffe3ab 6a5470 0c1722 ffc873"),
    (Place.FOREST, Hour.NIGHT): _palette("03131c 0b3440 2f7d7a d9fff0 1c545a 030f14 d8ff9a"),
    (Place.DESERT, Hour.DAY): _palette("2f7fae a9cfd2 ffe7b8 fff8dc d9a471 6b2f28 ffdf8f"),
    (Place.DESERT, Hour.DUSK): _palette("3a1a55 c14a5e ffa352 ffe9b0 c2563f 33101f ffd27a"),
    (Place.DESERT, Hour.DAWN): _palette("45508f d79a9c ffd9a3 fff1cf c98a72 4a2230 ffc98a"),
    (Place.SEA, Hour.DAY): _palette("2386b4 7cc7d6 eef6e4 fffde8 5ea6b8 0e3a52 ff8f6b"),
    (Place.UNDERWATER, Hour.DAY): _palette("0a4a78 117ea0 7fe0d4 eafff2 1f86a0 04263f ffb27a"),
    (Place.SPACE, Hour.NIGHT): _palette("05040f 1a1140 5a2f86 f6e6ff 4a3a86 0b0818 ffb36b"),
    (Place.STREET, Hour.NIGHT): _palette("0a0a24 2a1a5e c53f86 8ae6ff 46307e 0a0719 ffc46b"),
    (Place.STREET, Hour.DUSK): _palette("1f1c52 8a4188 ff8f66 ffdca6 77407f 150d2c ffcf7d"),
    (Place.ROOFTOP, Hour.NIGHT): _palette("070d2a 1f2c70 7a4fa5 ffe9c9 39408a 080a20 ffcb76"),
    (Place.STAGE, Hour.NIGHT): _palette("0b0618 2b0f4a a02a8c ffe2f4 54206e 07040f 3fd8ff"),
    (Place.ROOM, Hour.NIGHT): _palette("10162e 22315a 5a79ad ffe3b0 2f3b62 0a0d1c ffbe6b"),
    (Place.ROOM, Hour.DUSK): _palette("3a1f3a 8a4550 ffb074 ffe6b8 8c5050 21101f ffc26e"),
    (Place.ROOM, Hour.DAY): _palette("5c7f86 a8c4b8 fbeed0 fffbe8 8aa39a 22383c ff9d6b"),
    (Place.ROOM, Hour.DAWN): _palette("51577f b58d9c ffdcb4 fff3d8 a58a98 2a2440 ffb97a"),
    (Place.CAFE, Hour.NIGHT): _palette("1a0f1c 4a2430 d98048 ffe2ae 6b3a38 140a12 ffb458"),
    (Place.HALL, Hour.NIGHT): _palette("0c1028 232c5c 6f7fc0 f4ecd8 3a4278 080a1a ffc77a"),
    (Place.SNOW, Hour.DAY): _palette("4f86b4 a9cbdf f3f7f4 ffffff a9c2d6 2a4668 ff9a78"),
    (Place.SNOW, Hour.NIGHT): _palette("08163a 1d4a7c 79c4b8 eafff8 5580ac 0c1f40 ffd38a"),
    (Place.SNOW, Hour.DUSK): _palette("2a2a6b 9a6aa8 ffb59a ffe9d2 8f7db4 242350 ffd28a"),
}
_SAME_AS = {
    Place.SKYLINE: Place.STREET,
    Place.STATION: Place.ROOFTOP,
    Place.BEACH: Place.SEA,
    Place.BOAT: Place.SEA,
    Place.HARBOUR: Place.SEA,
    Place.LIGHTHOUSE: Place.SEA,
    Place.RUINS: Place.DESERT,
}
_FIXED_HOUR = {
    Place.UNDERWATER: Hour.DAY,
    Place.SPACE: Hour.NIGHT,
    Place.STAGE: Hour.NIGHT,
    Place.CAFE: Hour.NIGHT,
}
_GRADES = {  # hue in turns, saturation, value
    Mood.JOYFUL: (-0.01, 1.12, 1.06),
    Mood.TENDER: (-0.015, 1.0, 1.03),
    Mood.MELANCHOLY: (0.015, 0.78, 0.93),
    Mood.TENSE: (0.02, 0.95, 0.85),
    Mood.DREAMY: (0.04, 0.95, 1.05),
    Mood.EPIC: (0.0, 1.15, 1.0),
    Mood.CALM: (0.0, 0.94, 1.0),
}
_OVERCAST = _palette("333d4c 6d7d8e b4bfc3 edf2f2 7f8e9b 18202b ffc27a")


def palette_of(setting: Setting, film_seed: int) -> Palette:
    """The palette of a setting. Scenes of one film lean to one side of the wheel, so that they belong together."""
    palette = _graded(_plain(setting, film_seed), setting.mood)
    grey = {Weather.RAIN: 0.3, Weather.STORM: 0.55, Weather.FOG: 0.35, Weather.SNOW: 0.12}.get(setting.weather, 0.0)
    if setting.hour is Hour.NIGHT:
        grey *= 0.35
    return _blend(palette, _OVERCAST, grey)


def _plain(setting: Setting, film_seed: int) -> Palette:
    hour = _FIXED_HOUR.get(setting.place, setting.hour)
    for place in (setting.place, _SAME_AS.get(setting.place)):
        if place is not None and (place, hour) in _PLACES:
            return _leaning(_PLACES[place, hour], film_seed)
    choices = _HOURS[hour]
    return choices[seed_of(film_seed, "palette") % len(choices)]


def _leaning(palette: Palette, film_seed: int) -> Palette:
    turn = (seed_of(film_seed, "lean") % 1000 / 1000 - 0.5) * 0.05
    return _each(palette, lambda colour: graded(colour, hue=turn))


def _graded(palette: Palette, mood: Mood) -> Palette:
    hue, saturation, value = _GRADES[mood]
    return _each(palette, lambda colour: graded(colour, hue=hue, saturation=saturation, value=value))


def _blend(one: Palette, other: Palette, share: float) -> Palette:
    names = [field.name for field in dataclasses.fields(Palette)]
    return Palette(*(mix(getattr(one, name), getattr(other, name), share) for name in names))


def _each(palette: Palette, change: Callable[[Colour], Colour]) -> Palette:
    return Palette(*(change(getattr(palette, field.name)) for field in dataclasses.fields(palette)))
