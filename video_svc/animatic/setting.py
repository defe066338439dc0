"""Reads a scene's words: where it plays, when, in what weather and mood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from video_svc.animatic.recipe import ClipRecipe, seed_of


class Place(StrEnum):
    STREET = "street"
    SKYLINE = "skyline"
    ROOFTOP = "rooftop"
    STATION = "station"
    VILLAGE = "village"
    FOREST = "forest"
    MOUNTAINS = "mountains"
    SNOW = "snow"
    DESERT = "desert"
    FIELD = "field"
    GARDEN = "garden"
    ROAD = "road"
    SEA = "sea"
    BEACH = "beach"
    HARBOUR = "harbour"
    LIGHTHOUSE = "lighthouse"
    BOAT = "boat"
    UNDERWATER = "underwater"
    SPACE = "space"
    ROOM = "room"
    CAFE = "cafe"
    HALL = "hall"
    STAGE = "stage"
    RUINS = "ruins"


class Hour(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"
    STORM = "storm"
    EMBERS = "embers"
    FIREFLIES = "fireflies"
    DUST = "dust"
    STARS = "stars"
    BUBBLES = "bubbles"


class Mood(StrEnum):
    JOYFUL = "joyful"
    TENDER = "tender"
    MELANCHOLY = "melancholy"
    TENSE = "tense"
    DREAMY = "dreamy"
    EPIC = "epic"
    CALM = "calm"


@dataclass(frozen=True)
class Setting:
    place: Place
    hour: Hour
    weather: Weather
    mood: Mood


Named = TypeVar("Named", bound=StrEnum)

PLACES: Mapping[Place, str] = {
    Place.STREET: "street streets city alley avenue sidewalk pavement crosswalk downtown traffic taxi neon boulevard "
    "intersection market bazaar metropolis crossroads",
    Place.SKYLINE: "skyline skyscraper skyscrapers bridge river riverbank embankment canal quayside",
    Place.ROOFTOP: "rooftop rooftops roof terrace balcony",
    Place.STATION: "station platform train trains railway subway metro tracks carriage tram airport terminal",
    Place.VILLAGE: "village hamlet town cottage cottages houses farmhouse chapel suburb square",
    Place.FOREST: "forest woods wood woodland trees pines jungle grove glade clearing rainforest taiga",
    Place.MOUNTAINS: "mountain mountains peak peaks summit ridge valley alpine canyon highlands hill hills",
    Place.SNOW: "snow snowfield tundra glacier arctic antarctic iceberg icy frozen snowy snowbound ice",
    Place.DESERT: "desert dune dunes sahara cactus mesa oasis wasteland canyonlands sands",
    Place.FIELD: "field fields meadow meadows prairie grassland wheat farm plain plains steppe lavender sunflowers",
    Place.GARDEN: "garden gardens park orchard greenhouse courtyard blossom blossoms cherry playground",
    Place.ROAD: "road highway motorway freeway route lane roadside asphalt motel gas",
    Place.SEA: "sea ocean waves cliff cliffs coast coastline shore lake water bay horizon",
    Place.BEACH: "beach beaches sand seaside lagoon tropical island surf",
    Place.HARBOUR: "harbour harbor port pier dock docks wharf marina jetty quay boats ships mooring",
    Place.LIGHTHOUSE: "lighthouse beacon lantern-room headland",
    Place.BOAT: "boat ship deck sail sails mast ferry bow stern raft helm aboard sailing",
    Place.UNDERWATER: "underwater undersea seabed reef coral submerged depths drowning mermaid aquarium",
    Place.SPACE: "space galaxy planet planets moonscape spaceship orbit cosmos cosmic nebula asteroid mars astronaut "
    "spacecraft universe",
    Place.ROOM: "room bedroom kitchen apartment attic house home window sofa bed livingroom studio workshop basement "
    "hotel office library desk interior indoors",
    Place.CAFE: "cafe café bar diner pub restaurant tavern bistro coffeehouse saloon kiosk",
    Place.HALL: "hall corridor hallway cathedral church palace ballroom museum castle throne school hospital gallery "
    "warehouse factory",
    Place.STAGE: "stage concert club nightclub disco spotlight spotlights arena theatre theater festival crowd "
    "auditorium dancefloor",
    Place.RUINS: "ruins ruin temple temples columns pyramid shrine amphitheatre monastery graveyard cemetery",
}
STRONG_PLACES = (
    "underwater rooftop lighthouse harbour harbor station village forest desert stage beach space ruins pier deck "
    "aboard"
)
"""Words that settle the matter even where another place is named beside them."""
WEAK_PLACES = "snow ice frozen window house houses water sand horizon city boat boats home gas square hill hills mast"
"""Words that are often said of another place: they decide only where nothing else does."""

HOURS: Mapping[Hour, str] = {
    Hour.DAWN: "dawn sunrise daybreak morning sunup first-light",
    Hour.DAY: "day daylight noon midday afternoon sunny bright sunlight sunlit sunshine",
    Hour.DUSK: "dusk sunset evening twilight golden sundown gloaming nightfall",
    Hour.NIGHT: "night midnight moon moonlight moonlit nocturnal starlit starry dark neon stars lanterns",
}
WEATHERS: Mapping[Weather, str] = {
    Weather.RAIN: "rain rains raining rainy drizzle downpour wet puddles shower",
    Weather.STORM: "storm stormy thunder lightning tempest gale",
    Weather.SNOW: "snow snowing snowfall snowflakes blizzard snowy snowstorm winter",
    Weather.FOG: "fog foggy mist misty haze hazy smoke smoky steam",
    Weather.EMBERS: "embers fire sparks flames bonfire burning ash campfire",
    Weather.FIREFLIES: "fireflies firefly magic magical glowing glow enchanted",
    Weather.DUST: "dust dusty sandstorm pollen petals windswept",
    Weather.STARS: "stars starry starlight starlit constellation constellations",
    Weather.BUBBLES: "bubbles",
    Weather.CLEAR: "clear cloudless",
}
MOODS: Mapping[Mood, str] = {
    Mood.JOYFUL: "joy joyful happy happiness playful cheerful bright laughing celebration euphoric fun upbeat "
    "exuberant jubilant triumphant",
    Mood.TENDER: "tender love romantic warm intimate gentle hope hopeful longing nostalgic nostalgia soft",
    Mood.MELANCHOLY: "melancholy melancholic sad lonely alone grief loss lost sorrow wistful bittersweet blue tears "
    "somber sombre",
    Mood.TENSE: "tense tension danger dark fear chase urgent anxious menacing suspense ominous anger angry gritty "
    "desperate restless",
    Mood.DREAMY: "dream dreamy dreamlike surreal ethereal mysterious mystery magical floating hypnotic otherworldly",
    Mood.EPIC: "epic grand heroic sweeping vast majestic powerful dramatic defiant soaring victorious",
    Mood.CALM: "calm quiet peaceful serene still silence meditative contemplative",
}
ENCLOSED = frozenset({Place.ROOM, Place.CAFE, Place.HALL, Place.STAGE})
"""Places with a roof: no rain, no stars."""

_PREPOSITION = re.compile(
    r"\b(?:in|on|at|through|across|along|over|into|inside|under|by|onto|to|toward|towards|down|up|past|between|of|beneath)"
    r"(?:\s+(?:the|a|an|this|that|her|his|their|its|deep|empty|old|open|busy|wide|dark|rainy|quiet|vast|long))*\s+"
    r"(?:[\w-]+\s+){0,2}?$"
)


def read_setting(recipe: ClipRecipe) -> Setting:
    """Place, hour, weather and mood of the recipe's words; what they leave open is chosen by its seeds."""
    text = scene_words(recipe)
    film, mood_text = recipe.film, f"{recipe.film.mood or ''} {text}".casefold()
    place = _best(PLACES, text) or _pick(tuple(_OPEN_PLACES), film.film_seed, film.index, "place")
    hour = _best(HOURS, text) or _usual_hour(recipe, place)
    mood = _best(MOODS, mood_text) or _pick(tuple(Mood), film.film_seed, "mood")
    return Setting(place, hour, _fitting(_best(WEATHERS, text), place, hour, recipe), mood)


