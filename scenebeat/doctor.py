"""`scenebeat doctor`: asks the providers whether the configured models are still there, before anything is ordered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, ValidationError

from scenebeat.environment import keys_set
from shared.catalog import Catalog, Model, fit, read_catalog
from shared.config import ConfigError, WorkerConfig, config_dir, explain, keep_secrets_of, read_yaml
from shared.contracts.base import FREE, Kind
from shared.openings import Shut
from shared.standing import Standing
from shared.vendors.gemini.standing import model_standing as ask_gemini
from shared.vendors.replicate.standing import model_standing as ask_replicate

ANSWER_WITHIN_S = 15.0
LOCAL = "local"
FILES: Mapping[str, Kind] = {
    "scene.yaml": "create_scenes",
    "image.yaml": "generate_character_reference",
    "video.yaml": "generate_video",
}
ASK: Mapping[str, Callable[[WorkerConfig, str], Awaitable[Standing]]] = {
    "replicate": ask_replicate,
    "gemini": ask_gemini,
}

COUNTED: Mapping[Kind, str] = {
    "generate_character_reference": "num_images",
    "generate_video": "number_of_scenes",
}
"""Which default says how many of a kind a film has."""

State = Literal["answers", "gone", "refused", "silent", "no_key", "disabled", "not_asked"]
USABLE: frozenset[State] = frozenset({"answers", "not_asked"})


@dataclass(frozen=True)
class Examined:
    """One model: how it stands with its provider, and configured fields that its live schema does not have."""

    model: Model
    state: State
    words: str = ""
    unknown_fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One kind of order: its default model, then what is taken instead, first to last.

    `defaults` are those of its file: what an order gets that does not say otherwise.
    """

    kind: Kind
    chain: tuple[Examined, ...]
    defaults: Mapping[str, Any]

    @property
    def default(self) -> Examined | None:
        """The model that is ordered from; None where no key opens any."""
        return next((one for one in self.chain if one.state not in ("no_key", "disabled")), None)

    @property
    def used(self) -> Examined | None:
        """Who will make it in the end. Only a model that is gone is replaced while an order is under way."""
        if self.default is None or self.default.state != "gone":
            return self.default if self.default and self.default.state in USABLE else None
        replaceable = (one for one in self.chain if one.state not in ("gone", "no_key", "disabled"))
        heir = next(replaceable, None)
        return heir if heir and heir.state in USABLE else None

    @property
    def usd_each(self) -> Decimal | None:
        """What one call by the defaults costs; None where nobody knows."""
        if self.used is None or self.used.model.price is None:
            return None
        inputs = {name: self.defaults.get(name) for name in ("duration", "resolution", "generate_audio")}
        settled = fit(self.used.model, inputs).used
        seconds = settled.get("duration")
        if seconds is None and self.used.model.price.per == "second":
            return None
        return self.used.model.price.of(
            duration_s=float(seconds or 0),
            audio=bool(settled.get("generate_audio", True)),
            resolution=str(settled.get("resolution")),
        )


@dataclass(frozen=True)
class Diagnosis:
    """`keys`: variable -> whether it is set."""

    keys: Mapping[str, bool]
    findings: tuple[Finding, ...]

    @property
    def is_fine(self) -> bool:
        return all(finding.used is not None for finding in self.findings)

    @property
    def film_usd(self) -> Decimal | None:
        """About what a film by the defaults costs; None where a part of it can't be made."""
        said = {name: value for finding in self.findings for name, value in finding.defaults.items()}
        times = {"create_scenes": 1, **{kind: said.get(name) for kind, name in COUNTED.items()}}
        total = FREE
        for finding in self.findings:
            each, count = finding.usd_each, times[finding.kind]
            if each is None or count is None:
                return None
            total += each * count
        return total


async def examine(environment: Mapping[str, str], *, one_machine: bool = True) -> Diagnosis:
    """Ask about the default of every kind and what is taken instead. Raises ConfigError."""
    configs = config_dir(environment)
    catalog = read_catalog(configs)
    findings = [
        _finding(kind, catalog, configs / file, environment, one_machine=one_machine) for file, kind in FILES.items()
    ]
    return Diagnosis(keys_set(environment), tuple(await asyncio.gather(*findings)))


