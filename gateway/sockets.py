"""The sockets' hub: each event is written out once and put into the bounded queue of every client it concerns."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from pydantic import BaseModel, ConfigDict

from gateway.history.records import EventRow
from gateway.live import Running
from gateway.problems import problem_of
from shared.contracts.base import Fault

PROTOCOL_VERSION = 1
SWEEP_EVERY_S = 1.0
TOO_SLOW = b"too slow: come back with after="

SubjectName = Literal["job_id", "production_id", "project"]


class SocketBounds(BaseModel):
    """What one socket may ask of the gateway."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heartbeat_s: float = 15.0
    """A peer that was silent for so long is pinged; one that is silent for half of it more is cut off."""
    queued_events: int = 500
    blocked_s: float = 5.0
    """How long one frame may wait for the client to read."""
    subjects: int = 200
    frame_bytes: int = 64 << 10
    """The largest frame taken from a client."""
    frames_per_minute: int = 600
    """How often a client may say something; so many may come at once. More are refused in words."""
    open: int = 20_000
    """Of one gateway, at a time."""

    @property
    def sweep_every_s(self) -> float:
        """How often all of them are looked after: one timer of each would take 1 KB."""
        return min(SWEEP_EVERY_S, self.heartbeat_s / 10)


class Subject(NamedTuple):
    """What a client follows: one job, one production with its jobs, or everything of a project."""

    space: str
    name: SubjectName
    id: str


NOTHING: frozenset[Subject] = frozenset()
"""Python makes an empty set anew each time, of 0.2 KB."""


class Client:
    """One socket: a bounded queue of events, the newest progress per job, and the one writer that sends them."""

    __slots__ = (
        "_apart",
        "_bell",
        "_floor",
        "_held",
        "_joining",
        "_loop",
        "_patience",
        "_ping_due",
        "_pinged_at",
        "_progress",
        "_queue",
        "_sending_since",
        "_silent_since",
        "_transport",
        "bounds",
        "key_id",
        "last_seq",
        "socket",
        "space",
        "subjects",
        "too_slow",
    )  # fmt: skip

    def __init__(
        self,
        socket: web.WebSocketResponse,
        *,
        transport: asyncio.BaseTransport | None,
        space: str,
        bounds: SocketBounds,
        key_id: str | None = None,
    ) -> None:
        """`socket` answers no pings by itself; `transport` is what it speaks over, None where that is gone."""
        self.socket = socket
        self._transport = transport
        self.space = space
        self.key_id = key_id
        self.bounds = bounds
        self.subjects: set[Subject] = set()
        self.last_seq = 0
        self.too_slow = False
        self._loop = asyncio.get_running_loop()
        self._queue: list[tuple[int, bytes]] = []  # short: a deque would cost every idle client 0.7 KB
        self._progress: dict[str, bytes] = {}
        self._bell: asyncio.Future[None] | None = None
        self._held = False
        self._joining = NOTHING
        self._apart: list[tuple[int, bytes]] = []
        self._floor = 0
        self._sending_since: float | None = None
        self._silent_since: float | None = None
        """None while nobody listens to it."""
        self._pinged_at: float | None = None
        self._ping_due = False
        self._patience: asyncio.Timeout | None = None

    # what the hub puts in

    def push(self, seq: int, frame: bytes, *, about: Sequence[Subject], job_id: str | None = None) -> None:
        """Queue an event. It says more than the progress still waiting of the same job, which is dropped."""
        if seq <= self._floor:
            return
        if job_id is not None:
            self._progress.pop(job_id, None)
        if self._joining and self.subjects.isdisjoint(set(about) - self._joining):
            self._apart.append((seq, frame))  # until it is known whether the snapshot under way tells it
            self._bound(self._apart)
        else:
            self._append(seq, frame)

    def push_progress(self, job_id: str, data: bytes) -> None:
        """Keep the newest progress of a job until the writer comes to it."""
        self._progress[job_id] = data
        self._ring()

    def reply(self, type_: str, data: dict[str, Any]) -> None:
        """Answer the client itself; such a frame repeats the last seq."""
        seq = self._queue[-1][0] if self._queue else self.last_seq
        self._append(seq, frame_of(type_, seq, json.dumps(data).encode()))

    # what is read from the history goes first: a subscription under way holds the writer back

    def hold(self, joining: Iterable[Subject] = ()) -> None:
        """Send nothing until released. What comes about `joining` alone is kept apart."""
        self._held = True
        self._joining = frozenset(joining)

    def tell_snapshot(self, seq: int, frame: bytes) -> None:
        """Put a snapshot taken at `seq` in its place; what it tells already of those who joined is dropped."""
        later = [kept for kept in self._apart if kept[0] > seq]
        self._queue = sorted([*self._queue, (seq, frame), *later], key=lambda queued: queued[0])

    def skip_to(self, seq: int) -> None:
        """Everything up to `seq` was sent from the history: it is not sent again."""
        self._floor = seq
        self.last_seq = max(self.last_seq, seq)
        self._queue = [queued for queued in self._queue if queued[0] > seq]

    def release(self) -> None:
        self._held = False
        self._joining = NOTHING
        self._apart = []
        self._ring()

    # what it says

    async def receive(self) -> WSMessage:
        """What it says next, or how it ended. Pings are answered, and its answers to ours taken for a sign of life."""
        while True:
            self._silent_since = self._loop.time()
            message = await self.socket.receive()
            self._silent_since = self._pinged_at = None
            if message.type is WSMsgType.PING:
                await self.socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return message

    # the writer

    async def write(self) -> None:
        """Send what comes until canceled, gone, or too slow: then the client is told to resume later (1013)."""
        try:
            async with asyncio.timeout(None) as self._patience:
                await self._write_on()
        except TimeoutError:
            await self.socket.close(
                code=WSCloseCode.TRY_AGAIN_LATER, message=b"too slow: resume with after=", drain=False
            )
        except ConnectionError:
            return

    async def send(self, seq: int, frame: bytes) -> None:
        """Send one frame now. The writer does; and a replay, while it holds the writer back."""
        self.last_seq = max(self.last_seq, seq)
        self._sending_since = self._loop.time()
        await self.socket.send_frame(frame, WSMsgType.TEXT)
        self._sending_since = None

    def look_after(self, now: float) -> None:
        """Give up on a client that takes no frame, ping one that says nothing, and cut off one that stays silent."""
        if self.too_slow:
            return
        bounds = self.bounds
        if now - (self._sending_since or now) > bounds.blocked_s:
            self.give_up()
        elif now - (self._pinged_at or now) > bounds.heartbeat_s / 2:
            self._cut_off()
        elif self._pinged_at is None and now - (self._silent_since or now) > bounds.heartbeat_s:
            self._pinged_at, self._ping_due = now, True
            self._ring()

    def _cut_off(self) -> None:
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()

    def give_up(self) -> None:
        """Close with 1013 from wherever the writer is."""
        if self.too_slow or self._patience is None:
            return
        self.too_slow = True
        self._patience.reschedule(self._loop.time())

    def _append(self, seq: int, frame: bytes) -> None:
        self._queue.append((seq, frame))
        self._bound(self._queue)
        self._ring()

    def _bound(self, kept: list[tuple[int, bytes]]) -> None:
        if len(kept) > self.bounds.queued_events:
            kept.pop()
            self.give_up()

    async def _write_on(self) -> None:
        while True:
            while self._ping_due or (not self._held and (self._queue or self._progress)):
                await self._send_next()
            self._bell = self._loop.create_future()
            await self._bell

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    async def _send_next(self) -> None:
        if self._ping_due:
            self._ping_due = False
            await self.socket.ping()
        else:
            await self.send(*self._next())

    def _next(self) -> tuple[int, bytes]:
        """What was empty before is so again, to the last byte: room that it keeps would be kept by thousands."""
        if self._queue:
            queued = self._queue.pop(0)
            self._queue = self._queue or []
            return queued
        job_id = next(iter(self._progress))
        data = self._progress.pop(job_id)
        self._progress = self._progress or {}
        return self.last_seq, frame_of("job.progress", self.last_seq, data)


