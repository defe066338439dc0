"""What the child runs: the same work, in a process that may use only so much memory, time and disk."""

import resource
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from stitch_svc import cut as work
from stitch_svc.cut.recipe import ClipRecipe, ClipReport, CutError, CutRecipe, CutReport

MEMORY_BYTES = 4 << 30
"""Of address space: libav and numpy reserve more than they fill."""
CPU_S = 3600
FILE_BYTES = 16 << 30

Progress = Callable[[float, str], None]


def cut(recipe: CutRecipe, *, out: Path, progress: Progress) -> CutReport:
    """`stitch_svc.cut.cut` within limits."""
    limit_this_process()
    try:
        return work.cut(recipe, out=out, progress=progress)
    except MemoryError as error:
        raise CutError("This cut needs more memory than one cut may have; use smaller clips.") from error


def conform_clip(recipe: ClipRecipe, *, out: Path, progress: Progress) -> ClipReport:
    """`stitch_svc.cut.conform_clip` within limits."""
    limit_this_process()
    try:
        return work.conform_clip(recipe, out=out, progress=progress)
    except MemoryError as error:
        raise CutError(f"{recipe.name} needs more memory to decode than one clip may have.") from error


def limit_this_process(*, memory_bytes: int = MEMORY_BYTES, cpu_s: int = CPU_S, file_bytes: int = FILE_BYTES) -> None:
    """For children only: a limit cannot be lifted again. Time running out raises CutError, a second later it kills."""
    signal.signal(signal.SIGXCPU, _out_of_time)
    _limit(resource.RLIMIT_AS, memory_bytes, memory_bytes)
    _limit(resource.RLIMIT_CPU, cpu_s, cpu_s + 5)
    _limit(resource.RLIMIT_FSIZE, file_bytes, file_bytes)


def _limit(which: int, soft: int, hard: int) -> None:
    _, given = resource.getrlimit(which)
    most = hard if given == resource.RLIM_INFINITY else min(hard, given)
    resource.setrlimit(which, (min(soft, most), most))


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise CutError("This takes more processor time than one order may use; use fewer, shorter or smaller clips.")
