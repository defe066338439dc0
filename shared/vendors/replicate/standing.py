"""Whether Replicate still has a model: asked without ordering anything."""

from yarl import URL

from shared.config import WorkerConfig
from shared.downloads import is_loopback
from shared.openings import Shut
from shared.redaction import redacted
from shared.standing import Standing, of_status
from shared.vendors.replicate.answers import Answered, Unanswered, Unreached
from shared.vendors.replicate.faults import TOKEN


async def model_standing(config: WorkerConfig, model: str) -> Standing:
    """What Replicate says of `owner/name`. Raises Shut where it can't be asked for want of a key or the SDK."""
    if config.replicate_api_token is None:
        raise Shut(f"set {TOKEN}")
    base = URL(config.replicate_base_url)
    if base.scheme != "https" and not is_loopback(base):
        raise Shut("REPLICATE_BASE_URL must be an https address")
    try:
        from shared.vendors.replicate.account import open_account  # noqa: PLC0415 -- loads the SDK: only with a key
    except ModuleNotFoundError as error:
        raise Shut("install scenebeat[replicate]") from error
    async with open_account(config.replicate_api_token.get_secret_value(), str(base)) as account:
        try:
            return Standing("answers", fields=await account.fields_of(model.partition(":")[0]))
        except Answered as refusal:
            return of_status(refusal.status, redacted(refusal.detail) or f"status {refusal.status}")
        except Unreached:
            return Standing("silent", f"no connection to {base.origin()}")
        except Unanswered as error:
            return Standing("silent", f"no answer from {base.origin()} ({error})")
