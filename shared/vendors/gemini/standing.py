"""Whether the Gemini API still has a model: asked without ordering anything."""

from shared.config import WorkerConfig
from shared.redaction import redacted
from shared.standing import Standing, of_status
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.opening import gemini_base, open_gemini_account

SILENCE_S = 10.0


async def model_standing(config: WorkerConfig, model: str) -> Standing:
    """What Google says of `model`. Raises Shut where it can't be asked for want of a key or the SDK."""
    async with open_gemini_account(config, silence_s=SILENCE_S) as reach:
        account = await reach()
        try:
            await account.look_up(model)
        except Answered as refusal:
            return of_status(refusal.status, redacted(refusal.message) or f"status {refusal.status}")
        except Unreached:
            return Standing("silent", f"no connection to {gemini_base(config).origin()}")
        except Unanswered as error:
            return Standing("silent", f"no answer from {gemini_base(config).origin()} ({error})")
        return Standing("answers")
