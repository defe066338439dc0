"""models.yaml as types: what each model is called, takes, costs, and what is taken instead."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from shared.catalog.entries import Entry, ModelField, Picture, Plain, Price, PromptField, Role, Rule, Span, Value
from shared.config import ConfigError, explain, read_yaml
from shared.contracts.base import Kind

FILE = "models.yaml"

Accepts = Literal[
    "seed", "negative_prompt", "generate_audio", "reference", "safety_filter_level", "person_generation"
]  # fmt: skip
_ANOTHER = "(another)"
"""Stands for any value that no rule speaks of."""


class Model(Entry):
    """One entry of models.yaml. Empty lists of ratios, resolutions or formats mean: no choice to make.

    `fields` are sent under the model's own names; `accepts` names what it takes without a field of its own.
    """

    id: Annotated[str, Field(pattern=r"^[\w.-]+(/[\w.:-]+)*$", max_length=120)]
    kind: Kind
    provider: str
    account: str
    target: str = ""
    prompt: PromptField | None = None
    aspect_ratios: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    durations: tuple[Annotated[float, Field(gt=0)], ...] | Span = ()
    rounding: Literal["nearest", "up", "down"] = "nearest"
    seed_below: Annotated[int, Field(ge=1)] | None = None
    accepts: frozenset[Accepts] = frozenset()
    fields: dict[str, ModelField] = Field(default_factory=dict)
    pictures: dict[Role, Picture] = Field(default_factory=dict)
    needs_picture: bool = False
    rules: tuple[Rule, ...] = ()
    constants: dict[str, Plain] = Field(default_factory=dict)
    output: Literal["file", "files", "inline"] = "file"
    price: Price | None = None
    bills_canceled: bool = False
    random_refusals: tuple[str, ...] = ()
    typical_s: Annotated[float, Field(gt=0)]
    longest_s: Annotated[float, Field(gt=0)]
    fallback: tuple[str, ...] = ()
    verified: Literal["run", "doc", "unverified"] = "unverified"
    enabled: bool = True

    @model_validator(mode="after")
    def _keeps_its_own_rules(self) -> "Model":
        for said in self._contradictions():
            raise ValueError(f"model {self.id}: {said}")
        return self

    def obeyed(self, role: Role | None, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """`inputs` with what a picture in that role and the rules require; only inputs that were given are changed.

        One rule may bring another about, so they are kept to one by one until all of them are. Raises ValueError
        where that never happens; no model whose rules contradict each other can be built.
        """
        used, before = dict(inputs), list[dict[str, Value]]()
        while broken := self._broken(role, used):
            if used in before:
                raise ValueError("its `rules` and the `requires` of its pictures contradict each other")
            before.append(used)
            used = {**used, **broken}
        return used

    def makes(self, name: str, value: Value) -> bool:
        """Whether `value` is one of those that the entry says it takes."""
        if name == "duration" and isinstance(self.durations, Span):
            return self.durations.nearest(float(str(value))) == value
        known, field = self._listed(name), self.fields.get(name)
        return (not known or value in known) and (field is None or not field.values or str(value) in field.values)

    def _listed(self, name: str) -> tuple[str | float, ...]:
        """The values that the entry lists for one of our inputs; none: it lists none."""
        lists: Mapping[str, tuple[str | float, ...]] = {
            "aspect_ratio": self.aspect_ratios,
            "resolution": self.resolutions,
            "output_format": self.formats,
            "duration": () if isinstance(self.durations, Span) else self.durations,
        }
        return lists.get(name, ())

    def _broken(self, role: Role | None, used: Mapping[str, Value]) -> dict[str, Value]:
        """The first demand that `used` does not keep to, of those on inputs that were given."""
        pictured = (self.pictures[role].requires,) if role else ()
        for required in (*pictured, *(rule.require for rule in self.rules if rule.applies(used))):
            wrong = {name: value for name, value in required.items() if name in used and used[name] != value}
            if wrong:
                return dict(wrong)
        return {}

    def _contradictions(self) -> Iterator[str]:
        required = [picture.requires for picture in self.pictures.values()] + [rule.require for rule in self.rules]
        for name, value in ((name, value) for demand in required for name, value in demand.items()):
            if not self.makes(name, value):
                yield f"`{name}` {value} is required, which it does not take"
        for name, field in self.fields.items():
            yield from self._misspelled(name, field)
        silent = self.price and (self.price.usd_silent is not None or self.price.usd_silent_at)
        if silent and "generate_audio" not in {*self.fields, *self.accepts}:
            yield "it has a price without audio, but nothing tells it to make none: `fields.generate_audio`"
        for role, inputs in product((None, *self.pictures), self._cases(required)):
            try:
                self.obeyed(role, inputs)
            except ValueError as error:
                yield str(error)

    def _misspelled(self, name: str, field: ModelField) -> Iterator[str]:
        """Values that it lists, or takes instead of another, and that its field does not spell."""
        for value in (*self._listed(name), *field.instead.values()):
            if field.values and str(value) not in field.values:
                yield f"`{name}` {value} is allowed, but `fields.{name}.values` does not spell it"

    def _cases(self, required: list[dict[str, Plain]]) -> Iterator[dict[str, Value]]:
        """Every combination of the values that rules speak of, of another value and of none: what may be given."""
        spoken: dict[str, set[Value]] = {}
        for part in (*required, *(rule.when for rule in self.rules)):
            for name, value in part.items():
                spoken.setdefault(name, set()).add(value)
        each = [[(name, value) for value in (*values, _ANOTHER, None)] for name, values in spoken.items()]
        for case in product(*each):
            yield {name: value for name, value in case if value is not None}

    @property
    def is_usable(self) -> bool:
        """A model without a price would be bought blindly."""
        return self.enabled and self.price is not None

    @property
    def vendor_model(self) -> str:
        """What the provider calls it."""
        return self.target or self.id


class Account(Entry):
    """One paying access to a provider and its limits. `concurrency` None: as many as there are workers' slots.

    `per_minute` orders may go out in a minute, `burst` of them at once (None: all of them).
    """

    concurrency: Annotated[int, Field(ge=1)] | None = None
    per_minute: Annotated[int, Field(ge=1)] | None = None
    burst: Annotated[int, Field(ge=1)] | None = None


class Catalog(Entry):
    """models.yaml as a whole."""

    accounts: dict[str, Account]
    models: tuple[Model, ...]

    @model_validator(mode="after")
    def _everything_named_exists(self) -> "Catalog":
        kinds = {model.id: model.kind for model in self.models}
        if len(kinds) < len(self.models):
            raise ValueError("two models share an id")
        for model in self.models:
            if model.account not in self.accounts:
                raise ValueError(f"model {model.id} names the account {model.account}, which is not under `accounts`")
            for other in model.fallback:
                if kinds.get(other) != model.kind or other == model.id:
                    raise ValueError(f"model {model.id} falls back to {other}, which is no other model of its kind")
        return self

    def of_kind(self, kind: Kind) -> tuple[Model, ...]:
        return tuple(model for model in self.models if model.kind == kind)

    def find(self, model_id: str) -> Model | None:
        return next((model for model in self.models if model.id == model_id), None)

    def chain(self, model: Model) -> tuple[Model, ...]:
        """`model` and what is taken instead of it, in that order."""
        return (model, *(found for name in model.fallback if (found := self.find(name)) is not None))


def read_catalog(configs: Path) -> Catalog:
    """Read models.yaml under `configs`. Raises ConfigError."""
    try:
        return Catalog.model_validate(read_yaml(configs / FILE))
    except ValidationError as error:
        raise ConfigError(explain(error, FILE, known=Model.model_fields)) from error
