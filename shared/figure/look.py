"""What a character looks like, as data: the one thing portraits and clips share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Annotated[int, Field(ge=0, le=255)]
Rgb = tuple[Channel, Channel, Channel]

Kind = Literal["person", "robot", "animal"]
Gender = Literal["woman", "man", "neutral"]
Age = Literal["child", "young", "adult", "old"]
Build = Literal["slim", "average", "broad"]
HairStyle = Literal[
    "bald", "buzz", "short", "tousled", "bob", "wavy", "long", "ponytail", "bun", "curly", "braids", "mohawk"
]
Beard = Literal["none", "moustache", "short", "full", "long"]
Headwear = Literal[
    "none", "fedora", "top_hat", "cowboy", "witch", "straw", "cap", "beret", "beanie", "hood", "crown", "helmet",
    "space_helmet", "headphones", "flowers", "turban",
]  # fmt: skip
Eyewear = Literal["none", "glasses", "sunglasses", "goggles", "eyepatch", "mask"]
Outer = Literal["none", "coat", "long_coat", "jacket", "robe", "armor", "spacesuit", "uniform", "suit"]
Top = Literal["shirt", "tshirt", "sweater", "hoodie"]
Lower = Literal["trousers", "shorts", "skirt", "long_skirt", "dress", "long_dress"]
Wings = Literal["none", "feathered", "butterfly", "bat"]
Accessory = Literal[
    "guitar", "umbrella", "lantern", "sword", "staff", "violin", "backpack", "bag", "book", "camera", "microphone",
    "balloon", "flower", "skateboard", "suitcase", "necklace", "tie", "shield", "cane",
]  # fmt: skip


class Look(BaseModel):
    """One character. Colours are sRGB 0..255; `None` where the thing is not worn.

    `variant` is the candidate (0..3) it was drawn as; `stance` is how it stands when at rest.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    description: str = ""
    seed: int = 0
    variant: int = 0
    kind: Kind = "person"
    species: str = "human"
    gender: Gender = "neutral"
    age: Age = "adult"
    build: Build = "average"
    stance: int = Field(default=0, ge=0, le=3)
    skin: Rgb = (224, 172, 136)
    eyes: Rgb = (70, 52, 44)
    hair: HairStyle = "short"
    hair_color: Rgb = (40, 30, 30)
    beard: Beard = "none"
    headwear: Headwear = "none"
    headwear_color: Rgb = (60, 50, 60)
    eyewear: Eyewear = "none"
    outer: Outer = "none"
    outer_color: Rgb = (120, 60, 60)
    top: Top = "shirt"
    top_color: Rgb = (230, 220, 200)
    lower: Lower = "trousers"
    lower_color: Rgb = (50, 56, 78)
    shoes_color: Rgb = (48, 36, 34)
    cape: Rgb | None = None
    scarf: Rgb | None = None
    wings: Wings = "none"
    accessories: tuple[Accessory, ...] = ()
    accent: Rgb = (240, 180, 80)
