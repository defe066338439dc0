"""Clips -> cut: each clip is conformed when it arrives, one order joins them."""

import hashlib
from typing import Any, Literal

from pydantic import Field

from shared.contracts.base import AssetId, AssetRef, Contract, StoredAsset

Fit = Literal["pad", "crop", "blur"]


TransitionType = Literal[
    "cut",
    "crossfade",
    "fade_black",
    "fade_white",
    "wipe_left",
    "wipe_right",
    "wipe_up",
    "wipe_down",
    "slide_left",
    "slide_right",
    "slide_up",
    "slide_down",
]
CutAudio = Literal["clips", "none"]
"""What can be asked for today; the edit suite itself knows songs too."""
FilmAudio = Literal["clips", "song", "mix", "duck", "none"]
"""`song`: instead of the clips' sound; `mix`: beneath it; `duck`: beneath it, and softer while the clips are heard."""
Verify = Literal["quick", "full"]
"""`quick`: packets, rendered joints and sound; `full`: every frame is decoded again."""


class Transition(Contract):
    """One joint between two clips. `seconds` are shared by both; a `cut` takes none."""

    type: TransitionType = "cut"
    seconds: float = 0.0


class ConformClip(Contract):
    """Order one clip in the shape of its film. The file depends on the clip's bytes and the shape alone."""

    kind: Literal["conform_clip"] = "conform_clip"
    conformed_id: AssetId
    poster_id: AssetId
    clip: AssetRef
    width: int
    height: int
    fps: int
    fit: Fit = "pad"

    @property
    def key(self) -> str:
        told = f"{self.clip.sha256} {self.width}x{self.height} {self.fps} {self.fit}"
        return f"conformed/{hashlib.sha256(told.encode()).hexdigest()}.mp4"

    @property
    def poster_key(self) -> str:
        return f"posters/{self.clip.asset_id}.jpg"

    @property
    def keys(self) -> tuple[str, ...]:
        """What goes when the order fails or is canceled. The conformed file stays: another film may show the same."""
        return (self.poster_key,)


class ClipConformed(Contract):
    """The clip as the cut takes it; one that fitted already is itself."""

    kind: Literal["conform_clip"] = "conform_clip"
    conformed: StoredAsset
    clip_id: AssetId
    poster: StoredAsset | None = None
    kept: bool = False
    measured: dict[str, Any] = Field(default_factory=dict)
    """What was found in it: decode errors, black, frozen and silent stretches, loudness."""
    processing_time_s: float = 0.0

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return (self.conformed, self.poster) if self.poster else (self.conformed,)


class StitchVideos(Contract):
    """Order one cut. Clips play in the order given; a size or rate left out comes from the clips by vote.

    `clips` may be conformed already; `input_video_ids` are what the client calls them (empty: by their own ids).
    `transitions`: one per joint between clips, or none for hard cuts. `skipped`: videos left out before.
    """

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
    input_video_ids: tuple[AssetId, ...] = ()
    skipped: tuple[AssetId, ...] = ()
    transitions: tuple[Transition, ...] = ()
    audio: FilmAudio = "clips"
    song: AssetRef | None = None
    song_gain_db: float = 0.0
    clip_gain_db: float = 0.0
    loudness_lufs: float | None = None
    verify: Verify = "quick"
    poster_id: AssetId | None = None
    contact_sheet_id: AssetId | None = None

    @property
    def key(self) -> str:
        return f"videos/{self.video_id}.mp4"

    @property
    def poster_key(self) -> str:
        return f"posters/{self.video_id}.jpg"

    @property
    def contact_sheet_key(self) -> str:
        return f"contact_sheets/{self.video_id}.jpg"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key this order may store under; they depend on the order alone."""
        return (self.key, self.poster_key, self.contact_sheet_key)


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
    transitions: tuple[Transition, ...] = ()
    """Every joint as it was really made: shortened, or a cut, where clips were too short."""
    poster: StoredAsset | None = None
    contact_sheet: StoredAsset | None = None

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return tuple(file for file in (self.video, self.poster, self.contact_sheet) if file)
