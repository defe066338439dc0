"""The port of whoever joins clips."""

from typing import Protocol

from shared.generation import Provider


class CutProvider(Provider, Protocol):
    """Makes one cut per order: `Done.outputs` holds exactly one MP4 with its facts.

    `Done.report` is the report of the cut: `copied_streams`, `audio_video_drift_ms`, `merge_time_s`, `quality_report`.
    """