class Hub:
    """Who follows what. A listener of the feed and a watcher of what is live."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self._followers: defaultdict[Subject, set[Client]] = defaultdict(set)

    def join(self, client: Client) -> None:
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        self.clients.discard(client)
        self.unfollow(client, tuple(client.subjects))

    def follow(self, client: Client, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            client.subjects.add(subject)
            self._followers[subject].add(client)

    def unfollow(self, client: Client, subjects: Iterable[Subject]) -> None:
        for subject in subjects:
            client.subjects.discard(subject)
            self._followers[subject].discard(client)
            if not self._followers[subject]:
                del self._followers[subject]

    def hear(self, event: EventRow) -> None:
        """The feed's callback."""
        about = subjects_of(event.space, event.job_id, event.production_id, event.project)
        followers = self._followers_of(about)
        if not followers:
            return
        frame = event_frame(event)
        for client in followers:
            client.push(event.seq, frame, about=about, job_id=event.job_id)

    def watch(self, running: Running) -> None:
        """The callback of what is live."""
        told = running.told
        job_id = told["job_id"]
        about = subjects_of(running.space, job_id, told["production_id"], told["project"])
        followers = self._followers_of(about)
        if not followers:
            return
        data = json.dumps(running.as_told()).encode()
        for client in followers:
            client.push_progress(job_id, data)

    async def sweep(self, *, every_s: float = SWEEP_EVERY_S) -> None:
        """Look after all clients until canceled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(every_s)
            now = loop.time()
            for client in tuple(self.clients):
                client.look_after(now)

    async def close(self) -> None:
        """The gateway goes away: every client is told so (1001) and may come back with `after=`."""
        closings = (client.socket.close(code=WSCloseCode.GOING_AWAY, drain=False) for client in tuple(self.clients))
        await asyncio.gather(*closings, return_exceptions=True)

    def _followers_of(self, about: Sequence[Subject]) -> set[Client]:
        return {client for subject in about for client in self._followers.get(subject, ())}


def subjects_of(space: str, job_id: str | None, production_id: str | None, project: str | None) -> tuple[Subject, ...]:
    """All under which something may be followed."""
    named: tuple[tuple[SubjectName, str | None], ...] = (
        ("job_id", job_id), ("production_id", production_id), ("project", project),
    )  # fmt: skip
    return tuple(Subject(space, name, subject_id) for name, subject_id in named if subject_id is not None)


def frame_of(type_: str, seq: int, data: bytes) -> bytes:
    return b'{"type": "%s", "seq": %d, "data": %s}' % (type_.encode(), seq, data)


def event_frame(event: EventRow) -> bytes:
    """An event as every client gets it."""
    return json.dumps(event_body(event)).encode()


def event_body(event: EventRow) -> dict[str, Any]:
    """An event in wire names; its error, where there is one, is the one error body."""
    data = event.data
    if data.get("error"):
        data = data | {"error": problem_of(Fault.model_validate(data["error"]), job_id=event.job_id, at=event.at)}
    return {"type": event.type, "seq": event.seq, "data": data}
