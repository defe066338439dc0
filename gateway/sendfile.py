"""Files to sockets without passing through this process; uvloop has no `sendfile` of its own."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from io import FileIO

from aiohttp import web

AT_ONCE_BYTES = 1 << 20
STALLED_S = 60.0
"""A client that takes nothing for so long is let go."""
LOOK_AGAIN_S = 0.01
HANDS = ThreadPoolExecutor(8, thread_name_prefix="sendfile")


def can_sendfile(request: web.Request) -> bool:
    """Only what goes over the socket as it lies on disk."""
    transport = request.transport
    return hasattr(os, "sendfile") and transport is not None and transport.get_extra_info("sslcontext") is None


async def send_file(request: web.Request, file: FileIO, *, start: int, length: int) -> None:
    """Bytes `start` to `start + length` of `file`, behind whatever was written to the connection before.

    Raises ConnectionResetError where the client has gone, or takes no more.
    """
    transport = request.transport
    if transport is None:
        raise ConnectionResetError("the client has gone")
    out = os.dup(transport.get_extra_info("socket").fileno())  # the loop watches the transport's own
    try:
        await _all_written(transport)
        await _send(out, file.fileno(), start=start, end=start + length)
    except (TimeoutError, BrokenPipeError) as error:
        transport.abort()
        raise ConnectionResetError("the client takes no more") from error
    finally:
        os.close(out)


async def _send(out: int, file: int, *, start: int, end: int) -> None:
    while start < end:
        try:
            sent = await _sent(out, file, start, min(end - start, AT_ONCE_BYTES))
        except BlockingIOError:
            await _writable(out)
            continue
        if not sent:
            raise BrokenPipeError("the file has become shorter")
        start += sent


async def _sent(out: int, file: int, start: int, count: int) -> int:
    """In threads of their own: a disk that is slow stops nobody else. Both descriptors stay ours until they let go."""
    sending = asyncio.get_running_loop().run_in_executor(HANDS, os.sendfile, out, file, start, count)
    try:
        return await asyncio.shield(sending)
    except asyncio.CancelledError:
        await asyncio.gather(sending, return_exceptions=True)  # closed before, their numbers may be somebody else's
        raise


async def _writable(out: int) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(out, ready.set)
    try:
        async with asyncio.timeout(STALLED_S):
            await ready.wait()
    finally:
        loop.remove_writer(out)


async def _all_written(transport: asyncio.Transport) -> None:
    """What the transport still holds (the head of the answer, mostly) goes first."""
    async with asyncio.timeout(STALLED_S):
        while transport.get_write_buffer_size():
            await asyncio.sleep(LOOK_AGAIN_S)
            if transport.is_closing():
                raise ConnectionResetError("the client has gone")
