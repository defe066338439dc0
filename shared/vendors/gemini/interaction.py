"""An interaction as Google tells it, and what can be read out of it."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

UNDER_WAY = ("in_progress", "queued")


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(_Told):
    """Why it failed. `code` may be a word, a number or a URI."""

    code: str = ""
    message: str = ""

    @field_validator("code", "message", mode="before")
    @classmethod
    def _any_words(cls, value: Any) -> str:
        return "" if value is None else str(value)


class Piece(_Told):
    """Words or a video; the video as base64 or as the URI of a file."""

    type: str = ""
    text: str | None = None
    data: str | None = Field(None, repr=False)
    uri: str | None = Field(None, repr=False)


class Step(_Told):
    type: str = ""
    content: tuple[Piece, ...] = ()

    @field_validator("content", mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:
        return value if isinstance(value, list) else ()


class Tokens(_Told):
    modality: str = ""
    tokens: int = 0


class Usage(_Told):
    output_tokens_by_modality: tuple[Tokens, ...] = ()


class Interaction(_Told):
    """The fields we read. Not the SDK's own model: that takes 5 ms a poll (google-genai 3.4.0)."""

    id: str
    status: str
    steps: tuple[Step, ...] = ()
    errors: tuple[Problem, ...] = ()
    usage: Usage | None = None

    @field_validator("steps", "errors", mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:
        return value if isinstance(value, list) else ()

    @property
    def video(self) -> Piece | None:
        """The last one; an earlier one is a draft of it."""
        videos = [piece for piece in self._made() if piece.type == "video" and (piece.data or piece.uri)]
        return videos[-1] if videos else None

    @property
    def words(self) -> str:
        return " ".join(piece.text for piece in self._made() if piece.text)

    @property
    def video_tokens(self) -> int:
        spent = self.usage.output_tokens_by_modality if self.usage else ()
        return sum(entry.tokens for entry in spent if entry.modality == "video")

    def _made(self) -> Iterator[Piece]:
        for step in self.steps:
            if step.type == "model_output":
                yield from step.content
