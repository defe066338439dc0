"""Clips -> cut: one order joins a list of clips."""

from typing import Any, Literal

from pydantic import Field

from shared.contracts.base import AssetId, AssetRef, Contract, StoredAsset

Fit = Literal["pad", "crop", "blur"]


class StitchVideos(Contract):
    """Order one cut. Clips play in the order given; a size or rate left out comes from the clips by vote."""

    kind: Literal["stitch_videos"] = "stitch_videos"
    video_id: AssetId
    clips: tuple[AssetRef, ...]
    width: int | None = None
    height: int | None = None
    fps: int | None = None
    fit: Fit = "pad"
    title: str | None = None
    credits: str | None = None
    title_seconds: float = 3.0

    @property
    def key(self) -> str:
        return f"videos/{self.video_id}.mp4"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key this order may store under; they depend on the order alone."""
        return (self.key,)


class VideosStitched(Contract):
    """The cut, checked after it was written."""

    kind: Literal["stitch_videos"] = "stitch_videos"
    video: StoredAsset
    input_video_ids: tuple[AssetId, ...]
    skipped: tuple[AssetId, ...] = ()
    copied_streams: bool = False
    audio_video_drift_ms: float = 0.0
    loudness_lufs: float | None = None
    merge_time_s: float = 0.0
    processing_time_s: float = 0.0
    quality_report: dict[str, Any] = Field(default_factory=dict)

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return (self.video,)
