"""Configuration: YAML for what is decided, environment for secrets and addresses; environment wins."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from shared.logs import logger
from shared.redaction import keep_secret

CONFIG_DIR = Path(__file__).resolve().parent.parent / "configs"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C where PyYAML was built with it: models.yaml takes a tenth of the time."""

C = TypeVar("C", bound="ServiceConfig")

_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._\-]{0,80}(/[A-Za-z0-9_][A-Za-z0-9 ._\-]{0,80}){0,4}")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+/?")


class ConfigError(Exception):
    """The configuration can't be used; says which key, where, and what to do."""


class Section(BaseModel):
    """A part of a configuration file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Surroundings(EnvSettingsSource):
    """The environment. `<VARIABLE>_FILE` names a file that holds the value, as secrets come into containers."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        told = super()._load_env_vars()
        files = {name: told.get(f"{name}_file") for name in self._variables() if not told.get(name)}
        read = {name: _content(name, file) for name, file in files.items() if file}
        return {**told, **{name: value for name, value in read.items() if value}}  # empty: not set, as ever

    def _variables(self) -> Iterator[str]:
        """Everything that may be set, as it stands in `told`: in small letters."""
        for name, field in self.settings_cls.model_fields.items():
            for _, variable, _ in self._extract_field_info(field, name):
                yield variable.lower()


def _content(variable: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{variable.upper()}_FILE: {file} can't be read: {error}") from error


class LookoutConfig(Section):
    """Where this process is watched: /healthz, /readyz, /metrics. `port` None: nowhere; 0: any free one, in the log.

    Whoever reaches it reads the metrics without a key: bind it to an address that only your own network reaches.
    """

    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535)


class ServiceConfig(BaseSettings):
    """What every process can be told. Named variables as in API.md section 7; any other field as SCENEBEAT_<FIELD>."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="SCENEBEAT_",
        env_ignore_empty=True,
        populate_by_name=True,
        env_nested_delimiter="__",
    )

    nats_url: str = Field("nats://127.0.0.1:4222", validation_alias=AliasChoices("nats_url", "NATS_URL"))
    data: Path = Field(Path(".scenebeat"), validation_alias="SCENEBEAT_DATA")
    debug: bool = Field(False, validation_alias="MV_DEBUG_MODE")
    ack_wait_s: float = 20.0
    drain_s: float = 5.0
    lookout: LookoutConfig = LookoutConfig()
    otlp_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices(
            "otlp_endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        ),
    )
    """Where traces are sent, over HTTP; None: nowhere. The exporter reads this variable, and its siblings, itself."""
    one_machine: bool = False
    """Set by the one-machine stack: `local` steps in where no provider is reachable."""
    storage_bucket: str | None = Field(None, validation_alias=AliasChoices("storage_bucket", "STORAGE_BUCKET"))
    """Media lie in this bucket of S3; None: in the data folder."""
    serve_from_cloud: bool = Field(False, validation_alias=AliasChoices("serve_from_cloud", "SERVE_FROM_CLOUD"))
    """Clients fetch them there, by presigned URLs; else through the gateway."""
    storage_prefix: str = ""
    """A folder of the bucket that holds them all."""
    storage_public_url: str | None = None
    """The origin that clients reach the bucket by, where it is not `aws_endpoint_url`."""
    storage_patience_s: float = Field(15.0, gt=0)
    """How long one operation waits for a store that is away."""
    cloud_url_s: int = Field(3600, ge=60, le=7 * 24 * 3600)
    """How long a presigned URL holds."""
    aws_endpoint_url: str | None = Field(
        None, validation_alias=AliasChoices("aws_endpoint_url", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    )
    """Another S3 than Amazon's."""
    aws_region: str | None = Field(
        None, validation_alias=AliasChoices("aws_region", "AWS_REGION", "AWS_DEFAULT_REGION")
    )
    aws_access_key_id: SecretStr | None = Field(
        None, validation_alias=AliasChoices("aws_access_key_id", "AWS_ACCESS_KEY_ID")
    )
    """Without it, what else the AWS tools know is tried: a profile, or the role of the machine."""
    aws_secret_access_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY")
    )
    aws_session_token: SecretStr | None = Field(
        None, validation_alias=AliasChoices("aws_session_token", "AWS_SESSION_TOKEN")
    )

    @field_validator("storage_prefix")
    @classmethod
    def _plain_folder(cls, prefix: str) -> str:
        folder = prefix.strip("/")
        if folder and (not _FOLDER.fullmatch(folder) or ".." in folder.split("/")):
            raise ValueError(f"must be a folder of plain names, such as films/2026, not {prefix[:80]!r}")
        return folder

    @field_validator("aws_endpoint_url", "storage_public_url")
    @classmethod
    def _an_origin(cls, url: str | None) -> str | None:
        if url is not None and not _ORIGIN.fullmatch(url):
            raise ValueError("must be an address such as https://s3.example, without a path")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (Surroundings(settings_cls), init_settings)

    @property
    def media_dir(self) -> Path:
        return self.data.absolute() / "media"

    @property
    def scratch_dir(self) -> Path:
        return self.data.absolute() / "scratch"


