"""A question to whoever sits at the terminal."""

import asyncio
import sys
from typing import IO


async def typed_after(question: str, out: IO[str]) -> str:
    """What is typed on the terminal after `question`; empty where its input has ended. A cancel ends the wait."""
    out.write(question)
    out.flush()
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(sys.stdin, typed.set)  # a terminal hands over whole lines: reading one does not block then
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip()
