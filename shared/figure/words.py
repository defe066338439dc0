"""The English words a look is read from."""

from typing import Final

from shared.figure.look import Rgb


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


COLORS: Final[dict[str, Rgb]] = {
    "red": (206, 48, 44), "crimson": (176, 24, 48), "scarlet": (216, 44, 32), "maroon": (116, 28, 40),
    "burgundy": (112, 26, 48), "ruby": (188, 24, 66), "rust": (168, 80, 44), "rusty": (160, 84, 52),
    "orange": (236, 126, 40), "coral": (244, 118, 96), "peach": (250, 186, 148), "amber": (240, 166, 44),
    "ginger": (200, 96, 40), "auburn": (136, 56, 34), "copper": (190, 104, 62), "bronze": (160, 112, 62),
    "yellow": (246, 204, 60), "mustard": (212, 164, 44), "gold": (222, 176, 72), "golden": (226, 180, 76),
    "blonde": (232, 200, 126), "blond": (232, 200, 126), "cream": (244, 232, 206), "ivory": (244, 238, 220),
    "beige": (218, 196, 162), "tan": (204, 166, 120), "khaki": (168, 156, 104), "brown": (110, 70, 46),
    "brunette": (84, 52, 36), "chestnut": (116, 62, 38), "chocolate": (84, 50, 36), "hazel": (138, 104, 60),
    "green": (62, 138, 84), "emerald": (24, 148, 106), "olive": (116, 122, 62), "lime": (164, 212, 62),
    "mint": (148, 218, 186), "jade": (58, 160, 122), "teal": (28, 130, 136), "turquoise": (58, 190, 190),
    "cyan": (62, 204, 224), "aqua": (86, 208, 212), "blue": (54, 104, 190), "navy": (36, 50, 96),
    "sapphire": (34, 76, 176), "azure": (72, 150, 226), "cobalt": (38, 80, 172), "indigo": (70, 58, 150),
    "purple": (122, 66, 158), "violet": (134, 84, 190), "lavender": (186, 164, 222), "lilac": (200, 166, 214),
    "plum": (120, 50, 100), "magenta": (204, 48, 142), "pink": (238, 134, 168), "rose": (222, 106, 130),
    "white": (242, 240, 234), "black": (36, 34, 42), "ebony": (34, 28, 32), "grey": (134, 136, 144),
    "gray": (134, 136, 144), "silver": (190, 196, 206), "chrome": (196, 206, 216), "steel": (140, 152, 166),
    "charcoal": (62, 62, 70), "platinum": (236, 226, 202), "brass": (200, 162, 82), "denim": (70, 98, 144),
    "leather": (92, 60, 44), "tweed": (134, 112, 84),
}  # fmt: skip
SHADES: Final[dict[str, float]] = {
    "dark": -0.38,
    "deep": -0.25,
    "midnight": -0.45,
    "light": 0.38,
    "pale": 0.48,
    "pastel": 0.5,
}
"""How far towards black (-1) or white (+1) a word moves the colour behind it."""