class WorkerConfig(ServiceConfig):
    """What every service that performs orders can be told."""

    slots: dict[str, int] = Field(default_factory=lambda: {"local": 2})
    """provider -> how many orders at once in this process."""
    cheap_usd: Decimal = Decimal("0.01")
    """Below this price a call whose fate is unknown is sent again and booked twice."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """What a request leaves open; the gateway fills it in."""
    replicate_api_token: SecretStr | None = Field(
        None, validation_alias=AliasChoices("replicate_api_token", "REPLICATE_API_TOKEN", "REPLICATE_API_KEY")
    )
    replicate_base_url: str = Field(
        "https://api.replicate.com", validation_alias=AliasChoices("replicate_base_url", "REPLICATE_BASE_URL")
    )
    """Without /v1. Only when this is a loopback address may outputs come by plain http, from loopback."""
    gemini_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("gemini_api_key", "GEMINI_API_KEY"))
    google_gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com",
        validation_alias=AliasChoices("google_gemini_base_url", "GOOGLE_GEMINI_BASE_URL"),
    )
    """Without a version. The key is sent here and nowhere else; outputs as with Replicate's."""
    gemini_api_version: str = "v1beta"
    google_cloud_project: str | None = Field(
        None, validation_alias=AliasChoices("google_cloud_project", "GOOGLE_CLOUD_PROJECT")
    )
    google_cloud_location: str = Field(
        "us-central1", validation_alias=AliasChoices("google_cloud_location", "GOOGLE_CLOUD_LOCATION")
    )
    vertex_api_key: SecretStr | None = Field(None, validation_alias=AliasChoices("vertex_api_key", "VERTEX_API_KEY"))
    """In place of a project and its credentials."""
    google_vertex_base_url: str | None = Field(
        None, validation_alias=AliasChoices("google_vertex_base_url", "GOOGLE_VERTEX_BASE_URL")
    )


def config_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the YAML files lie: `SCENEBEAT_CONFIG_DIR`, else `configs/` beside the code."""
    return Path(environment.get("SCENEBEAT_CONFIG_DIR") or CONFIG_DIR)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file, empty where there is no file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        content = yaml.load(text, Loader=LOADER) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{path.name} is no YAML: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path.name} must hold a mapping at its top.")
    return content


def load(model: type[C], name: str) -> C:
    """`model` from configs/`name` and the environment. Raises ConfigError naming the nearest known key."""
    path = config_dir() / name
    values = read_yaml(path)
    try:
        config = model(**values)
    except ValidationError as error:
        raise ConfigError(explain(error, name, known=model.model_fields)) from error
    keep_secrets_of(config)
    return config


def keep_secrets_of(config: ServiceConfig) -> None:
    """Its keys are never told from now on: not in a log, not where a vendor repeats them in its own words."""
    values = (getattr(config, name) for name in type(config).model_fields)
    keep_secret(*(value.get_secret_value() for value in values if isinstance(value, SecretStr)))


def explain(error: ValidationError, name: str, *, known: Mapping[str, Any]) -> str:
    """Every fault on a line of its own; an unknown key gets the closest known one."""
    return "\n".join(f"{name}: {_fault(fault, known)}" for fault in error.errors(include_url=False))


def _fault(fault: Any, known: Mapping[str, Any]) -> str:
    path = ".".join(str(step) for step in fault["loc"])
    if fault["type"] != "extra_forbidden":
        return f"{path}: {fault['msg']}"
    close = difflib.get_close_matches(str(fault["loc"][-1]), list(known), n=1)
    return f"{path}: unknown key" + (f"; did you mean {close[0]}?" if close else "")


def log_config(config: ServiceConfig, name: str) -> None:
    """In debug mode: what is in force and where each value comes from, `name` being the file."""
    if not config.debug:
        return
    surrounding, written = Surroundings(type(config))(), read_yaml(config_dir() / name)
    log = logger(__name__)
    for field, value in config.model_dump(mode="json").items():
        source = "environment" if field in surrounding else name if field in written else "default"
        log.debug("config_value", field=field, value=value, source=source)
