"""Bad input on every POST: a clear 4xx, one body for all of them, and no job."""

import io
import json
from typing import Any

import pytest

from tests.contract.theatre import CLIP, FILM, PORTRAIT, SCENES, Theatre
from tests.factories import an_id

POSTS: dict[str, dict[str, Any]] = {
    "/create_scenes": SCENES,
    "/generate_character_reference": PORTRAIT,
    "/generate_video": CLIP,
    "/stitch-videos": {"video_ids": [an_id(1)]},
    "/productions": FILM,
}
FIELDS = {"type", "title", "status", "detail", "error", "error_code", "message", "backend_used", "model_used",
          "provider_code", "retryable", "charged", "stage", "job_id", "request_id", "timestamp"}  # fmt: skip


async def nothing_was_ordered(house: Theatre) -> bool:
    jobs = await (await house.get("/jobs")).json()
    films = await (await house.get("/productions")).json()
    return not jobs["items"] and not films["items"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"{", "line 1 column 1"),
        (b'{"prompt": NaN}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "recursion limit"),
        (b'{"a":' * 100_000, "recursion limit"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
    ],
)
async def test_a_body_that_is_no_json_object(house: Theatre, path: str, body: bytes, sentence: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await house.client.post(f"/api/mv{path}", data=body, headers=headers)
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (400, "INVALID_REQUEST")
    assert sentence in told["message"]
    assert set(told) >= FIELDS
    assert answer.content_type == "application/problem+json"
    assert await nothing_was_ordered(house)


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_of_another_type(house: Theatre, path: str) -> None:
    for options in ({"data": {"prompt": "a form"}}, {"data": "text"}, {"data": b"{}"}):
        answer = await house.client.post(f"/api/mv{path}", **options)
        assert (answer.status, (await answer.json())["error_code"]) == (415, "UNSUPPORTED_MEDIA")
    utf16 = {"Content-Type": "application/json; charset=utf-16"}
    assert (await house.client.post(f"/api/mv{path}", data=b"{}", headers=utf16)).status == 415


async def test_a_body_that_cannot_be_unpacked_is_the_clients_fault(house: Theatre) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await house.client.post("/api/mv/generate_video", data=b'{"prompt": "a pier"}', headers=headers)
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (400, "INVALID_REQUEST")
    assert "`Content-Encoding` gzip" in told["message"]
    assert await nothing_was_ordered(house)


@pytest.mark.parametrize("path", POSTS)
async def test_a_body_that_is_too_large(house: Theatre, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await house.client.post(f"/api/mv{path}", data=io.BytesIO(b" " * (10 << 20)), headers=headers)
    assert (answer.status, (await answer.json())["error_code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert await nothing_was_ordered(house)


@pytest.mark.parametrize("path", POSTS)
async def test_an_unknown_field_is_named_with_the_closest_known_one(house: Theatre, path: str) -> None:
    answer = await house.post(path, {**POSTS[path], "projct": "north"})
    told = await answer.json()
    assert answer.status == 400
    assert [(fault["path"], "`project`" in fault["message"]) for fault in told["errors"]] == [("projct", True)]
    assert await nothing_was_ordered(house)


@pytest.mark.parametrize(
    ("path", "change", "named"),
    [
        ("/create_scenes", {"number_of_scenes": 41}, "number_of_scenes"),
        ("/create_scenes", {"idea": " "}, "idea"),
        ("/create_scenes", {"output_dir": "../up"}, "output_dir"),
        ("/create_scenes", {"output_dir": "/etc"}, "output_dir"),
        ("/generate_character_reference", {"num_images": "2"}, "num_images"),
        ("/generate_video", {"duration": True}, "duration"),
        ("/generate_video", {"reference_image_base64": "bm8gaW1hZ2U="}, "reference_image_base64"),
        ("/generate_video", {"reference_image_base64": "bm8=", "character_reference_image_id": an_id(1)}, ""),
        ("/stitch-videos", {"video_ids": []}, "video_ids"),
        ("/stitch-videos", {"video_ids": ["seven"]}, "video_ids.0"),
        ("/stitch-videos", {"transition": {"type": "star_wipe"}}, "transition.0.type"),
        ("/stitch-videos", {"transition": ["cut", "cut"]}, ""),
        ("/stitch-videos", {"audio": "song"}, "audio"),
        ("/productions", {"transition": ["cut", "cut"], "number_of_scenes": 5}, "transition"),
        ("/productions", {"on_missing": "skip"}, "on_missing"),
        ("/productions", {"song_id": an_id(1)}, "song_id"),
        ("/productions", {"review": "storybord"}, "review.0"),
    ],
)
async def test_a_wrong_value_is_named(house: Theatre, path: str, change: dict[str, Any], named: str) -> None:
    answer = await house.post(path, {**POSTS[path], **change})
    told = await answer.json()
    assert (answer.status, told["errors"][0]["path"]) == (400, named)
    assert await nothing_was_ordered(house)


async def test_unknown_clips_are_all_listed(house: Theatre) -> None:
    unknown = [an_id(1), an_id(2)]
    answer = await house.post("/stitch-videos", {"video_ids": unknown})
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (404, "NOT_FOUND")
    assert all(video_id in told["message"] for video_id in unknown)


async def test_a_repeated_call_answers_its_job_and_another_body_is_refused(house: Theatre) -> None:
    key = {"Idempotency-Key": "once"}
    first = await house.post("/generate_video", CLIP, headers=key)
    again = await house.post("/generate_video", CLIP, headers=key)
    other = await house.post("/generate_video", {**CLIP, "seed": 1}, headers=key)
    assert (await first.json())["job_id"] == (await again.json())["job_id"]
    assert (other.status, (await other.json())["error_code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len((await (await house.get("/jobs")).json())["items"]) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "caf\u00e9", "a\tb"])
async def test_an_unfit_idempotency_key_is_refused(house: Theatre, key: str) -> None:
    answer = await house.post("/generate_video", CLIP, headers={"Idempotency-Key": key})
    assert (answer.status, (await answer.json())["error_code"]) == (400, "INVALID_REQUEST")
    assert await nothing_was_ordered(house)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/mv/generate_video", "POST"),
        ("DELETE", "/api/mv/create_scenes", "POST"),
        ("POST", "/api/mv/jobs", "GET,HEAD"),
        ("PUT", f"/api/mv/jobs/{an_id(1)}", "DELETE,GET,HEAD"),
        ("POST", "/healthz", "GET,HEAD"),
    ],
)
async def test_a_wrong_method_is_answered_with_the_right_ones(
    house: Theatre, method: str, path: str, allowed: str
) -> None:
    answer = await house.client.request(method, path)
    assert answer.status == 405
    assert answer.headers["Allow"] == allowed
    assert (await answer.json())["status"] == 405


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/mv/job", "/api/mv/get_video", "/api/mv/%00", "/api/mv/productions/1/2/3"]
)
async def test_what_is_not_there_is_a_problem_body_too(house: Theatre, path: str) -> None:
    answer = await house.client.get(path)
    assert (answer.status, (await answer.json())["error_code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("POST", "/api/mv/songs", "songs"),
        ("GET", f"/api/mv/songs/{an_id(1)}/audio", "songs"),
    ],
)
async def test_a_call_of_a_later_version_says_so(house: Theatre, method: str, path: str, word: str) -> None:
    answer = await house.client.request(method, path)
    told = await answer.json()
    assert (answer.status, told["error_code"]) == (404, "NOT_FOUND")
    assert "this version does not have" in told["message"]
    assert word in told["message"]


async def test_a_bug_shows_its_id_and_nothing_of_the_inside(house: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr(house.house.history, "read", broken)
    answer = await house.get(f"/jobs/{an_id(1)}", headers={"X-Request-Id": "quote-me"})
    text = await answer.text()
    assert (answer.status, json.loads(text)["error_code"]) == (500, "INTERNAL")
    assert "quote-me" in json.loads(text)["message"]
    assert "the inside" not in text