def scene_words(recipe: ClipRecipe) -> str:
    """The prompt in lower case, without the character's own description (a `raincoat` is no rain)."""
    text = recipe.prompt.casefold()
    character = (recipe.film.character or "").strip().casefold()
    for part in (character, character.removeprefix("a ").removeprefix("an ").removeprefix("the ")):
        if len(part) > 3:
            text = text.replace(part, " someone ")
    return text


_OPEN_PLACES = (Place.MOUNTAINS, Place.SKYLINE, Place.FIELD, Place.SEA, Place.FOREST, Place.ROAD, Place.DESERT)


def _best(lexicon: Mapping[Named, str], text: str) -> Named | None:
    """The entry whose words weigh most in the text; the one named first among equals."""
    scores: dict[Named, float] = {}
    for key, words in lexicon.items():
        for word in words.split():
            for found in re.finditer(rf"\b{re.escape(word)}\b", text):
                scores[key] = scores.get(key, 0.0) + _weight(word, text, found.start())
    return max(scores, key=lambda key: scores[key]) if scores else None


def _weight(word: str, text: str, at: int) -> float:
    led_in = _PREPOSITION.search(text[max(0, at - 60) : at]) is not None
    strong = word in STRONG_PLACES.split()
    weak = word in WEAK_PLACES.split()
    return 1.0 + 1.0 * led_in + 1.0 * strong - 0.7 * weak + 0.8 / (1 + at / 80)


def _pick(choices: Sequence[Named], *parts: object) -> Named:
    return choices[seed_of(*parts) % len(choices)]


def _usual_hour(recipe: ClipRecipe, place: Place) -> Hour:
    if place in {Place.STAGE, Place.SPACE, Place.CAFE, Place.STREET}:
        return Hour.NIGHT
    hours = (Hour.DUSK, Hour.NIGHT, Hour.DAWN, Hour.DAY)
    film = recipe.film
    return hours[(seed_of(film.film_seed, "hour") + film.index) % len(hours)]


def _fitting(weather: Weather | None, place: Place, hour: Hour, recipe: ClipRecipe) -> Weather:
    """The weather as the place allows it; a place without any gets its own quiet movement in the air."""
    if place is Place.UNDERWATER:
        return Weather.BUBBLES
    if place is Place.SPACE:
        return Weather.STARS
    if place in ENCLOSED:
        return weather if weather in {Weather.EMBERS, Weather.FOG, Weather.FIREFLIES} else Weather.DUST
    return weather or _usual_weather(place, hour, recipe)


def _usual_weather(place: Place, hour: Hour, recipe: ClipRecipe) -> Weather:
    if place is Place.SNOW:
        return Weather.SNOW
    if place in {Place.FOREST, Place.GARDEN, Place.FIELD}:
        return Weather.FIREFLIES if hour in {Hour.NIGHT, Hour.DUSK} else Weather.DUST
    if hour is Hour.NIGHT:
        return Weather.STARS
    return _pick((Weather.CLEAR, Weather.DUST, Weather.CLEAR), recipe.film.film_seed, place, "weather")
