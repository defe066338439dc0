"""Canonical inputs -> what one model takes of them, under its own names. Pure."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from shared.catalog.entries import Picture, Role, Span, Value
from shared.catalog.models import Model

OTHER_ROLE: Mapping[Role, Role] = {"reference": "first_frame", "first_frame": "reference"}


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A value a model does not take, and the nearest one that it does."""

    asked: Value
    used: Value


@dataclass(frozen=True, slots=True)
class Fitted:
    """Canonical inputs as one model takes them: `used` in our words, `parameters` in the model's.

    `role`: what the order's picture is to the model; None where none is sent under a field of its own.
    """

    model: Model
    used: dict[str, Value]
    adjusted: dict[str, Adjustment] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    role: Role | None = None

    @property
    def parameters(self) -> dict[str, Value]:
        """What is sent under the model's own names, its constants included; prompt and picture aside."""
        fields = self.model.fields
        mapped = {fields[name].name: fields[name].spelled(value) for name, value in self.used.items() if name in fields}
        return {**mapped, **self.model.constants}

    @property
    def picture(self) -> Picture | None:
        return self.model.pictures[self.role] if self.role else None

    def using(self, **values: Value) -> "Fitted":
        return replace(self, used={**self.used, **values})

    def with_prompt(self, prompt: str) -> dict[str, Value]:
        """`parameters` and the prompt, as long as the model reads it and with what it is to avoid."""
        if self.model.prompt is None:
            return self.parameters
        return {self.model.prompt.name: self._worded(prompt)[0], **self.parameters}

    def cut_off(self, prompt: str) -> tuple[str, ...]:
        """A warning where `prompt` is longer than the model reads."""
        wanted = self.model.prompt
        if wanted is None or not self._worded(prompt)[1]:
            return ()
        return (f"the prompt is longer than the {wanted.most_characters} characters {self.model.id} reads: it was cut",)

    def _worded(self, prompt: str) -> tuple[str, bool]:
        wanted = self.model.prompt
        assert wanted is not None
        avoided = self.used.get("negative_prompt") if "negative_prompt" not in self.model.fields else None
        ending = f"\n{wanted.avoiding.format(avoided)}" if wanted.avoiding and avoided else ""
        if wanted.most_characters is None:
            return prompt + ending, False
        room = wanted.most_characters - len(self.picture.tag or "") - 1 if self.picture else wanted.most_characters
        if len(prompt) + len(ending) <= room:
            return prompt + ending, False
        ending = ending[: room // 2]
        return prompt[: room - len(ending)] + ending, True


def fit(model: Model, inputs: Mapping[str, Value], *, asked: Collection[str] = (), role: Role = "reference") -> Fitted:
    """Fit `inputs` (None: not given) to `model`; `asked` are those the client named itself.

    A value that the model lacks becomes the nearest it has. An input that it lacks is not sent; where the client
    asked for it, a warning says so. `role` is what the picture (`reference`) shall be to the model if it can.
    """
    given = {name: value for name, value in inputs.items() if value is not None}
    near = {name: found for name, value in given.items() if (found := _taken(model, name, value)) is not None}
    took, said = _role(model, near, role)
    used = model.obeyed(took, near)
    if model.pictures and took is None:
        used.pop("reference", None)
    changed = {name: Adjustment(given[name], value) for name, value in used.items() if value != given[name]}
    ignored = tuple(name for name in given if name not in used and name in asked)
    return Fitted(
        model=model,
        used=used,
        adjusted={name: change for name, change in changed.items() if name in asked},
        ignored=ignored,
        warnings=(
            *(said or _left_out(model, name) for name in ignored if name == "reference"),
            *(_left_out(model, name) for name in ignored if name != "reference"),
            *(_adjusted(model, name, change) for name, change in changed.items() if name in asked),
            *((said,) if said and took else ()),
        ),
        role=took,
    )


def _role(model: Model, near: Mapping[str, Value], wanted: Role) -> tuple[Role | None, str]:
    """What the picture is to the model, and a sentence where that is not what was wanted.

    The film's shape comes first: a picture never changes the aspect ratio.
    """
    if "reference" not in near or not model.pictures:
        return None, ""
    wrong_shape = ""
    for role in (wanted, OTHER_ROLE[wanted]):
        picture = model.pictures.get(role)
        if picture is None:
            continue
        ratio = picture.requires.get("aspect_ratio")
        if ratio is not None and near.get("aspect_ratio", ratio) != ratio:
            wrong_shape = f"{model.id} takes a {_NAMES[role]} only in {ratio}"
            continue
        if role == wanted:
            return role, ""
        why = wrong_shape or f"{model.id} takes no {_NAMES[wanted]}"
        return role, f"{why}: the picture is sent as the {_NAMES[role]}"
    return None, f"{wrong_shape}: the picture was not sent"


_NAMES: Mapping[Role, str] = {"reference": "reference picture", "first_frame": "first frame"}


def _taken(model: Model, name: str, value: Value) -> Value:
    """The nearest value the model takes; None where it takes nothing of the kind."""
    if not _takes(model, name):
        return None
    if near := _NEAREST.get(name):
        return near(model, value)
    return model.fields[name].nearest(value) if name in model.fields else value


def _takes(model: Model, name: str) -> bool:
    if name in _CHOICES:
        return _CHOICES[name](model)
    if name == "negative_prompt" and model.prompt is not None and model.prompt.avoiding:
        return True
    return name in model.accepts or name in model.fields or (name == "reference" and bool(model.pictures))


_CHOICES: Mapping[str, Callable[[Model], bool]] = {
    "aspect_ratio": lambda model: bool(model.aspect_ratios),
    "resolution": lambda model: bool(model.resolutions),
    "output_format": lambda model: bool(model.formats),
    "duration": lambda model: model.durations != (),
}


def nearest_ratio(ratios: Collection[str], wanted: float) -> str:
    """Of `ratios` ("16:9") the one whose shape is nearest to `wanted` (width by height)."""
    return min(ratios, key=lambda ratio: abs(math.log(shape(ratio) / wanted)))


def shape(ratio: str) -> float:
    """Width by height of "16:9"."""
    width, height = ratio.split(":")
    return int(width) / int(height)


def lines(resolution: str) -> int:
    """The shorter side of "720p" or "4k", in pixels."""
    return int(resolution[:-1]) * (540 if resolution.endswith("k") else 1)


def _near_ratio(model: Model, value: Value) -> Value:
    return value if value in model.aspect_ratios else nearest_ratio(model.aspect_ratios, shape(str(value)))


def _near_resolution(model: Model, value: Value) -> Value:
    if value in model.resolutions:
        return value
    return min(model.resolutions, key=lambda known: abs(lines(known) - lines(str(value))))


def _near_format(model: Model, value: Value) -> Value:
    return value if value in model.formats else model.formats[0]


def _near_duration(model: Model, value: Value) -> Value:
    seconds = float(str(value))
    if isinstance(model.durations, Span):
        return _plain(model.durations.nearest(seconds))
    above = [known for known in model.durations if known >= seconds]
    below = [known for known in model.durations if known <= seconds]
    if model.rounding == "up" and above:
        return _plain(min(above))
    if model.rounding == "down" and below:
        return _plain(max(below))
    return _plain(min(model.durations, key=lambda known: (abs(known - seconds), -known)))


def _near_seed(model: Model, value: Value) -> Value:
    return int(str(value)) % model.seed_below if model.seed_below else value


def _plain(seconds: float) -> float:
    """8, not 8.0: how people write it."""
    return int(seconds) if seconds == int(seconds) else seconds


_NEAREST: dict[str, Callable[[Model, Value], Value]] = {
    "aspect_ratio": _near_ratio,
    "resolution": _near_resolution,
    "output_format": _near_format,
    "duration": _near_duration,
    "seed": _near_seed,
}


def _left_out(model: Model, name: str) -> str:
    return f"{model.id} does not take `{name}`: it was left out"


def _adjusted(model: Model, name: str, change: Adjustment) -> str:
    return f"`{name}` {change.asked} is not made by {model.id}: {change.used} was used"
