"""How a prediction plays out on the wire server, and the words in a prompt that ask for a certain course."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

E005 = "The input or output was flagged as sensitive. Please try again with different inputs. (E005) (uIJ6l3ruRD)"
BAR = "\r".join(f" {percent:2d}%|{'#' * (percent // 10):<10}| {percent}/100 [00:01<00:01]" for percent in (0, 20, 40))


@dataclass(frozen=True)
class Take:
    """One prediction, once it was accepted.

    `seconds` from its start to its end, after `queued_s`; `output` is the shape of its output; `served` how the file
    comes; `type` what the file is ("image/png", "image/webp", "video/mp4", or something it should not be).
    """

    seconds: float = 0.2
    queued_s: float = 0.0
    ends: Literal["succeeded", "failed", "canceled", "aborted"] = "succeeded"
    error: str | None = None
    output: Literal["single", "list", "object", "none"] = "single"
    served: Literal["whole", "truncated", "expired", "elsewhere", "empty", "once_broken"] = "whole"
    type: str | None = None
    logs: str = ""
    mebibytes: int = 0
    """The output is padded to this size."""


@dataclass(frozen=True)
class Refusal:
    """An order that is answered with an error and not accepted; `accepted` ones are, all the same.

    `hangs` answers nothing for as long as the server lives, `drops` cuts the connection.
    """

    status: int = 0
    body: str = ""
    retry_after: str | None = None
    accepted: bool = False
    hangs: bool = False
    drops: bool = False


@dataclass(frozen=True)
class Echo:
    """What the server knows of its caller and may repeat; `signed` is in the addresses of its outputs too."""

    key: str
    signed: str = ""
    bytes: str = ""

    def __call__(self, text: str) -> str:
        for name in ("key", "signed", "bytes"):
            text = text.replace(f"{{{name}}}", getattr(self, name))
        return text

    def on(self, url: str) -> str:
        """`url` as a signed one, where there is a signature."""
        return f"{url}?X-Amz-Signature={self.signed}&X-Amz-Expires=3600&token={self.signed}" if self.signed else url


LOW_CREDIT = (
    '{"detail": "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute'
    ' with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~%ds.",'
    ' "status": 429, "retry_after": %d}'
)
GONE = '{"title": "Not found", "detail": "The requested resource could not be found.", "status": 404}'
DISABLED = '{"title": "Invalid version", "detail": "This version is disabled and can no longer be run.", "status": 422}'
BAD_INPUT = (
    '{"title": "Input validation failed", "detail": "- input.duration: duration must be one of the following: 4, 6, 8",'
    ' "status": 422}'
)
UNPAID = '{"title": "Insufficient credit", "detail": "You have insufficient credit to run this model.", "status": 402}'
UNKNOWN_TOKEN = '{"title": "Unauthenticated", "detail": "You did not pass a valid token.", "status": 401}'

ECHO = (
    "Could not read https://bucket.example/in.png?X-Amz-Credential={signed}&X-Amz-Signature={signed}&X-Amz-Expires=900"
    " for Authorization: Bearer {key}, key {key}, token={key}, as {key}: data:image/png;base64,{bytes}"
)
"""A vendor that repeats what nobody should read: {key}, {signed} and {bytes} are filled in by the server."""

COURSES: Mapping[str, Take | Refusal] = {
    "echoes": Take(ends="failed", error=ECHO, logs=ECHO),
    "echoes-moderated": Take(ends="failed", error=f"flagged as sensitive (E005) {ECHO}"),
    "echoes-refused": Refusal(422, json.dumps({"title": "Invalid", "detail": ECHO})),
    "echoes-plainly": Refusal(403, f"<html>{ECHO}</html>"),
    "echoes-throttled": Refusal(429, json.dumps({"detail": ECHO, "retry_after": 1})),
    "echoes-doubtful": Refusal(500, json.dumps({"detail": ECHO}), accepted=True),
    "slow": Take(seconds=20.0, logs=BAR),
    "bar": Take(seconds=2.0, logs=BAR),
    "moderated": Take(ends="failed", error=E005),
    "moderated-late": Take(ends="failed", error=E005, logs="Generated in 61.2sec"),
    "broken": Take(ends="failed", error="E1001: out of memory"),
    "aborted": Take(ends="aborted"),
    "canceled": Take(ends="canceled"),
    "no-output": Take(output="none"),
    "list": Take(output="list"),
    "object": Take(output="object"),
    "expired": Take(served="expired"),
    "truncated": Take(served="truncated"),
    "once-broken": Take(served="once_broken"),
    "elsewhere": Take(served="elsewhere"),
    "empty": Take(served="empty"),
    "html": Take(type="text/html"),
    "throttled": Refusal(429, LOW_CREDIT % (5, 5)),
    "throttled-by-header": Refusal(429, '{"detail": "Request was throttled."}', retry_after="7"),
    "gone": Refusal(404, GONE),
    "disabled": Refusal(422, DISABLED),
    "bad-input": Refusal(422, BAD_INPUT),
    "unpaid": Refusal(402, UNPAID),
    "bad-gateway": Refusal(502, "<html>Bad Gateway</html>"),
    "bad-gateway-after": Refusal(502, "<html>Bad Gateway</html>", accepted=True),
    "drops": Refusal(drops=True),
    "drops-after": Refusal(drops=True, accepted=True),
    "hangs": Refusal(hangs=True),
    "hangs-after": Refusal(hangs=True, accepted=True),
}

_CUE = re.compile(r"\[wire:([\w-]+)\]")


def course(prompt: str) -> Take | Refusal | None:
    """What "[wire:moderated]" in a prompt asks for."""
    found = _CUE.search(prompt)
    return COURSES[found[1]] if found else None
