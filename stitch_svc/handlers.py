"""Clips in, cut out."""

from shared.claim import Claim
from shared.contracts.stitch import StitchVideos, VideosStitched
from shared.generation import Generation
from shared.worker import Performed


async def stitch_videos(claim: Claim, *, run: Generation) -> Performed:
    """Join the clips and store the cut."""
    command = claim.order.command
    assert isinstance(command, StitchVideos)
    made = await run(claim)
    video = await run.store(claim, made, key=command.key, asset_id=command.video_id)
    report = made.done.report
    result = VideosStitched(
        video=video,
        input_video_ids=tuple(clip.asset_id for clip in command.clips),
        copied_streams=report["copied_streams"],
        audio_video_drift_ms=report["audio_video_drift_ms"],
        merge_time_s=report["merge_time_s"],
        processing_time_s=made.seconds,
        quality_report=report["quality_report"],
    )
    await made.forget()
    return Performed(result, made.cost_usd)
