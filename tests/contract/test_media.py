"""Videos, pictures and scene files as HTTP serves them."""

import asyncio
import os
import socket
from email.utils import parsedate_to_datetime
from pathlib import Path

import psutil
import pytest

from shared.media.base import Stat
from shared.media.local import LocalMedia
from tests.contract.theatre import PORTRAIT, Theatre, theatre
from tests.factories import an_id

CONTENT = bytes(range(256)) * 16
SIZE = len(CONTENT)


@pytest.fixture
async def video(house: Theatre) -> str:
    return str((await house.made(content=CONTENT))["video_url"])


async def test_a_video_is_served_whole_with_everything_a_player_asks_for(house: Theatre, video: str) -> None:
    answer = await house.client.get(video)
    assert await answer.read() == CONTENT
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"].strip('"')
    assert parsedate_to_datetime(answer.headers["Last-Modified"]).tzinfo is not None
    assert "Content-Disposition" not in answer.headers


async def test_head_says_the_same_and_sends_nothing(house: Theatre, video: str) -> None:
    whole, head = await house.client.get(video), await house.client.head(video)
    assert await head.read() == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, SIZE)),
        ("bytes=-100", slice(SIZE - 100, SIZE)),
        (f"bytes={SIZE - 1}-", slice(SIZE - 1, SIZE)),
        (f"bytes=10-{SIZE * 2}", slice(10, SIZE)),
        (f"bytes=-{SIZE * 2}", slice(0, SIZE)),
        ("Bytes=5-9", slice(5, 10)),
    ],
)
async def test_a_range_is_a_206_with_exactly_its_bytes(house: Theatre, video: str, asked: str, part: slice) -> None:
    answer = await house.client.get(video, headers={"Range": asked})
    assert answer.status == 206
    assert await answer.read() == CONTENT[part]
    assert answer.headers["Content-Range"] == f"bytes {part.start}-{part.stop - 1}/{SIZE}"
    assert answer.headers["Content-Length"] == str(part.stop - part.start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=99999999-", "bytes=-0"])
async def test_a_range_outside_is_a_416_that_tells_the_size(house: Theatre, video: str, asked: str) -> None:
    answer = await house.client.get(video, headers={"Range": asked})
    assert (answer.status, (await answer.json())["status"]) == (416, 416)
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked", ["bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "lines=0-9", "bytes=0-1,5-6", "bytes=" + "9" * 5000 + "-"]
)
async def test_a_range_that_is_none_or_several_means_the_whole(house: Theatre, video: str, asked: str) -> None:
    answer = await house.client.get(video, headers={"Range": asked})
    assert (answer.status, len(await answer.read())) == (200, SIZE)


