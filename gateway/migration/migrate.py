"""Copies what the records name from one store to the other; each file is read again there and compared by its hash."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from gateway.history.listing import all_assets
from gateway.history.records import Asset
from gateway.history.store import History
from gateway.history.tables import assets
from shared.media.base import MediaStore

PAGE = 500
AT_ONCE = 4
SHOWN = 1000


@dataclass(slots=True)
class Tally:
    """How far it is. `there`: was in the target already. `lost`: gone from the source. `damaged`: not as recorded.

    `strays`: files of the source that no record names; they are not copied.
    """

    records: int = 0
    record_bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    there: int = 0
    there_bytes: int = 0
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.copied + self.there + len(self.lost) + len(self.damaged)

    @property
    def has_moved(self) -> bool:
        """Something was made or deleted after it was looked at."""
        return self.done != self.records

    @property
    def done_bytes(self) -> int:
        return self.copied_bytes + self.there_bytes

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.damaged or self.has_moved)

    def body(self) -> dict[str, Any]:
        return {
            "records": self.records,
            "bytes": self.record_bytes,
            "copied": self.copied,
            "copied_bytes": self.copied_bytes,
            "there_already": self.there,
            "there_already_bytes": self.there_bytes,
            "lost": self.lost[:SHOWN],
            "damaged": self.damaged[:SHOWN],
            "files_without_record": self.strays[:SHOWN],
            "files_without_record_count": len(self.strays),
            "whole": self.is_whole,
        }


@dataclass(frozen=True)
class Move:
    """From where to where. `quick`: what lies there with the right size is not read again. `dry_run` copies nothing."""

    source: MediaStore
    target: MediaStore
    quick: bool = False
    dry_run: bool = False


async def migrate(history: History, move: Move, *, tell: Callable[[Tally], None]) -> Tally:
    """Copy everything that is recorded; `tell` hears of every file. Raises StorageAway: run again, it goes on.

    Nothing is removed from the source. What is damaged there is not left in the target.
    """
    tally = Tally()
    await _count(history, tally)
    room = asyncio.Semaphore(AT_ONCE)

    async def moved(asset: Asset) -> None:
        try:
            await _one(move, asset, tally)
            tell(tally)
        finally:
            room.release()

    try:
        async with asyncio.TaskGroup() as group:
            async for asset in all_assets(history):
                await room.acquire()
                group.create_task(moved(asset))
    except* OSError as away:
        raise away.exceptions[0] from None
    await _count(history, tally)
    await _find_strays(history, move.source, tally)
    return tally


async def _one(move: Move, asset: Asset, tally: Tally) -> None:
    if await _is_there(move, asset):
        tally.there += 1
        tally.there_bytes += asset.size_bytes
    elif (found := await move.source.stat(asset.key)) is None:
        tally.lost.append(asset.key)
    elif found.size_bytes != asset.size_bytes or not (move.dry_run or await _copied(move, asset)):
        tally.damaged.append(asset.key)
    else:
        tally.copied += 1
        tally.copied_bytes += asset.size_bytes


async def _is_there(move: Move, asset: Asset) -> bool:
    found = await move.target.stat(asset.key)
    if found is None or found.size_bytes != asset.size_bytes:
        return False
    return move.quick or move.dry_run or await _sha256(move.target, asset.key) == asset.sha256


async def _copied(move: Move, asset: Asset) -> bool:
    """False where it is not what was recorded; then nothing of it stays."""
    async with aclosing(move.source.open(asset.key)) as chunks:
        stored = await move.target.put(asset.key, chunks, media_type=asset.media_type)
    if stored.sha256 == asset.sha256 == await _sha256(move.target, asset.key):
        return True
    await move.target.delete(asset.key)
    return False


async def _sha256(media: MediaStore, key: str) -> str:
    digest = hashlib.sha256()
    async with aclosing(media.open(key)) as chunks:
        async for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()


async def _count(history: History, tally: Tally) -> None:
    async with history.read() as tx:
        query = select(func.count(), func.coalesce(func.sum(assets.c.size_bytes), 0))
        records, size_bytes = (await tx.connection.execute(query)).one()
    tally.records, tally.record_bytes = int(records), int(size_bytes)


async def _find_strays(history: History, source: MediaStore, tally: Tally) -> None:
    page: list[str] = []
    async for key in source.all_keys():
        page.append(key)
        if len(page) == PAGE:
            tally.strays += await _unknown(history, page)
            page = []
    tally.strays += await _unknown(history, page)


async def _unknown(history: History, keys: list[str]) -> list[str]:
    async with history.read() as tx:
        known = set((await tx.connection.execute(select(assets.c.key).where(assets.c.key.in_(keys)))).scalars())
    return [key for key in keys if key not in known]
