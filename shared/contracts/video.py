"""Scene -> clip: one order makes one clip."""

from typing import Any, Literal

from pydantic import Field

from shared.contracts.base import AssetId, AssetRef, Contract, StoredAsset
from shared.contracts.scene import SceneCue


class ReferenceReceipt(Contract):
    """Which reference really went to the model, or why it did not."""

    image_id: AssetId
    sha256: str
    sent: bool
    reason: str | None = None


class GenerateVideo(Contract):
    """Order one clip. `prompt` is what the model reads, rules included; `reference` is an asset, never bytes."""

    kind: Literal["generate_video"] = "generate_video"
    video_id: AssetId
    prompt: str
    scene: str = ""
    """What was asked to be seen, without the rules around it: what a local model draws and a caption may quote."""
    negative_prompt: str | None = None
    duration_s: float = 8.0
    width: int = 1280
    height: int = 720
    fps: int = 24
    aspect_ratio: str = "16:9"
    resolution: str = "720p"
    generate_audio: bool = True
    seed: int | None = None
    reference: AssetRef | None = None
    cue: SceneCue | None = None
    stand_in: bool = False
    """For a scene whose own clip failed: a local model shows the reference itself, slowly moved."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """The model's own fields, as the catalog mapped them."""
    last_frame_id: AssetId | None = None
    """The clip's last picture is kept under this id: the next clip begins with it."""

    @property
    def last_frame_key(self) -> str:
        return f"frames/{self.last_frame_id}.png"

    @property
    def key(self) -> str:
        return f"videos/{self.video_id}.mp4"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key this order may store under; they depend on the order alone."""
        return (self.key, self.last_frame_key) if self.last_frame_id else (self.key,)


class VideoGenerated(Contract):
    """One clip, looked into before it was stored."""

    kind: Literal["generate_video"] = "generate_video"
    video: StoredAsset
    seed: int | None = None
    reference: ReferenceReceipt | None = None
    provider_job_id: str | None = None
    processing_time_s: float = 0.0
    last_frame: StoredAsset | None = None

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return (self.video, self.last_frame) if self.last_frame else (self.video,)
