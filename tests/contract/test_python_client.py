"""The Python client against a whole gateway: orders, waits with and without a socket, fetches, from any thread."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import scenebeat
from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.orders import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)
from scenebeat.client import (
    Client,
    ContentRefused,
    InvalidRequest,
    NotFound,
    NotMade,
    Pace,
    StillRunning,
    SyncClient,
    options,
)
from scenebeat.client import __all__ as public
from scenebeat.client.answers import Job
from shared.answers import JobFields, Production, ProductionFields, ScenesResult
from shared.contracts.base import ErrorCode, Fault
from shared.contracts.order import Failed
from tests.contract.theatre import PATIENCE_S, Theatre

HURRIED = Pace(first_s=0.001, most_s=0.05, give_up_s=PATIENCE_S)
IDEA, CHARACTER = "a lighthouse that sings", "a keeper in a yellow coat"


@pytest.fixture
async def client(house: Theatre) -> AsyncIterator[Client]:
    async with Client(str(house.client.make_url("")), pace=HURRIED) as opened:
        yield opened


async def performed(house: Theatre, client: Client, job: Job[Any], **options: Any) -> Any:
    """What the waiting client gets while a worker performs."""
    async with asyncio.timeout(PATIENCE_S):
        waiting = asyncio.create_task(client.wait(job, **options))
        await house.perform(job.job_id)
        return await waiting


async def test_an_order_is_waited_for_with_every_step_told(house: Theatre, client: Client) -> None:
    told: list[str] = []
    job = await client.create_scenes(IDEA, CHARACTER, number_of_scenes=2, project="tests")
    scenes: ScenesResult = await performed(house, client, job, progress=lambda step: told.append(step.status))
    assert scenes == await client.scenes(scenes.scene_set_id)
    assert told[-1] == "succeeded"
    assert sorted(set(told), key=["queued", "running", "succeeded"].index) == list(dict.fromkeys(told))


async def test_a_job_that_was_over_before_anybody_waited(house: Theatre, client: Client) -> None:
    job = await client.generate_video("a pier at dusk", duration=4)
    await house.perform(job.job_id)
    assert (await client.wait(job, timeout_s=PATIENCE_S)).metadata.adjusted_parameters == {}
    again = await client.job(job.job_id)
    assert again.result == await client.wait(again) == await client.wait(job)


async def test_why_nothing_was_made_is_raised_as_what_it_is(house: Theatre, client: Client) -> None:
    job = await client.generate_video("something nobody may see")
    fault = Fault(code=ErrorCode.CONTENT_POLICY_VIOLATION, message="the prompt was refused", stage="prompt")
    await house.perform(job.job_id, Failed(fault=fault, cost_usd=Decimal(0)))
    with pytest.raises(NotMade, match="the prompt was refused") as not_made:
        await client.wait(job)
    assert isinstance(not_made.value.fault, ContentRefused)
    assert (not_made.value.fault.stage, not_made.value.ended.status) == ("prompt", "failed")
    assert (await client.until_over(job)).status == "failed"


async def test_a_job_that_is_called_off_and_ordered_again(house: Theatre, client: Client) -> None:
    job = await client.generate_video("a pier at dusk")
    assert (await client.cancel_job(job.job_id)).status == "canceled"
    with pytest.raises(NotMade, match="canceled") as not_made:
        await client.wait(job)
    assert not_made.value.fault is None
    again = await client.retry_job(job.job_id)
    assert again.retry_of == job.job_id
    await performed(house, client, again)
    assert [event.type for event in await client.job_events(again.job_id)][-1] == "job.succeeded"
    await client.delete_job(again.job_id)
    with pytest.raises(NotFound):
        await client.job(again.job_id)


async def test_patience_that_ends_leaves_the_job_alone(client: Client) -> None:
    job = await client.generate_video("a pier at dusk")
    with pytest.raises(StillRunning, match="goes on"):
        await client.wait(job, timeout_s=0.05)
    assert (await client.job(job.job_id)).status == "queued"


async def test_a_film_is_told_whole_whenever_a_part_of_it_has_ended(house: Theatre, client: Client) -> None:
    told: list[JobFields | ProductionFields] = []
    film = await client.create_production(IDEA, CHARACTER, number_of_scenes=2, num_images=1, budget_usd=Decimal(9))
    async with asyncio.timeout(PATIENCE_S):
        waiting = asyncio.create_task(client.wait(film, progress=told.append))
        await house.perform_film(film.production_id)
        ended = await waiting
    assert ended.final_video is not None
    films = [step for step in told if isinstance(step, Production)]
    assert max(len(step.scenes) for step in films) == 2
    assert films[-1].is_over
    assert {step.part for step in told if isinstance(step, JobFields)} >= {"scenes", "character", "clip/1", "clip/2"}
    assert [one.production_id for one in (await client.productions(q="lighthouse")).items] == [film.production_id]


async def test_a_film_cut_again_exported_and_fetched(house: Theatre, client: Client, tmp_path: Path) -> None:
    film = await client.create_production(IDEA, CHARACTER, number_of_scenes=2, num_images=1)
    await house.perform_film(film.production_id)
    recut = await client.restitch_production(film.production_id, order=[2, 1], transition="crossfade")
    cut = await performed(house, client, recut)
    with pytest.raises(IsADirectoryError, match="name the file in it"):
        await client.download(cut.video_url, tmp_path)
    size = await client.download(cut.video_url, tmp_path / "cut.mp4")
    info = await client.video_info(cut.video_id)
    assert (size, info.exists) == (info.file_size_bytes, True)
    await client.export_production(film.production_id, tmp_path / "film.zip")
    assert (tmp_path / "film.zip").read_bytes()[:2] == b"PK"
    await client.delete_video(cut.video_id)
    with pytest.raises(NotFound):
        await client.download(cut.video_url, tmp_path / "gone.mp4")
    assert not (tmp_path / "gone.mp4").exists()


async def test_a_film_is_edited_shared_and_removed(house: Theatre, client: Client) -> None:
    film = await client.create_production(IDEA, CHARACTER, number_of_scenes=2, num_images=1, title="Sea")
    film_id = film.production_id
    await house.perform_film(film_id)
    assert (await client.change_production(film_id, title="The Sea")).title == "The Sea"
    changed = await client.change_scene(film_id, 1, description="She rows out.")
    assert (changed.description, changed.stale) == ("She rows out.", True)
    await client.regenerate_scene(film_id, 1)
    await house.perform_film(film_id)
    versions = (await client.scene(film_id, 1)).versions
    assert [version.chosen for version in versions][-1]
    await client.choose_version(film_id, 1, versions[0].version)
    await house.perform_film(film_id)
    assert (await client.production(film_id)).final_video is not None
    link = await client.share_production(film_id, expires_days=1)
    assert [share.id for share in (await client.production(film_id)).shares] == [link.id]
    await client.unshare_production(film_id, link.id)
    await client.unshare_production(film_id)
    await client.delete_production(film_id)
    with pytest.raises(NotFound):
        await client.production(film_id)


async def test_lists_are_walked_page_by_page(client: Client) -> None:
    ordered = {(await client.generate_video(f"take {number}")).job_id for number in range(5)}
    walked = [job.job_id async for job in client.each_job(limit=2)]
    assert (len(walked), set(walked)) == (5, ordered)
    page = await client.jobs(limit=2, kind="generate_video", q="take", status="queued")
    assert len(page.items) == 2
    assert page.next_cursor


async def test_what_was_made_is_found_by_name_and_words(house: Theatre, client: Client) -> None:
    written: ScenesResult = await performed(house, client, await client.create_scenes(IDEA, CHARACTER, project="sea"))
    assert [one.scene_set_id for one in (await client.scene_sets(project="sea")).items] == [written.scene_set_id]
    clip = await performed(house, client, await client.generate_video("a pier at dusk", project="sea"))
    assert [asset.id async for asset in client.each_asset(kind="clip", q="pier", limit=1)] == [clip.video_id]
    assert [(one.project, one.jobs) for one in (await client.projects(q="sea")).items] == [("sea", 2)]


async def test_what_is_wrong_with_an_order_is_said_field_by_field(client: Client) -> None:
    with pytest.raises(InvalidRequest, match=r"must be a UUID, not '\.\./jobs\?limit=1'"):
        await client.job("../jobs?limit=1")
    with pytest.raises(InvalidRequest, match=r"did you mean `duration`") as refused:
        await client.generate_video("x", seed=-1, duratoin=3)  # type: ignore[call-arg]
    assert (refused.value.status, len(refused.value.errors)) == (400, 2)


async def test_an_estimate_orders_nothing(client: Client) -> None:
    estimate = await client.estimate("productions", {"idea": IDEA, "character_description": CHARACTER})
    assert estimate.estimated_usd == sum(part.usd for part in estimate.parts)
    assert (await client.jobs()).items == ()
    assert (await client.readiness()).database


async def test_a_picture_of_ones_own_is_sent_along(client: Client, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="reference_image_base64"):
        await client.generate_video("x", reference_image=b"no picture at all")
    with pytest.raises(FileNotFoundError):
        await client.generate_video("x", reference_image=tmp_path / "none.png")


async def test_where_no_socket_gets_through_it_asks(house: Theatre) -> None:
    """A proxy that passes requests on and refuses every upgrade."""
    sockets = 0

    async def pass_on(request: web.Request) -> web.Response:
        nonlocal sockets
        if "Upgrade" in request.headers:
            sockets += 1
            raise web.HTTPBadRequest()
        headers = {"Content-Type": request.content_type} if request.can_read_body else {}
        async with house.client.request(
            request.method, request.path_qs, data=await request.read(), headers=headers
        ) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pass_on)
    async with TestServer(app) as proxy, Client(str(proxy.make_url("")), pace=HURRIED) as client:
        job = await client.create_scenes(IDEA, CHARACTER, number_of_scenes=1)
        scenes = await performed(house, client, job)
        assert len(scenes.scenes) == 1
        with pytest.raises(NotFound):
            await client.wait(job.model_copy(update={"job_id": "0190aaaa-0000-7000-8000-000000000001"}))
    assert sockets == 2


async def blocking(work: Callable[[SyncClient], Any], house: Theatre) -> Any:
    """`work` in a thread of its own, as in a program without a loop."""

    def run() -> Any:
        with SyncClient(str(house.client.make_url("")), pace=HURRIED) as client:
            return work(client)

    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.to_thread(run)


async def test_the_same_without_asyncio(house: Theatre) -> None:
    told: list[str] = []

    def film_by_hand(client: SyncClient) -> tuple[str, list[str]]:
        jobs = [client.generate_video(f"take {number}") for number in range(3)]
        clips = [client.wait(job, progress=lambda step: told.append(step.status)) for job in jobs]
        assert clips == [client.job(job.job_id).result for job in jobs]
        return clips[0].video_id, [job.job_id for job in client.each_job(limit=1)]

    working = asyncio.create_task(blocking(film_by_hand, house))
    while len(jobs := (await (await house.get("/jobs")).json())["items"]) < 3:
        await asyncio.sleep(0.01)  # another thread orders
    for job in jobs:
        await house.perform(job["job_id"])
    video_id, listed = await working
    assert video_id
    assert len(listed) == 3
    assert told[-1] == "succeeded"


async def test_what_a_progress_callback_raises_ends_the_wait_and_nothing_else(house: Theatre) -> None:
    def wait_badly(client: SyncClient) -> str:
        job = client.generate_video("a pier at dusk")
        with pytest.raises(ZeroDivisionError):
            client.wait(job, progress=lambda _step: 1 / 0)
        with pytest.raises(StillRunning):
            client.wait(job, timeout_s=0.05)
        return client.cancel_job(job.job_id).status

    assert await blocking(wait_badly, house) == "canceled"


def test_a_blocking_client_works_where_a_loop_runs_already_and_is_closed_once() -> None:
    async def notebook() -> None:
        client = SyncClient("http://127.0.0.1:9", pace=Pace(give_up_s=0.0))
        with pytest.raises(scenebeat.Unreachable):
            client.jobs()
        client.close()
        client.close()
        with pytest.raises(RuntimeError, match="closed"):
            client.jobs()

    asyncio.run(notebook())


def test_both_clients_have_the_same_calls() -> None:
    def calls(kind: type) -> dict[str, list[str]]:
        found = inspect.getmembers(kind, inspect.isfunction)
        return {name: list(inspect.signature(call).parameters) for name, call in found if not name.startswith("_")}

    assert calls(SyncClient) == calls(Client)


@pytest.mark.parametrize(
    ("typed", "request_model", "said"),
    [
        (options.ScenesOptions, CreateScenesRequest, {"idea", "character_description"}),
        (options.ReferenceOptions, GenerateReferenceRequest, {"character_description"}),
        (options.VideoOptions, GenerateVideoRequest, {"prompt"}),
        (options.StitchOptions, StitchVideosRequest, {"video_ids"}),
        (options.ProductionOptions, ProductionRequest, {"idea", "character_description"}),
        (options.RestitchOptions, RecutRequest, set()),
    ],
)
def test_what_can_be_told_is_what_the_gateway_takes(typed: type, request_model: Any, said: set[str]) -> None:
    assert set(get_type_hints(typed)) | said == set(request_model.model_fields)


def test_nothing_is_loaded_before_it_is_asked_for_and_never_a_server() -> None:
    import subprocess
    import sys

    told = "import sys, scenebeat; a = set(sys.modules); from scenebeat import *; print(*a, '|', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    light, _, whole = done.stdout.partition("|")
    assert not {"aiohttp", "pydantic", "asyncio"} & set(light.split())
    assert not {"gateway", "nats", "sqlalchemy", "numpy", "scenebeat.stack", "shared.bus"} & set(whole.split())
    assert set(scenebeat.__all__) == set(public)