async def test_what_the_client_has_already_is_not_sent_again(house: Theatre, video: str) -> None:
    known = (await house.client.get(video)).headers
    for condition, status in (
        ({"If-None-Match": known["ETag"]}, 304),
        ({"If-None-Match": f'"other", W/{known["ETag"]}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": known["Last-Modified"]}, 304),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "some day"}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": known["Last-Modified"]}, 200),
    ):
        answer = await house.client.get(video, headers=condition)
        assert answer.status == status, condition
        assert answer.headers["ETag"] == known["ETag"]
        assert len(await answer.read()) == (0 if status == 304 else SIZE)


async def test_a_range_of_something_else_by_now_is_the_whole(house: Theatre, video: str) -> None:
    known = (await house.client.get(video)).headers
    for condition, status in (
        (known["ETag"], 206),
        (known["Last-Modified"], 206),
        ('"other"', 200),
        (f"W/{known['ETag']}", 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("some day", 200),
    ):
        answer = await house.client.get(video, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status == status, condition


async def test_a_download_is_named(house: Theatre, video: str) -> None:
    answer = await house.client.get(f"{video}?download=1")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="clip-{video.rpartition("/")[2]}.mp4"'


async def test_info_tells_of_a_video_without_its_bytes(house: Theatre, video: str) -> None:
    told = await (await house.client.get(f"{video}/info")).json()
    assert (told["file_size_bytes"], told["exists"], told["duration_seconds"]) == (SIZE, True, 8.0)
    await house.media.delete(told["video_path"])
    assert (await (await house.client.get(f"{video}/info")).json())["exists"] is False


async def test_bytes_that_are_gone_or_damaged_are_a_404_that_says_so(house: Theatre, video: str) -> None:
    path = await house.media.path((await (await house.client.get(f"{video}/info")).json())["video_path"])
    assert path is not None
    os.truncate(path, SIZE - 1)
    assert "damaged" in (await (await house.client.get(video)).json())["message"]
    path.unlink()
    answer = await house.client.get(video)
    assert (answer.status, "gone" in (await answer.json())["message"]) == (404, True)


@pytest.mark.parametrize("path", ["/get_video/{id}", "/get_video/{id}/info", "/get_character_reference/{id}",
                                  "/get_character_reference/{id}/info", "/scenes/{id}", "/scenes/{id}/scenes.json",
                                  "/scenes/{id}/scenes.md"])  # fmt: skip
async def test_an_id_is_checked_and_known(house: Theatre, path: str, video: str) -> None:
    assert (await house.get(path.format(id="seven"))).status == 400
    assert (await house.get(path.format(id=an_id()))).status == 404
    if "video" not in path:
        assert (await house.get(path.format(id=video.rpartition("/")[2]))).status == 404


async def test_pictures_are_served_as_they_were_made(house: Theatre) -> None:
    job_id = await house.ordered("/generate_character_reference", PORTRAIT)
    await house.perform(job_id, content=CONTENT)
    url = (await (await house.get(f"/jobs/{job_id}")).json())["result"]["images"][0]["url"]
    answer = await house.client.get(url)
    assert (answer.headers["Content-Type"], await answer.read()) == ("image/png", CONTENT)
    assert (await (await house.client.get(f"{url}/info")).json())["file_size_bytes"] == SIZE


@pytest.mark.parametrize("picture", ["poster", "contact-sheet"])
async def test_a_video_that_entered_no_cut_has_no_stills_and_is_told_when_it_will(
    house: Theatre, video: str, picture: str
) -> None:
    answer = await house.client.get(f"{video}/{picture}")
    told = (await answer.json())["message"]
    assert (answer.status, picture in told, "is made" in told) == (404, True, True)


async def test_scenes_are_given_again_as_result_and_as_files(house: Theatre) -> None:
    result = await house.made("/create_scenes", content=b'{"scenes": []}')
    url = f"/api/mv/scenes/{result['scene_set_id']}"
    assert await (await house.client.get(url)).json() == result
    as_json = await house.client.get(result["output_files"]["json"])
    as_markdown = await house.client.get(result["output_files"]["markdown"])
    assert as_json.headers["Content-Type"] == "application/json"
    assert as_markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert await as_markdown.read() == b'{"scenes": []}'


async def test_deleting_a_video_removes_record_and_bytes(house: Theatre, video: str) -> None:
    key = (await (await house.client.get(f"{video}/info")).json())["video_path"]
    assert (await house.client.delete(video)).status == 204
    assert (await house.client.get(video)).status == 404
    assert await house.media.stat(key) is None
    assert (await house.client.delete(video)).status == 404


async def test_a_client_that_leaves_in_the_middle_harms_nobody(house: Theatre) -> None:
    video = (await house.made(content=b"x" * (16 << 20)))["video_url"]
    answer = await house.client.get(video)
    await answer.content.readexactly(1000)
    answer.close()
    async with asyncio.timeout(10):
        assert (await house.client.get(video, headers={"Range": "bytes=-1"})).status == 206


class Vanishing(LocalMedia):
    """What is asked for is deleted before it can be read."""

    async def stat(self, key: str) -> Stat | None:
        found = await super().stat(key)
        await self.delete(key)
        return found


@pytest.mark.parametrize("ways", ["sendfile", "streamed"])
async def test_what_is_deleted_in_the_last_moment_is_a_404(
    tmp_path: Path, database: str, ways: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ways == "streamed":
        monkeypatch.setattr("gateway.routes.media.can_sendfile", lambda _request: False)
    async with theatre(tmp_path, database, media=Vanishing(tmp_path / "media")) as house:
        answer = await house.client.get((await house.made(content=CONTENT))["video_url"])
        assert (answer.status, "gone" in (await answer.json())["message"]) == (404, True)


@pytest.mark.parametrize("ways", ["sendfile", "streamed"])
async def test_a_client_that_takes_nothing_is_let_go(
    house: Theatre, ways: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gateway.sendfile.STALLED_S", 0.2)
    monkeypatch.setattr("gateway.routes.media.STALLED_S", 0.2)
    if ways == "streamed":
        monkeypatch.setattr("gateway.routes.media.can_sendfile", lambda _request: False)
    video = (await house.made(content=b"x" * (32 << 20)))["video_url"]
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", house.client.server.port or 0))
        client.sendall(f"GET {video} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await until_closed(video)
        received = await asyncio.to_thread(all_that_comes, client)
    assert received < 32 << 20
    assert not [record for record in caplog.records if record.levelname == "ERROR"], "that is no news"
    assert (await house.client.get(video, headers={"Range": "bytes=-1"})).status == 206


def all_that_comes(client: socket.socket) -> int:
    client.settimeout(5)
    received = 0
    while piece := client.recv(1 << 20):
        received += len(piece)
    return received


async def until_closed(video: str) -> None:
    """Once it was opened: until nobody has the file open any more."""
    name, opened = video.rpartition("/")[2], False
    async with asyncio.timeout(10):
        while (is_open := any(name in file.path for file in psutil.Process().open_files())) or not opened:
            opened = opened or is_open
            await asyncio.sleep(0.01)
