"""A clip as it stands in the film: pictures that can be copied, and where its sound comes from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av

from stitch_svc.cut.conform import conform
from stitch_svc.cut.plan import Plan
from stitch_svc.cut.probe import Clip, probe
from stitch_svc.cut.progress import Meter
from stitch_svc.cut.recipe import CutError, CutRecipe


@dataclass(frozen=True)
class Take:
    """`clip` holds the pictures; `sound` is the clip whose sound is heard, None where it is silent."""

    clip: Clip
    name: str
    sound: Clip | None = None
    digest: str | None = None

    @property
    def frames(self) -> int:
        return len(self.clip.ranks)


class Bench(Protocol):
    """What conforming needs of the workshop."""

    recipe: CutRecipe
    scratch: Path
    meter: Meter
    damage: dict[str, int]

    def made_once(self, key: str | None, to: Path, make: "MakePiece", *, frames: int) -> None: ...


class MakePiece(Protocol):
    def __call__(self, to: Path, /) -> None: ...


def conformed(clip: Clip, *, digest: str | None, plan: Plan, shop: Bench, number: int) -> Take:
    """The clip encoded into the form of this cut, or taken from the shelf where it was before."""
    path = shop.scratch / f"conformed-{number:03}.mp4"

    def make(to: Path) -> None:
        damage = conform(
            clip, target=plan.target, fit=shop.recipe.fit, encoding=plan.encoding, to=to,
            on_frame=lambda: shop.meter.advance(1),
        )  # fmt: skip
        if damage.packets:
            shop.damage[clip.name] = damage.packets

    told = f"{digest} {plan.target} {shop.recipe.fit} {plan.encoding}"
    key = hashlib.sha256(told.encode()).hexdigest() if digest else None
    try:
        shop.made_once(key, path, make, frames=plan.target.frames(clip.duration))
    except av.FFmpegError as error:
        raise CutError(f"{clip.name} cannot be brought into the form of this cut.") from error
    return Take(probe(path, place=number), clip.name, sound=clip if clip.has_audio else None, digest=key)
