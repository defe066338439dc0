"""What a conformed file says of itself, written into it when it was made."""

import json
import math
from typing import Any

from stitch_svc.cut.loudness import UNFILLED, Meter
from stitch_svc.cut.probe import MEASURED, Clip

MOMENTS = "scenebeat_moments"
"""A tag of the file; what tags hold is JSON."""


def notes_of(measured: dict[str, Any], sound: Meter) -> dict[str, str]:
    return {MEASURED: json.dumps(measured), MOMENTS: json.dumps(sound.moments[UNFILLED:])}


def measured_of(clip: Clip) -> dict[str, Any] | None:
    """What was measured when the file was conformed, if it says so."""
    told = _read(clip, MEASURED)
    return told if isinstance(told, dict) else None


def moments_of(clip: Clip) -> list[float] | None:
    """The loudness of each 400 ms of its sound, every 100 ms, if it says so."""
    told = _read(clip, MOMENTS)
    return [float(moment) for moment in told] if _are_numbers(told) else None


def peak_dbtp_of(clip: Clip) -> float | None:
    """The true peak of its sound, if it says so and is not silent."""
    told: Any = (measured_of(clip) or {}).get("true_peak_dbtp")
    return float(told) if _is_number(told) else None


def _read(clip: Clip, tag: str) -> Any:
    """Files are written by anybody."""
    try:
        return json.loads(clip.notes.get(tag, "null"))
    except ValueError:
        return None


def _are_numbers(told: Any) -> bool:
    return isinstance(told, list) and bool(told) and all(_is_number(each) for each in told)


def _is_number(told: Any) -> bool:
    return isinstance(told, int | float) and math.isfinite(told)
