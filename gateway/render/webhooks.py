"""Webhook deliveries as clients see them."""

from typing import Any

from gateway.history.addressees import Delivery, Hook
from gateway.history.snapshots import wire_time


def delivery_body(delivery: Delivery, *, base: str) -> dict[str, Any]:
    """One delivery of a list. `next_attempt_at` only while there is one to come."""
    mine = f"{base}/webhooks/{delivery.id}"
    waits = delivery.status == "pending"
    return {
        "delivery_id": delivery.id,
        "url": delivery.url,
        "status": delivery.status,
        "type": delivery.type,
        "seq": delivery.seq,
        "job_id": delivery.job_id,
        "production_id": delivery.production_id,
        "attempts": delivery.attempts,
        "last_status": delivery.answer,
        "last_error": delivery.error,
        "created_at": wire_time(delivery.created_at),
        "last_attempt_at": wire_time(delivery.attempted_at),
        "next_attempt_at": wire_time(delivery.not_before) if waits else None,
        "ended_at": wire_time(delivery.ended_at),
        "urls": {"self": mine, "replay": f"{mine}/replay"},
    }


def secret_body(hook: Hook, *, now: float) -> dict[str, Any]:
    """What signs for a space, and until when the secret before it signs along."""
    overlaps = hook.previous_secret is not None and now < hook.previous_until
    return {
        "secret": hook.secret,
        "created_at": wire_time(hook.created_at),
        "previous_valid_until": wire_time(hook.previous_until) if overlaps else None,
    }
