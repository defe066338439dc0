"""The order on the bus, the facts that come back, and who is there to perform it."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import FREE, Contract, Fault, JobId, OrderId, ProductionId, Timestamp, Usd, utc_now
from shared.contracts.image import GenerateReference, ReferenceGenerated
from shared.contracts.scene import CreateScenes, ScenesCreated
from shared.contracts.stitch import StitchVideos, VideosStitched
from shared.contracts.video import GenerateVideo, VideoGenerated

Command = Annotated[CreateScenes | GenerateReference | GenerateVideo | StitchVideos, Field(discriminator="kind")]
Result = Annotated[ScenesCreated | ReferenceGenerated | VideoGenerated | VideosStitched, Field(discriminator="kind")]


class Order(Contract):
    """One unit of work: at most one paid provider call.

    `price_usd` is what one call is expected to cost; `longest_s` the model's own deadline, counted from the intent.
    """

    order_id: OrderId
    release: int = 1
    job_id: JobId
    production_id: ProductionId | None = None
    project: str | None = None
    request_id: str | None = None
    provider: str
    model: str
    account: str = ""
    price_usd: Usd = FREE
    typical_s: float = 10.0
    longest_s: float = 900.0
    retries: OrderId | None = None
    """The order whose uncertain submission this one settles: `find` runs on its intent first."""
    command: Command


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
