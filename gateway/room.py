"""Is there room for more? Asked before an order is taken: a full disk or a used-up quota is no surprise half-way."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from gateway.history.store import Transaction
from gateway.history.tables import assets
from gateway.problems import refused
from shared.contracts.base import ErrorCode

MB, GB = 1_000_000, 1_000_000_000
COUNTED_AGAIN_S = 5.0
ASK_AGAIN_S = 60
QUOTA_ASK_AGAIN_S = 3600


class StorageBounds(BaseModel):
    """The section `storage` of gateway.yaml. null: no bound."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_free_mb: float = Field(500.0, ge=0)
    """On the disk of the data folder: below it, no order is taken."""
    quota_gb: float | None = Field(None, ge=0)
    quota_each_key_gb: float | None = Field(None, ge=0)


@dataclass(frozen=True, slots=True)
class _Counted:
    size_bytes: int
    at: float


class Room:
    """What is free and what is taken; files are counted again every few seconds, not at every order."""

    def __init__(
        self,
        bounds: StorageBounds | None = None,
        folder: Path | None = None,
        *,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        """Without `folder` no disk is looked at."""
        self._bounds = bounds or StorageBounds()
        self._folder = folder
        self._free_bytes = free_bytes
        self._counted: dict[str | None, _Counted] = {}

    def free_bytes(self) -> int | None:
        """Of the disk of the data folder; None where there is none to look at."""
        return None if self._folder is None else self._free_bytes(self._folder)

    @property
    def is_enough(self) -> bool:
        free = self.free_bytes()
        return free is None or free >= self._bounds.min_free_mb * MB

    @property
    def has_quota(self) -> bool:
        return self._bounds.quota_gb is not None or self._bounds.quota_each_key_gb is not None

    def refuse_full_disk(self) -> None:
        """Raises Refused (OVERLOADED) where the disk is nearly full."""
        free = self.free_bytes()
        if free is not None and free < self._bounds.min_free_mb * MB:
            raise refused(
                ErrorCode.OVERLOADED,
                f"the gateway's disk has {free / MB:.0f} MB left, and {self._bounds.min_free_mb:g} MB must stay free "
                "(`storage.min_free_mb`): make room, for instance with `scenebeat prune` or by deleting films",
                headers={"Retry-After": str(ASK_AGAIN_S)},
                retryable=True,
            )

    async def refuse_beyond_quota(self, tx: Transaction, space: str) -> None:
        """Raises Refused (QUOTA_EXCEEDED) where files take all they may."""
        await self._refuse_beyond(tx, None, self._bounds.quota_gb, "all files together")
        await self._refuse_beyond(tx, space, self._bounds.quota_each_key_gb, "the files of this key")

    async def _refuse_beyond(self, tx: Transaction, space: str | None, quota_gb: float | None, what: str) -> None:
        if quota_gb is None:
            return
        taken = await self._taken(tx, space)
        if taken >= quota_gb * GB:
            raise refused(
                ErrorCode.QUOTA_EXCEEDED,
                f"{what} take {taken / GB:.2f} GB of the {quota_gb:g} GB they may: delete some, "
                "or have the quota raised (`storage` in gateway.yaml)",
                headers={"Retry-After": str(QUOTA_ASK_AGAIN_S)},
            )

    async def _taken(self, tx: Transaction, space: str | None) -> int:
        counted = self._counted.get(space)
        if counted is None or time.monotonic() - counted.at > COUNTED_AGAIN_S:
            query = select(func.coalesce(func.sum(assets.c.size_bytes), 0))
            if space is not None:
                query = query.where(assets.c.space == space)
            size = int((await tx.connection.execute(query)).scalar_one())
            counted = self._counted[space] = _Counted(size, time.monotonic())
        return counted.size_bytes