def candidates(kind: Kind, catalog: Catalog, defaults: Mapping[str, Any], *, one_machine: bool) -> list[Model]:
    """The models an order that names none may be made by, first to last, as the gateway takes them."""
    if named := defaults.get("model"):
        model = catalog.find(named)
        return [] if model is None else list(catalog.chain(model))
    if (backend := defaults.get("backend", "auto")) != "auto":
        return [model for model in catalog.of_kind(kind) if model.provider == backend]
    prefer = defaults.get("prefer") or ("replicate", "gemini", LOCAL)
    allowed = [name for name in prefer if name != LOCAL or one_machine]
    return [model for name in allowed for model in catalog.of_kind(kind) if model.provider == name]


async def _finding(
    kind: Kind, catalog: Catalog, file: Path, environment: Mapping[str, str], *, one_machine: bool
) -> Finding:
    written = read_yaml(file)
    config = worker_config(environment, written)
    defaults = written.get("defaults") or {}
    wanted = candidates(kind, catalog, defaults, one_machine=one_machine)
    chosen = next((model for model in wanted if model.is_usable and _opens(model, config) is None), None)
    if chosen is None:
        return Finding(kind, tuple(Examined(model, *_shut(model, config)) for model in wanted), defaults)
    passed_over = wanted[: wanted.index(chosen)]
    passed_over = [model for model in passed_over if model is wanted[0]]  # the one that was meant, not all the others
    asked = [*passed_over, *catalog.chain(chosen)]
    return Finding(kind, tuple(await asyncio.gather(*(_examined(model, config) for model in asked))), defaults)


async def _examined(model: Model, config: WorkerConfig) -> Examined:
    state, words = _shut(model, config)
    if state != "answers":
        return Examined(model, state, words)
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            standing = await ASK[model.provider](config, model.vendor_model)
    except Shut as why:
        return Examined(model, "no_key", str(why))
    except TimeoutError:
        return Examined(model, "silent", f"no answer within {ANSWER_WITHIN_S:g} s")
    unknown = () if standing.fields is None else tuple(sorted(set(_sent(model)) - standing.fields))
    return Examined(model, standing.state, standing.words, unknown)


def _shut(model: Model, config: WorkerConfig) -> tuple[State, str]:
    """Why there is nothing to ask; "answers" where there is."""
    if not model.is_usable:
        return "disabled", "disabled or without a price in configs/models.yaml"
    if (why := _opens(model, config)) is not None:
        return "no_key", why
    if model.provider not in ASK:
        return (
            "not_asked",
            "runs on this machine" if model.provider == LOCAL else "can't be asked; the first order tells",
        )
    return "answers", ""


def _opens(model: Model, config: WorkerConfig) -> str | None:
    """What has to be done before the provider can be used; None where nothing has to."""
    if model.provider not in config.slots:
        return f"give {model.provider} slots in the service's file"
    match model.provider:
        case "replicate" if config.replicate_api_token is None:
            return "set REPLICATE_API_TOKEN"
        case "gemini" if config.gemini_api_key is None:
            return "set GEMINI_API_KEY"
        case "vertex" if config.vertex_api_key is None and config.google_cloud_project is None:
            return "set GOOGLE_CLOUD_PROJECT"
    return None


def _sent(model: Model) -> Iterator[str]:
    """The names of all inputs that an order can send."""
    if model.prompt is not None:
        yield model.prompt.name
    yield from (field.name for field in model.fields.values())
    yield from (picture.name for picture in model.pictures.values() if picture.shape != "part")
    yield from model.constants


def worker_config(environment: Mapping[str, str], written: Mapping[str, Any]) -> WorkerConfig:
    """What the service would be told of its providers: `environment` over its file."""
    known = {name: value for name, value in written.items() if name in WorkerConfig.model_fields}
    for name, field in WorkerConfig.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            said = (environment.get(str(variable)) for variable in field.validation_alias.choices)
            if (value := next(filter(None, said), None)) is not None:
                known[name] = value
    try:
        config = WorkerConfig(**known)
    except ValidationError as error:
        raise ConfigError(explain(error, "the services", known=WorkerConfig.model_fields)) from error
    keep_secrets_of(config)
    return config
