"""Whether Replicate still has a model: asked without ordering anything."""

from shared.config import WorkerConfig
from shared.redaction import redacted
from shared.standing import Standing, of_status
from shared.vendors.replicate.answers import Answered, Unanswered, Unreached
from shared.vendors.replicate.opening import open_replicate_account, replicate_base


async def model_standing(config: WorkerConfig, model: str) -> Standing:
    """What Replicate says of `owner/name`. Raises Shut where it can't be asked for want of a key or the SDK."""
    async with open_replicate_account(config) as account:
        where = replicate_base(config).origin()
        try:
            return Standing("answers", fields=await account.fields_of(model.partition(":")[0]))
        except Answered as refusal:
            return of_status(refusal.status, redacted(refusal.detail) or f"status {refusal.status}")
        except Unreached:
            return Standing("silent", f"no connection to {where}")
        except Unanswered as error:
            return Standing("silent", f"no answer from {where} ({error})")
