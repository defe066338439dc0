"""The edit suite over HTTP: cuts with transitions, cuts again, stills, exports."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.order import Canceled, Order, Succeeded
from shared.contracts.stitch import ConformClip, StitchVideos, Transition
from tests.contract.theatre import FILM, Theatre
from tests.factories import a_cut, an_id

THREE = {**FILM, "number_of_scenes": 3, "transition": ["crossfade", {"type": "fade_black", "seconds": 1}]}


async def filmed(house: Theatre, **fields: Any) -> str:
    """The id of a production that has its film."""
    film_id = await house.ordered("/productions", {**THREE, **fields})
    await house.perform_film(film_id)
    house.clock.pass_s(60)
    return film_id


async def shown(house: Theatre, film_id: str) -> dict[str, Any]:
    body: dict[str, Any] = await (await house.get(f"/productions/{film_id}")).json()
    return body


async def cut_ordered(house: Theatre, job_id: str) -> StitchVideos:
    (order,) = await house.orders(job_id)
    command = Order.model_validate(order.body).command
    assert isinstance(command, StitchVideos)
    return command


# cuts


async def test_a_cut_goes_on_without_what_is_missing_and_says_what(house: Theatre) -> None:
    clip, gone = (await house.made())["video_id"], an_id()
    body = {"video_ids": [clip, gone, clip], "on_missing": "skip", "transition": ["crossfade", "fade_white"]}
    job_id = await house.ordered("/stitch-videos", body)
    await house.perform(job_id)
    job = await (await house.get(f"/jobs/{job_id}")).json()
    assert job["status"] == "partial"
    told = job["result"]["metadata"]
    assert (told["skipped"], told["num_videos_stitched"]) == ([gone], 2)
    assert [joint["type"] for joint in told["transitions"]] == ["fade_white"]


async def test_a_cut_of_nothing_but_missing_videos_is_refused(house: Theatre) -> None:
    gone = [an_id(), an_id()]
    answer = await house.post("/stitch-videos", {"video_ids": gone, "on_missing": "skip"})
    told = await answer.json()
    assert (answer.status, all(video_id in told["message"] for video_id in gone)) == (404, True)


async def test_every_clip_of_a_film_is_conformed_and_the_cut_is_made_of_that(house: Theatre) -> None:
    film = await shown(house, await filmed(house))
    parts = {job["part"]: job["job_id"] for job in film["jobs"]}
    cut = await cut_ordered(house, parts["cut"])
    assert [clip.key.partition("/")[0] for clip in cut.clips] == ["conformed"] * 3
    assert list(cut.input_video_ids) == [scene["clip"]["video_id"] for scene in film["scenes"]]
    assert [(joint.type, joint.seconds) for joint in cut.transitions] == [("crossfade", 0.5), ("fade_black", 1)]
    for number in (1, 2, 3):
        (order,) = await house.orders(parts[f"conform/{number}"])
        command = Order.model_validate(order.body).command
        assert isinstance(command, ConformClip)
        assert (command.width, command.height, command.fps) == (cut.width, cut.height, cut.fps)


async def test_a_conformed_file_that_two_films_share_has_one_row(house: Theatre) -> None:
    first = await house.ordered("/productions", {**FILM, "number_of_scenes": 1, "seed": 7})
    second = await house.ordered("/productions", {**FILM, "number_of_scenes": 1, "seed": 7})
    for film_id in (first, second):
        await house.perform_film(film_id)
    films = [await shown(house, film_id) for film_id in (first, second)]
    keys = set()
    for film in films:
        (job_id,) = (job["job_id"] for job in film["jobs"] if job["part"] == "cut")
        keys |= {clip.key for clip in (await cut_ordered(house, job_id)).clips}
    assert [film["status"] for film in films] == ["succeeded", "succeeded"]
    assert len(keys) == 1, "the same bytes in the same shape are one file"
    async with house.house.history.read() as tx:
        assert await tx.asset_by_key(keys.pop()) is not None


async def conforming(house: Theatre, film_id: str) -> tuple[str, str]:
    """The job that conforms the film's only clip, begun, and the key of what it makes, as if it was stored just now."""
    while not (ready := [job for job in await house.jobs_of(film_id) if (job.part or "").startswith("conform/")]):
        for job in await house.jobs_of(film_id):
            if not job.is_terminal:
                await house.perform(job.id)
    (order,) = await house.start(ready[0].id)
    command = Order.model_validate(order.body).command
    assert isinstance(command, ConformClip)
    await house.media.put(command.key, _bytes(), media_type="video/mp4")
    return ready[0].id, command.key


