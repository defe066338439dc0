"""What a cut is made from, what is known of it afterwards, and why it may be refused."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import MediaFacts
from shared.contracts.stitch import FilmAudio, Fit, Transition, Verify


class CutError(Exception):
    """No cut can be made. The text names the clip by place (from 1) and file stem and says what is wrong."""


class CutRecipe(BaseModel):
    """Everything that decides the bytes of a cut. Sizes in pixels, times in seconds.

    `clips` are local MP4 or QuickTime files in the order of the cut; repeats are allowed. A size or rate left out is
    voted by the clips: the most common wins, a tie goes to the larger.
    """

    model_config = ConfigDict(frozen=True)

    clips: tuple[Path, ...] = Field(min_length=1)
    width: int | None = Field(default=None, ge=16, le=8192)
    height: int | None = Field(default=None, ge=16, le=8192)
    fps: int | None = Field(default=None, ge=1, le=120)
    fit: Fit = "pad"
    title: str | None = None
    title_seconds: float = Field(default=3.0, gt=0, le=60)
    credits: str | None = None
    transitions: tuple[Transition, ...] = ()
    """One per joint between clips; what is left out is a cut."""
    audio: FilmAudio = "clips"
    song: Path | None = None
    """WAV, FLAC, Ogg, MP4 or MP3; what `audio` says other than `clips` and `none` needs one."""
    song_gain_db: float = Field(default=0.0, ge=-60, le=30)
    clip_gain_db: float = Field(default=0.0, ge=-60, le=30)
    loudness_lufs: float | None = None
    verify: Verify = "quick"
    poster: Path | None = None
    contact_sheet: Path | None = None
    digests: tuple[str, ...] = ()
    """The SHA-256 of each clip, where known: what is rendered of them may come from the shelf."""
    shelf: Path | None = None
    work_dir: Path


class ClipRecipe(BaseModel):
    """One clip and the shape it shall have. `digest` names it on the shelf; `ready` is where it was made before."""

    model_config = ConfigDict(frozen=True)

    clip: Path
    name: str = "The clip"
    width: int = Field(ge=16, le=8192)
    height: int = Field(ge=16, le=8192)
    fps: int = Field(ge=1, le=120)
    fit: Fit = "pad"
    ready: Path | None = None
    poster: Path | None = None
    work_dir: Path


class ClipReport(BaseModel):
    """The conformed clip as it was measured, at `path`. `kept`: the clip fitted as it was, and nothing was written."""

    model_config = ConfigDict(frozen=True)

    path: Path

    facts: MediaFacts
    kept: bool
    measured: dict[str, Any] = Field(default_factory=dict)


class CutReport(BaseModel):
    """The cut as it was measured after it was written."""

    model_config = ConfigDict(frozen=True)

    facts: MediaFacts
    copied_streams: bool
    """Every clip's picture was copied, not encoded again. Cards are always encoded."""
    audio_video_drift_ms: float
    """How far counting samples and reading time stamps disagree on where the sound is, at worst."""
    merge_time_s: float
    quality_report: dict[str, Any] = Field(default_factory=dict)
    loudness_lufs: float | None = None
    transitions: tuple[Transition, ...] = ()
    """Every joint between clips as it was made."""
