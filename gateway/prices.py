"""What one order is expected to cost: from its command when it is placed, from what was fitted before that. Pure."""

from decimal import Decimal

from gateway.commands import as_clip
from gateway.defaults import Defaults
from shared.catalog import Fitted, Model
from shared.contracts.base import FREE
from shared.contracts.order import Command
from shared.contracts.scene import CreateScenes
from shared.contracts.video import GenerateVideo

SCENES_OF_A_CALL = 8
"""So many scenes come to the `usd` of a model that bills tokens; every further eight begun cost it again."""


def price_of(model: Model, command: Command) -> Decimal:
    """What one order is expected to cost, in US dollars."""
    match command:
        case GenerateVideo():
            return _of_clip(model, command.duration_s, audio=command.generate_audio, resolution=command.resolution)
        case CreateScenes():
            return price_of_scenes(model, command.number_of_scenes)
        case _:
            return price_of_one(model)


def price_of_one(model: Model) -> Decimal:
    """Of a thing whose price nothing but its model decides."""
    return model.price.of() if model.price else FREE


def price_of_scenes(model: Model, number: int) -> Decimal:
    calls = -(-number // SCENES_OF_A_CALL) if model.price and model.price.tokens else 1
    return price_of_one(model) * calls


def price_of_clip(fitted: Fitted, defaults: Defaults) -> Decimal:
    """Of the clip that `fitted` will be."""
    clip = as_clip(fitted, "", defaults)
    return _of_clip(fitted.model, clip["duration_s"], audio=clip["generate_audio"], resolution=clip["resolution"])


def _of_clip(model: Model, duration_s: float, *, audio: bool, resolution: str) -> Decimal:
    return model.price.of(duration_s=duration_s, audio=audio, resolution=resolution) if model.price else FREE
