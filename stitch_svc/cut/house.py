"""One clip into the house format the moment it arrives: kept where it fits, else encoded once, measured either way."""

import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from shared.contracts.base import MediaFacts
from stitch_svc.cut.assemble import Part, assemble
from stitch_svc.cut.conform import Damage, conform, decoded
from stitch_svc.cut.encoding import HOUSE, avcc_of
from stitch_svc.cut.loudness import Meter
from stitch_svc.cut.notes import measured_of, notes_of
from stitch_svc.cut.probe import Clip, probe
from stitch_svc.cut.progress import Meter as Progress
from stitch_svc.cut.recipe import ClipRecipe, ClipReport, CutError
from stitch_svc.cut.sight import Sight
from stitch_svc.cut.sound import SAMPLE_RATE, Samples, clip_sound, silence
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.spool import spooled, unspooled
from stitch_svc.cut.stills import write_poster
from stitch_svc.cut.target import Target


def make_clip(recipe: ClipRecipe, *, out: Path, progress: Callable[[float, str], None]) -> ClipReport:
    """See `stitch_svc.cut.conform_clip`."""
    target = Target(width=recipe.width, height=recipe.height, rate=Fraction(recipe.fps))
    recipe.work_dir.mkdir(parents=True, exist_ok=True)
    meter = Progress(progress)
    meter.enter("probing")
    source = recipe.ready or recipe.clip
    clip = probe(source, place=0, name=recipe.name)
    meter.plan(target.frames(clip.duration) * 1.1)
    report = _as_it_is(recipe, clip, target) or _made(recipe, clip, target, out=out, meter=meter)
    if recipe.poster:
        write_poster(report.path, to=recipe.poster)
    meter.finish()
    return report


def fits(clip: Clip, target: Target) -> bool:
    """May it stand in any cut of this shape as it is? The same parameter sets as the house, a key frame every half
    second, and sound that needs no making."""
    if not clip.copyable or not clip.has_audio or (clip.display, clip.rate) != (target.size, target.rate):
        return False
    steps = zip(clip.groups, (*clip.groups[1:], len(clip.ranks)), strict=True)
    dense = all(after - before <= round(target.rate / 2) for before, after in steps)
    return dense and clip.avcc == avcc_of(HOUSE, target=target)


def _as_it_is(recipe: ClipRecipe, clip: Clip, target: Target) -> ClipReport | None:
    """Nothing is to be made: it was made before, or it fits and all of it decodes."""
    if not (recipe.ready or fits(clip, target)):
        return None
    told = measured_of(clip)
    measured = told or _looked_at(clip, target)
    if told is None and measured["decode_errors"]:
        return None
    facts = _facts(target, len(clip.ranks))
    return ClipReport(path=clip.path, facts=facts, kept=recipe.ready is None, measured=measured)


def _looked_at(clip: Clip, target: Target) -> dict[str, Any]:
    """What a look at all of it tells."""
    sight, sound, damage = Sight(target.rate), Meter(), Damage()
    with open_clip(clip.path) as container:
        container.streams.video[0].thread_type = "AUTO"
        seen = sum(1 for _ in sight.watch(decoded(container, damage)))
    _hear(sound.listen(clip_sound(clip.path, start=clip.start, length=_length(clip, target))))
    errors = max(damage.packets, len(clip.ranks) - seen)
    return {**sight.report(), **sound.report(), "decode_errors": errors}


def _made(recipe: ClipRecipe, clip: Clip, target: Target, *, out: Path, meter: Progress) -> ClipReport:
    unfinished = out.with_name(f".{out.name}.part")
    meter.enter("conforming")
    try:
        with tempfile.TemporaryDirectory(dir=recipe.work_dir) as folder:
            frames, measured = _write(recipe, clip, target, scratch=Path(folder), to=unfinished, meter=meter)
        unfinished.replace(out)
    except av.FFmpegError as error:
        raise CutError(f"{clip.name} cannot be brought into the form of its film.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return ClipReport(path=out, facts=_facts(target, frames), kept=False, measured=measured)


def _write(
    recipe: ClipRecipe, clip: Clip, target: Target, *, scratch: Path, to: Path, meter: Progress
) -> tuple[int, dict[str, Any]]:
    picture, pcm, sight, sound = scratch / "picture.mp4", scratch / "sound.f32", Sight(target.rate), Meter()
    damage = conform(
        clip, target=target, fit=recipe.fit, encoding=HOUSE, to=picture, sight=sight,
        on_frame=lambda: meter.advance(1),
    )  # fmt: skip
    encoded = probe(picture, place=0, name=recipe.name)
    length = target.sample(len(encoded.ranks), sample_rate=SAMPLE_RATE)
    spooled(sound.listen(_sound(clip, length)), to=pcm)
    measured = {**sight.report(), **sound.report(), "decode_errors": damage.packets}
    assemble(
        [Part(path=picture, ranks=encoded.ranks, avcc=encoded.avcc)], sound=unspooled(pcm), codec="pcm_s16le",
        to=to, target=target, on_frame=lambda: meter.advance(0.1), notes=notes_of(measured, sound),
    )  # fmt: skip
    return len(encoded.ranks), measured


def _sound(clip: Clip, length: int) -> Iterator[Samples]:
    return clip_sound(clip.path, start=clip.start, length=length) if clip.has_audio else silence(length)


def _length(clip: Clip, target: Target) -> int:
    return target.sample(len(clip.ranks), sample_rate=SAMPLE_RATE)


def _hear(blocks: Iterator[Samples]) -> None:
    for _ in blocks:
        pass


def _facts(target: Target, frames: int) -> MediaFacts:
    return MediaFacts(
        width=target.width, height=target.height, duration_s=float(frames / target.rate), fps=float(target.rate),
        frames=frames, has_audio=True,
    )  # fmt: skip
