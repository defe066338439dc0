"""`python -m bench.listeners PORT FIRST LAST JOB_ID...`: clients of one gateway, which say how late they hear things.

Says `open` once all follow their jobs; counts from the first line that comes in to the second; then says the delays
in ms as JSON.
"""

import asyncio
import json
import sys
import time

AT_ONCE = 50
PONG = b"\x8a\x80\x00\x00\x00\x00"
STAMP = b'"stage": "at '
HEAD = (
    "GET /api/mv/ws?job_id={} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Listener(asyncio.Protocol):
    """One client, as small as it can be, so that the gateway is what is measured."""

    def __init__(self, job_id: str, delays: list[float]) -> None:
        self.follows = asyncio.get_running_loop().create_future()
        self._job_id = job_id
        self._delays = delays
        self._buffer = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(HEAD.format(self._job_id).encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._upgraded, self._buffer = True, rest
        while (end := self._end_of_frame()) is not None:
            frame, self._buffer = self._buffer[:end], self._buffer[end:]
            self._hear(frame)

    def _end_of_frame(self) -> int | None:
        if len(self._buffer) < 4:
            return 2 if len(self._buffer) >= 2 and self._buffer[1] == 0 else None
        size, head = self._buffer[1] & 127, 2
        if size == 126:
            size, head = int.from_bytes(self._buffer[2:4]), 4
        return head + size if len(self._buffer) >= head + size else None

    def _hear(self, frame: bytes) -> None:
        if frame[0] == 0x89:
            self._transport.write(PONG)
        elif b'"type": "snapshot"' in frame:
            self.follows.set_result(None)
        elif (at := frame.find(STAMP)) > 0 and b'"job.progress"' in frame:
            sent = frame[at + len(STAMP) : frame.index(b'"', at + len(STAMP))]
            self._delays.append(1000 * (time.time() - float(sent)))


async def main(port: int, first: int, last: int, *job_ids: str) -> None:
    delays: list[float] = []
    turn = asyncio.Semaphore(AT_ONCE)
    loop = asyncio.get_running_loop()

    async def listen(number: int) -> Listener:
        async with turn:
            job_id = job_ids[number % len(job_ids)]
            _, listener = await loop.create_connection(lambda: Listener(job_id, delays), "127.0.0.1", port)
            await listener.follows
            return listener

    kept = await asyncio.gather(*(listen(number) for number in range(first, last)))
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    delays.clear()
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps([round(delay, 2) for delay in delays]), flush=True)
    assert kept


if __name__ == "__main__":
    port, first, last = map(int, sys.argv[1:4])
    asyncio.run(main(port, first, last, *sys.argv[4:]))
