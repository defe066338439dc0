"""How the things an idea names come into the picture, by what sort of thing they are.

`{it}` is the thing with its article; `<verb>` agrees with it, `[verb]` with the character's pronoun.
"""

from typing import Literal

Sort = Literal["sound", "person", "animal", "vehicle", "nature", "abstract", "quality", "thing"]

MOTIF_LINES: dict[Sort, tuple[str, ...]] = {
    "sound": (
        "{it} <slides> closer until dust begins to tremble in time",
        "nothing moves but {their} lips, shaping {it}",
        "{it} <makes> the smallest things in the picture shiver: glass, water, a loose thread",
        "for one breath {it} <stops>, and {their} eyes go wide",
        "{they} [cups] a hand to one ear, and {it} <comes> back, closer now",
        "{it} <swells> until strangers in the background pause and turn",
        "{they} [hums] along with {it}, a beat late, then exactly in time",
        "{it} <fades> to a thread and {they} [leans] after it",
    ),
    "person": (
        "{their} hand closes on a small picture of {it}",
        "{it} <leaves> something small at {their} feet and <goes>",
        "{it} <waits> at the far edge of the frame, face in shadow",
        "for a moment {it} <appears> in a reflection beside {them}, then <is> gone",
        "{they} and {it} trade one long look and neither speaks",
        "{it} <steps> into the light and <lifts> a hand",
        "behind {them}, out of focus, {it} <turns> away",
        "{it} <comes> closer until both shadows touch",
    ),
    "animal": (
        "{it} <lifts> a head and {they} [freezes]",
        "two eyes shine out of the dark: {it}",
        "the shadow of {it} slides over {them} like a cloud",
        "{it} <slips> through the foreground and <pauses> to stare at {them}",
        "{they} [holds] out a palm and {it} <comes> near",
        "{it} <bursts> across the frame in a blur of motion",
        "{it} <settles> beside {them} as if it had always been so",
        "somewhere above, {it} <circles> once and <vanishes>",
    ),
    "vehicle": (
        "a horn sounds once: {it}, closer than before",
        "{it} <stays> parked in the foreground, dew on the metal",
        "{they} [counts] the windows of {it} as they pass",
        "{it} <leaves>, and the frame is suddenly wide",
        "{it} <glides> through the background and its lights wash over {them}",
        "{it} <shudders> to a halt and {their} reflection slides along its side",
        "far off, {it} <crosses> the whole width of the picture",
        "{they} [lays] a hand on {it}, still warm",
    ),
    "nature": (
        "{it} <arrives> slowly, then everywhere at once",
        "between {them} and the camera there <is> only {it}",
        "{it} <fills> the upper half of the picture and {their} outline turns to light",
        "{it} <moves> over {their} face like a slow hand",
        "{it} <finds> its way into every surface, and {they} [watches] it come",
        "{their} eyes hold a tiny reflection: {it}",
        "{it} <changes> while we watch, and the colours change too",
        "{they} [lets] {it} touch {their} open hands",
    ),
    "abstract": (
        "{their} lips form one word without a sound: {it}",
        "{it} <hangs> in the air between {them} and us",
        "everything in {their} face says {it}",
        "{they} [opens] a fist as if {it} had been kept in it all along",
        "in the gap between two breaths there <is> {it}, plain as a lamp in the dark",
        "{it} <shows> only in the hands: they close, they open, they let go",
        "the frame holds on {their} eyes until {it} <is> all that is left in them",
        "a child's chalk drawing on the wall shows {it}, and {they} [smiles] at it",
        "{it} <passes> over {their} features like weather",
    ),
    "quality": (
        "everything in the frame looks {bare}",
        "the whole picture turns {bare}, even {their} breath",
        "{their} own reflection seems {bare} for a second",
    ),
    "thing": (
        "something small changes: {it}, and {they} [sees] it first",
        "{it} <blurs> in front of the lens, then <sharpens>",
        "for two heartbeats nothing matters but {it}",
        "{it} <lies> in the foreground, sharp as a memory, and {they} [notices] it late",
        "{they} [turns] toward {it} and the camera follows the turn",
        "all lines of the picture lead to {it}",
        "{their} shadow stretches until it touches {it}",
        "{it} <catches> the light at the very edge of the frame",
    ),
}

