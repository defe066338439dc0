"""How an order plays out on Gemini's wire server, and the words in a prompt that ask for a certain course."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.wire.takes import ECHO, Refusal


@dataclass(frozen=True)
class GeminiTake:
    """One call or interaction, once it was accepted.

    `writes`: what a text model answers with. `draws`: what an image model does. The rest is of clips: `seconds` until
    it has ended, `delivery` of the video, `readies_s` while its file is PROCESSING, `served` how the file comes.
    """

    writes: Literal["well", "one_less", "one_less_once", "cut", "garbled", "blank", "thin", "nothing"] = "well"
    draws: Literal["jpeg", "png", "bmp", "words"] = "jpeg"
    blocked: str | None = None
    finished: str = "STOP"
    seconds: float = 0.2
    ends: Literal["completed", "failed", "cancelled", "incomplete", "budget_exceeded"] = "completed"
    error: tuple[str, str] | None = None
    delivery: Literal["uri", "inline", "foreign", "none", "words"] = "uri"
    words: str = "I can't make this video."
    readies_s: float = 0.0
    file_fails: bool = False
    served: Literal["whole", "truncated", "expired", "elsewhere", "empty", "once_broken", "html"] = "whole"
    lost: bool = False
    """The interaction is not known any more when it is asked for."""
    mebibytes: int = 0
    """The video is padded to this size."""


def said(code: int, status: str, message: str, *details: Mapping[str, Any]) -> str:
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    if details:
        error["details"] = list(details)
    return json.dumps({"error": error})


def retry_info(seconds: float) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds:g}s"}


def quota(name: str, value: str) -> dict[str, Any]:
    failure = "type.googleapis.com/google.rpc.QuotaFailure"
    return {"@type": failure, "violations": [{"quotaId": name, "quotaValue": value}]}


SPENT = "You exceeded your current quota, please check your plan and billing details."
GONE = said(404, "NOT_FOUND", "models/retired is not found for API version v1beta, or is not supported for it.")
UNKNOWN_KEY = said(
    400,
    "INVALID_ARGUMENT",
    "API key not valid. Please pass a valid API key.",
    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
)
UNKNOWN_INTERACTION = json.dumps({"error": {"code": "invalid_request", "message": "Invalid interaction name."}})

COURSES: Mapping[str, GeminiTake | Refusal] = {
    "echoes": GeminiTake(ends="failed", error=("internal", ECHO), writes="garbled", draws="words"),
    "echoes-moderated": GeminiTake(ends="failed", error=("SAFETY", ECHO)),
    "echoes-words": GeminiTake(delivery="words", words=ECHO),
    "echoes-refused": Refusal(400, said(400, "INVALID_ARGUMENT", ECHO)),
    "echoes-plainly": Refusal(403, f"<html>{ECHO}</html>"),
    "echoes-throttled": Refusal(429, said(429, "RESOURCE_EXHAUSTED", ECHO), retry_after="1"),
    "echoes-overloaded": Refusal(503, said(503, "UNAVAILABLE", ECHO)),
    "echoes-doubtful": Refusal(500, said(500, "INTERNAL", ECHO), accepted=True),
    "slow": GeminiTake(seconds=20.0),
    "one-less": GeminiTake(writes="one_less"),
    "one-less-once": GeminiTake(writes="one_less_once"),
    "cut": GeminiTake(writes="cut", finished="MAX_TOKENS"),
    "garbled": GeminiTake(writes="garbled"),
    "blank": GeminiTake(writes="blank"),
    "thin": GeminiTake(writes="thin"),
    "nothing": GeminiTake(writes="nothing"),
    "blocked": GeminiTake(blocked="PROHIBITED_CONTENT"),
    "unsafe": GeminiTake(writes="nothing", draws="words", finished="SAFETY"),
    "unsafe-image": GeminiTake(draws="words", finished="IMAGE_SAFETY"),
    "no-image": GeminiTake(draws="words", finished="NO_IMAGE"),
    "png": GeminiTake(draws="png"),
    "bmp": GeminiTake(draws="bmp"),
    "inline": GeminiTake(delivery="inline"),
    "foreign": GeminiTake(delivery="foreign"),
    "refused": GeminiTake(delivery="words"),
    "no-video": GeminiTake(delivery="none"),
    "failed": GeminiTake(ends="failed", error=("internal", "Something broke.")),
    "moderated": GeminiTake(ends="failed", error=("SAFETY", "The prompt was blocked by our safety policy.")),
    "retired-late": GeminiTake(ends="failed", error=("not_found", "This model is no longer available.")),
    "canceled": GeminiTake(ends="cancelled"),
    "incomplete": GeminiTake(ends="incomplete"),
    "budget": GeminiTake(ends="budget_exceeded"),
    "file-slow": GeminiTake(readies_s=0.3),
    "file-failed": GeminiTake(file_fails=True),
    "lost": GeminiTake(lost=True),
    "expired": GeminiTake(served="expired"),
    "truncated": GeminiTake(served="truncated"),
    "once-broken": GeminiTake(served="once_broken"),
    "elsewhere": GeminiTake(served="elsewhere"),
    "empty": GeminiTake(served="empty"),
    "html": GeminiTake(served="html"),
    "throttled": Refusal(429, said(429, "RESOURCE_EXHAUSTED", SPENT, retry_info(27))),
    "throttled-by-header": Refusal(429, said(429, "RESOURCE_EXHAUSTED", SPENT), retry_after="7"),
    "throttled-in-words": Refusal(429, f"[{said(429, 'RESOURCE_EXHAUSTED', SPENT + ' Please retry in 11.5s.')}]"),
    "throttled-bare": Refusal(429, said(429, "RESOURCE_EXHAUSTED", SPENT)),
    "used-up": Refusal(
        429,
        said(429, "RESOURCE_EXHAUSTED", SPENT, quota("GenerateRequestsPerDayPerProjectPerModel", "250"), retry_info(9)),
    ),
    "gone": Refusal(404, GONE),
    "bad-input": Refusal(400, json.dumps({"error": {"code": "invalid_request", "message": "duration: not a string"}})),
    "unsafe-prompt": Refusal(400, said(400, "INVALID_ARGUMENT", "The prompt was blocked by our safety policy.")),
    "bad-key": Refusal(400, UNKNOWN_KEY),
    "forbidden": Refusal(403, said(403, "PERMISSION_DENIED", "The caller does not have permission.")),
    "unpaid": Refusal(402, said(402, "RESOURCE_EXHAUSTED", "Your prepay credit balance is depleted.")),
    "no-billing": Refusal(400, said(400, "FAILED_PRECONDITION", "User location is not supported without billing.")),
    "overloaded": Refusal(503, said(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
    "broken-after": Refusal(500, said(500, "INTERNAL", "An internal error has occurred."), accepted=True),
    "bad-gateway-after": Refusal(502, "<html>Bad Gateway</html>", accepted=True),
    "too-late-after": Refusal(504, said(504, "DEADLINE_EXCEEDED", "Deadline expired."), accepted=True),
    "drops": Refusal(drops=True),
    "drops-after": Refusal(drops=True, accepted=True),
    "hangs": Refusal(hangs=True),
    "hangs-after": Refusal(hangs=True, accepted=True),
    "not-json-after": Refusal(200, "<html>Welcome</html>", accepted=True),
}

_CUE = re.compile(r"\[wire:([\w-]+)\]")


def gemini_course(prompt: str) -> GeminiTake | Refusal | None:
    """What "[wire:moderated]" in a prompt asks for."""
    found = _CUE.search(prompt)
    return COURSES.get(found[1]) if found else None
