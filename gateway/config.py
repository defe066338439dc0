"""What the gateway alone can be told (configs/gateway.yaml)."""

from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator

from gateway.history.budgets import Budgets
from gateway.keys.rules import KeyRules
from gateway.lifecycle.retention import Retention
from gateway.protection import Protection
from gateway.room import StorageBounds
from gateway.sockets import SocketBounds
from gateway.webhooks.rules import WebhookRules
from shared.config import ServiceConfig


class GatewayConfig(ServiceConfig):
    """Addresses, limits and paces; what is a section of its own is described there."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    database_url: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("database_url", "DATABASE_URL"))
    """Empty: SQLite in the data folder. PostgreSQL: `postgresql://user:password@host/database`."""
    database_patience_s: float = Field(60.0, ge=0)
    """How long the start waits for a database that does not answer yet."""
    max_body_mb: float = Field(8.0, gt=0, le=256)
    reconcile_every_s: float = Field(5.0, gt=0)
    dear_usd: Decimal = Decimal("0.01")
    """An order above this price that a worker had begun and of which every trace is lost is not sent again."""
    first_key_file: Path | None = None
    """Holds a key of the space `local`, which is made good at the start."""
    keys: KeyRules = KeyRules()
    protection: Protection = Protection()
    sockets: SocketBounds = SocketBounds()
    budgets: Budgets = Budgets()
    webhooks: WebhookRules = WebhookRules()
    retention: Retention = Retention()
    storage: StorageBounds = StorageBounds()

    @field_validator("host")
    @classmethod
    def _an_address(cls, host: str) -> str:
        if host != "localhost":
            ip_address(host)
        return host

    @model_validator(mode="after")
    def _keys_where_others_come(self) -> Self:
        if self.is_beyond_loopback and self.keys.required is False:
            raise ValueError(f"keys.required is false, and host {self.host} is not loopback: others need keys")
        return self

    @property
    def is_beyond_loopback(self) -> bool:
        """Can others than this machine reach it?"""
        return self.host != "localhost" and not ip_address(self.host).is_loopback

    @property
    def history_url(self) -> str:
        return self.database_url.get_secret_value() or f"sqlite+aiosqlite:///{self.history_file}"

    @property
    def history_file(self) -> Path:
        return self.data.absolute() / "history.sqlite"