# For the first time the film shows a thing, and for its last scene; other sorts need no special words.
FIRST_LINES: dict[Sort, tuple[str, ...]] = {
    "sound": (
        "{it} <drifts> in from somewhere out of frame and {they} [turns] {their} head to it",
        "far away, barely there, {it} <begins>, and {their} breath stops to make room for it",
        "{it} <arrives> on the wind, three notes and a gap, and {they} [goes] rigid",
    ),
    "thing": (
        "the light picks out {it} and lets the rest go dark",
        "{their} gaze falls on {it} and stays there",
        "{it} <comes> into focus slowly, like a word remembered",
    ),
}
LAST_LINES: dict[Sort, tuple[str, ...]] = {
    "sound": (
        "{it} <is> here at last, and the very air seems to pulse",
        "{it} <rises> from every window and corner at once, whole again",
        "{they} [opens] {their} mouth and {it} <comes> home through {them}",
    ),
    "abstract": ("{it} <is> no longer a word: it is the look on {their} face",),
    "thing": ("{it} <is> left in the frame a little longer than {they} [is]",),
}

# More than one thing at once.
MOTIF_LISTS = (
    "around {them} the picture gathers {it}",
    "the camera drifts past {it} before it comes back to {them}",
    "one after another we notice {it}",
    "the background tells the rest: {it}",
    "quick details flash by: {it}",
    "in the same frame, half hidden: {it}",
    "the light moves over {it} in turn",
    "between foreground and horizon lie {it}",
    "reflected in glass and water: {it}",
    "what surrounds {them} are traces of {it}",
)

# The author's own words, where an idea is long or not in English.
PASSAGES = (
    "this moment of the story, in its author's words: “{it}”",
    "what the scene tells: “{it}”",
    "the story here says: “{it}”",
    "it is this moment: “{it}”",
    "the script at this point reads: “{it}”",
    "everything on screen serves one line: “{it}”",
    "we have come to the part that goes: “{it}”",
    "the picture answers the words “{it}”",
    "the heart of the scene: “{it}”",
    "here the tale arrives at this: “{it}”",
)

PropSort = Literal["lamp", "instrument", "garment", "carried"]

PROP_WORDS: dict[PropSort, str] = {
    "lamp": "lantern lamp torch candle flashlight headlamp lightbulb",
    "instrument": "guitar violin accordion trumpet cello saxophone flute banjo ukulele harp drum harmonica "
    "microphone keytar",
    "garment": "raincoat coat scarf cape cloak dress gown poncho jacket hoodie kimono robe hat cap helmet shawl "
    "veil suit",
    "carried": "umbrella book notebook camera suitcase backpack bag sword staff balloon rose flower map compass letter "
    "clock key basket kite skateboard bicycle walkman headphones telescope cane",
}

PROP_LINES: dict[PropSort, tuple[str, ...]] = {
    "lamp": (
        "{their} {prop} throws a circle of gold that sways across everything near",
        "{they} [lifts] the {prop} and the dark steps back a pace",
        "the {prop} gutters, almost dies, and flares again",
        "{they} [sets] the {prop} down and {their} shadow leaps up huge behind {them}",
        "only the {prop} stays bright while the rest sinks away",
        "a moth taps against the {prop}",
    ),
    "instrument": (
        "{their} fingers find the {prop} before {they} [knows] what to play",
        "one note from the {prop} and dust leaps off every surface",
        "{they} [holds] the {prop} close, like something asleep",
        "the {prop} flashes as {they} [swings] it up",
        "{they} [lets] the last sound of the {prop} die all the way out",
    ),
    "garment": (
        "the {prop} snaps and billows in a sudden gust",
        "{they} [pulls] the {prop} tighter",
        "the {prop} is the one strong colour in the picture",
        "beads of light slide off the {prop}",
        "a loose thread of the {prop} floats in the backlight",
    ),
    "carried": (
        "{they} [turns] the {prop} over, once, twice",
        "the {prop} slips, and {they} [catches] it at the last moment",
        "{they} [grips] the {prop} until {their} knuckles pale",
        "light slides along the {prop} like a signal",
        "{they} [holds] the {prop} up against the brightness",
    ),
}
