"""Follow a production to its end, through every broken connection: `python follow.py URL PRODUCTION_ID`."""
# ruff: noqa: T201 -- printing is what it is for

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import aiohttp

OVER = {"succeeded", "partial", "failed", "canceled"}


async def frames(url: str, production_id: str) -> AsyncGenerator[dict[str, Any]]:
    """Every frame, endlessly. A connection that breaks is taken up again after the last seq that was seen."""
    query = {"production_id": production_id}
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.ws_connect(f"{url}/api/mv/ws", params=query) as socket:
                    async for message in socket:
                        frame = message.json()
                        if frame["type"] in {"hello", "reset"}:  # the snapshot they promise is still to come
                            continue
                        query["after"] = str(frame["seq"])
                        yield frame
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(1)


async def main(url: str, production_id: str) -> None:
    async with aclosing(frames(url, production_id)) as told:
        async for frame in told:
            data = frame["data"]
            for film in data.get("productions", [data]):
                if "kind" not in film:  # jobs have a kind, productions do not
                    print(film["status"], film["stage"], flush=True)
                    if film["status"] in OVER:
                        return
            if frame["type"] == "job.progress":
                print(f"{data['part']} {data['progress']['fraction']:.0%}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
