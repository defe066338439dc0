"""A prediction as Replicate tells it, and what can be read out of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

_TQDM = re.compile(r"(?P<percent>\d{1,3})%\s*\|[^|\r\n]*\|\s*\d+/\d+")
MOST_FRACTION = 0.99


class Prediction(BaseModel):
    """The fields we read. The SDK's own model is not used: it refuses the status `aborted`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    status: str
    model: str | None = None
    version: str | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    output: Any = None
    error: str | None = None
    logs: str = ""
    source: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _removed_is_empty(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {}

    @field_validator("error", "logs", mode="before")
    @classmethod
    def _any_words(cls, value: Any, info: Any) -> Any:
        return ("" if info.field_name == "logs" else None) if value is None else str(value)

    @property
    def has_begun(self) -> bool:
        return self.started_at is not None or self.status in ("processing", "succeeded")

    @property
    def fraction(self) -> float | None:
        """How far the last progress bar in the logs had come; None where the model draws none."""
        bars = _TQDM.findall(self.logs)
        return min(int(bars[-1]) / 100, MOST_FRACTION) if bars else None

    @property
    def location(self) -> str | None:
        """Where the first file of the output lies: a URL, a list of them, or an object with one."""
        return _first_url(self.output)


def _first_url(output: Any) -> str | None:
    if isinstance(output, str):
        return output or None
    if isinstance(output, list):
        return next((url for part in output if (url := _first_url(part))), None)
    if isinstance(output, Mapping):
        return next((url for name in ("url", "uri", "video", "image") if (url := _first_url(output.get(name)))), None)
    return None
