"""The order on the bus, the facts that come back, and who is there to perform it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.contracts.base import FREE, Contract, Fault, JobId, OrderId, ProductionId, Timestamp, Usd, utc_now
from shared.contracts.image import GenerateReference, ReferenceGenerated
from shared.contracts.scene import CreateScenes, ScenesCreated
from shared.contracts.stitch import ClipConformed, ConformClip, StitchVideos, VideosStitched
from shared.contracts.video import GenerateVideo, VideoGenerated

Command = Annotated[
    CreateScenes | GenerateReference | GenerateVideo | ConformClip | StitchVideos, Field(discriminator="kind")
]
Result = Annotated[
    ScenesCreated | ReferenceGenerated | VideoGenerated | ClipConformed | VideosStitched, Field(discriminator="kind")
]


class PictureField(Contract):
    """How a model takes the one picture of an order (`command.reference`).

    `single`: the field holds the picture; `list`: a list of it; `part`: it travels beside the text, not in a field.
    """

    name: str
    shape: Literal["single", "list", "part"] = "single"
    role: Literal["reference", "first_frame"] = "reference"
    tag: str | None = None
    """What stands before the prompt to point at the picture ("[Image1]"); only where it is really sent."""


class TokenPrices(Contract):
    """US dollars per million tokens, for models that say how many they used."""

    input_usd: Usd
    output_usd: Usd

    def of(self, *, prompt_tokens: int, output_tokens: int) -> Usd:
        """What a call that used so many tokens costs."""
        return (self.input_usd * prompt_tokens + self.output_usd * output_tokens) / 1_000_000


class Order(Contract):
    """One unit of work: at most one paid provider call.

    `price_usd` is what one call is expected to cost; `longest_s` the model's own deadline, counted from the intent.
    `model` is our id in the catalog, `vendor_model` what the provider calls it.
    """

    order_id: OrderId
    release: int = 1
    job_id: JobId
    production_id: ProductionId | None = None
    project: str | None = None
    request_id: str | None = None
    traceparent: str | None = None
    """The request this order came from, as W3C writes it; None where nobody traces."""
    provider: str
    model: str
    account: str = ""
    price_usd: Usd = FREE
    typical_s: float = 10.0
    longest_s: float = 900.0
    retries: OrderId | None = None
    """The order whose uncertain submission this one settles: `find` runs on its intent first."""
    replaces: OrderId | None = None
    """The order of the same job whose place this one takes: its model was gone, or it is tried once more."""
    tried: tuple[str, ...] = ()
    """The models that were ordered from before, first to last."""
    rerolls: int = 0
    target: str = ""
    """The provider's name of the model, where it is not the catalog's id. Read `vendor_model`."""
    prompt_field: str = "prompt"
    """Under which of the model's names `command.parameters` holds the prompt."""
    picture: PictureField | None = None
    """How `command.reference` is sent; None: the model takes no picture, or there is none."""
    token_prices: TokenPrices | None = None
    cancel_usd: Usd = FREE
    """What a call costs all the same when it is canceled after the model began."""
    command: Command

    @property
    def vendor_model(self) -> str:
        return self.target or self.model

    def inputs(self, picture: str | None = None) -> dict[str, Any]:
        """The model's own input; `picture` is the URL or data URI of `command.reference`, where it is sent."""
        parameters = dict(getattr(self.command, "parameters", {}))
        if picture is None or self.picture is None:
            return parameters
        if self.picture.tag and isinstance(prompt := parameters.get(self.prompt_field), str):
            parameters[self.prompt_field] = f"{self.picture.tag} {prompt}"
        if self.picture.shape != "part":
            parameters[self.picture.name] = [picture] if self.picture.shape == "list" else picture
        return parameters


class Succeeded(Contract):
    status: Literal["succeeded"] = "succeeded"
    result: Result
    cost_usd: Usd = FREE


class Failed(Contract):
    status: Literal["failed"] = "failed"
    fault: Fault
    cost_usd: Usd = FREE


class Canceled(Contract):
    status: Literal["canceled"] = "canceled"
    cost_usd: Usd = FREE


class Uncertain(Contract):
    """The order may have reached the provider; it is never sent again by itself."""

    status: Literal["uncertain"] = "uncertain"
    fault: Fault
    cost_usd: Usd = FREE


Outcome = Annotated[Succeeded | Failed | Canceled | Uncertain, Field(discriminator="status")]


class Started(Contract):
    """A worker has claimed the order for the `attempt`-th time."""

    name: Literal["started"] = "started"
    order_id: OrderId
    release: int = 1
    attempt: int = 1
    worker: str = ""
    at: Timestamp = Field(default_factory=utc_now)


class Throttled(Contract):
    """The provider refused for now; nothing was bought. Hold the account back for `retry_after_s`."""

    name: Literal["throttled"] = "throttled"
    order_id: OrderId
    release: int = 1
    retry_after_s: float
    fault: Fault
    at: Timestamp = Field(default_factory=utc_now)


class Ended(Contract):
    """The order is over. Applied once per order, whatever its release."""

    name: Literal["ended"] = "ended"
    order_id: OrderId
    release: int = 1
    outcome: Outcome
    at: Timestamp = Field(default_factory=utc_now)


Event = Annotated[Started | Throttled | Ended, Field(discriminator="name")]


class Progress(Contract):
    """How far an order is; newest wins, never stored. `fraction` is None where nobody knows."""

    order_id: OrderId
    fraction: float | None = None
    stage: str = ""
    message: str = ""
    at: Timestamp = Field(default_factory=utc_now)


class CancelWish(Contract):
    order_id: OrderId
    at: Timestamp = Field(default_factory=utc_now)


class Announcement(Contract):
    """The history has changed: look again. A hint, never the fact itself."""

    seq: int
    job_id: JobId | None = None
    production_id: ProductionId | None = None


class ServiceCard(Contract):
    """Who is alive and what it reaches: provider -> models (empty: every model), provider -> slots."""

    instance: str
    service: str
    kind: str
    providers: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    slots: dict[str, int] = Field(default_factory=dict)
    refusals: dict[str, str] = Field(default_factory=dict)
    """provider -> why it is not reached (names the variable to set, never the secret)."""
    started_at: Timestamp = Field(default_factory=utc_now)