SKINS: Final[dict[str, Rgb]] = {
    "pale": (244, 214, 194), "fair": (242, 206, 180), "light": (238, 198, 168), "olive": (206, 158, 116),
    "tan": (206, 152, 110), "tanned": (202, 146, 104), "brown": (150, 98, 66), "dark": (104, 66, 48),
    "black": (88, 56, 44), "ebony": (74, 48, 40), "freckled": (240, 202, 174),
}  # fmt: skip
ORIGINS: Final[dict[str, Rgb]] = {
    "japanese": (236, 196, 158), "chinese": (236, 196, 158), "korean": (236, 196, 158), "asian": (236, 196, 158),
    "african": (98, 62, 48), "nigerian": (98, 62, 48), "kenyan": (98, 62, 48), "ethiopian": (98, 62, 48),
    "indian": (170, 116, 80), "mexican": (206, 152, 110), "latina": (206, 152, 110), "latino": (206, 152, 110),
    "irish": (244, 214, 194), "swedish": (244, 214, 194), "norwegian": (244, 214, 194),
}  # fmt: skip
SKIN_TONES: Final[tuple[Rgb, ...]] = (
    (240, 200, 170), (224, 172, 134), (198, 142, 102), (158, 104, 72), (116, 74, 54), (232, 186, 150),
)  # fmt: skip
HAIR_TONES: Final[tuple[Rgb, ...]] = (
    (44, 32, 34), (92, 56, 38), (150, 84, 44), (212, 172, 98), (60, 44, 56), (122, 48, 34),
)  # fmt: skip
CLOTH_TONES: Final[tuple[tuple[Rgb, Rgb, Rgb, Rgb], ...]] = (
    ((190, 62, 52), (240, 222, 188), (48, 54, 82), (244, 190, 84)),
    ((38, 98, 112), (244, 226, 196), (62, 52, 62), (240, 140, 84)),
    ((222, 150, 58), (62, 74, 104), (54, 48, 62), (236, 96, 76)),
    ((96, 66, 122), (234, 210, 192), (46, 48, 74), (246, 180, 110)),
    ((72, 110, 82), (238, 216, 176), (82, 60, 50), (232, 178, 74)),
    ((52, 70, 122), (232, 226, 216), (44, 46, 60), (238, 108, 92)),
)  # fmt: skip
"""Outer, top, lower, accent: palettes that go together, for what the text leaves open."""

WOMEN: Final = _set(
    "woman girl lady she her female queen princess mother grandmother grandma sister witch actress heroine "
    "ballerina waitress priestess goddess bride daughter aunt duchess empress sorceress mermaid diva "
    "schoolgirl cowgirl businesswoman"
)
MEN: Final = _set(
    "man boy guy gentleman he his him male king prince father grandfather grandpa brother wizard actor hero "
    "cowboy priest groom son uncle duke emperor sorcerer monk waiter fisherman businessman schoolboy"
)
CHILDREN: Final = _set("child kid girl boy toddler schoolgirl schoolboy kitten puppy cub children")
TEENS: Final = _set("teen teenage teenager student")
YOUNG: Final = _set("young teen teenage teenager student youthful twenties")
OLD: Final = _set("old elderly aged ancient grandmother grandfather grandma grandpa senior elder wrinkled")
ROBOTS: Final = _set("robot android cyborg droid automaton mech machine bot golem")
SPECIES: Final[dict[str, str]] = {
    "fox": "fox", "vixen": "fox", "cat": "cat", "kitten": "cat", "tabby": "cat", "dog": "dog", "puppy": "dog",
    "hound": "dog", "wolf": "wolf", "bear": "bear", "panda": "panda", "polar": "bear", "rabbit": "rabbit",
    "bunny": "rabbit", "hare": "rabbit", "owl": "owl", "bird": "bird", "raven": "bird", "crow": "bird",
    "parrot": "bird", "penguin": "bird", "deer": "deer", "stag": "deer", "mouse": "mouse", "rat": "mouse",
    "frog": "frog", "toad": "frog", "lion": "lion", "tiger": "tiger", "raccoon": "raccoon", "badger": "raccoon",
    "lynx": "cat", "squirrel": "mouse", "koala": "bear", "coyote": "wolf", "otter": "mouse", "monkey": "bear",
    "dragon": "dragon", "lizard": "dragon", "horse": "deer", "elephant": "mouse", "leopard": "tiger",
}  # fmt: skip
FUR: Final[dict[str, Rgb]] = {
    "fox": (214, 106, 48), "cat": (148, 128, 112), "dog": (184, 138, 92), "wolf": (122, 128, 140),
    "bear": (122, 82, 56), "panda": (240, 238, 232), "rabbit": (222, 204, 184), "owl": (150, 112, 78),
    "bird": (66, 74, 104), "deer": (176, 122, 78), "mouse": (158, 148, 148), "frog": (102, 164, 82),
    "lion": (218, 168, 92), "tiger": (232, 142, 60), "raccoon": (130, 130, 138), "dragon": (70, 148, 112),
}  # fmt: skip

