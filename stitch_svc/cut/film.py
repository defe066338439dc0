"""The order of work: probe, agree on a target, conform what differs, render joints, join, inspect, let it appear."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av

from stitch_svc.cut.ahead import ahead
from stitch_svc.cut.assemble import Part, assemble
from stitch_svc.cut.foretold import level_told
from stitch_svc.cut.inspection import Inspection, Promise, inspect
from stitch_svc.cut.joints import Meeting, render
from stitch_svc.cut.lettered import CardKind
from stitch_svc.cut.limiter import Level, level_for
from stitch_svc.cut.loudness import Meter as SoundMeter
from stitch_svc.cut.plan import Plan, make_plan
from stitch_svc.cut.probe import Clip, probe
from stitch_svc.cut.progress import Meter
from stitch_svc.cut.recipe import CutError, CutRecipe, CutReport
from stitch_svc.cut.report import cut_report
from stitch_svc.cut.shelf import Shelf
from stitch_svc.cut.song import check_song, song_of
from stitch_svc.cut.sound import SAMPLE_RATE, Samples
from stitch_svc.cut.soundtrack import Voice, film_sound
from stitch_svc.cut.spool import spooled, unspooled
from stitch_svc.cut.stills import write_contact_sheet, write_poster
from stitch_svc.cut.takes import Take, conformed
from stitch_svc.cut.timeline import Body, Joint, beginnings, body_of

PROBE_COST = 1.0
COPY_COST = 0.05
CHECK_COST = 4.0
"""Work in encoded frames: what one probe, one copied frame (its sound included) and the last check cost."""


@dataclass
class Workshop:
    """What one cut has at hand while it is made."""

    recipe: CutRecipe
    scratch: Path
    meter: Meter
    shelf: Shelf | None
    damage: dict[str, int] = field(default_factory=dict)
    reused: int = 0

    def made_once(self, key: str | None, to: Path, make: Callable[[Path], None], *, frames: int) -> None:
        """`to` from the shelf, else made and put there."""
        if self.shelf and key and self.shelf.take(key, to):
            self.reused += 1
            self.meter.advance(frames)
            return
        make(to)
        if self.shelf and key:
            self.shelf.keep(key, to)


@dataclass(frozen=True)
class Reel:
    """The takes in their order, how they meet, and what of each is copied."""

    takes: tuple[Take, ...]
    joints: tuple[Joint, ...]
    starts: tuple[int, ...]
    bodies: tuple[Body, ...]

    @property
    def frames(self) -> int:
        return self.starts[-1] + self.takes[-1].frames


def make_film(recipe: CutRecipe, *, out: Path, progress: Callable[[float, str], None]) -> CutReport:
    """See `stitch_svc.cut.cut`."""
    started = time.perf_counter()
    unfinished = out.with_name(f".{out.name}.part")
    recipe.work_dir.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=recipe.work_dir) as scratch:
            shelf = Shelf(recipe.shelf) if recipe.shelf else None
            shop = Workshop(recipe, Path(scratch), Meter(progress), shelf)
            plan, reel, inspection, level = _make(shop, unfinished)
            _stills(recipe, unfinished)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    shop.meter.finish()
    seconds = time.perf_counter() - started
    return cut_report(
        plan, reel.takes, reel.joints, reel.starts, inspection, level=level, damage=shop.damage, reused=shop.reused,
        seconds=seconds,
    )  # fmt: skip


def _make(shop: Workshop, unfinished: Path) -> tuple[Plan, Reel, Inspection, Level]:
    check_song(shop.recipe)
    plan = make_plan(shop.recipe, _probed(shop))
    shop.meter.plan(_work(plan))
    reel = _reel(plan, shop)
    parts, rendered = _parts(reel, plan=plan, shop=shop)
    shop.meter.enter("joining")
    level, sound = _sound(reel, plan=plan, shop=shop)
    try:
        heard = ahead(sound) if sound else None
        assemble(parts, sound=heard, to=unfinished, target=plan.target, on_frame=lambda: shop.meter.advance(COPY_COST))
    except av.FFmpegError as error:
        raise CutError("The parts of the cut could not be joined.") from error
    shop.meter.enter("checking")
    names = tuple(zip(reel.starts, (take.name for take in reel.takes), strict=True))
    full = shop.recipe.verify == "full"
    promise = Promise(plan.target, reel.frames, plan.with_sound, rendered=tuple(rendered), full=full, starts=names)
    return plan, reel, inspect(unfinished, promise), level


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


def _work(plan: Plan) -> float:
    anew = {clip.path: plan.target.frames(clip.duration) for clip in plan.clips if clip.path not in plan.kept}
    shared = sum(joint.frames for joint in plan.joints)
    return sum(anew.values()) + plan.card_frames + shared + COPY_COST * plan.frames + CHECK_COST


def _reel(plan: Plan, shop: Workshop) -> Reel:
    made: dict[Path, Take] = {}
    for place, clip in enumerate(plan.clips):
        if clip.path not in made:
            made[clip.path] = _take(clip, plan=plan, shop=shop, number=place)
    title = _card(shop.recipe.title, "title", plan=plan, shop=shop)
    ending = _card(shop.recipe.credits, "credits", plan=plan, shop=shop)
    takes = (*title, *(made[clip.path] for clip in plan.clips), *ending)
    joints = (*(Joint() for _ in title), *plan.joints, *(Joint() for _ in ending))
    shared = (0, *(joint.frames for joint in joints), 0)
    bodies = tuple(
        body_of(take.frames, take.clip.groups, entering=shared[place], leaving=shared[place + 1])
        for place, take in enumerate(takes)
    )
    return Reel(takes, joints, beginnings([take.frames for take in takes], joints), bodies)


def _take(clip: Clip, *, plan: Plan, shop: Workshop, number: int) -> Take:
    digest = shop.recipe.digests[number] if shop.recipe.digests else None
    if clip.path in plan.kept:
        return Take(clip, clip.name, sound=clip if clip.has_audio else None, digest=digest)
    shop.meter.enter("conforming")
    return conformed(clip, digest=digest, plan=plan, shop=shop, number=number)


def _card(text: str | None, kind: CardKind, *, plan: Plan, shop: Workshop) -> tuple[Take, ...]:
    if not text or not text.strip():
        return ()
    from stitch_svc.cut.card import write_card  # noqa: PLC0415 - moviepy loads only when a card is asked for

    shop.meter.enter("lettering")
    path = shop.scratch / f"{kind}.mp4"
    write_card(
        text.strip(), kind=kind, frames=plan.target.frames(shop.recipe.title_seconds), like=plan.clips[0].path,
        target=plan.target, encoding=plan.encoding, to=path, on_frame=lambda: shop.meter.advance(1),
    )  # fmt: skip
    return (Take(probe(path, place=0), kind),)


def _parts(reel: Reel, *, plan: Plan, shop: Workshop) -> tuple[list[Part], list[tuple[int, int]]]:
    """What is copied into the film, part after part, and the frames of the film that were rendered for it."""
    parts: list[Part] = []
    rendered: list[tuple[int, int]] = []
    for place, (take, body) in enumerate(zip(reel.takes, reel.bodies, strict=True)):
        if body.begin < body.end:
            parts.append(_copied(take.clip, body))
        if place < len(reel.joints) and reel.joints[place].frames:
            meeting = _meeting(reel, place)
            parts.append(_joint(meeting, reel, place, plan=plan, shop=shop))
            begin = reel.starts[place] + meeting.begin
            rendered.append((begin, begin + meeting.frames))
    return parts, rendered


def _copied(clip: Clip, body: Body) -> Part:
    ranks = tuple(rank - body.begin for rank in clip.ranks[body.begin : body.end])
    return Part(path=clip.path, ranks=ranks, avcc=clip.avcc, first=body.begin)


def _meeting(reel: Reel, place: int) -> Meeting:
    leaving, entering = reel.takes[place].clip, reel.takes[place + 1].clip
    return Meeting(leaving, entering, reel.joints[place], reel.bodies[place].end, reel.bodies[place + 1].begin)


def _joint(meeting: Meeting, reel: Reel, place: int, *, plan: Plan, shop: Workshop) -> Part:
    shop.meter.enter("rendering joints")
    path = shop.scratch / f"joint-{place:03}.mp4"
    first, second = reel.takes[place].digest, reel.takes[place + 1].digest
    key = meeting.key((first, second), target=plan.target, encoding=plan.encoding) if first and second else None

    def make(to: Path) -> None:
        render(meeting, to=to, target=plan.target, encoding=plan.encoding, on_frame=lambda: shop.meter.advance(1))

    shop.made_once(key, path, make, frames=meeting.frames)
    made = probe(path, place=place)
    if len(made.ranks) != meeting.frames:
        raise CutError(f"The joint after clip {place + 1} has {len(made.ranks)} frames instead of {meeting.frames}.")
    return Part(path=path, ranks=made.ranks, avcc=made.avcc)


def _voices(reel: Reel, *, plan: Plan) -> Iterator[Voice]:
    def sample(frame: int) -> int:
        return plan.target.sample(frame, sample_rate=SAMPLE_RATE)

    shared = (0, *(joint.frames for joint in reel.joints), 0)
    for place, (take, start) in enumerate(zip(reel.takes, reel.starts, strict=True)):
        end = start + take.frames
        yield Voice(
            path=take.sound.path if take.sound else None,
            start=take.sound.start if take.sound else Fraction(0),
            begin=sample(start),
            end=sample(end),
            rise=sample(start + shared[place]) - sample(start),
            fall=sample(end) - sample(end - shared[place + 1]),
        )


def _sound(reel: Reel, *, plan: Plan, shop: Workshop) -> tuple[Level, Iterator[Samples] | None]:
    """The film's sound at its level: as its clips tell, else it is measured whole before."""
    if not plan.with_sound:
        return Level(), None
    voices = tuple(_voices(reel, plan=plan))
    song = song_of(shop.recipe, length=voices[-1].end)
    if shop.recipe.audio == "song":
        voices = tuple(replace(voice, path=None) for voice in voices)
    sound = film_sound(voices, song=song)
    if shop.recipe.loudness_lufs is None:
        return Level(), sound
    told = level_told(reel.takes, joints=reel.joints, target_lufs=shop.recipe.loudness_lufs) if song is None else None
    if told:
        return told, told.apply(sound)
    pcm, meter = shop.scratch / "sound.f32", SoundMeter()
    spooled(meter.listen(sound), to=pcm)
    level = level_for(loudness_lufs=meter.integrated_lufs, target_lufs=shop.recipe.loudness_lufs, peaks=meter.cells)
    return level, level.apply(unspooled(pcm))


def _stills(recipe: CutRecipe, film: Path) -> None:
    if recipe.poster:
        write_poster(film, to=recipe.poster)
    if recipe.contact_sheet:
        write_contact_sheet(film, to=recipe.contact_sheet)
