"""Scene in, clip out."""

from shared.claim import Claim
from shared.contracts.video import GenerateVideo, ReferenceReceipt, VideoGenerated
from shared.generation import Generation, Made
from shared.worker import Performed


async def generate_video(claim: Claim, *, run: Generation) -> Performed:
    """Make one clip and store it."""
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
    )
    await made.forget()
    return Performed(result, made.cost_usd)


def _receipt(command: GenerateVideo, made: Made) -> ReferenceReceipt | None:
    if command.reference is None:
        return None
    return ReferenceReceipt(
        image_id=command.reference.asset_id,
        sha256=command.reference.sha256,
        sent=made.done.report.get("reference_sent", True),
        reason=made.done.report.get("reference_reason"),
    )
