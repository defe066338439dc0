"""`scenes`, `character`, `clip`, `stitch` and `estimate`: what was typed as an order, placed, waited for, fetched."""

import argparse
import asyncio
import base64
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from scenebeat.client import Client
from scenebeat.client.answers import Job
from scenebeat.consent import Spending, agree, told
from scenebeat.exits import DONE
from scenebeat.remote.ends import conclude, hints
from scenebeat.remote.voice import Voice
from scenebeat.screen import PlainScreen

Options = argparse.Namespace
Call = Literal["create_scenes", "generate_character_reference", "generate_video", "stitch-videos", "productions"]


@dataclass(frozen=True)
class Form:
    """How a command's options are called on the wire."""

    call: Call
    fields: Mapping[str, str]


_MADE_BY = {"model": "model", "backend": "backend", "seed": "seed", "project": "project"}
_WORDS = {
    "idea": "idea",
    "character": "character_description",
    "scenes": "number_of_scenes",
    "style": "video_characteristics",
}
FORMS: Mapping[str, Form] = {
    "scenes": Form("create_scenes", _WORDS | _MADE_BY),
    "character": Form(
        "generate_character_reference",
        {"description": "character_description", "images": "num_images", "aspect": "aspect_ratio"} | _MADE_BY,
    ),
    "clip": Form(
        "generate_video",
        {
            "prompt": "prompt",
            "character_image": "character_reference_image_id",
            "duration": "duration",
            "aspect": "aspect_ratio",
            "without": "negative_prompt",
        }
        | _MADE_BY,
    ),
    "stitch": Form(
        "stitch-videos",
        {"video_ids": "video_ids", "transition": "transition", "title": "title", "project": "project"},
    ),
    "make": Form("productions", _WORDS | _MADE_BY | {"duration": "duration", "aspect": "aspect_ratio"}),
}


async def order(client: Client, options: Options, voice: Voice) -> int:
    """Place the order once its price is agreed to, and wait for it unless told otherwise."""
    form, body = FORMS[options.command], await body_of(FORMS[options.command], options)
    await agree(await client.estimate(form.call, body), _spending(options), PlainScreen(sys.stderr))
    job = await _placed(client, form.call, body)
    if options.no_wait:
        voice.result(job, f"{job.job_id}\n{hints(job.job_id, options)}")
        return DONE
    return await conclude(client, job, options, voice)


async def estimate(client: Client, options: Options, voice: Voice) -> int:
    form = FORMS[options.order]
    found = await client.estimate(form.call, await body_of(form, options))
    words = told(found) if found.estimated_usd else f"nothing: {_makers(found.parts)}"
    voice.result(found, words)
    return DONE


async def body_of(form: Form, options: Options) -> dict[str, Any]:
    """The order as it goes on the wire. Raises OSError where a picture can't be read."""
    typed = vars(options)
    body = {field: typed[name] for name, field in form.fields.items() if typed.get(name) is not None}
    if typed.get("skip_missing"):
        body["on_missing"] = "skip"
    if picture := typed.get("reference"):
        content = await asyncio.to_thread(picture.read_bytes)
        body["reference_image_base64"] = base64.b64encode(content).decode()
    return body


async def _placed(client: Client, call: Call, body: dict[str, Any]) -> Job[Any]:
    match call:
        case "create_scenes":
            return await client.create_scenes(**body)
        case "generate_character_reference":
            return await client.generate_character_reference(**body, include_base64=False)
        case "generate_video":
            return await client.generate_video(**body)
        case "stitch-videos":
            return await client.stitch_videos(**body)
        case "productions":
            raise AssertionError("a film is ordered by `make`")


def _spending(options: Options) -> Spending:
    budget: Decimal | None = getattr(options, "budget", None)
    return Spending(
        instead="--backend local makes it on the gateway's machine, for nothing",
        agreed=options.yes,
        budget_usd=budget,
        may_ask=sys.stdin.isatty() and sys.stderr.isatty(),
    )


def _makers(parts: Any) -> str:
    return "made by " + ", ".join(dict.fromkeys(part.model for part in parts)) if parts else "it is there already"
