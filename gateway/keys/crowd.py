"""How many jobs of one key may be under way."""

from gateway.history import keys
from gateway.history.store import Transaction
from gateway.planning import Asker
from gateway.problems import refused
from shared.contracts.base import ErrorCode

ASK_AGAIN_S = 10


async def refuse_crowd(tx: Transaction, asker: Asker) -> None:
    """Raises Refused (429 QUOTA_EXCEEDED) where the key has as many jobs under way as it may."""
    if asker.key_id is None or asker.jobs_in_flight is None:
        return
    under_way = await keys.jobs_in_flight(tx, asker.key_id)
    if under_way >= asker.jobs_in_flight:
        raise refused(
            ErrorCode.QUOTA_EXCEEDED,
            f"key {asker.key_id} has {under_way} jobs under way, and may have {asker.jobs_in_flight}: "
            "wait for some to end, or cancel them",
            headers={"Retry-After": str(ASK_AGAIN_S)},
            retryable=True,
        )
