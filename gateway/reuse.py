"""Is it the very same order? The fingerprint of everything that decides what comes out, and the job that repeats it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.history.records import Job, NewJob
from shared.catalog import Fitted
from shared.contracts.base import FREE
from shared.contracts.order import Command

IDS = {
    "scene_set_id", "markdown_id", "image_id", "video_id", "last_frame_id", "output_dir", "root", "cue", "conformed_id",
    "poster_id", "contact_sheet_id", "input_video_ids",
}  # fmt: skip
OF_ASSETS = {"asset_id", "key"}


def fingerprint(fitted: Fitted, commands: Sequence[Command], *, seed_asked: bool) -> str:
    """Of model, prompt, references and what they are to it, seed and parameters. A seed nobody asked for is none."""
    bodies = [_body(command, seed_asked=seed_asked) for command in commands]
    told = json.dumps(
        [fitted.model.id, fitted.model.vendor_model, fitted.role, bodies],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(told.encode()).hexdigest()


def _body(command: Command, *, seed_asked: bool) -> Any:
    body = _without_names(command.model_dump(mode="json", exclude=IDS))
    if not seed_asked and "seed" in body:
        seed = body.pop("seed")
        parameters = body.get("parameters", {})
        body["parameters"] = {name: value for name, value in parameters.items() if name != "seed" or value != seed}
    return body


def _without_names(value: Any) -> Any:
    """Assets by their content: ids and keys say where bytes lie, not what they are."""
    if isinstance(value, dict):
        names = OF_ASSETS if "sha256" in value else ()
        return {name: _without_names(part) for name, part in value.items() if name not in names}
    return [_without_names(part) for part in value] if isinstance(value, list) else value


def repeated(new: NewJob, earlier: Job) -> NewJob:
    """`new` as a job that has ended at once with what `earlier` made: nothing is ordered, nothing is paid."""
    said = f"`reuse`: the result is that of job {earlier.id}, which made the very same; it cost nothing"
    told = ("backend", "model", "prompt", "parameters_used", "adjusted_parameters", "ignored_parameters")
    job = replace(
        new.job,
        status="succeeded",
        plan={
            **new.job.plan,
            **{name: earlier.plan[name] for name in told if name in earlier.plan},
            "reused_from": earlier.id,
        },
        result=earlier.result,
        warnings=[*new.job.warnings, said],
        estimated_usd=FREE,
        reserved_usd=FREE,
        actual_usd=FREE,
        done=new.job.total,
        completed_at=new.job.created_at,
    )
    return NewJob(job, ())