async def _bytes() -> AsyncIterator[bytes]:
    yield b"conformed"


async def test_a_conform_that_ends_in_nothing_leaves_no_file(house: Theatre) -> None:
    film_id = await house.ordered("/productions", {**FILM, "number_of_scenes": 1, "seed": 7})
    job_id, key = await conforming(house, film_id)
    await house.perform(job_id, Canceled())
    assert await house.media.stat(key) is None


async def test_a_conformed_file_stays_while_another_film_shows_or_makes_it(house: Theatre) -> None:
    films = [await house.ordered("/productions", {**FILM, "number_of_scenes": 1, "seed": 7}) for _ in range(3)]
    (first, key), (second, same), (third, _) = [await conforming(house, film_id) for film_id in films]
    assert key == same
    await house.perform(first, Canceled())
    assert await house.media.stat(key), "the second still makes it"
    await house.perform(second)
    await house.perform(third, Canceled())
    assert await house.media.stat(key), "the second shows it"


# the same film, cut again


async def test_a_film_is_cut_again_in_another_order(house: Theatre) -> None:
    film_id = await filmed(house)
    before = await shown(house, film_id)
    answer = await house.post(f"/productions/{film_id}/restitch", {"order": [3, 1, 2], "title": "Backwards"})
    job = await answer.json()
    assert (answer.status, job["part"], job["production_id"]) == (202, "recut", film_id)
    clips = [scene["clip"]["video_id"] for scene in before["scenes"]]
    cut = await cut_ordered(house, job["job_id"])
    assert list(cut.input_video_ids) == [clips[2], clips[0], clips[1]]
    assert [joint.type for joint in cut.transitions] == ["cut", "crossfade"], "each clip keeps its own entrance"
    assert cut.title == "Backwards"
    assert (await shown(house, film_id))["final_video"] == before["final_video"], (
        "the film stays until there is another"
    )
    await house.perform(job["job_id"])
    after = await shown(house, film_id)
    assert (after["status"], after["final_video_id"]) == ("succeeded", cut.video_id)
    assert after["final_video"]["video_id"] == cut.video_id
    assert (await house.client.get(before["final_video"]["video_url"])).status == 200, "the first cut is kept"


async def test_cutting_again_conforms_nothing_again(house: Theatre) -> None:
    film_id = await filmed(house)
    before = {job.id for job in await house.jobs_of(film_id)}
    job_id = await house.ordered(f"/productions/{film_id}/restitch", {"transition": "wipe_left"})
    first, second = [
        await cut_ordered(house, job.id) for job in await house.jobs_of(film_id) if job.part in {"cut", "recut"}
    ]
    assert {job.id for job in await house.jobs_of(film_id)} - before == {job_id}
    assert first.clips == second.clips
    assert [joint.type for joint in second.transitions] == ["wipe_left", "wipe_left"]


async def test_a_recut_that_fails_leaves_the_film_as_it_was_and_can_be_retried(house: Theatre) -> None:
    film_id = await filmed(house)
    before = await shown(house, film_id)
    job_id = await house.ordered(f"/productions/{film_id}/restitch", {})
    await house.post(f"/jobs/{job_id}/cancel")
    after = await shown(house, film_id)
    assert (after["status"], after["final_video"]) == (before["status"], before["final_video"])
    again = await house.ordered(f"/jobs/{job_id}/retry", {})
    await house.perform(again)
    assert (await shown(house, film_id))["final_video_id"] != before["final_video_id"]


