"""A provider without key or network: a seeded recipe, rendered in a child process of this machine."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from shared.children import ChildFailed, child
from shared.contracts.base import FREE, ErrorCode
from shared.contracts.order import Order
from shared.errors import PermanentError
from shared.executions import Handle, Intent
from shared.generation import Done, Output, Pending
from shared.logs import logger
from shared.media.base import CHUNK_BYTES

FINISHED_POLL_S = 0.2


@dataclass(frozen=True)
class Recipe:
    """What the child gets, and the name and type of the file it leaves in its scratch folder."""

    body: BaseModel
    file_name: str
    media_type: str


@dataclass
class _Render:
    task: "asyncio.Task[dict[str, Any]]"
    file: Path
    media_type: str
    fraction: float = 0.0
    message: str = ""

    def report(self, fraction: float, message: str) -> None:
        self.fraction, self.message = max(fraction, self.fraction), message


@dataclass
class LocalModel:
    """Renders orders in children of this process, one per handle, and again where a child is gone.

    `target` names the function the child runs; `prepare(order, scratch)` makes its recipe and puts the files it
    needs into `scratch`; `finish(answer, output)` turns its answer into Done; `refusals` maps the names of
    exceptions that blame the input to error codes, anything else the child raises is a bug.
    """

    target: str
    scratch: Path
    prepare: Callable[[Order, Path], Awaitable[Recipe]]
    finish: Callable[[dict[str, Any], Output], Done]
    refusals: Mapping[str, ErrorCode] = field(default_factory=dict)
    poll_every_s: float = FINISHED_POLL_S
    call_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        self._renders: dict[str, _Render] = {}

    async def submit(self, order: Order) -> Handle:
        return Handle(id=f"local-{order.order_id}", detail=order.model_dump(mode="json"))

    async def poll(self, handle: Handle) -> Pending | Done:
        render = self._renders.get(handle.id) or await self._start(handle)
        if not render.task.done():
            await asyncio.wait({render.task}, timeout=self.poll_every_s)
        if not render.task.done():
            return Pending(render.fraction, render.message)
        try:
            answer = render.task.result()
        except ChildFailed as failure:
            await self.forget(handle)
            raise self._explain(failure, handle) from failure
        return self.finish(answer, Output(location=str(render.file), media_type=render.media_type))

    async def fetch(self, output: Output) -> AsyncGenerator[bytes, None]:
        with await asyncio.to_thread(Path(output.location).open, "rb", buffering=0) as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk

    async def cancel(self, handle: Handle) -> Decimal:
        await self.forget(handle)
        return FREE

    async def find(self, intent: Intent, order: Order) -> Sequence[Handle]:
        return ()

    async def forget(self, handle: Handle) -> None:
        if render := self._renders.pop(handle.id, None):
            render.task.cancel()
            await asyncio.gather(render.task, return_exceptions=True)
        await asyncio.to_thread(shutil.rmtree, self._folder(handle), ignore_errors=True)

    async def close(self) -> None:
        """Kill every child; their orders are rendered again by whoever takes them over."""
        for handle_id in list(self._renders):
            await self.forget(Handle(id=handle_id))

    async def _start(self, handle: Handle) -> _Render:
        folder = self._folder(handle)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        recipe = await self.prepare(Order.model_validate(handle.detail), folder)
        file = folder / recipe.file_name
        task = asyncio.create_task(self._render(handle.id, recipe.body, file))
        render = self._renders[handle.id] = _Render(task, file, recipe.media_type)
        return render

    async def _render(self, handle_id: str, body: BaseModel, file: Path) -> dict[str, Any]:
        async with child(self.target, body, out=file) as running:
            return await running.result(self._renders[handle_id].report)

    def _folder(self, handle: Handle) -> Path:
        return self.scratch / hashlib.sha256(handle.id.encode()).hexdigest()[:24]

    def _explain(self, failure: ChildFailed, handle: Handle) -> Exception:
        """The input's fault becomes the user's answer; ours becomes a bug in the log."""
        if code := self.refusals.get(failure.kind):
            return PermanentError.of(code, str(failure), backend="local")
        logger(__name__).error("child_failed", handle=handle.id, kind=failure.kind, trace=failure.trace)
        return failure
