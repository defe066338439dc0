"""What a provider says of one of its models when nothing is ordered."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Standing:
    """`gone`: it has no such model; `refused`: it does not let us in; `silent`: nobody knows, it did not answer.

    `fields` are the inputs of its live schema, None where the provider tells none.
    """

    state: Literal["answers", "gone", "refused", "silent"]
    words: str = ""
    fields: frozenset[str] | None = None


def of_status(status: int, words: str) -> Standing:
    """How the refusal of a question reads."""
    if status in (404, 410):
        return Standing("gone", words)
    return Standing("silent" if status in (408, 429) or status >= 500 else "refused", words)
