"""What one animatic clip is made from, and the seeds everything in it derives from."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.scene import SceneCue


class ClipRecipe(BaseModel):
    """One clip, completely described. Width and height in pixels (even), time in seconds."""

    model_config = ConfigDict(frozen=True)

    prompt: str
    negative_prompt: str | None = None
    width: int = Field(default=1280, ge=64, le=4096, multiple_of=2)
    height: int = Field(default=720, ge=64, le=4096, multiple_of=2)
    fps: int = Field(default=24, ge=1, le=120)
    duration_s: float = Field(default=8.0, gt=0, le=120)
    seed: int = 0
    generate_audio: bool = True
    reference_path: Path | None = None
    stand_in: bool = False
    """The reference itself is shown, slowly moved, where there is one."""
    cue: SceneCue | None = None

    @property
    def frames(self) -> int:
        return max(1, round(self.duration_s * self.fps))

    @property
    def film(self) -> SceneCue:
        """Where the clip stands in its film; a lone clip is a film of its own."""
        return self.cue or SceneCue(film_seed=self.seed)


def seed_of(*parts: object) -> int:
    """A 64-bit seed that depends on the parts alone: the same on every machine and in every process."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "little")
