"""What stays as it is, how everything else is encoded, and how long the film will be. Pure, but for learning avcC."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stitch_svc.cut.encoding import HOUSE, Encoding, avcc_of, encoding_like
from stitch_svc.cut.probe import Clip
from stitch_svc.cut.recipe import CutRecipe
from stitch_svc.cut.target import Target, target_of, vote
from stitch_svc.cut.timeline import Joint, plan_joints

SUNG = frozenset({"song", "mix", "duck"})


@dataclass(frozen=True)
class Plan:
    """Which clips stay as they are, how everything else is encoded, and what comes before and after them."""

    target: Target
    encoding: Encoding
    kept: frozenset[Path]
    clips: tuple[Clip, ...]
    joints: tuple[Joint, ...]
    with_sound: bool
    card_frames: int = 0

    @property
    def frames(self) -> int:
        """How long the film must be, known before anything is made."""
        shared = sum(joint.frames for joint in self.joints)
        return sum(self.target.frames(clip.duration) for clip in self.clips) - shared + self.card_frames


def make_plan(recipe: CutRecipe, clips: tuple[Clip, ...]) -> Plan:
    target = target_of(recipe, clips)
    cards = sum(bool(text and text.strip()) for text in (recipe.title, recipe.credits))
    joints = plan_joints([target.frames(clip.duration) for clip in clips], recipe.transitions, rate=target.rate)
    rendered = bool(cards) or any(joint.frames for joint in joints)
    encoding, kept = _joinable(clips, target=target, rendered=rendered)
    return Plan(
        target=target,
        encoding=encoding,
        kept=kept,
        clips=clips,
        joints=joints,
        with_sound=recipe.audio in SUNG or (recipe.audio == "clips" and any(clip.has_audio for clip in clips)),
        card_frames=cards * target.frames(recipe.title_seconds),
    )


def _joinable(clips: Sequence[Clip], *, target: Target, rendered: bool) -> tuple[Encoding, frozenset[Path]]:
    """The largest group of clips that fit each other, with an encoding for the rest that fits them; else all anew."""
    fitting = [clip for clip in clips if clip.copyable and (clip.display, clip.rate) == (target.size, target.rate)]
    if not fitting:
        return HOUSE, frozenset()
    avcc = vote((clip.avcc for clip in fitting), larger=lambda avcc: avcc)
    group = [clip for clip in fitting if clip.avcc == avcc]
    if len(group) == len(clips) and not rendered:
        return HOUSE, frozenset(clip.path for clip in group)
    encoding = HOUSE if avcc_of(HOUSE, target=target) == avcc else encoding_like(group[0], target=target)
    return (encoding, frozenset(clip.path for clip in group)) if encoding else (HOUSE, frozenset())
