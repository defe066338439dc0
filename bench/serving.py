"""One large file to many clients at once, from a folder and from a bucket: memory, speed, and who else has to wait."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from uuid import uuid4

import aiohttp
import psutil

from bench.downloads import MIB, Address, block, broken_off, slow, whole
from bench.houses import Gateway, gateway, nats
from bench.machine import conditions, cpu_s, percentile
from gateway.history.database import Database
from gateway.history.records import Asset
from gateway.history.schema import upgrade
from gateway.history.store import History
from shared.media.base import MediaStore
from shared.media.bucket import open_s3
from shared.media.local import LocalMedia
from tests.s3server import S3Server

FILE_MIB = 2048
CLIENTS = 50
FROM_BUCKET_MIB = 256
GOAL_MIB = 64.0
LOOK_EVERY_S = 0.05
ASK_EVERY_S = 0.1
SETTLED_WITHIN_S = 30.0


@dataclass(frozen=True)
class Served:
    """What it took. `grown_mib`: how much the gateway grew at most; `left_open`: files and lines at the end."""

    mebibytes: int
    seconds: float
    grown_mib: float
    left_open: int
    cpu_s: float
    other_p99_ms: float

    def told(self) -> str:
        return (
            f"{self.mebibytes / 1024:.1f} GiB in {self.seconds:.1f} s ({self.mebibytes / self.seconds:.0f} MiB/s, "
            f"{1024_000 * self.cpu_s / self.mebibytes:.0f} ms of the gateway's CPU per GiB); it grew by "
            f"{self.grown_mib:.1f} MiB (goal <= {GOAL_MIB:.0f}), {self.left_open} files or lines left open; "
            f"another request meanwhile: p99 {self.other_p99_ms:.1f} ms"
        )


async def bench(folder: Path) -> str:
    local = await serving(folder / "local", mebibytes=FILE_MIB, clients=CLIENTS)
    server = S3Server(folder / "s3")
    server.folder.mkdir(parents=True)
    await asyncio.to_thread(server.start)
    try:
        bucket = await serving(folder / "cloud", mebibytes=FROM_BUCKET_MIB, clients=CLIENTS, server=server)
        alone = await serving(folder / "alone", mebibytes=FILE_MIB, clients=1, server=server)
    finally:
        server.kill()
    return (
        f"serving {FILE_MIB} MiB from disk to {CLIENTS} clients at once, a tenth slow, a tenth broken off: "
        f"{local.told()}\n"
        f"serving {FROM_BUCKET_MIB} MiB from a bucket to {CLIENTS} such: {bucket.told()}\n"
        f"serving {FILE_MIB} MiB from a bucket to one: {alone.told()}\n{conditions()}"
    )


async def serving(folder: Path, *, mebibytes: int, clients: int, server: S3Server | None = None) -> Served:
    """A file of `mebibytes` to `clients` at once; every byte of it is compared."""
    async with nats(folder / "nats") as broker:
        video_id = str(uuid4())
        environment = {} if server is None else server.environment(await asyncio.to_thread(server.new_bucket))
        await _stored(folder / "data", video_id, mebibytes, server, environment)
        async with gateway(folder, broker, **environment) as house:
            port = int(house.url.split(":")[2].split("/")[0])
            address = Address(port, f"/api/mv/get_video/{video_id}", mebibytes)
            await asyncio.to_thread(whole, address)  # everything is loaded
            return await _measured(house, address, clients)


async def _measured(house: Gateway, address: Address, clients: int) -> Served:
    process = psutil.Process(house.pid)
    await _settled(process, address)
    before, used, began = _rss_mib(process), cpu_s(house.pid), perf_counter()
    async with _watched(house, process) as watch:
        taken = await asyncio.to_thread(_downloaded, address, clients)
        seconds = perf_counter() - began
    left_open = await _settled(process, address)
    return Served(
        mebibytes=taken,
        seconds=seconds,
        grown_mib=watch.highest_mib - before,
        left_open=left_open,
        cpu_s=cpu_s(house.pid) - used,
        other_p99_ms=percentile(watch.answered_ms, 0.99),
    )


def _downloaded(address: Address, clients: int) -> int:
    """A tenth of the clients are slow, a tenth break off and come back; how many MiB came in all. Blocks."""
    few, done = clients // 10, threading.Event()
    with ThreadPoolExecutor(clients) as pool:
        slows = [pool.submit(slow, address, until=done) for _ in range(few)]
        others = [pool.submit(broken_off, address) for _ in range(few)]
        others += [pool.submit(whole, address) for _ in range(clients - 2 * few)]
        try:
            taken = sum(other.result() for other in others)
        finally:
            done.set()
        return taken + sum(one.result() for one in slows)


class _Watch:
    def __init__(self) -> None:
        self.highest_mib = 0.0
        self.answered_ms: list[float] = []


@asynccontextmanager
async def _watched(house: Gateway, process: psutil.Process) -> AsyncIterator[_Watch]:
    """While the block runs: how large the gateway is, and how soon it answers somebody else."""
    watch, ended = _Watch(), asyncio.Event()

    async def weigh() -> None:
        while not ended.is_set():
            watch.highest_mib = max(watch.highest_mib, _rss_mib(process))
            await asyncio.sleep(LOOK_EVERY_S)

    async def ask() -> None:
        async with aiohttp.ClientSession() as session:
            while not ended.is_set():
                asked = perf_counter()
                async with session.get(f"{house.url}/jobs?limit=1") as answer:
                    assert answer.status == 200
                watch.answered_ms.append(1000 * (perf_counter() - asked))
                await asyncio.sleep(ASK_EVERY_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(weigh())
        group.create_task(ask())
        try:
            yield watch
        finally:
            ended.set()


async def _settled(process: psutil.Process, address: Address) -> int:
    """Until it has let go of the file and of its clients, or for a while; what is left."""
    until = perf_counter() + SETTLED_WITHIN_S
    while (left := _opened(process, address)) and perf_counter() < until:
        await asyncio.sleep(0.1)
    return left


def _opened(process: psutil.Process, address: Address) -> int:
    video_id = address.path.rpartition("/")[2]
    files = sum(video_id in file.path for file in process.open_files())
    lines = [line for line in process.net_connections("tcp") if line.status not in {"LISTEN", "TIME_WAIT"}]
    return files + sum(line.laddr.port == address.port for line in lines)


async def _stored(
    data: Path, video_id: str, mebibytes: int, server: S3Server | None, environment: dict[str, str]
) -> None:
    data.mkdir(parents=True)
    if server is None:
        asset = await _written(LocalMedia(data / "media"), video_id, mebibytes)
    else:
        bucket = server.bucket(environment["STORAGE_BUCKET"])
        async with open_s3(bucket, patience_s=15.0, expires_s=600) as media:
            asset = await _written(media, video_id, mebibytes)
    url = f"sqlite+aiosqlite:///{data / 'history.sqlite'}"
    await asyncio.to_thread(upgrade, url)
    async with Database.open(url) as database, History(database, announce=_unheard).write() as tx:
        await tx.insert_asset(asset)


async def _written(media: MediaStore, video_id: str, mebibytes: int) -> Asset:
    async def blocks() -> AsyncIterator[bytes]:
        for number in range(mebibytes):
            yield block(number)

    key = f"videos/{video_id}.mp4"
    stored = await media.put(key, blocks(), media_type="video/mp4")
    return Asset(
        id=video_id, space="local", kind="clip", key=key, media_type="video/mp4", size_bytes=stored.size_bytes,
        sha256=stored.sha256, created_at=1_800_000_000.0,
    )  # fmt: skip


def _unheard(*_: object) -> None: ...


def _rss_mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MIB
