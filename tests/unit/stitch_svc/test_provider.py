"""The cutting table as the worker uses it: in children, from the media store, again after a crash."""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from shared.contracts.base import AssetId, AssetRef, ErrorCode, JobId, OrderId
from shared.contracts.order import Order
from shared.contracts.stitch import ConformClip, StitchVideos, Transition
from shared.errors import PermanentError
from shared.generation import Done, Pending
from shared.media.local import LocalMedia
from stitch_svc.providers.base import CutProvider
from stitch_svc.providers.local import open_conforming, open_cuts
from tests.unit.stitch_svc.conftest import Shoot
from tests.unit.stitch_svc.test_refusals import BAD


@dataclass
class Room:
    """What the providers need of their house."""

    media: LocalMedia
    scratch: Path


@dataclass
class Table:
    house: Room
    cuts: CutProvider
    conforming: CutProvider

    async def stored(self, key: str, source: Path, *, asset: str) -> AssetRef:
        await self.house.media.put(key, _bytes(source), media_type="video/mp4")
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        return AssetRef(asset_id=AssetId(asset), key=key, sha256=digest, media_type="video/mp4")

    async def conformed(self, clip: AssetRef) -> Done:
        command = ConformClip(
            conformed_id=AssetId("made"), poster_id=AssetId("poster"), clip=clip, width=320, height=180, fps=24
        )
        return await _until_done(self.conforming, _order(command))

    async def cut(self, *clips: AssetRef, **wishes: Any) -> Done:
        return await _until_done(self.cuts, _order(StitchVideos(video_id=AssetId("cut"), clips=clips, **wishes)))


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    house: Any = Room(LocalMedia(tmp_path / "media"), tmp_path / "scratch" / "one")
    async with AsyncExitStack() as stack:
        cuts = await stack.enter_async_context(open_cuts(house))
        yield Table(house, cuts, await stack.enter_async_context(open_conforming(house)))
    assert [path for path in house.scratch.rglob("*") if path.is_file()] == []


def _order(command: Any) -> Order:
    return Order(order_id=OrderId(command.kind), job_id=JobId("job"), provider="local", model="m", command=command)


async def _until_done(provider: CutProvider, order: Order) -> Done:
    handle = await provider.submit(order)
    while not isinstance(state := await provider.poll(handle), Done):
        pass
    return state


async def _bytes(source: Path) -> AsyncIterable[bytes]:
    yield source.read_bytes()


async def test_a_clip_is_conformed_with_a_poster_and_then_found_ready(table: Table, clip: Shoot) -> None:
    loose = await table.stored("videos/a.mp4", clip(), asset="a")
    made = await table.conformed(loose)
    film, poster = made.outputs
    assert film.facts is not None
    assert film.facts.frames == 24
    assert Path(poster.location).read_bytes()[:3] == b"\xff\xd8\xff"
    command = ConformClip(conformed_id=AssetId("x"), poster_id=AssetId("y"), clip=loose, width=320, height=180, fps=24)
    await table.house.media.put(command.key, _bytes(Path(film.location)), media_type="video/mp4")
    await table.conforming.forget(await table.conforming.submit(_order(command)))
    again = await table.conformed(loose)
    assert Path(again.outputs[0].location) == await table.house.media.path(command.key)
    assert again.report["measured"] == made.report["measured"]


async def test_a_redelivered_cut_takes_its_joints_from_the_shelf(table: Table, clip: Shoot) -> None:
    clips = [await table.stored(f"videos/{hue}.mp4", clip(hue=hue), asset=str(hue)) for hue in (60, 120)]
    wishes: dict[str, Any] = {
        "transitions": (Transition(type="crossfade", seconds=0.25),),
        "poster_id": "poster",
        "contact_sheet_id": "sheet",
        "loudness_lufs": -16.0,
    }
    first = await table.cut(*clips, **wishes)
    assert all(Path(output.location).stat().st_size > 0 for output in first.outputs)
    film = Path(first.outputs[0].location).read_bytes()
    await table.cuts.forget(await table.cuts.submit(_order(StitchVideos(video_id=AssetId("cut"), clips=tuple(clips)))))
    second = await table.cut(*clips, **wishes)
    assert second.report["quality_report"]["pieces_reused"] == 1
    assert Path(second.outputs[0].location).read_bytes() == film


async def test_a_clip_that_is_gone_or_no_film_fails_for_good(table: Table, tmp_path: Path) -> None:
    gone = AssetRef(asset_id=AssetId("gone"), key="videos/gone.mp4", sha256="", media_type="video/mp4")
    with pytest.raises(PermanentError) as missing:
        await table.conformed(gone)
    assert missing.value.fault.code == ErrorCode.NOT_FOUND
    (tmp_path / "text.mp4").write_text("no film")
    text = await table.stored("videos/text.mp4", tmp_path / "text.mp4", asset="text")
    with pytest.raises(PermanentError, match=r"Clip text cannot be read") as refused:
        await table.conformed(text)
    assert refused.value.fault.code == ErrorCode.STITCH_FAILED


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind != "missing"])
async def test_whatever_is_no_clip_is_refused_by_name_and_the_next_one_is_conformed(
    table: Table, clip: Shoot, tmp_path: Path, kind: str
) -> None:
    spoil, _ = BAD[kind]
    spoil(tmp_path / "bad.mp4", clip())
    bad = await table.stored("videos/bad.mp4", tmp_path / "bad.mp4", asset="bad")
    with pytest.raises(PermanentError, match=r"^Clip bad ") as refused:
        await table.conformed(bad)
    assert refused.value.fault.code == ErrorCode.STITCH_FAILED
    assert [path for path in table.house.scratch.rglob("*") if path.is_file()] == []
    good = await table.stored("videos/good.mp4", clip(), asset="good")
    assert (await table.conformed(good)).outputs[0].facts is not None


async def test_a_cut_that_is_canceled_while_it_renders_leaves_nothing_and_can_be_made_again(
    table: Table, clip: Shoot
) -> None:
    portrait = await table.stored("videos/p.mp4", clip("long_portrait", size=(180, 320), frames=480), asset="p")
    command = StitchVideos(video_id=AssetId("cut"), clips=(portrait,), width=1280, height=720)
    handle = await table.cuts.submit(_order(command))
    while not isinstance(state := await table.cuts.poll(handle), Pending) or (state.fraction or 0) < 0.1:
        assert isinstance(state, Pending), "it was done before it could be canceled"
    began = perf_counter()
    await table.cuts.cancel(handle)
    assert perf_counter() - began < 2, "killed, not asked"
    assert [path for path in table.house.scratch.rglob("*") if path.is_file()] == []
    small = await table.cut(portrait, width=320, height=180)
    assert small.outputs[0].facts is not None
