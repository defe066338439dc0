"""`SyncClient`: the same calls for programs without asyncio, and for notebooks. A thread of its own runs the loop."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from functools import wraps
from os import PathLike
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, overload

from scenebeat.client.answers import Job
from scenebeat.client.calls import Client
from scenebeat.client.downloads import Fetched
from scenebeat.client.ends import Progress
from scenebeat.client.line import REQUEST_TIMEOUT_S
from scenebeat.client.pace import Pace
from shared.answers import Production, Result

P = ParamSpec("P")
R = TypeVar("R", bound=Result)
S = TypeVar("S", bound=Job[Any] | Production)
T = TypeVar("T")


def _blocking(
    call: Callable[Concatenate[Client, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["SyncClient", P], T]:
    @wraps(call)
    def blocking(self: "SyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(lambda _tell: call(self._client, *args, **kwargs))

    return blocking


def _stepping(
    call: Callable[Concatenate[Client, P], AsyncGenerator[T]],
) -> Callable[Concatenate["SyncClient", P], Iterator[T]]:
    @wraps(call)
    def stepping(self: "SyncClient", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        steps = call(self._client, *args, **kwargs)
        try:
            while (step := self._run(lambda _tell: _next(steps))) is not None:
                yield step
        finally:
            self._run(lambda _tell: steps.aclose())

    return stepping


async def _next(steps: AsyncGenerator[T]) -> T | None:
    return await anext(steps, None)


class SyncClient:
    """`with SyncClient() as client:`. See `Client`; `progress` is called in the thread that waits."""

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout_s: float = REQUEST_TIMEOUT_S,
        pace: Pace | None = None,
    ) -> None:
        self._client = Client(url, key=key, timeout_s=timeout_s, pace=pace)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scenebeat-client", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return self._client.url

    def address(self, url: str) -> str:
        """A `*_url` of an answer as a whole address: of this gateway, unless it is one already."""
        return self._client.address(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End its connections and its thread; harmless when repeated."""
        if self._loop.is_closed():
            return
        self._run(lambda _tell: self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    create_scenes = _blocking(Client.create_scenes)
    generate_character_reference = _blocking(Client.generate_character_reference)
    generate_video = _blocking(Client.generate_video)
    stitch_videos = _blocking(Client.stitch_videos)
    create_production = _blocking(Client.create_production)
    estimate = _blocking(Client.estimate)
    job = _blocking(Client.job)
    jobs = _blocking(Client.jobs)
    each_job = _stepping(Client.each_job)
    job_events = _blocking(Client.job_events)
    cancel_job = _blocking(Client.cancel_job)
    retry_job = _blocking(Client.retry_job)
    delete_job = _blocking(Client.delete_job)
    production = _blocking(Client.production)
    productions = _blocking(Client.productions)
    each_production = _stepping(Client.each_production)
    cancel_production = _blocking(Client.cancel_production)
    restitch_production = _blocking(Client.restitch_production)
    change_production = _blocking(Client.change_production)
    continue_production = _blocking(Client.continue_production)
    scene = _blocking(Client.scene)
    change_scene = _blocking(Client.change_scene)
    regenerate_scene = _blocking(Client.regenerate_scene)
    choose_version = _blocking(Client.choose_version)
    choose_character = _blocking(Client.choose_character)
    draw_candidates = _blocking(Client.draw_candidates)
    upgrade_production = _blocking(Client.upgrade_production)
    retry_production = _blocking(Client.retry_production)
    share_production = _blocking(Client.share_production)
    unshare_production = _blocking(Client.unshare_production)
    delete_production = _blocking(Client.delete_production)
    export_production = _blocking(Client.export_production)
    assets = _blocking(Client.assets)
    each_asset = _stepping(Client.each_asset)
    scene_sets = _blocking(Client.scene_sets)
    projects = _blocking(Client.projects)
    webhooks = _blocking(Client.webhooks)
    webhook = _blocking(Client.webhook)
    replay_webhook = _blocking(Client.replay_webhook)
    replay_webhooks = _blocking(Client.replay_webhooks)
    webhook_secret = _blocking(Client.webhook_secret)
    default_webhook = _blocking(Client.default_webhook)
    set_default_webhook = _blocking(Client.set_default_webhook)
    scenes = _blocking(Client.scenes)
    video_info = _blocking(Client.video_info)
    character_reference_info = _blocking(Client.character_reference_info)
    delete_video = _blocking(Client.delete_video)
    delete_character_reference = _blocking(Client.delete_character_reference)
    follow = _stepping(Client.follow)
    readiness = _blocking(Client.readiness)

    def download(self, url: str, file: str | PathLike[str], *, progress: Fetched | None = None) -> int:
        """See `Client.download`."""
        return self._run(lambda tell: self._client.download(url, file, progress=tell), progress)

    @overload
    def wait(self, order: Job[R], *, progress: Progress | None = None, timeout_s: float | None = None) -> R: ...
    @overload
    def wait(
        self, order: Production, *, progress: Progress | None = None, timeout_s: float | None = None
    ) -> Production: ...
    def wait(
        self, order: Job[Any] | Production, *, progress: Progress | None = None, timeout_s: float | None = None
    ) -> Any:
        """See `Client.wait`."""
        wait: Callable[..., Coroutine[Any, Any, Any]] = self._client.wait
        return self._run(lambda tell: wait(order, progress=tell, timeout_s=timeout_s), progress)

    def until_over(self, order: S, *, progress: Progress | None = None, timeout_s: float | None = None) -> S:
        """See `Client.until_over`."""
        return self._run(lambda tell: self._client.until_over(order, progress=tell, timeout_s=timeout_s), progress)

    def _run(
        self,
        work: Callable[[Callable[..., None]], Coroutine[Any, Any, T]],
        progress: Callable[..., object] | None = None,
    ) -> T:
        """Run `work` on the loop; what it tells is passed to `progress` here. Whatever is raised here cancels it."""
        if self._loop.is_closed():
            raise RuntimeError("this client is closed")
        told: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
        future = asyncio.run_coroutine_threadsafe(work(lambda *words: told.put(words)), self._loop)
        future.add_done_callback(lambda _: told.put(None))
        try:
            for words in iter(told.get, None):
                if progress is not None:
                    progress(*words)
            return future.result()
        except BaseException:
            future.cancel()
            raise
