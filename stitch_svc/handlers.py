"""Clips in, cut out; one clip in, the same clip in the shape of its film out."""

from shared.claim import Claim
from shared.contracts.base import AssetId, StoredAsset
from shared.contracts.stitch import ClipConformed, ConformClip, StitchVideos, VideosStitched
from shared.generation import Generation, Made
from shared.worker import Performed

FILM, POSTER, CONTACT_SHEET = 0, 1, 2
"""The outputs of a cutting table."""


async def stitch_videos(claim: Claim, *, run: Generation) -> Performed:
    """Join the clips and store the cut."""
    command = claim.order.command
    assert isinstance(command, StitchVideos)
    made = await run(claim)
    video = await run.store(claim, made, key=command.key, asset_id=command.video_id)
    poster = await _still(claim, run, made, POSTER, key=command.poster_key, asset_id=command.poster_id)
    sheet = await _still(
        claim, run, made, CONTACT_SHEET, key=command.contact_sheet_key, asset_id=command.contact_sheet_id
    )
    report = made.done.report
    result = VideosStitched(
        video=video,
        input_video_ids=command.input_video_ids or tuple(clip.asset_id for clip in command.clips),
        skipped=command.skipped,
        copied_streams=report["copied_streams"],
        audio_video_drift_ms=report["audio_video_drift_ms"],
        loudness_lufs=report["loudness_lufs"],
        merge_time_s=report["merge_time_s"],
        processing_time_s=made.seconds,
        quality_report=report["quality_report"],
        transitions=report["transitions"],
        poster=poster,
        contact_sheet=sheet,
    )
    await made.forget()
    return Performed(result, made.cost_usd)


async def conform_clip(claim: Claim, *, run: Generation) -> Performed:
    """Bring the clip into the shape of its film; one that fits already is its own conformed clip."""
    command = claim.order.command
    assert isinstance(command, ConformClip)
    made = await run(claim)
    report = made.done.report
    poster = await _still(claim, run, made, POSTER, key=command.poster_key, asset_id=command.poster_id)
    conformed = await _kept(command, run, made) if report["kept"] else None
    result = ClipConformed(
        conformed=conformed or await run.store(claim, made, key=command.key, asset_id=command.conformed_id),
        clip_id=command.clip.asset_id,
        poster=poster,
        kept=conformed is not None,
        measured=report["measured"],
        processing_time_s=made.seconds,
    )
    await made.forget()
    return Performed(result, made.cost_usd)


async def _kept(command: ConformClip, run: Generation, made: Made) -> StoredAsset:
    """The clip itself, as it lies in the store."""
    found = await run.media.stat(command.clip.key)
    size = found.size_bytes if found else 0
    return StoredAsset(**command.clip.model_dump(), size_bytes=size, facts=made.done.outputs[FILM].facts)


async def _still(
    claim: Claim, run: Generation, made: Made, output: int, *, key: str, asset_id: AssetId | None
) -> StoredAsset | None:
    """A picture of the film, where one is asked for."""
    return await run.store(claim, made, key=key, asset_id=asset_id, output=output) if asset_id else None
