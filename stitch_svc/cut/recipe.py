"""What a cut is made from, what is known of it afterwards, and why it may be refused."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.base import MediaFacts
from shared.contracts.stitch import Fit


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
    work_dir: Path


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
