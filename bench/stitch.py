"""The edit suite against MoviePy and a full encode: each row a ratio, interleaved in one run, CPU seconds beside wall.

Every measurement runs in a fresh process with its imports done; CPU seconds count that process and all it started.
"""

import asyncio
import multiprocessing
import resource
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.machine import conditions

SECONDS = 8
FPS = 24
SIZES = {1080: (1920, 1080), 720: (1280, 720), 180: (320, 180)}
JOINT_S = 0.5
LOUDNESS_LUFS = -14.0
LONG = (50, 100, 200)
DRIFT_CLIPS, DRIFT_FRAMES = 30, 121


@dataclass(frozen=True)
class Taken:
    """What one piece of work took. `peak_mb`: the process and all it started, at its most."""

    wall_s: float
    cpu_s: float
    peak_mb: float

    def __str__(self) -> str:
        return f"{self.wall_s:7.2f} s wall {self.cpu_s:7.2f} s CPU {self.peak_mb:5.0f} MB"


async def bench(folder: Path) -> str:
    return await asyncio.to_thread(_bench, folder)


def _bench(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"stitch: {conditions()}", *_against_moviepy(folder), *_against_xfade(folder), *_long(folder)]
    return "\n".join([*rows, _drift(folder), f"  at the end: {conditions()}"])


def _against_moviepy(folder: Path) -> list[str]:
    large, small = shot(folder, 1080, count=8), shot(folder, 720, count=4)
    ready = [conformed(clip, 1080) for clip in large]
    rows: list[str] = []
    for name, goal, clips, reference in (
        ("8 x 8 s 1080p after the last conformed clip", 100, ready, large),
        ("8 x 8 s 1080p in one shot, clips that fit", 40, large, large),
        ("4 x 8 s 720p in one shot, clips that fit", 20, small, small),
    ):
        out = folder / "out.mp4"
        if reference is not large or not rows:
            moviepy = [*_first_ours(clips, out), measured(with_moviepy, reference, folder / "moviepy.mp4")]
        ours = [measured(with_us, clips, out) for _ in range(3)]
        rows.append(_row(name, goal, [*ours, *moviepy[:-1]] if clips is ready else ours, moviepy[-1], "MoviePy medium"))
    return rows


def _first_ours(clips: Sequence[Path], out: Path) -> list[Taken]:
    """Before the reference, too: what the machine does in between hits both."""
    return [measured(with_us, clips, out) for _ in range(2)]


def _against_xfade(folder: Path) -> list[str]:
    ready = [conformed(clip, 1080) for clip in shot(folder, 1080, count=6)]
    out = folder / "out.mp4"
    before = measured(with_us, ready, out, JOINT_S)
    full = measured(with_xfade, ready, folder / "xfade.mp4")
    after = measured(with_us, ready, out, JOINT_S)
    return [_row("6 x 8 s 1080p with 5 crossfades of 0.5 s", 4, [before, after], full, "xfade veryfast, all encoded")]


def _long(folder: Path) -> list[str]:
    ready = [conformed(clip, 720) for clip in shot(folder, 720, count=4)]
    taken = {count: measured(with_us, _files(ready, count, folder), folder / "long.mp4") for count in LONG}
    rows = [f"  {count:3} clips of 8 s 720p {took}" for count, took in taken.items()]
    per_clip = {count: took.cpu_s / count * 1000 for count, took in taken.items()}
    spread = ", ".join(f"{ms:.1f} ms CPU a clip at {count}" for count, ms in per_clip.items())
    most = max(took.peak_mb for took in taken.values())
    return ["long films (goal: linear in clips, at most 200 MB)", *rows, f"  {spread}; most memory {most:.0f} MB"]


def _files(clips: Sequence[Path], count: int, folder: Path) -> list[Path]:
    """So many files, each looked into on its own, whatever they hold."""
    files = [folder / f"of-many-{number}.mp4" for number in range(count)]
    for number, file in enumerate(files):
        if not file.exists():
            file.hardlink_to(clips[number % len(clips)])
    return files


def _drift(folder: Path) -> str:
    from tests.unit.stitch_svc.footage import Footage, beeps, flashes, shoot

    clips = []
    for number, (rate, late) in enumerate(((48_000, 0.06), (44_100, -0.04), (44_100, 0.06))):
        seconds = DRIFT_FRAMES / FPS + late
        footage = Footage(frames=DRIFT_FRAMES, sample_rate=rate, seconds_of_sound=seconds)
        clips.append(shoot(folder / f"drift-{number}.mp4", footage))
    film = folder / "drift.mp4"
    measured(with_us, (clips * DRIFT_CLIPS)[:DRIFT_CLIPS], film)
    apart = [abs(beep - flash) * 1000 for flash, beep in zip(flashes(film), beeps(film), strict=True)]
    return f"drift after {len(apart)} clips of {DRIFT_FRAMES} frames, uneven sound: {max(apart):.3f} ms (goal < 1)"