async def test_the_same_restitch_twice_is_one_job(house: Theatre) -> None:
    film_id = await filmed(house)
    key = {"Idempotency-Key": "once"}
    first, second = [
        await (await house.post(f"/productions/{film_id}/restitch", {"order": [2, 1]}, headers=key)).json()
        for _ in range(2)
    ]
    assert first["job_id"] == second["job_id"]
    other = await house.post(f"/productions/{film_id}/restitch", {"order": [1, 2]}, headers=key)
    assert other.status == 422


@pytest.mark.parametrize(
    ("body", "path", "says"),
    [
        ({"order": [1, 4]}, "order", "scene 4"),
        ({"order": []}, "order", "at least 1"),
        ({"order": [0]}, "order", "scene 0"),
        ({"transition": ["cut"] * 3}, "transition", "3 for 2 joints"),
        ({"fps": 30}, "fps", "was fixed"),
        ({"audio": "song"}, "audio", "needs songs"),
        ({"ordr": [1]}, "ordr", "`order`"),
    ],
)
async def test_a_restitch_that_cannot_be_is_refused(house: Theatre, body: dict[str, Any], path: str, says: str) -> None:
    film_id = await filmed(house)
    before = len(await house.jobs_of(film_id))
    answer = await house.post(f"/productions/{film_id}/restitch", body)
    told = await answer.json()
    assert answer.status == 400
    assert [fault["path"] for fault in told["errors"]] == [path]
    assert says in told["message"]
    assert len(await house.jobs_of(film_id)) == before


async def test_a_film_that_is_not_there_yet_cannot_be_cut_again_or_exported(house: Theatre) -> None:
    film_id = await house.ordered("/productions", FILM)
    assert (await house.post(f"/productions/{film_id}/restitch", {})).status == 409
    assert (await house.get(f"/productions/{film_id}/export")).status == 409
    assert (await house.post(f"/productions/{an_id()}/restitch", {})).status == 404
    assert (await house.get(f"/productions/{an_id()}/export")).status == 404


# stills


async def test_clips_and_cut_of_a_film_have_their_stills(house: Theatre) -> None:
    film = await shown(house, await filmed(house))
    final = film["final_video"]
    for url in (
        final["poster_url"],
        final["contact_sheet_url"],
        *(scene["clip"]["poster_url"] for scene in film["scenes"]),
    ):
        answer = await house.client.get(url)
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["ETag"]
    sheet = final["contact_sheet_url"].replace(final["video_id"], film["scenes"][0]["clip"]["video_id"])
    refused = await house.client.get(sheet)
    assert (refused.status, "contact-sheet" in (await refused.json())["message"]) == (404, True)


async def test_a_video_that_is_deleted_takes_its_stills_along(house: Theatre) -> None:
    final = (await shown(house, await filmed(house)))["final_video"]
    keys = [f"{folder}/{final['video_id']}.jpg" for folder in ("posters", "contact_sheets")]
    assert all([await house.media.stat(key) for key in keys])
    assert (await house.client.delete(final["video_url"])).status == 204
    assert [await house.media.stat(key) for key in keys] == [None, None]
    async with house.house.history.read() as tx:
        assert [await tx.asset_by_key(key) for key in keys] == [None, None]


# exports


async def archive_of(house: Theatre, film_id: str) -> zipfile.ZipFile:
    answer = await house.get(f"/productions/{film_id}/export?format=zip")
    assert (answer.status, answer.content_type) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(await answer.read()))


