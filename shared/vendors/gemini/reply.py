"""What a model replied in one go: words or a picture, how it ended, what it used."""

from dataclasses import dataclass

MODERATED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)


@dataclass(frozen=True)
class Reply:
    """`blocked` is why the prompt was not even read, `finished` why the model stopped: "STOP" is well."""

    id: str
    text: str = ""
    picture: bytes | None = None
    blocked: str | None = None
    finished: str | None = None
    prompt_tokens: int = 0
    output_tokens: int = 0

    @property
    def moderated(self) -> str | None:
        """The reason of a refusal, or None. The SDK raises nothing then: the answer is simply empty."""
        if self.blocked is not None:
            return self.blocked
        return self.finished if self.finished in MODERATED else None
