"""Character in, reference out."""

from functools import partial

from shared.claim import Claim
from shared.contracts.image import EXTENSIONS, GenerateReference, ReferenceGenerated
from shared.generation import Generation
from shared.worker import Performed


async def generate_reference(claim: Claim, *, run: Generation) -> Performed:
    """Draw one picture, store it under the true extension of its bytes."""
    command = claim.order.command
    assert isinstance(command, GenerateReference)
    made = await run(claim)
    image = await run.store(claim, made, key=partial(_key, command), asset_id=command.image_id)
    result = ReferenceGenerated(
        index=command.index,
        image=image,
        seed=made.done.report.get("seed", command.seed),
        prompt=made.done.report.get("prompt", command.prompt or command.character_description),
        provider_job_id=made.handle.id,
        processing_time_s=made.seconds,
    )
    await made.forget()
    return Performed(result, made.cost_usd)


def _key(command: GenerateReference, media_type: str) -> str:
    return command.key(EXTENSIONS[media_type])
