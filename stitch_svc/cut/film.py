"""The order of work: probe, agree on a target, conform what differs, join, inspect, let it appear."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av

from stitch_svc.cut.assemble import Part, Sound, assemble
from stitch_svc.cut.conform import conform
from stitch_svc.cut.encoding import HOUSE, Encoding, encoding_like
from stitch_svc.cut.inspection import Inspection, inspect
from stitch_svc.cut.lettered import CardKind
from stitch_svc.cut.probe import Clip, probe
from stitch_svc.cut.progress import Meter
from stitch_svc.cut.recipe import CutError, CutRecipe, CutReport
from stitch_svc.cut.target import Target, target_of, vote

PROBE_COST = 1.0
COPY_COST = 0.05
CHECK_COST = 4.0
"""Work in encoded frames: what one probe, one copied frame (its sound included) and the last check cost."""


@dataclass(frozen=True)
class Plan:
    """Which clips stay as they are, how everything else is encoded, and what comes before and after them."""

    target: Target
    encoding: Encoding
    kept: frozenset[Path]
    clips: tuple[Clip, ...]
    with_sound: bool
    card_frames: int = 0

    @property
    def frames(self) -> int:
        """How long the film must be, known before anything is made."""
        return sum(self.target.frames(clip.duration) for clip in self.clips) + self.card_frames


@dataclass
class Workshop:
    """What one cut has at hand while it is made."""

    recipe: CutRecipe
    scratch: Path
    meter: Meter
    damage: dict[str, int] = field(default_factory=dict)


def make_film(recipe: CutRecipe, *, out: Path, progress: Callable[[float, str], None]) -> CutReport:
    """See `stitch_svc.cut.cut`."""
    started = time.perf_counter()
    unfinished = out.with_name(f".{out.name}.part")
    recipe.work_dir.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=recipe.work_dir) as scratch:
            shop = Workshop(recipe, Path(scratch), Meter(progress))
            plan, inspection = _make(shop, unfinished)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    shop.meter.finish()
    return _report(plan, inspection, shop=shop, seconds=time.perf_counter() - started)


def _make(shop: Workshop, unfinished: Path) -> tuple[Plan, Inspection]:
    plan = _planned(shop.recipe, _probed(shop))
    shop.meter.plan(_work(plan))
    parts = _parts(plan, shop)
    shop.meter.enter("joining")
    try:
        assemble(
            parts, to=unfinished, target=plan.target, with_sound=plan.with_sound,
            on_frame=lambda: shop.meter.advance(COPY_COST),
        )  # fmt: skip
    except av.FFmpegError as error:
        raise CutError("The parts of the cut could not be joined.") from error
    shop.meter.enter("checking")
    return plan, inspect(unfinished, target=plan.target, frames=plan.frames, with_sound=plan.with_sound)


def _probed(shop: Workshop) -> tuple[Clip, ...]:
    """Every clip in the order of the cut; a file that comes back is looked into once."""
    seen: dict[Path, Clip] = {}
    shop.meter.plan(20 * PROBE_COST * len(set(shop.recipe.clips)))
    shop.meter.enter("probing")
    for place, path in enumerate(shop.recipe.clips):
        if path not in seen:
            seen[path] = probe(path, place=place)
            shop.meter.advance(PROBE_COST)
    return tuple(seen[path] for path in shop.recipe.clips)


def _planned(recipe: CutRecipe, clips: tuple[Clip, ...]) -> Plan:
    target = target_of(recipe, clips)
    cards = sum(bool(text and text.strip()) for text in (recipe.title, recipe.credits))
    encoding, kept = _joinable(clips, target=target, cards=bool(cards))
    return Plan(
        target=target,
        encoding=encoding,
        kept=kept,
        clips=clips,
        with_sound=any(clip.has_audio for clip in clips),
        card_frames=cards * target.frames(recipe.title_seconds),
    )


def _joinable(clips: Sequence[Clip], *, target: Target, cards: bool) -> tuple[Encoding, frozenset[Path]]:
    """The largest group of clips that fit each other, with an encoding for the rest that fits them; else all anew."""
    fitting = [clip for clip in clips if clip.copyable and (clip.display, clip.rate) == (target.size, target.rate)]
    if not fitting:
        return HOUSE, frozenset()
    avcc = vote((clip.avcc for clip in fitting), larger=lambda avcc: avcc)
    group = [clip for clip in fitting if clip.avcc == avcc]
    if len(group) == len(clips) and not cards:
        return HOUSE, frozenset(clip.path for clip in group)
    encoding = encoding_like(group[0], target=target)
    return (encoding, frozenset(clip.path for clip in group)) if encoding else (HOUSE, frozenset())


def _work(plan: Plan) -> float:
    anew = {clip.path: plan.target.frames(clip.duration) for clip in plan.clips if clip.path not in plan.kept}
    return sum(anew.values()) + plan.card_frames + COPY_COST * plan.frames + CHECK_COST


def _parts(plan: Plan, shop: Workshop) -> list[Part]:
    made: dict[Path, Part] = {}
    for clip in plan.clips:
        if clip.path not in made:
            made[clip.path] = _part(clip, plan=plan, shop=shop, number=len(made))
    parts = [made[clip.path] for clip in plan.clips]
    title = _card(shop.recipe.title, "title", plan=plan, shop=shop)
    return [*title, *parts, *_card(shop.recipe.credits, "credits", plan=plan, shop=shop)]


def _part(clip: Clip, *, plan: Plan, shop: Workshop, number: int) -> Part:
    sound = Sound(path=clip.path, start=clip.start) if clip.has_audio else None
    if clip.path in plan.kept:
        return _copied(clip, sound=sound)
    shop.meter.enter("conforming")
    path = shop.scratch / f"conformed-{number:03}.mp4"
    try:
        damage = conform(
            clip, target=plan.target, fit=shop.recipe.fit, encoding=plan.encoding, to=path,
            on_frame=lambda: shop.meter.advance(1),
        )  # fmt: skip
    except av.FFmpegError as error:
        raise CutError(f"{clip.name} cannot be brought into the form of this cut.") from error
    if damage.packets:
        shop.damage[clip.name] = damage.packets
    return _copied(probe(path, place=number), sound=sound)


def _copied(clip: Clip, *, sound: Sound | None = None) -> Part:
    return Part(path=clip.path, ranks=clip.ranks, avcc=clip.avcc, sound=sound)


def _card(text: str | None, kind: CardKind, *, plan: Plan, shop: Workshop) -> list[Part]:
    if not text or not text.strip():
        return []
    from stitch_svc.cut.card import write_card  # noqa: PLC0415 - moviepy loads only when a card is asked for

    shop.meter.enter("lettering")
    path = shop.scratch / f"{kind}.mp4"
    write_card(
        text.strip(), kind=kind, frames=plan.target.frames(shop.recipe.title_seconds), like=plan.clips[0].path,
        target=plan.target, encoding=plan.encoding, to=path, on_frame=lambda: shop.meter.advance(1),
    )  # fmt: skip
    return [_copied(probe(path, place=0))]


def _report(plan: Plan, inspection: Inspection, *, shop: Workshop, seconds: float) -> CutReport:
    anew = {clip.name: clip.oddity or "another size, rate or encoding" for clip in plan.clips
            if clip.path not in plan.kept}  # fmt: skip
    return CutReport(
        facts=inspection.facts,
        copied_streams=not anew,
        audio_video_drift_ms=inspection.drift_ms,
        merge_time_s=seconds,
        quality_report={
            **inspection.report,
            "clips_copied": sum(clip.path in plan.kept for clip in plan.clips),
            "clips_encoded": anew,
            "clips_damaged": shop.damage,
            "card_frames": plan.card_frames,
        },
    )
