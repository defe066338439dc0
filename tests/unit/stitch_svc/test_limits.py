"""Bad input and bad luck: limits hold, nothing is left behind, the prober never falls over."""

import asyncio
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from shared.children import ChildFailed, child
from stitch_svc.cut import ClipRecipe, CutError, CutRecipe
from stitch_svc.cut.probe import probe
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import Footage, shoot

MUTATIONS = 150
HEVC = {"codec": "libx265", "options": {"preset": "ultrafast", "x265-params": "log-level=none"}}


def test_mutated_files_are_refused_or_conformed_but_never_break_anything(clip: Shoot, tmp_path: Path) -> None:
    """In a child, so that a crash of the decoder would show as its exit status."""
    sources = [
        clip("small", size=(64, 48)).read_bytes(),
        clip("small_turned", size=(64, 48), rotation=90, layout="mono", sample_rate=44_100).read_bytes(),
        clip("small_hevc", size=(64, 48), **HEVC).read_bytes(),
    ]
    dice = random.Random(20)
    for number in range(MUTATIONS):
        (tmp_path / f"{number:03}.mp4").write_bytes(_mutated(sources[number % len(sources)], dice))
    code = """
        import sys
        from pathlib import Path
        from stitch_svc.cut.limited import limit_this_process
        from stitch_svc.cut import ClipRecipe, conform_clip
        from stitch_svc.cut.recipe import CutError
        limit_this_process(cpu_s=60)
        folder, refused = Path(sys.argv[1]), 0
        for path in sorted(folder.glob("*.mp4")):
            recipe = ClipRecipe(clip=path, width=64, height=48, fps=24, work_dir=folder / "work")
            try:
                conform_clip(recipe, out=folder / "out", progress=lambda fraction, stage: None)
            except CutError:
                refused += 1
        print(refused)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert 0 < int(ran.stdout) < MUTATIONS
    assert list((tmp_path / "work").iterdir()) == [], "nothing is left of those that were refused"


def _mutated(source: bytes, dice: random.Random) -> bytes:
    content = bytearray(source)
    for _ in range(dice.randint(1, 12)):
        at = dice.randrange(len(content) - 8)
        match dice.randrange(4):
            case 0:
                content[at] ^= 1 << dice.randrange(8)
            case 1:
                content[at : at + 4] = dice.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"))
            case 2:
                del content[at : at + dice.randint(1, 64)]
            case _:
                content[at:at] = content[at : at + dice.randint(1, 64)]
    header = bytes(content).find(b"moov")
    if header > 0 and dice.random() < 0.7:  # most of the trouble sits in the index
        content[header + dice.randrange(8, 400)] = dice.randrange(256)
    return bytes(content)


def test_a_clip_that_needs_more_memory_than_allowed_is_refused_by_name(tmp_path: Path) -> None:
    """The bomb: a few kilobytes that become frames of 35 megapixels."""
    bomb = shoot(tmp_path / "bomb.mp4", Footage(size=(5120, 2880), frames=2, layout=None))
    assert bomb.stat().st_size < 200_000
    code = """
        import sys
        from pathlib import Path
        import stitch_svc.cut.house
        from stitch_svc.cut import limited
        from stitch_svc.cut.recipe import ClipRecipe, CutError
        here = Path(sys.argv[1])
        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
        limited.MEMORY_BYTES = in_use + (48 << 20)
        limited.limit_this_process.__kwdefaults__["memory_bytes"] = limited.MEMORY_BYTES
        recipe = ClipRecipe(clip=here / "bomb.mp4", name="Clip 3", width=320, height=180, fps=24, work_dir=here / "w")
        try:
            limited.conform_clip(recipe, out=here / "out.mp4", progress=lambda fraction, stage: None)
        except CutError as error:
            print(error)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert ran.stdout.startswith("Clip 3 "), ran.stderr[-2000:]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["bomb.mp4"]


def test_time_that_runs_out_is_an_answer() -> None:
    code = """
        from stitch_svc.cut.limited import limit_this_process
        from stitch_svc.cut.recipe import CutError
        limit_this_process(cpu_s=1)
        try:
            while True:
                pass
        except CutError as error:
            print(error)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert "processor time" in ran.stdout


async def test_the_child_answers_with_the_reason(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"")
    recipe = ClipRecipe(clip=bad, name="Clip 9", width=320, height=180, fps=24, work_dir=tmp_path / "work")
    async with asyncio.timeout(30), child("stitch_svc.cut.limited:conform_clip", recipe, out=tmp_path / "o") as work:
        with pytest.raises(ChildFailed, match=r"Clip 9 is empty") as failed:
            await work.result(lambda fraction, stage: None)
    assert failed.value.kind == "CutError"


async def test_a_cut_that_is_canceled_leaves_no_film(tmp_path: Path, clip: Shoot) -> None:
    long = clip("long_portrait", size=(180, 320), frames=240)
    work_dir, out = tmp_path / "work", tmp_path / "film.mp4"
    recipe = CutRecipe(clips=(long,) * 3, width=640, height=360, work_dir=work_dir)
    under_way = asyncio.Event()

    def heard(fraction: float, stage: str) -> None:
        if stage == "conforming" and fraction > 0.1:
            under_way.set()

    async with asyncio.timeout(60):
        async with child("stitch_svc.cut.limited:cut", recipe, out=out) as work, asyncio.TaskGroup() as group:
            task = group.create_task(work.result(heard))
            await under_way.wait()
            task.cancel()
    assert not out.exists()


def test_the_clip_with_a_wrong_duration_in_its_header_is_measured(clip: Shoot, tmp_path: Path) -> None:
    content = bytearray(clip().read_bytes())
    at = content.index(b"mvhd") + 4 + 16
    content[at : at + 4] = (3 * 3600 * 1000).to_bytes(4, "big")
    liar = tmp_path / "liar.mp4"
    liar.write_bytes(content)
    assert probe(liar, place=0).duration == 1


def test_a_tenth_of_a_second_is_a_clip(room: CuttingRoom, tmp_path: Path) -> None:
    short = shoot(tmp_path / "short.mp4", Footage(frames=2))
    assert room.cut(short, short).facts.frames == 4


def test_three_hours_are_too_long(tmp_path: Path) -> None:
    path = shoot(tmp_path / "long.mp4", Footage(size=(16, 16), frames=4, layout=None))
    content = bytearray(path.read_bytes())
    at = content.index(b"stts") + 12
    content[at + 4 : at + 8] = (3600 * 12_288).to_bytes(4, "big")
    edits = content.index(b"edts")
    content[edits : edits + 4] = b"free"  # an edit list would hide all but the start
    path.write_bytes(content)
    with pytest.raises(CutError, match=r"longer than 60 minutes"):
        probe(path, place=0)
