"""Smaller copies of pictures: made once, as asked, and gone with their pictures."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from gateway.history.tables import assets
from tests.contract.theatre import FILM, PORTRAIT, Theatre


def a_picture(
    image_format: str = "PNG", *, size: tuple[int, int] = (1000, 500), mode: str = "RGB", **how: Any
) -> bytes:
    """Red above, blue below."""
    picture = Image.new("RGB", size, (220, 30, 30))
    picture.paste((20, 40, 220), (0, size[1] // 2, size[0], size[1]))
    file = io.BytesIO()
    picture.convert(mode).save(file, image_format, **how)
    return file.getvalue()


async def portrait(house: Theatre, content: bytes) -> str:
    """The address of a picture."""
    job_id = await house.ordered("/generate_character_reference", {**PORTRAIT, "num_images": 1})
    await house.perform(job_id, content=content)
    url: str = (await (await house.get(f"/jobs/{job_id}")).json())["result"]["images"][0]["url"]
    return url


async def copies(house: Theatre) -> list[Path]:
    root = await house.media.path("copies")
    assert root is not None
    return sorted(path for path in root.rglob("*") if path.is_file())


async def rows(house: Theatre) -> int:
    async with house.house.history.read() as tx:
        found = await tx.connection.execute(select(func.count()).where(assets.c.kind == "copy"))
    return int(found.scalar_one())


@pytest.mark.parametrize(
    ("asked", "size", "image_format", "media_type"),
    [
        ("width=256", (256, 128), "PNG", "image/png"),
        ("width=200", (256, 128), "PNG", "image/png"),
        ("width=256&format=webp", (256, 128), "WEBP", "image/webp"),
        ("width=256&format=jpg&quality=50", (256, 128), "JPEG", "image/jpeg"),
        ("format=jpeg", (1000, 500), "JPEG", "image/jpeg"),
        ("width=2048&format=webp", (1000, 500), "WEBP", "image/webp"),
        ("width=1", (64, 32), "PNG", "image/png"),
    ],
)
async def test_a_copy_is_what_was_asked_for(
    house: Theatre, asked: str, size: tuple[int, int], image_format: str, media_type: str
) -> None:
    url = await portrait(house, a_picture())
    answer = await house.client.get(f"{url}?{asked}")
    content = await answer.read()

    copy = Image.open(io.BytesIO(content))
    assert (answer.status, answer.headers["Content-Type"], copy.size, copy.format) == (
        200,
        media_type,
        size,
        image_format,
    )
    top, below = copy.convert("RGB").getpixel((5, 5)), copy.convert("RGB").getpixel((5, size[1] - 5))
    assert isinstance(top, tuple)
    assert isinstance(below, tuple)
    assert top[0] > 150 > top[2]
    assert below[2] > 150 > below[0]
    assert "Vary" not in answer.headers
    again = await house.client.get(f"{url}?{asked}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    head = await house.client.head(f"{url}?{asked}")
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (answer.headers["ETag"], str(len(content)))
    assert (await (await house.client.get(url)).read()) == a_picture(), "the picture itself stays as it was made"
    part = await house.client.get(f"{url}?{asked}", headers={"Range": "bytes=0-9"})
    assert (part.status, await part.read()) == (206, content[:10])


@pytest.mark.parametrize("asked", ["width=2048", "format=png", "width=2048&format=png"])
async def test_what_the_picture_is_already_costs_no_copy(house: Theatre, asked: str) -> None:
    url = await portrait(house, a_picture())
    answer = await house.client.get(f"{url}?{asked}")
    assert (await answer.read(), await copies(house)) == (a_picture(), [])


async def test_fifty_at_once_make_it_once(house: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    url = await portrait(house, a_picture())
    puts: list[str] = []
    put = house.media.put

    async def counted(key: str, *arguments: Any, **options: Any) -> Any:
        puts.append(key)
        return await put(key, *arguments, **options)

    monkeypatch.setattr(house.media, "put", counted)
    leaving = asyncio.create_task(house.client.get(f"{url}?width=128"))
    await asyncio.sleep(0)
    leaving.cancel()
    answers = await asyncio.gather(*(house.client.get(f"{url}?width=128") for _ in range(50)))
    bodies = {await answer.read() for answer in answers}
    assert ({answer.status for answer in answers}, len(bodies), len(puts), await rows(house)) == ({200}, 1, 1, 1)


async def test_every_width_asked_for_is_one_of_a_few_files(house: Theatre) -> None:
    url = await portrait(house, a_picture())
    for width in (65, 70, 99, 127, 128):
        assert (await house.client.get(f"{url}?width={width}")).status == 200
    assert [path.name for path in await copies(house)] == ["128.png"]


async def test_a_copy_whose_file_is_gone_is_made_again(house: Theatre) -> None:
    url = await portrait(house, a_picture())
    first = await (await house.client.get(f"{url}?width=128")).read()
    (path,) = await copies(house)
    path.unlink()
    answer = await house.client.get(f"{url}?width=128")
    assert (answer.status, await answer.read(), await rows(house)) == (200, first, 1)


async def test_copies_go_with_their_picture_and_with_their_job(house: Theatre) -> None:
    for delete_by in ("picture", "job"):
        url = await portrait(house, a_picture())
        await house.client.get(f"{url}?width=128")
        await house.client.get(f"{url}?width=64&format=webp")
        assert (len(await copies(house)), await rows(house)) == (2, 2)
        job_id = (await (await house.client.get(f"{url}/info")).json())["job_id"]
        gone = url if delete_by == "picture" else f"/api/mv/jobs/{job_id}"
        assert (await house.client.delete(gone)).status == 204
        assert (await copies(house), await rows(house)) == ([], 0)
        assert (await house.client.get(f"{url}?width=128")).status == 404


async def test_copies_are_in_no_list(house: Theatre) -> None:
    url = await portrait(house, a_picture())
    await house.client.get(f"{url}?width=128")
    assert len((await (await house.get("/assets")).json())["items"]) == 1


async def test_a_poster_has_copies_too(house: Theatre) -> None:
    film = await house.ordered("/productions", FILM)
    while jobs := [job for job in await house.jobs_of(film) if not job.is_terminal]:
        for job in jobs:
            await house.perform(job.id, content=a_picture("JPEG"))
    final = (await (await house.get(f"/productions/{film}")).json())["final_video"]["video_id"]
    answer = await house.get(f"/get_video/{final}/poster?width=128&format=webp")
    assert (answer.status, Image.open(io.BytesIO(await answer.read())).size) == (200, (128, 64))
    assert (await house.client.delete(f"/api/mv/get_video/{final}")).status == 204
    assert await copies(house) == []


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("width=0", ["width"]),
        ("width=-1", ["width"]),
        ("width=2049", ["width"]),
        ("width=1e3", ["width"]),
        ("width=٣", ["width"]),
        ("width=" + "9" * 5000, ["width"]),
        ("height=64", ["height"]),
        ("format=gif", ["format"]),
        ("format=svg&quality=0", ["quality", "format"]),
        ("quality=101", ["quality"]),
        ("format=png&quality=50", ["quality"]),
    ],
)
async def test_a_wrong_wish_is_named(house: Theatre, asked: str, named: list[str]) -> None:
    url = await portrait(house, a_picture(size=(64, 64)))
    answer = await house.client.get(f"{url}?{asked}")
    told = await answer.json()
    assert (answer.status, [fault["path"] for fault in told["errors"]]) == (400, named)


async def test_what_is_no_picture_after_all_is_told_in_words(house: Theatre) -> None:
    url = await portrait(house, b"made of bytes")
    answer = await house.client.get(f"{url}?width=64")
    assert (answer.status, (await answer.json())["error_code"]) == (415, "UNSUPPORTED_MEDIA")
    assert await copies(house) == []


@pytest.mark.parametrize(
    ("image_format", "mode"), [("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("JPEG", "L")]
)
async def test_pictures_of_other_kinds_of_colour_have_copies_that_browsers_show(
    house: Theatre, image_format: str, mode: str
) -> None:
    url = await portrait(house, a_picture(image_format, mode=mode))
    for wanted in ("jpg", "png", "webp"):
        answer = await house.client.get(f"{url}?width=64&format={wanted}")
        assert answer.status == 200
        assert Image.open(io.BytesIO(await answer.read())).mode in {"RGB", "RGBA"}


async def test_a_copy_is_upright_and_says_nothing_of_where_it_was_taken(house: Theatre) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    url = await portrait(house, a_picture("JPEG", exif=exif))
    answer = await house.client.get(f"{url}?width=64")
    copy = Image.open(io.BytesIO(await answer.read()))
    assert (copy.size, dict(copy.getexif())) == ((64, 128), {})
