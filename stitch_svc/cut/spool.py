"""Sound set aside on disk between being measured and being levelled, so that memory does not grow with the film."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from stitch_svc.cut.sound import SAMPLE_RATE, Samples

BLOCK = SAMPLE_RATE


def spooled(blocks: Iterable[Samples], *, to: Path) -> None:
    with to.open("wb") as file:
        for block in blocks:
            np.ascontiguousarray(block.T, np.float32).tofile(file)


def unspooled(path: Path) -> Iterator[Samples]:
    with path.open("rb") as file:
        while (samples := np.fromfile(file, np.float32, 2 * BLOCK)).size:
            yield samples.reshape(-1, 2).T
