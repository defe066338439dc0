"""What every message has in common: ids, money, time, media facts, faults and outcomes."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

OrderId = NewType("OrderId", str)
JobId = NewType("JobId", str)
ProductionId = NewType("ProductionId", str)
AssetId = NewType("AssetId", str)

Kind = Literal["create_scenes", "generate_character_reference", "generate_video", "conform_clip", "stitch_videos"]
"""What an order asks for; a job has the same kind as its orders."""

FREE = Decimal(0)

Usd = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json")]
"""US dollars; a decimal string on the wire, never a float."""

Timestamp = Annotated[
    datetime,
    PlainSerializer(lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"), when_used="json"),
]
"""An instant; RFC 3339 in UTC with `Z` on the wire."""


class Contract(BaseModel):
    """A frozen message. Readers ignore what they don't know; new fields have defaults."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ErrorCode(StrEnum):
    """The `error_code` of API.md section 6."""

    INVALID_REQUEST = "INVALID_REQUEST"
    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    UNSUPPORTED_MEDIA = "UNSUPPORTED_MEDIA"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    CONTENT_POLICY_VIOLATION = "CONTENT_POLICY_VIOLATION"
    RATE_LIMITED = "RATE_LIMITED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    PROVIDER_ERROR = "PROVIDER_ERROR"
    PROVIDER_BAD_OUTPUT = "PROVIDER_BAD_OUTPUT"
    STITCH_FAILED = "STITCH_FAILED"
    MISSING_API_KEY = "MISSING_API_KEY"
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    BACKEND_UNAVAILABLE = "BACKEND_UNAVAILABLE"
    OVERLOADED = "OVERLOADED"
    PROVIDER_TIMEOUT = "PROVIDER_TIMEOUT"
    SUBMISSION_UNCERTAIN = "SUBMISSION_UNCERTAIN"
    INTERNAL = "INTERNAL"


class Fault(Contract):
    """Why something did not work, in words a user can act on. Cleaned of secrets before it is made."""

    code: ErrorCode
    message: str
    provider_code: str | None = None
    retryable: bool = False
    charged: bool = False
    stage: Literal["prompt", "image", "audio", "output"] | None = None
    backend: str | None = None
    model: str | None = None


class MediaFacts(Contract):
    """What a look into the bytes says of them. Pixels, seconds, frames per second."""

    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    fps: float | None = None
    frames: int | None = None
    has_audio: bool | None = None


class AssetRef(Contract):
    """An asset as an order names it: bytes never travel on the bus."""

    asset_id: AssetId
    key: str
    sha256: str
    media_type: str


class StoredAsset(AssetRef):
    """An asset as the media store took it in."""

    size_bytes: int
    facts: MediaFacts = Field(default_factory=MediaFacts)

    @property
    def ref(self) -> AssetRef:
        return AssetRef(asset_id=self.asset_id, key=self.key, sha256=self.sha256, media_type=self.media_type)


def utc_now() -> datetime:
    return datetime.now(UTC)
