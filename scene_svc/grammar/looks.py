"""How a film looks when nobody has said, and what contradicts a look."""

LOOKS = (
    "muted teal and amber, soft film grain, shallow depth of field",
    "painterly light, deep shadows, a restrained palette of rust and sea green",
    "rich cinematic contrast, gentle halation around every lamp",
    "soft pastel colours, airy haze, natural skin tones",
    "moody blues with one warm accent, anamorphic flares",
)

LOOK_LINES = (
    "{style}; the mood is {mood}",
    "the look: {style}; the mood: {mood}",
    "mood: {mood}; style: {style}",
    "style: {style}; feeling: {mood}",
    "the images stay {mood}: {style}",
    "{mood} in every detail; visual style: {style}",
    "it feels {mood}; the picture: {style}",
    "{style}; above all {mood}",
    "colour and texture: {style}; feeling: {mood}",
    "overall {mood}; look: {style}",
)

ARTEFACTS = (
    "blurry, low resolution, compression artefacts",
    "deformed hands, extra limbs, distorted face",
    "text, subtitles, watermark, logo",
    "flicker, jitter, sudden cuts, morphing shapes",
)

HOUR_OPPOSITES = {
    "dusk": "harsh midday sun, flat daylight",
    "night": "bright daylight, blue midday sky",
    "dawn": "midday glare, pitch-black night",
    "morning": "night sky, neon darkness",
    "noon": "night, moonlight, deep darkness",
    "afternoon": "night, cold blue light",
}
WEATHER_OPPOSITES = {
    "rain": "dry ground, clear sky",
    "fog": "crisp far horizon",
    "snow": "summer greenery",
    "stars": "overcast sky",
    "wind": "dead still air",
}
AIR_OPPOSITES = {
    "open": "studio backdrop, indoor walls",
    "indoors": "open landscape, visible sky",
    "space": "blue sky, clouds, trees",
    "underwater": "dry land, open air",
}
LOOK_OPPOSITES = (
    ("black and white monochrome noir", "saturated colours"),
    (
        "animation animated anime cartoon painterly watercolor watercolour illustration claymation",
        "photorealism, live-action skin texture",
    ),
    ("realistic photorealistic documentary natural", "cartoon, plastic skin, computer-game look"),
    ("vibrant colorful colourful neon saturated", "grey washed-out colours"),
    ("muted pastel soft", "garish oversaturated colours"),
)