HAIRS: Final[dict[str, str]] = {
    "bald": "bald", "shaved": "bald", "hairless": "bald", "buzzcut": "buzz", "cropped": "buzz", "buzz": "buzz",
    "short": "short", "pixie": "short", "messy": "tousled", "tousled": "tousled", "spiky": "tousled", "wild": "tousled",
    "bob": "bob", "chin-length": "bob", "shoulder": "bob", "wavy": "wavy", "flowing": "wavy", "long": "long",
    "straight": "long", "ponytail": "ponytail", "pigtails": "braids", "braids": "braids", "braid": "braids",
    "braided": "braids", "dreadlocks": "braids", "bun": "bun", "chignon": "bun", "curly": "curly", "afro": "curly",
    "curls": "curly", "frizzy": "curly", "mohawk": "mohawk", "locks": "wavy",
}  # fmt: skip
HAIR_NOUNS: Final = _set(
    "hair haired hairstyle hairdo bob ponytail pigtails braids braid bun chignon afro curls mohawk locks "
    "dreadlocks buzzcut bald"
)
BEARDS: Final[dict[str, str]] = {
    "beard": "full", "bearded": "full", "moustache": "moustache", "mustache": "moustache", "goatee": "short",
    "stubble": "short", "mustachioed": "moustache", "whiskered": "full",
}  # fmt: skip
HEADWEAR: Final[dict[str, str]] = {
    "hat": "fedora", "fedora": "fedora", "trilby": "fedora", "bowler": "fedora", "tophat": "top_hat",
    "stetson": "cowboy", "cap": "cap", "beret": "beret", "beanie": "beanie", "hood": "hood", "hooded": "hood",
    "crown": "crown", "tiara": "crown", "diadem": "crown", "helmet": "helmet", "headphones": "headphones",
    "turban": "turban", "bonnet": "straw", "sombrero": "straw", "wreath": "flowers", "toque": "beanie",
}  # fmt: skip
HAT_KINDS: Final[dict[str, str]] = {
    "top": "top_hat", "cowboy": "cowboy", "witch": "witch", "pointed": "witch", "pointy": "witch", "wizard": "witch",
    "straw": "straw", "sun": "straw", "wide": "straw", "brimmed": "straw", "bucket": "cap", "baseball": "cap",
    "woolly": "beanie", "knitted": "beanie", "knit": "beanie", "wool": "beanie", "space": "space_helmet",
    "astronaut": "space_helmet", "flower": "flowers", "winter": "beanie", "bobble": "beanie",
}  # fmt: skip
EYEWEAR: Final[dict[str, str]] = {
    "glasses": "glasses", "spectacles": "glasses", "sunglasses": "sunglasses", "shades": "sunglasses",
    "goggles": "goggles", "eyepatch": "eyepatch", "patch": "eyepatch", "mask": "mask", "masked": "mask",
    "monocle": "glasses", "bespectacled": "glasses",
}  # fmt: skip
OUTERS: Final[dict[str, str]] = {
    "coat": "coat", "overcoat": "long_coat", "trenchcoat": "long_coat", "raincoat": "coat", "parka": "coat",
    "trench": "long_coat", "jacket": "jacket", "blazer": "jacket", "cardigan": "jacket", "vest": "jacket",
    "waistcoat": "jacket", "robe": "robe", "robes": "robe", "kimono": "robe", "toga": "robe", "habit": "robe",
    "armor": "armor", "armour": "armor", "armoured": "armor", "armored": "armor", "spacesuit": "spacesuit",
    "tracksuit": "jacket", "uniform": "uniform", "suit": "suit", "tuxedo": "suit", "anorak": "coat",
    "labcoat": "long_coat",
}  # fmt: skip
TOPS: Final[dict[str, str]] = {
    "shirt": "shirt", "blouse": "shirt", "tunic": "shirt", "tshirt": "tshirt", "tee": "tshirt", "top": "tshirt",
    "sweater": "sweater", "jumper": "sweater", "pullover": "sweater", "turtleneck": "sweater", "hoodie": "hoodie",
    "sweatshirt": "hoodie",
}  # fmt: skip
LOWERS: Final[dict[str, str]] = {
    "trousers": "trousers", "pants": "trousers", "jeans": "trousers", "overalls": "trousers", "dungarees": "trousers",
    "leggings": "trousers", "shorts": "shorts", "skirt": "skirt", "tutu": "skirt", "kilt": "skirt", "dress": "dress",
    "gown": "long_dress", "sundress": "dress", "frock": "dress", "sari": "long_dress",
}  # fmt: skip
CAPES: Final = _set("cape cloak mantle caped cloaked")
SCARVES: Final = _set("scarf shawl bandana neckerchief")
SHOES: Final = _set("boots shoes sneakers sandals trainers heels")
WINGS: Final[dict[str, str]] = {"wings": "feathered", "winged": "feathered", "angel": "feathered", "fairy": "butterfly"}
WING_KINDS: Final[dict[str, str]] = {
    "butterfly": "butterfly", "fairy": "butterfly", "gossamer": "butterfly", "bat": "bat", "dragon": "bat",
    "demon": "bat", "leathery": "bat", "feathered": "feathered", "angel": "feathered", "feather": "feathered",
}  # fmt: skip
THINGS: Final[dict[str, str]] = {
    "guitar": "guitar", "guitarist": "guitar", "umbrella": "umbrella", "parasol": "umbrella", "lantern": "lantern",
    "lamp": "lantern", "torch": "lantern", "sword": "sword", "katana": "sword", "blade": "sword", "staff": "staff",
    "wand": "staff", "spear": "staff", "violin": "violin", "fiddle": "violin", "violinist": "violin",
    "backpack": "backpack", "rucksack": "backpack", "bag": "bag", "satchel": "bag", "handbag": "bag", "book": "book",
    "camera": "camera", "photographer": "camera", "microphone": "microphone", "mic": "microphone",
    "singer": "microphone", "balloon": "balloon", "balloons": "balloon", "flower": "flower", "rose": "flower",
    "bouquet": "flower", "sunflower": "flower", "skateboard": "skateboard", "skater": "skateboard",
    "suitcase": "suitcase", "briefcase": "suitcase", "necklace": "necklace", "pendant": "necklace",
    "pearls": "necklace",
    "tie": "tie", "necktie": "tie", "shield": "shield", "cane": "cane",
}  # fmt: skip
ROLES: Final[dict[str, dict[str, str]]] = {
    "witch": {"headwear": "witch", "outer": "robe"}, "wizard": {"headwear": "witch", "outer": "robe", "beard": "long"},
    "sorcerer": {
        "outer": "robe", "headwear": "hood"}, "sorceress": {"outer": "robe"}, "monk": {"outer": "robe",
        "hair": "bald",
    },
    "knight": {
        "outer": "armor", "headwear": "helmet"}, "warrior": {"outer": "armor"}, "samurai": {"outer": "armor",
        "hair": "bun",
    },
    "astronaut": {
        "outer": "spacesuit", "headwear": "space_helmet"}, "cosmonaut": {"outer": "spacesuit",
        "headwear": "space_helmet",
    },
    "cowboy": {"headwear": "cowboy", "outer": "jacket"}, "cowgirl": {"headwear": "cowboy", "outer": "jacket"},
    "detective": {"headwear": "fedora", "outer": "long_coat"}, "king": {"headwear": "crown", "outer": "robe"},
    "queen": {"headwear": "crown", "lower": "long_dress"}, "princess": {"headwear": "crown", "lower": "long_dress"},
    "prince": {"headwear": "crown", "outer": "jacket"}, "pilot": {"outer": "jacket", "eyewear": "goggles"},
    "aviator": {"outer": "jacket", "eyewear": "goggles"}, "punk": {"hair": "mohawk", "outer": "jacket"},
    "soldier": {"outer": "uniform", "headwear": "helmet"}, "officer": {"outer": "uniform", "headwear": "cap"},
    "police": {"outer": "uniform", "headwear": "cap"}, "captain": {"outer": "uniform", "headwear": "cap"},
    "sailor": {"outer": "uniform", "headwear": "cap"}, "pirate": {"outer": "coat", "eyewear": "eyepatch"},
    "nurse": {"outer": "uniform"}, "doctor": {"outer": "long_coat"}, "scientist": {"outer": "long_coat"},
    "businessman": {
        "outer": "suit", "lower": "trousers"}, "businesswoman": {"outer": "suit"}, "groom": {"outer": "suit",
    },
    "bride": {"lower": "long_dress"}, "ballerina": {"lower": "skirt", "hair": "bun", "outer": "none"},
    "hacker": {"top": "hoodie", "outer": "none"}, "skater": {"top": "hoodie", "outer": "none", "headwear": "cap"},
    "angel": {"wings": "feathered", "outer": "robe"}, "fairy": {"wings": "butterfly", "lower": "dress"},
    "superhero": {
        "outer": "none"}, "fisherman": {"outer": "coat", "headwear": "beanie"}, "ninja": {"headwear": "hood",
        "eyewear": "mask",
    },
    "diver": {
        "headwear": "helmet",
        "eyewear": "goggles"}, "dj": {"headwear": "headphones"}, "painter": {"headwear": "beret",
    },
    "scuba": {"eyewear": "goggles"}, "vampire": {"outer": "suit"},
}  # fmt: skip
"""What a trade wears where the text does not say otherwise."""
ROLE_COLORS: Final[dict[str, dict[str, Rgb]]] = {
    "witch": {"outer_color": (58, 44, 78), "headwear_color": (52, 40, 72)},
    "wizard": {"outer_color": (58, 70, 140), "headwear_color": (52, 62, 128), "hair_color": (220, 220, 222)},
    "knight": {"outer_color": (172, 180, 194), "headwear_color": (172, 180, 194)},
    "astronaut": {"outer_color": (236, 236, 232), "headwear_color": (236, 236, 232)},
    "cosmonaut": {"outer_color": (236, 236, 232), "headwear_color": (236, 236, 232)},
    "detective": {"outer_color": (156, 126, 88), "headwear_color": (98, 78, 60)},
    "doctor": {"outer_color": (240, 240, 238)},
    "scientist": {"outer_color": (240, 240, 238)},
    "nurse": {"outer_color": (236, 240, 242)},
    "bride": {"lower_color": (246, 242, 234), "top_color": (246, 242, 234)},
    "angel": {"outer_color": (246, 240, 226)},
    "police": {"outer_color": (42, 54, 96), "headwear_color": (42, 54, 96)},
    "monk": {"outer_color": (206, 118, 46)},
    "ninja": {"headwear_color": (40, 40, 52), "top_color": (40, 40, 52), "lower_color": (40, 40, 52)},
    "vampire": {"outer_color": (38, 32, 42)},
}
SLIM: Final = _set("slim thin slender skinny lean lanky tall wiry delicate petite")
BROAD: Final = _set("broad big large heavy stout burly muscular chubby fat strong plump giant bulky round")
NEGATIONS: Final = _set("without no not never hatless")
BREAKS: Final = _set(
    "a an the with wearing wears holding carrying carries holds in on of and or his her their its who has "
    "having under over by but plus is are"
)
"""Where a noun's own adjectives begin."""
