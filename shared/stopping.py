"""Stopping tasks so that they really stop."""

import asyncio
from typing import Any

AGAIN_S = 1.0


async def stop(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel `tasks` and wait until all of them have ended, though this is canceled itself meanwhile.

    They are canceled again and again: before Python 3.12 `asyncio.wait_for`, with which nats-py awaits every answer,
    swallows a cancellation that comes together with the answer (https://github.com/python/cpython/issues/86296).
    """
    canceled: asyncio.CancelledError | None = None
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=AGAIN_S)
        except asyncio.CancelledError as error:
            canceled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()  # it was seen to, or is of no interest any more
    if canceled is not None:
        raise canceled