def _row(name: str, goal: float, ours: Sequence[Taken], reference: Taken, what: str) -> str:
    wall = statistics.median(took.wall_s for took in ours)
    cpu = statistics.median(took.cpu_s for took in ours)
    return (
        f"{name}: {reference.wall_s / wall:.0f} x by wall, {reference.cpu_s / cpu:.0f} x by CPU (goal {goal})\n"
        f"  ours, median of {len(ours)}: {wall:.2f} s wall, {cpu:.2f} s CPU, "
        f"{max(took.peak_mb for took in ours):.0f} MB\n"
        f"  {what}: {reference}"
    )


def shot(folder: Path, height: int, *, count: int) -> list[Path]:
    """Clips as a provider sends them: a moving test picture, a tone, one encoder for all."""
    width = SIZES[height][0]
    clips = [folder / f"{height}-{number}.mp4" for number in range(count)]
    for number, clip in enumerate(clips):
        if not clip.exists():
            picture = f"testsrc2=size={width}x{height}:rate={FPS},hue=h={number * 40}"
            sound = f"sine=frequency={220 + 55 * number}:sample_rate=48000,aformat=channel_layouts=stereo"
            _ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(SECONDS), *_x264("veryfast"),
                    "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", str(clip))  # fmt: skip
    return clips


def conformed(clip: Path, height: int) -> Path:
    from stitch_svc.cut import ClipRecipe, conform_clip

    out = clip.with_name(f"conformed-{clip.name}")
    if not out.exists():
        width = SIZES[height][0]
        recipe = ClipRecipe(clip=clip, width=width, height=height, fps=FPS, work_dir=clip.parent / "work")
        return conform_clip(recipe, out=out, progress=_quiet).path
    return out


def with_us(clips: Sequence[Path], out: Path, joint_s: float = 0.0) -> None:
    from shared.contracts.stitch import Transition
    from stitch_svc.cut import CutRecipe, cut

    joints = (Transition(type="crossfade", seconds=joint_s),) * (len(clips) - 1) if joint_s else ()
    recipe = CutRecipe(
        clips=tuple(clips), transitions=joints, loudness_lufs=LOUDNESS_LUFS, work_dir=out.parent / "work"
    )
    cut(recipe, out=out, progress=_quiet)


def with_moviepy(clips: Sequence[Path], out: Path) -> None:
    from moviepy import VideoFileClip, concatenate_videoclips

    opened = [VideoFileClip(str(clip)) for clip in clips]
    film = concatenate_videoclips(opened)
    film.write_videofile(str(out), codec="libx264", preset="medium", audio_codec="aac", logger=None)
    for clip in (film, *opened):
        clip.close()


def with_xfade(clips: Sequence[Path], out: Path) -> None:
    """Picture and sound of the same film, every frame encoded."""
    shown, heard, steps = "[0:v]", "[0:a]", []
    for number in range(1, len(clips)):
        offset = number * (SECONDS - JOINT_S)
        steps.append(f"{shown}[{number}:v]xfade=transition=fade:duration={JOINT_S}:offset={offset}[v{number}]")
        steps.append(f"{heard}[{number}:a]acrossfade=d={JOINT_S}[a{number}]")
        shown, heard = f"[v{number}]", f"[a{number}]"
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    _ffmpeg(*inputs, "-filter_complex", ";".join(steps), "-map", shown, "-map", heard, *_x264("veryfast"),
            "-c:a", "aac", str(out))  # fmt: skip


def measured(work: Callable[..., None], *args: Any) -> Taken:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        pool.submit(_warm).result()
        return pool.submit(_timed, work, *args).result()


def _warm() -> None:
    import moviepy  # noqa: F401

    import stitch_svc.cut.film  # noqa: F401


def _timed(work: Callable[..., None], *args: Any) -> Taken:
    with _Peak() as peak:
        began, used = perf_counter(), _cpu_s()
        work(*args)
        return Taken(perf_counter() - began, _cpu_s() - used, peak.sofar())


class _Peak:
    """Watches the memory of this process and all it started."""

    EVERY_S = 0.05

    def __enter__(self) -> "_Peak":
        self._most = 0
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._watch.join()

    def sofar(self) -> float:
        return self._most / 1e6

    def _look(self) -> None:
        import psutil

        own = psutil.Process()
        while not self._end.wait(self.EVERY_S):
            used = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    used += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self._most = max(self._most, used)


def _cpu_s() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(times.ru_utime + times.ru_stime for times in used)


def _x264(preset: str) -> tuple[str, ...]:
    return "-c:v", "libx264", "-preset", preset, "-crf", "18"


def _ffmpeg(*words: str) -> None:
    import imageio_ffmpeg

    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *words], check=True)


def _quiet(_: float, __: str) -> None:
    """Nobody listens."""


if __name__ == "__main__":
    print(_bench(Path(sys.argv[1])))
