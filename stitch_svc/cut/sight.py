"""What can be seen to be wrong in pictures on their way: black and frozen stretches."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from stitch_svc.cut.stretches import Stretch, stretches

STEP = 8
"""Every eighth pixel of every eighth row is looked at."""
BLACK = 32
"""Luma; TV black is 16."""
LIT = 0.02
"""A picture is black where fewer of its pixels than this are lighter."""
STILL = 0.25
"""Mean difference in luma levels below which two pictures are the same."""


@dataclass
class Sight:
    """Looks at pictures, one every 1/`rate` seconds."""

    rate: Fraction
    black: list[bool] = field(default_factory=list)
    frozen: list[bool] = field(default_factory=list)
    _before: npt.NDArray[np.int16] | None = None

    def watch(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        """The same frames, looked at on their way."""
        for frame in frames:
            self.look(frame)
            yield frame

    def look(self, frame: VideoFrame) -> None:
        luma = _sample(frame)
        self.black.append(bool((luma > BLACK).mean() < LIT))
        self.frozen.append(_same(self._before, luma))
        self._before = luma

    def found(self) -> dict[str, tuple[Stretch, ...]]:
        return {"black": stretches(self.black, rate=self.rate), "frozen": stretches(self.frozen, rate=self.rate)}

    def report(self) -> dict[str, Any]:
        return {name: [stretch.told() for stretch in found] for name, found in self.found().items()}


def _same(before: npt.NDArray[np.int16] | None, now: npt.NDArray[np.int16]) -> bool:
    return before is not None and before.shape == now.shape and bool(np.abs(now - before).mean() < STILL)


def _sample(frame: VideoFrame) -> npt.NDArray[np.int16]:
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)  # type: ignore[call-overload]  # a buffer
    return np.asarray(rows[: frame.height : STEP, : frame.width : STEP], np.int16)
