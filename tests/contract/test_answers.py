"""The models of the answers are what the gateway really answers: read and written again, a body is the same."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from shared.contracts.answers import (
    JOBS,
    Asset,
    Estimate,
    Frame,
    Job,
    JobTold,
    Page,
    PictureInfo,
    Problem,
    Production,
    ProductionTold,
    Project,
    Readiness,
    ReferencesResult,
    SceneSet,
    VideoInfo,
)
from shared.contracts.base import ErrorCode, Fault
from shared.contracts.order import Failed
from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre

CALLS: dict[str, dict[str, Any]] = {
    "/create_scenes": SCENES,
    "/generate_character_reference": PORTRAIT,
    "/generate_video": CLIP,
}


def same(model: type[BaseModel], body: Any) -> None:
    """No field is lost, none gets another value."""
    assert model.model_validate(body).model_dump(mode="json", by_alias=True, exclude_unset=True) == body


async def job_of(house: Theatre, job_id: str) -> dict[str, Any]:
    body: dict[str, Any] = await (await house.get(f"/jobs/{job_id}")).json()
    return body


@pytest.mark.parametrize("path", CALLS)
async def test_a_job_and_its_result(house: Theatre, path: str) -> None:
    job_id = await house.ordered(path, CALLS[path])
    waiting = await job_of(house, job_id)
    await house.start(job_id)
    running = await job_of(house, job_id)
    await house.perform(job_id)
    made = await job_of(house, job_id)
    assert [body["status"] for body in (waiting, running, made)] == ["queued", "running", "succeeded"]
    for body in (waiting, running, made):
        same(JOBS[body["kind"]], body)
    same(Page[Job[Any]], await (await house.get("/jobs")).json())


async def test_a_cut(house: Theatre) -> None:
    clips = [(await house.made())["video_id"] for _ in range(2)]
    job_id = await house.ordered("/stitch-videos", {"video_ids": clips, "transition": "crossfade"})
    await house.perform(job_id)
    same(JOBS["stitch_videos"], await job_of(house, job_id))


async def test_a_waited_reference_with_its_bytes(house: Theatre) -> None:
    job_id = await house.ordered("/generate_character_reference", PORTRAIT)
    await house.perform(job_id)
    answer = await house.post("/generate_character_reference?wait=5", PORTRAIT | {"reuse": True})
    body = await answer.json()
    assert body["images"][0]["base64"]
    assert body["metadata"]["reused_from"] == job_id
    same(ReferencesResult, body)
    image_id = body["images"][0]["id"]
    same(PictureInfo, await (await house.get(f"/get_character_reference/{image_id}/info")).json())


async def test_a_failed_job_and_its_events(house: Theatre) -> None:
    job_id = await house.ordered("/generate_video", CLIP)
    fault = Fault(code=ErrorCode.CONTENT_POLICY_VIOLATION, message="no", stage="prompt", provider_code="E005")
    await house.perform(job_id, Failed(fault=fault, cost_usd=Decimal(0)))
    body = await job_of(house, job_id)
    same(Job[Any], body)
    same(Problem, body["error"])
    for event in await (await house.get(f"/jobs/{job_id}/events")).json():
        same(Frame, event)
        same(JobTold, event["data"])


async def test_a_film_from_order_to_end(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM | {"budget_usd": "9"})

    async def film() -> dict[str, Any]:
        body: dict[str, Any] = await (await house.get(f"/productions/{film_id}")).json()
        return body

    same(Production, await film())
    async with house.socket(f"production_id={film_id}") as socket:
        (snapshot,) = (await socket.until("snapshot"))["data"]["productions"]
        same(Production, snapshot)
        await house.perform_film(film_id)
        same(ProductionTold, (await socket.until("production.updated"))["data"])
        same(JobTold, (await socket.until("job.succeeded"))["data"])
    ended = await film()
    assert ended["final_video"]
    same(Production, ended)
    video_id = ended["final_video"]["video_id"]
    same(VideoInfo, await (await house.get(f"/get_video/{video_id}/info")).json())


async def test_an_estimate_and_a_problem(house: Theatre) -> None:
    same(Estimate, await (await house.post("/estimate", FILM)).json())
    same(Estimate, await (await house.post("/estimate", CLIP | {"duration": 100})).json())
    same(Problem, await (await house.post("/generate_video", {"promt": "x", "seed": -1})).json())


async def test_readiness(house: Theatre) -> None:
    same(Readiness, await (await house.client.get("/readyz")).json())


async def test_lists_of_what_was_made(house: Theatre) -> None:
    order = SCENES | {"project": "tests"}
    await house.perform(await house.ordered("/create_scenes", order))
    await house.made()
    for path, model in (("/assets", Page[Asset]), ("/scenes", Page[SceneSet]), ("/projects", Page[Project])):
        body = await (await house.get(path)).json()
        assert body["items"], path
        same(model, body)
