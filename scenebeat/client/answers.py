"""The gateway's answers as the client hands them on: a job knows what it makes, a page what is on it."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from scenebeat.client.faults import ScenebeatError
from shared import answers
from shared.answers import Answer, ClipResult, ConformedResult, CutResult, PicturesResult, Result, ScenesResult

A = TypeVar("A", bound=BaseModel)
R = TypeVar("R", bound=Result)
T = TypeVar("T")


class Job(answers.Job, Generic[R]):
    """`GET /jobs/{id}`. `result` is what it made, None while there is nothing."""

    result: R | None


class Page(Answer, Generic[T]):
    """A piece of a list, newest first. `next_cursor` leads to the next piece; None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None


class Frame(Answer):
    """One frame of the socket, and one event of a job's past."""

    type: str
    seq: int
    data: dict[str, Any]


JOBS: dict[str, type[Job[Any]]] = {
    "create_scenes": Job[ScenesResult],
    "generate_character_reference": Job[PicturesResult],
    "generate_video": Job[ClipResult],
    "conform_clip": Job[ConformedResult],
    "stitch_videos": Job[CutResult],
}
"""A job's kind -> the job with what it makes."""


def read(model: type[A], body: Any) -> A:
    """An answer as `model`. Raises ScenebeatError where the gateway is too far from this client's version."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False)[0]["loc"])
        raise ScenebeatError(
            f"the gateway answers what this client can't read ({where}): is it of another version? "
            "`pip install --upgrade scenebeat`"
        ) from error


def read_job(body: Any) -> Job[Any]:
    """A job with its result as what its kind makes."""
    kind = body.get("kind") if isinstance(body, dict) else None
    return read(JOBS.get(str(kind), Job[Any]), body)
