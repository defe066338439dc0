"""How long what is kept: the section `retention` of gateway.yaml."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

DAY_S = 24 * 3600.0

Kept = Literal[
    "productions", "jobs", "cuts", "clips", "images", "scenes", "conformed", "copies", "deliveries",
    "idempotency_keys", "events",
]  # fmt: skip
KINDS: tuple[Kept, ...] = get_args(Kept)
"""In the order in which they are looked through: what is whole before its parts."""

ASSETS: Mapping[str, tuple[str, ...]] = {
    "cuts": ("cut",),
    "clips": ("clip",),
    "images": ("image", "upload"),
    "scenes": ("scenes",),
    "conformed": ("conformed",),
    "copies": ("copy",),
}
"""Kinds that are files -> what the history calls them."""

Days = Annotated[float, Field(ge=0)]


class Retention(BaseModel):
    """Days; null: for ever. What people made stays unless they say otherwise; what can be made again goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    productions_days: Days | None = None
    jobs_days: Days | None = None
    cuts_days: Days | None = None
    clips_days: Days | None = None
    images_days: Days | None = None
    scenes_days: Days | None = None
    conformed_days: Days | None = 7.0
    copies_days: Days | None = 30.0
    deliveries_days: Days | None = 30.0
    idempotency_keys_days: Annotated[float, Field(ge=1)] | None = 2.0
    events_days: Days | None = None
    sweep_every_h: float = Field(24.0, gt=0)
    dry_run: bool = False

    def days(self, kind: Kept) -> float | None:
        days: float | None = getattr(self, f"{kind}_days")
        return days

    def with_days(self, kinds: tuple[Kept, ...], older_than: float | None) -> "Retention":
        """Only `kinds`; with `older_than`, those days for each of them."""
        told = {
            f"{kind}_days": (self.days(kind) if older_than is None else older_than) if kind in kinds else None
            for kind in KINDS
        }
        return self.model_copy(update=told)
