"""Webhooks as clients see them."""

from typing import Literal

from shared.answers.base import Answer, Id, Moment, Url
from shared.answers.jobs import JobEvent
from shared.answers.productions import ProductionEvent


class DeliveryUrls(Answer):
    self: Url
    replay: Url


class Delivery(Answer):
    """One event on its way to one receiver. `failed`: given up."""

    delivery_id: Id
    url: str
    status: Literal["pending", "delivered", "failed"]
    type: str
    seq: int
    job_id: Id | None
    production_id: Id | None
    attempts: int
    last_status: int | None
    last_error: str | None
    created_at: Moment
    last_attempt_at: Moment | None
    next_attempt_at: Moment | None
    ended_at: Moment | None
    urls: DeliveryUrls


class DeliveryWithBody(Delivery):
    """`body` is what is sent; null where it is not kept any more."""

    body: JobEvent | ProductionEvent | None


class DeliveryPage(Answer):
    """One page of a list; ask on with `cursor=<next_cursor>`, which is null on the last page."""

    items: tuple[Delivery, ...]
    next_cursor: str | None


class DefaultWebhook(Answer):
    """Where everything of this key is sent."""

    url: str | None


class WebhookSecret(Answer):
    """What signs. The secret before it signs along until `previous_valid_until`."""

    secret: str
    created_at: Moment
    previous_valid_until: Moment | None


class Replayed(Answer):
    """How many deliveries are made again."""

    replayed: int
