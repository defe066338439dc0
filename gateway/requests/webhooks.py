"""The bodies of the calls about webhooks."""

from pydantic import BaseModel, ConfigDict

from gateway.history.addressees import DeliveryStatus
from gateway.requests.fields import Moment, Uuid, WebhookUrl


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DefaultWebhookRequest(_Body):
    """`PUT /webhooks/default`: where everything of this key is sent; null: nowhere."""

    url: WebhookUrl | None


class SecretRequest(_Body):
    """`POST /webhooks/secret`: the secret, or a new one. The one before signs along for a day."""

    rotate: bool = False


class ReplayRequest(_Body):
    """`POST /webhooks/replay`: which deliveries are made again."""

    status: DeliveryStatus = "failed"
    since: Moment | None = None
    production_id: Uuid | None = None
    job_id: Uuid | None = None