async def test_a_film_is_exported_with_its_clips_and_the_cut_in_words(house: Theatre) -> None:
    film_id = await filmed(house, title="The crossing")
    film = await shown(house, film_id)
    archive = await archive_of(house, film_id)
    assert archive.testzip() is None
    told = json.loads(archive.read("cut.json"))
    assert set(archive.namelist()) == {"cut.json", "cut.otio", *(clip["file"] for clip in told["clips"])}
    assert [clip["video_id"] for clip in told["clips"]] == [scene["clip"]["video_id"] for scene in film["scenes"]]
    assert [clip["scene"] for clip in told["clips"]] == [1, 2, 3]
    assert told["joints"] == [{"type": "crossfade", "seconds": 0.5}, {"type": "fade_black", "seconds": 1}]
    assert (told["title"], told["fps"]) == ("The crossing", 24)
    for clip, scene in zip(told["clips"], film["scenes"], strict=True):
        whole = await (await house.client.get(scene["clip"]["video_url"])).read()
        assert archive.read(clip["file"]) == whole


async def test_an_export_tells_the_joints_as_they_were_really_made(house: Theatre) -> None:
    film_id = await filmed(house)
    job_id = await house.ordered(
        f"/productions/{film_id}/restitch", {"transition": {"type": "crossfade", "seconds": 2}}
    )
    really = (Transition(type="crossfade", seconds=0.25), Transition(type="cut"))
    made = a_cut(await cut_ordered(house, job_id)).model_copy(update={"transitions": really})
    await house.perform(job_id, Succeeded(result=made))
    told = json.loads((await archive_of(house, film_id)).read("cut.json"))
    assert told["joints"] == [{"type": "crossfade", "seconds": 0.25}, {"type": "cut"}]


async def test_a_clip_that_is_shown_twice_is_one_file_of_the_export(house: Theatre) -> None:
    film_id = await filmed(house)
    await house.perform(await house.ordered(f"/productions/{film_id}/restitch", {"order": [1, 2, 1]}))
    archive = await archive_of(house, film_id)
    told = json.loads(archive.read("cut.json"))
    assert told["clips"][0]["file"] == told["clips"][2]["file"]
    assert len(archive.namelist()) == 2 + 2


async def test_an_export_whose_clip_is_gone_is_refused_before_it_begins(house: Theatre) -> None:
    film_id = await filmed(house)
    clip = (await shown(house, film_id))["scenes"][1]["clip"]["video_id"]
    await house.media.delete(f"videos/{clip}.mp4")
    assert (await house.get(f"/productions/{film_id}/export")).status == 404
    assert (await house.get(f"/productions/{film_id}/export?format=aaf")).status == 400


async def test_opentimelineio_reads_the_timeline_back(house: Theatre, tmp_path: Any) -> None:
    otio = pytest.importorskip("opentimelineio", reason="opentimelineio is not installed")
    film_id = await filmed(house)
    answer = await house.get(f"/productions/{film_id}/export?format=otio")
    file = tmp_path / "film.otio"
    file.write_bytes(await answer.read())
    timeline = otio.adapters.read_from_file(str(file))
    (track,) = timeline.video_tracks()
    clips = list(track.find_clips())
    assert [type(child).__name__ for child in track] == ["Clip", "Transition", "Clip", "Transition", "Clip"]
    assert track.duration().rescaled_to(24).value == 3 * 192 - 12 - 24, "clips overlap where they cross"
    assert [
        child.in_offset.value + child.out_offset.value for child in track if isinstance(child, otio.schema.Transition)
    ] == [12, 24]
    assert [clip.visible_range().duration.value for clip in clips] == [192, 192, 192]
    for clip in clips:
        there, used = clip.available_range(), clip.source_range
        assert there.start_time <= used.start_time
        assert used.end_time_exclusive() <= there.end_time_exclusive()
    archive = await archive_of(house, film_id)
    assert {clip.media_reference.target_url for clip in clips} <= set(archive.namelist())
    assert archive.read("cut.otio") == file.read_bytes(), "the timeline alone fits into the unpacked ZIP"
