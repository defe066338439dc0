"""Scene in, clip out."""

from pathlib import Path

from shared.claim import Claim
from shared.contracts.base import StoredAsset
from shared.contracts.video import GenerateVideo, ReferenceReceipt, VideoGenerated
from shared.generation import Generation, Made
from shared.media.base import MediaStore
from shared.worker import Performed
from video_svc.lastframe import keep_last_frame


async def generate_video(claim: Claim, *, run: Generation, scratch: Path | None = None) -> Performed:
    """Make one clip and store it; where the next clip is to begin with its last picture, keep that too."""
    command = claim.order.command
    assert isinstance(command, GenerateVideo)
    made = await run(claim)
    video = await run.store(claim, made, key=command.key, asset_id=command.video_id)
    result = VideoGenerated(
        video=video,
        seed=made.done.report.get("seed", command.seed),
        reference=_receipt(command, made),
        provider_job_id=made.handle.id,
        processing_time_s=made.seconds,
        last_frame=await _last_frame(command, run.media, video, scratch),
    )
    await made.forget()
    return Performed(result, made.cost_usd)


async def _last_frame(
    command: GenerateVideo, media: MediaStore, video: StoredAsset, scratch: Path | None
) -> StoredAsset | None:
    if command.last_frame_id is None or scratch is None:
        return None
    key, asset_id = command.last_frame_key, command.last_frame_id
    return await keep_last_frame(media, video, key=key, asset_id=asset_id, scratch=scratch)


def _receipt(command: GenerateVideo, made: Made) -> ReferenceReceipt | None:
    if command.reference is None:
        return None
    return ReferenceReceipt(
        image_id=command.reference.asset_id,
        sha256=command.reference.sha256,
        sent=made.done.report.get("reference_sent", True),
        reason=made.done.report.get("reference_reason"),
    )
