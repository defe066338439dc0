"""Media in a bucket: served through the gateway, or by the bucket itself, by presigned URLs."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from PIL import Image

from shared.media.bucket import open_s3
from shared.media.s3 import S3Media
from tests.contract.theatre import CLIP, FILM, PATIENCE_S, PORTRAIT, Theatre, theatre
from tests.factories import ended
from tests.natsserver import free_port
from tests.s3server import SECRET_KEY, S3Server

CONTENT = bytes(range(256)) * 16
SIZE = len(CONTENT)
AT_THE_GATEWAY = {"Prefer": "respond-async, media=gateway"}


@pytest.fixture
async def media(s3_server: S3Server, s3_bucket: str) -> AsyncIterator[S3Media]:
    async with open_s3(s3_server.bucket(s3_bucket, prefix="films/"), patience_s=1.0, expires_s=600) as opened:
        yield opened


@pytest.fixture
async def house(tmp_path: Path, database: str, media: S3Media) -> AsyncIterator[Theatre]:
    """Bytes in the bucket, passed through the gateway."""
    async with theatre(tmp_path, database, media=media) as opened:
        yield opened


@pytest.fixture
async def cloud(tmp_path: Path, database: str, media: S3Media) -> AsyncIterator[Theatre]:
    """Bytes in the bucket, fetched there."""
    async with theatre(tmp_path, database, media=media, serve_from_cloud=True) as opened:
        yield opened


@pytest.fixture
async def dark(tmp_path: Path, database: str) -> AsyncIterator[Theatre]:
    """Nobody answers where the bucket should be."""
    gone = S3Server(tmp_path, ports={"s3": free_port()})
    async with (
        open_s3(gone.bucket("films"), patience_s=0.1, expires_s=600) as media,
        theatre(tmp_path, database, media=media) as opened,
    ):
        yield opened


async def fetched(url: str, **headers: str) -> tuple[int, bytes, Any]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_the_gateway_passes_a_bucket_through_as_it_does_a_folder(house: Theatre) -> None:
    result = await house.made(content=CONTENT)
    url = result["video_url"]
    assert url.startswith("/api/mv/get_video/")
    assert "cloud_urls" not in result
    whole = await house.client.get(url)
    assert (whole.status, await whole.read(), whole.headers["Content-Type"]) == (200, CONTENT, "video/mp4")
    head = await house.client.head(url)
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (str(SIZE), whole.headers["ETag"])
    for asked, part in (("bytes=0-0", CONTENT[:1]), ("bytes=-100", CONTENT[-100:]), ("bytes=100-", CONTENT[100:])):
        answer = await house.client.get(url, headers={"Range": asked, "If-Range": whole.headers["ETag"]})
        assert (answer.status, await answer.read()) == (206, part)
    assert (await house.client.get(url, headers={"Range": f"bytes={SIZE}-"})).status == 416
    assert (await house.client.get(url, headers={"If-None-Match": whole.headers["ETag"]})).status == 304
    told = await (await house.client.get(f"{url}/info")).json()
    assert (told["exists"], told["storage_backend"]) == (True, "s3")
    assert (await house.client.delete(url)).status == 204
    assert (await house.client.get(url)).status == 404
    assert [key async for key in house.media.all_keys()] == []


async def test_what_is_gone_from_the_bucket_is_a_404_that_says_so(house: Theatre) -> None:
    result = await house.made(content=CONTENT)
    await house.media.delete(result["video_path"])
    answer = await house.client.get(result["video_url"])
    assert (answer.status, "gone" in (await answer.json())["message"]) == (404, True)
    assert (await (await house.client.get(f"{result['video_url']}/info")).json())["exists"] is False


async def test_a_presigned_url_plays_without_the_gateway(cloud: Theatre, s3_server: S3Server) -> None:
    result = await cloud.made(content=CONTENT)
    url = result["video_url"]
    assert url.startswith(f"{s3_server.url}/")
    assert result["cloud_urls"] == {"video": url}
    assert SECRET_KEY not in url
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["600"]
    status, body, headers = await fetched(url)
    assert (status, body, headers["Content-Type"]) == (200, CONTENT, "video/mp4")
    assert headers["Content-Disposition"] == f'inline; filename="{result["video_id"]}.mp4"'
    status, body, headers = await fetched(url, Range="bytes=10-19")
    assert (status, body, headers["Content-Range"]) == (206, CONTENT[10:20], f"bytes 10-19/{SIZE}")


async def test_a_presigned_url_is_for_its_own_file_and_for_reading_only(cloud: Theatre) -> None:
    first, second = (await cloud.made(content=CONTENT), await cloud.made(content=b"another"))
    forged = first["video_url"].replace(first["video_id"], second["video_id"])
    assert (await fetched(forged))[0] == 403
    renamed = first["video_url"].replace("inline", "attachment")
    assert (await fetched(renamed))[0] == 403
    bare = first["video_url"].partition("?")[0]
    assert (await fetched(bare))[0] == 403
    async with aiohttp.ClientSession() as session, session.delete(first["video_url"]) as answer:
        assert answer.status == 403
    assert (await fetched(first["video_url"]))[0] == 200


async def test_every_result_has_its_files_in_the_bucket(cloud: Theatre) -> None:
    scenes = await cloud.made("/create_scenes", content=b'{"scenes": []}')
    assert set(scenes["cloud_urls"]) == {"json", "markdown"}
    status, body, headers = await fetched(scenes["cloud_urls"]["markdown"])
    assert (status, body, headers["Content-Type"]) == (200, b'{"scenes": []}', "text/markdown; charset=utf-8")
    assert scenes["output_files"]["json"].startswith("/api/mv/scenes/")

    job_id = await cloud.ordered("/generate_character_reference", PORTRAIT)
    await cloud.perform(job_id, content=CONTENT)
    portraits = (await (await cloud.get(f"/jobs/{job_id}")).json())["result"]
    assert portraits["cloud_urls"] == {image["id"]: image["url"] for image in portraits["images"]}
    status, body, headers = await fetched(portraits["images"][0]["url"])
    assert (status, body, headers["Content-Type"]) == (200, CONTENT, "image/png")


async def test_a_film_is_shown_with_addresses_of_the_bucket(cloud: Theatre, s3_server: S3Server) -> None:
    film_id = await cloud.ordered("/productions", {**FILM, "title": "The keeper"})
    await cloud.perform_film(film_id)
    film = await (await cloud.get(f"/productions/{film_id}")).json()
    shown = [
        film["final_video"]["video_url"], film["final_video"]["poster_url"], film["final_video"]["contact_sheet_url"],
        film["character"]["chosen"]["url"], *(candidate["url"] for candidate in film["character"]["candidates"]),
        *(scene["clip"][name] for scene in film["scenes"] for name in ("video_url", "poster_url")),
    ]  # fmt: skip
    assert all(url.startswith(f"{s3_server.url}/") for url in shown)
    assert {(await fetched(url))[0] for url in shown} == {200}
    cut = next(job for job in film["jobs"] if job["kind"] == "stitch_videos")
    result = (await (await cloud.get(f"/jobs/{cut['job_id']}")).json())["result"]
    assert set(result["cloud_urls"]) == {"video", "poster", "contact_sheet"}
    assert result["metadata"]["storage_backend"] == "s3"
    timeline = await (await cloud.get(f"/productions/{film_id}/export?format=otio")).text()
    assert "X-Amz" not in timeline, "a file that is kept must not have addresses that end"
    await keeps_to_the_gateway(cloud, film)


async def keeps_to_the_gateway(cloud: Theatre, film: dict[str, Any]) -> None:
    """Everything a page reads of a film, for a client that does not go to the bucket."""
    one, job, video = film["production_id"], film["jobs"][0]["job_id"], film["final_video"]["video_id"]
    portrait = film["character"]["chosen"]["id"]
    answers = [
        *[await cloud.get(path, headers=AT_THE_GATEWAY) for path in (
            f"/productions/{one}", "/productions", f"/productions/{one}/scenes/1", f"/jobs/{job}", "/jobs", "/assets",
            "/scenes", f"/get_video/{video}/info", f"/get_character_reference/{portrait}/info",
        )],
        await cloud.client.patch(f"/api/mv/productions/{one}", json={"title": "Renamed"}, headers=AT_THE_GATEWAY),
        await cloud.post(f"/productions/{one}/scenes/1/choose", {"version": 1}, headers=AT_THE_GATEWAY),
    ]  # fmt: skip
    for answer in answers:
        assert (answer.ok, "Prefer" in answer.headers["Vary"]) == (True, True), answer.url
        assert "X-Amz" not in await answer.text(), answer.url
    read = await answers[0].json()
    assert read["final_video"]["video_url"] == f"/api/mv/get_video/{video}"
    for asked, signed in (("&media=gateway", False), ("", True)):
        async with cloud.socket(f"production_id={one}{asked}") as listener:
            assert ("X-Amz" in str((await listener.until("snapshot"))["data"])) == signed
    assert (await cloud.get("/ws?media=bucket")).status == 400


async def test_a_result_is_signed_anew_when_it_is_read_and_kept_nowhere(cloud: Theatre, tmp_path: Path) -> None:
    result = await cloud.made(content=CONTENT)
    assert "X-Amz-Signature" in result["video_url"]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"X-Amz" not in file.read_bytes(), file
    events = await (await cloud.get("/jobs")).json()
    first = events["items"][0]["job_id"]
    assert "X-Amz" not in await (await cloud.get(f"/jobs/{first}/events")).text()


async def ended_without_bytes(house: Theatre, job_id: str) -> None:
    """As where the bucket has gone after the job was done."""
    for order in await house.start(job_id):
        await house.applier.apply([ended(order)])
    await house.caught_up()


async def test_a_store_that_is_away_is_a_503_and_nothing_is_lost(dark: Theatre) -> None:
    job_id = await dark.ordered("/generate_video", CLIP)
    await ended_without_bytes(dark, job_id)
    job = await (await dark.get(f"/jobs/{job_id}")).json()
    assert job["status"] == "succeeded"
    url = job["result"]["video_url"]
    for ask in (dark.client.get(url), dark.client.head(url), dark.client.get(f"{url}/info"), dark.client.delete(url)):
        answer = await ask
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert (await (await dark.client.get("/readyz")).json())["storage"] is False
    refusal = await dark.post("/generate_video", {"prompt": "x", "reference_image_base64": a_picture()})
    assert (refusal.status, (await refusal.json())["error_code"]) == (503, "OVERLOADED")
    assert len((await (await dark.get("/jobs")).json())["items"]) == 1, "what was refused is no order"


async def test_pictures_that_cannot_be_read_are_no_reason_to_order_them_again(dark: Theatre) -> None:
    waiting = asyncio.create_task(dark.post("/generate_character_reference?wait=30", PORTRAIT))
    async with asyncio.timeout(PATIENCE_S):
        while not (jobs := (await (await dark.get("/jobs")).json())["items"]):
            await asyncio.sleep(0.01)
    await ended_without_bytes(dark, jobs[0]["job_id"])
    answer = await waiting
    told = await answer.json()
    assert (answer.status, told["job_id"], told["status"]) == (202, jobs[0]["job_id"], "succeeded")


def a_picture() -> str:
    drawn = io.BytesIO()
    Image.new("RGB", (32, 32), "yellow").save(drawn, "PNG")
    return base64.b64encode(drawn.getvalue()).decode()
