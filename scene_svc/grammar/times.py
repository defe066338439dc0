"""The hours of a film: how light moves on from scene to scene, and what the weather does."""

from dataclasses import dataclass

from scene_svc.grammar.language import words

# How the light goes through a film, from its first scene to its last.
DAYS = (
    ("dusk", "night", "dawn"),
    ("dusk", "dusk", "night", "night", "dawn"),
    ("afternoon", "dusk", "night", "dawn"),
    ("dawn", "noon", "afternoon", "dusk", "night"),
    ("night", "night", "dawn", "morning"),
    ("morning", "noon", "dusk", "night"),
)

HOUR_WORDS = {
    "dusk": "dusk sunset twilight evening sundown",
    "night": "night midnight nights moonlight moonlit nocturnal stars starlight dark",
    "dawn": "dawn sunrise daybreak",
    "morning": "morning breakfast",
    "noon": "noon midday day daylight sun heat",
    "afternoon": "afternoon summer",
}

# Every phrase fits behind "in".
LIGHT = {
    "dusk": (
        "the violet light of dusk",
        "the last amber light of dusk",
        "a copper dusk with shadows yards long",
        "a pink and slate-blue dusk",
        "the smoky orange glow of sunset",
        "the blue minutes between sunset and dusk",
    ),
    "night": (
        "blue night with one warm light far behind",
        "deep night and a thin silver rim of moonlight",
        "the small hours of the night, cool and clear",
        "a night of ink blue and scattered gold",
        "pale moonlight that drains every colour but the warm ones",
        "black night cut by soft sidelight",
    ),
    "dawn": (
        "the grey-rose light of dawn",
        "the first pale gold of dawn",
        "a milky dawn without shadows",
        "a dawn that burns low at the rim of the sky",
        "the cool blue minute before dawn breaks",
    ),
    "morning": (
        "clear slanting morning light",
        "a fresh morning, every edge sharp",
        "honey-coloured morning sun",
        "soft early morning haze",
    ),
    "noon": (
        "white noon light from straight above",
        "the hard, short shadows of noon",
        "a bleached noon glare",
        "bright noon under a huge pale sky",
    ),
    "afternoon": (
        "long golden afternoon light",
        "a slow, honeyed afternoon",
        "low afternoon sun full in the lens",
        "warm late afternoon haze",
    ),
}

INDOOR_LIGHT = {
    "dusk": (
        "dusk that leaks violet through the gaps",
        "the amber end of dusk on one wall",
        "half-light at dusk, lamps not yet lit",
    ),
    "night": (
        "the night glow of a single warm lamp",
        "the blue of night with a golden edge",
        "a dim, close night",
        "the deep hush of midnight",
    ),
    "dawn": ("the first thread of dawn", "grey dawn through dusty glass", "a blush of dawn on the ceiling"),
    "morning": ("long bars of morning light", "clean white morning light", "a pale, dusty morning"),
    "noon": ("hard noon light through high panes", "noon stripes of sun and shade", "the still heat of noon"),
    "afternoon": ("thick golden afternoon light", "a drowsy afternoon glow", "the last warm hour of the afternoon"),
}

SPACE_LIGHT = (
    "hard white starlight",
    "the blue shine of a near planet",
    "starlight and absolute black",
    "a red emergency glow under the stars",
    "the thin gold rim of a rising sun",
)
WATER_LIGHT = (
    "green underwater light in wavering shafts",
    "deep blue underwater gloom",
    "silver underwater light that slides and breaks",
    "a turquoise underwater glow",
)


@dataclass(frozen=True)
class Weather:
    """What falls or moves in the air. `hours` says when it can be (empty: always)."""

    name: str
    lines: tuple[str, ...]
    words: frozenset[str]
    hours: frozenset[str] = frozenset()


WEATHERS = (
    Weather(
        "rain",
        (
            "rain comes down in long silver threads",
            "a thin rain needles through the light",
            "heavy rain drums on every surface",
        ),
        words("rain rainy rains storm thunder downpour drizzle monsoon umbrella"),
    ),
    Weather(
        "fog",
        (
            "fog rolls in low and swallows the distance",
            "mist hangs in slow white layers",
            "fog thins for a moment and closes again",
        ),
        words("fog foggy mist misty haze smoke ghost ghosts"),
    ),
    Weather(
        "snow",
        ("snow falls without a sound", "a few large snowflakes wander down", "snow blows sideways through the frame"),
        words("snow snowy winter blizzard christmas frozen ice arctic snowflake"),
    ),
    Weather(
        "stars",
        ("stars come out one by one", "the stars burn close and sharp", "a falling star draws one white line"),
        words("stars star starry constellation comet"),
        hours=frozenset({"night", "dusk"}),
    ),
    Weather(
        "wind",
        ("the wind pulls at everything loose", "a warm gust sends dust through the light"),
        words("wind windy dust sandstorm desert autumn kite"),
    ),
)
