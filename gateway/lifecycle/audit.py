"""Do files and records agree? Files that no record names, records whose file is gone or has another size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from gateway.history.listing import all_assets
from gateway.history.store import History
from gateway.history.tables import assets
from gateway.lifecycle.retention import DAY_S
from shared.media.base import MediaStore

PAGE = 500
FEWEST_TO_DOUBT = 20
SHOWN = 1000


class NotPlausible(Exception):
    """So much is missing that it must be the wrong store or the wrong database: nothing is repaired."""


@dataclass(slots=True)
class Findings:
    """`strays`: keys without a record, a day old at least. `lost`: records without a file. `damaged`: other size."""

    strays: list[str] = field(default_factory=list)
    stray_bytes: int = 0
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    looked_at: int = 0
    repaired: bool = False

    @property
    def is_fine(self) -> bool:
        return self.repaired or not (self.strays or self.lost or self.damaged)

    def body(self) -> dict[str, Any]:
        return {
            "records": self.looked_at,
            "files_without_record": self.strays[:SHOWN],
            "bytes_without_record": self.stray_bytes,
            "records_without_file": self.lost[:SHOWN],
            "damaged": self.damaged[:SHOWN],
            "repaired": self.repaired,
        }


async def audit(history: History, media: MediaStore, *, repair: bool = False) -> Findings:
    """Compare; with `repair`, remove strays and the records of what is lost. Raises NotPlausible, StorageAway."""
    findings = Findings()
    await _find_lost(history, media, findings)
    await _find_strays(history, media, findings)
    if repair:
        _refuse_nonsense(findings)
        await _repair(history, media, findings)
    return findings


def _refuse_nonsense(findings: Findings) -> None:
    lost, strays, records = len(findings.lost), len(findings.strays), findings.looked_at
    if lost > max(FEWEST_TO_DOUBT, records // 2):
        raise NotPlausible(
            f"{lost} of {records} files are missing: is this the right media store? Nothing was repaired"
        )
    if strays > max(FEWEST_TO_DOUBT, records):
        raise NotPlausible(
            f"{strays} files have no record, and there are {records} records in all: is this the right database? "
            "Nothing was repaired"
        )


async def _find_lost(history: History, media: MediaStore, findings: Findings) -> None:
    async for asset in all_assets(history):
        findings.looked_at += 1
        stat = await media.stat(asset.key)
        if stat is None:
            findings.lost.append(asset.id)
        elif stat.size_bytes != asset.size_bytes:
            findings.damaged.append(asset.id)


async def _find_strays(history: History, media: MediaStore, findings: Findings) -> None:
    """A file that is younger than a day may belong to an order whose end is still on its way."""
    page: list[str] = []
    async for key in media.all_keys():
        page.append(key)
        if len(page) == PAGE:
            await _sort_out(history, media, page, findings)
            page = []
    await _sort_out(history, media, page, findings)


async def _sort_out(history: History, media: MediaStore, keys: Sequence[str], findings: Findings) -> None:
    async with history.read() as tx:
        query = select(assets.c.key).where(assets.c.key.in_(keys))
        known = set((await tx.connection.execute(query)).scalars())
    for key in keys:
        stat = None if key in known else await media.stat(key)
        if stat is not None and stat.modified.timestamp() < history.now() - DAY_S:
            findings.strays.append(key)
            findings.stray_bytes += stat.size_bytes


async def _repair(history: History, media: MediaStore, findings: Findings) -> None:
    for key in findings.strays:
        async with history.write() as tx:
            if await tx.asset_by_key(key) is None:
                await media.delete(key)
    for asset_id in findings.lost:
        async with history.write() as tx:
            asset = await tx.asset(asset_id)
            if asset is not None and await media.stat(asset.key) is None:
                await tx.delete_asset(asset.id)
    findings.repaired = True
