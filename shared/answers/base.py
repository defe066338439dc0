"""What all answers have in common: a frozen model, and ids, money and times as they stand on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema


class Answer(BaseModel):
    """A body the gateway sends. Readers ignore fields they do not know: a newer gateway may tell more."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)  # the gateway writes them and reads none


Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
Money = Annotated[Decimal, WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1.60"]})]
"""US dollars: a decimal string on the wire, never a float."""
Moment = Annotated[datetime, WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant: RFC 3339 in UTC."""
Url = Annotated[str, WithJsonSchema({"type": "string", "format": "uri-reference"})]
"""A path of this gateway, or the absolute address of a store."""
Fraction = Annotated[float, Field(ge=0, le=1)]

Status = Literal["queued", "running", "succeeded", "partial", "failed", "canceling", "canceled"]
"""Of a job and of a production alike. All but `queued`, `running` and `canceling` are terminal."""

TERMINAL: frozenset[Status] = frozenset({"succeeded", "partial", "failed", "canceled"})
"""These never change again."""


class Adjusted(Answer):
    """A parameter the model does not take as it was asked."""

    asked: Any
    used: Any
