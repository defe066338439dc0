"""Blocking work in a niced child process that dies with its order and with its parent.

Parent and child speak JSON lines: the recipe goes in by stdin, which stays open as a lifeline;
`{"progress", "message"}`, `{"done"}` or `{"failed", "message"}` come back by stdout.
"""

import asyncio
import importlib
import json
import os
import signal
import sys
import threading
import traceback
import typing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

NICENESS = 10
LINE_LIMIT_BYTES = 4 << 20
STDERR_TAIL_BYTES = 4_000

Report = Callable[[float, str], None]
"""Progress of a piece of work: (fraction 0..1, message)."""


class ChildFailed(Exception):
    """The work raised. `kind` is the name of the exception's class, `trace` its traceback."""

    def __init__(self, kind: str, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = trace


@asynccontextmanager
async def child(target: str, recipe: BaseModel, *, out: Path) -> AsyncIterator["Child"]:
    """Run `target` ("module:function") on `recipe` in a child; leaving the block kills it and all it started.

    The function is called as `function(recipe, out=out, progress=report)` and returns a pydantic model.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.children",
        target,
        str(out),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT_BYTES,
        start_new_session=True,
    )
    errors = asyncio.create_task(_tail(process.stderr))
    try:
        yield Child(process, recipe, errors)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
        errors.cancel()
        await asyncio.gather(errors, return_exceptions=True)


class Child:
    """A running child. Iterate `reports()` to the end for its result."""

    def __init__(self, process: asyncio.subprocess.Process, recipe: BaseModel, errors: "asyncio.Task[str]") -> None:
        self._process = process
        self._recipe = recipe
        self._errors = errors

    async def result(self, report: Report) -> dict[str, Any]:
        """Wait for the end, passing progress to `report`. Raises ChildFailed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with suppress(ConnectionError):
            stdin.write(self._recipe.model_dump_json().encode() + b"\n")
            await stdin.drain()
        async for line in stdout:
            said = json.loads(line)
            if "progress" in said:
                report(said["progress"], said.get("message", ""))
            elif "done" in said:
                return typing.cast(dict[str, Any], said["done"])
            else:
                raise ChildFailed(said["failed"], said["message"], said.get("trace", ""))
        code = await self._process.wait()
        raise ChildFailed("Died", f"the process ended with {code} before its work was done", await self._errors)


async def _tail(stream: asyncio.StreamReader | None) -> str:
    """The last words on stderr; reading on so that the child never blocks there."""
    kept = b""
    while stream is not None and (chunk := await stream.read(4096)):
        kept = (kept + chunk)[-STDERR_TAIL_BYTES:]
    return kept.decode("utf-8", "replace")


def main(target: str, out: str) -> int:
    """The child's side."""
    os.nice(NICENESS)
    line = sys.stdin.buffer.readline()
    threading.Thread(target=_watch_lifeline, daemon=True).start()
    voice = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library's print must not garble the protocol
    try:
        work = _resolve(target)
        recipe = typing.get_type_hints(work)["recipe"].model_validate_json(line)
        done = work(recipe, out=Path(out), progress=_reporter(voice))
    except Exception as error:  # noqa: BLE001 -- the border of the process: the parent decides by its kind
        failure = {"failed": type(error).__name__, "message": str(error), "trace": traceback.format_exc()[-8_000:]}
        voice.write(json.dumps(failure) + "\n")
        return 1
    voice.write(f'{{"done":{done.model_dump_json()}}}\n')
    voice.flush()
    return 0


def _resolve(target: str) -> Callable[..., BaseModel]:
    module, _, function = target.partition(":")
    return typing.cast(Callable[..., BaseModel], getattr(importlib.import_module(module), function))


def _reporter(voice: typing.TextIO) -> Report:
    def report(fraction: float, message: str = "") -> None:
        voice.write(json.dumps({"progress": round(min(1.0, max(0.0, fraction)), 4), "message": message}) + "\n")

    return report


def _watch_lifeline() -> None:
    """The parent holds our stdin open; its end is our end, and that of all we started."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
