"""A gate on the line between one house and the bus: it stops a message before it passes, or the answer that it stands.

That is how a kill meets a worker exactly between two of its steps, with nothing in the worker that knows of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

CRLF = b"\r\n"
LONGEST_LINE = 1 << 20

Happens = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Passing:
    """One message on the line: what it is called, where its answer is wanted, what it says."""

    subject: str
    reply: str
    payload: bytes


@dataclass(frozen=True)
class Stop:
    """Where the gate stops the line, once. `answered`: not the message itself, but the bus's word that it is kept."""

    wanted: Callable[[Passing], bool]
    happens: Happens
    answered: bool = False


@dataclass
class Gate:
    """Passes everything on between a house and the bus at `bus_port`.

    The first message that a stop wants waits for what happens then; when its line was cut meanwhile, it is lost.
    A stop whose answer never came, because somebody else cut the line, waits for the next such message.
    """

    bus_port: int
    port: int = 0
    stops: list[Stop] = field(default_factory=list)
    _lines: set["_Line"] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def standing(self) -> AsyncIterator["Gate"]:
        server = await asyncio.start_server(self._open, "127.0.0.1", self.port, limit=LONGEST_LINE)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        """One of the two ends is dead: nothing of what is held goes on."""
        for line in list(self._lines):
            line.cut()

    async def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            bus_reader, bus_writer = await asyncio.open_connection("127.0.0.1", self.bus_port, limit=LONGEST_LINE)
        except OSError:
            writer.close()
            return
        line = _Line(self, writer, bus_writer)
        self._lines.add(line)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(line.carry(reader, bus_writer, outward=True))
                group.create_task(line.carry(bus_reader, writer, outward=False))
        finally:
            self._lines.discard(line)
            self.stops += line.unanswered

    def due(self, passing: Passing, *, answered: bool) -> Stop | None:
        """The stop for this message, which is used up by that."""
        for stop in self.stops:
            if stop.answered == answered and stop.wanted(passing):
                self.stops.remove(stop)
                return stop
        return None


class _Line:
    """One connection through the gate."""

    def __init__(self, gate: Gate, *ends: asyncio.StreamWriter) -> None:
        self._gate = gate
        self._ends = ends
        self._is_cut = False
        self._awaited: dict[str, Stop] = {}

    @property
    def unanswered(self) -> list[Stop]:
        return list(self._awaited.values())

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, outward: bool) -> None:
        """Message after message, until one of the ends is gone; then the other goes too."""
        with suppress(OSError, asyncio.IncompleteReadError), self._both_close():
            while True:
                raw, passing = await _next(source)
                if passing is not None:
                    await self._hold(passing, outward=outward)
                if self._is_cut:
                    return
                target.write(raw)
                await target.drain()

    async def _hold(self, passing: Passing, *, outward: bool) -> None:
        if not outward:
            if (stop := self._awaited.pop(passing.subject, None)) is not None:
                await stop.happens()
            return
        if (stop := self._gate.due(passing, answered=False)) is not None:
            await stop.happens()
        elif (stop := self._gate.due(passing, answered=True)) is not None:
            self._awaited[passing.reply] = stop

    @contextmanager
    def _both_close(self) -> Iterator[None]:
        try:
            yield
        finally:
            for end in self._ends:
                end.close()


async def _next(source: asyncio.StreamReader) -> tuple[bytes, Passing | None]:
    """The next piece of the protocol; a Passing where it is a message (https://docs.nats.io/reference/nats-protocol)."""
    head = await source.readuntil(CRLF)
    verb, *words = head.decode().split()
    match verb.upper(), words:
        case "PUB", [subject, *reply, size]:
            headers = "0"
        case "HPUB", [subject, *reply, headers, size]:
            pass
        case "MSG", [subject, _, *reply, size]:
            headers = "0"
        case "HMSG", [subject, _, *reply, headers, size]:
            pass
        case _:
            return head, None
    body = await source.readexactly(int(size) + len(CRLF))
    return head + body, Passing(subject, reply[0] if reply else "", body[int(headers) : -len(CRLF)])
