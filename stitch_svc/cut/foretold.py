"""The film's level from what its clips tell of themselves, so that its sound need not be heard twice."""

from collections.abc import Sequence

import numpy as np

from stitch_svc.cut.limiter import Level, level_for
from stitch_svc.cut.loudness import integrated
from stitch_svc.cut.notes import moments_of, peak_dbtp_of
from stitch_svc.cut.takes import Take
from stitch_svc.cut.timeline import Joint

CROSSING_DB = 3.01
"""Where sounds cross with equal power, their peaks may add up to so much."""


def level_told(takes: Sequence[Take], *, joints: Sequence[Joint], target_lufs: float) -> Level | None:
    """None where a clip does not tell enough, or where peaks would need the limiter, which must know their places."""
    heard = [take for take in takes if take.sound]
    moments = [moments_of(take.clip) if take.sound is take.clip else None for take in heard]
    told = [moment for each in moments if each for moment in each]
    if not all(moments) or not told:
        return None
    loudest = max(peak_dbtp_of(take.clip) or -np.inf for take in heard)
    peak = 10 ** ((loudest + (CROSSING_DB if any(joint.frames for joint in joints) else 0)) / 20)
    level = level_for(loudness_lufs=integrated(told), target_lufs=target_lufs, peaks=np.array([peak], np.float32))
    return level if level.relief is None else None
