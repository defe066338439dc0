"""`Client`: every call of a gateway as a method, and what one does around them: wait, follow, fetch."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack, overload
from uuid import uuid4

from scenebeat.client.address import find_key, find_url, segment
from scenebeat.client.answers import Frame, Job, Page, read, read_job
from scenebeat.client.downloads import Fetched, download
from scenebeat.client.ends import Progress, S, made_of, until_over
from scenebeat.client.faults import Refused
from scenebeat.client.line import API, REQUEST_TIMEOUT_S, Line
from scenebeat.client.options import (
    AssetListOptions,
    CandidateOptions,
    DeliveryListOptions,
    FilmChanges,
    JobListOptions,
    ListOptions,
    ProductionOptions,
    ProjectListOptions,
    ReferenceOptions,
    RegenerateOptions,
    RestitchOptions,
    SceneOptions,
    SceneSetListOptions,
    ScenesOptions,
    StitchOptions,
    VideoOptions,
)
from scenebeat.client.pace import Pace
from scenebeat.client.watching import Subjects, follow
from shared.answers import (
    Asset,
    ClipResult,
    CutResult,
    Delivery,
    DeliveryWithBody,
    Estimate,
    PictureInfo,
    PicturesResult,
    Production,
    Project,
    Readiness,
    Result,
    SceneSet,
    ScenesResult,
    SceneVersions,
    SharedLink,
    VideoInfo,
    WebhookSecret,
)

R = TypeVar("R", bound=Result)
T = TypeVar("T")

Source = str | PathLike[str] | bytes
"""A picture: where it lies on this machine, or its bytes."""
Order = Literal["create_scenes", "generate_character_reference", "generate_video", "stitch-videos", "productions"]


class Client:
    """Talks to one gateway: `async with Client() as client:`, or `close` it in the end.

    `url` and `key` are taken from SCENEBEAT_URL and SCENEBEAT_API_KEY where they are not said; without an address, the
    stack of `scenebeat up` is found. Every call raises Unreachable and Refused; each order has an idempotency key of
    its own, so that it is placed once however often it has to be sent.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout_s: float = REQUEST_TIMEOUT_S,
        pace: Pace | None = None,
    ) -> None:
        self._line = Line(find_url(url), key=find_key(key), timeout_s=timeout_s, pace=pace or Pace())

    @property
    def url(self) -> str:
        return self._line.url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._line.close()

    # orders

    async def create_scenes(
        self,
        idea: str,
        character_description: str,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[ScenesOptions],
    ) -> Job[ScenesResult]:
        """Order scenes. `wait` for the job gives them."""
        body = {"idea": idea, "character_description": character_description, **options}
        return read(Job[ScenesResult], await self._post("create_scenes", body, idempotency_key))

    async def generate_character_reference(
        self, character_description: str, *, idempotency_key: str | None = None, **options: Unpack[ReferenceOptions]
    ) -> Job[PicturesResult]:
        """Order pictures of a character."""
        body = {"character_description": character_description, **options}
        told = await self._post("generate_character_reference", body, idempotency_key)
        return read(Job[PicturesResult], told)

    async def generate_video(
        self,
        prompt: str,
        *,
        reference_image: Source | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[VideoOptions],
    ) -> Job[ClipResult]:
        """Order a clip. `reference_image` is sent along; one the gateway has goes by `character_reference_image_id`."""
        body = {"prompt": prompt, **options, **await _picture(reference_image)}
        return read(Job[ClipResult], await self._post("generate_video", body, idempotency_key))

    async def stitch_videos(
        self, video_ids: Sequence[str], *, idempotency_key: str | None = None, **options: Unpack[StitchOptions]
    ) -> Job[CutResult]:
        """Order a cut of videos, in this order."""
        body = {"video_ids": list(video_ids), **options}
        return read(Job[CutResult], await self._post("stitch-videos", body, idempotency_key))

    async def create_production(
        self,
        idea: str,
        character_description: str,
        *,
        reference_image: Source | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[ProductionOptions],
    ) -> Production:
        """Order a whole film."""
        picture = await _picture(reference_image)
        body = {"idea": idea, "character_description": character_description, **options, **picture}
        return read(Production, await self._post("productions", body, idempotency_key))

    async def estimate(self, call: Order, order: Mapping[str, Any]) -> Estimate:
        """What `order`, the body of `call`, would cost and how long it would take. Nothing is ordered."""
        return read(Estimate, await self._post("estimate", {"call": call, **order}))

    # jobs

    async def job(self, job_id: str) -> Job[Any]:
        return read_job(await self._get(f"jobs/{segment(job_id)}"))

    async def jobs(self, **wanted: Unpack[JobListOptions]) -> Page[Job[Any]]:
        """A page of jobs, newest first."""
        told = await self._get("jobs", wanted)
        return Page(items=tuple(map(read_job, told["items"])), next_cursor=told["next_cursor"])

    def each_job(self, **wanted: Unpack[JobListOptions]) -> AsyncGenerator[Job[Any]]:
        """Every job there is, page by page as it is asked for."""
        return _each(lambda cursor: self.jobs(**{**wanted, **cursor}))

    async def job_events(self, job_id: str, *, after: int = 0, limit: int = 500) -> list[Frame]:
        """What has happened to a job, oldest first: ask on with the last `seq`."""
        told = await self._get(f"jobs/{segment(job_id)}/events", {"after": after, "limit": limit})
        return [read(Frame, one) for one in told]

    async def cancel_job(self, job_id: str) -> Job[Any]:
        """Stop it, at its provider too; harmless when repeated."""
        return read_job(await self._post(f"jobs/{segment(job_id)}/cancel"))

    async def retry_job(self, job_id: str, *, idempotency_key: str | None = None) -> Job[Any]:
        """Order again what failed or was canceled, or what is missing of a partial job."""
        return read_job(await self._post(f"jobs/{segment(job_id)}/retry", None, idempotency_key))

    async def delete_job(self, job_id: str) -> None:
        """Remove a job that has ended, with its files."""
        await self._line.call("DELETE", f"{API}/jobs/{segment(job_id)}")

    # films

    async def production(self, production_id: str) -> Production:
        return read(Production, await self._get(f"productions/{segment(production_id)}"))

    async def productions(self, **wanted: Unpack[ListOptions]) -> Page[Production]:
        """A page of films, newest first."""
        return read(Page[Production], await self._get("productions", wanted))

    def each_production(self, **wanted: Unpack[ListOptions]) -> AsyncGenerator[Production]:
        """Every film there is, page by page as it is asked for."""
        return _each(lambda cursor: self.productions(**{**wanted, **cursor}))

    async def cancel_production(self, production_id: str) -> Production:
        return read(Production, await self._post(f"productions/{segment(production_id)}/cancel"))

    async def restitch_production(
        self, production_id: str, *, idempotency_key: str | None = None, **options: Unpack[RestitchOptions]
    ) -> Job[CutResult]:
        """Order another cut of a film from the clips there are."""
        told = await self._post(f"productions/{segment(production_id)}/restitch", options, idempotency_key)
        return read(Job[CutResult], told)

    # films, edited

    async def change_production(self, production_id: str, **changes: Unpack[FilmChanges]) -> Production:
        """Rename a film, or move its cap."""
        return read(Production, await self._patch(f"productions/{segment(production_id)}", changes))

    async def continue_production(
        self, production_id: str, *, gate: str | None = None, idempotency_key: str | None = None
    ) -> Production:
        """Open the gate at which it waits, or `gate`."""
        return await self._edit(production_id, "continue", {"gate": gate} if gate else {}, idempotency_key)

    async def scene(self, production_id: str, number: int) -> SceneVersions:
        """A scene with all its versions."""
        return read(SceneVersions, await self._get(f"productions/{segment(production_id)}/scenes/{number}"))

    async def change_scene(self, production_id: str, number: int, **changes: Unpack[SceneOptions]) -> SceneVersions:
        """Change what a scene says, how long it is, or where it is seen. Its clip stays until it is regenerated."""
        return read(SceneVersions, await self._patch(f"productions/{segment(production_id)}/scenes/{number}", changes))

    async def regenerate_scene(
        self,
        production_id: str,
        number: int,
        *,
        idempotency_key: str | None = None,
        **changes: Unpack[RegenerateOptions],
    ) -> Production:
        """Make one clip again, then the cut; `wait` for the film."""
        return await self._edit(production_id, f"scenes/{number}/regenerate", changes, idempotency_key)

    async def choose_version(
        self, production_id: str, number: int, version: int, *, idempotency_key: str | None = None
    ) -> Production:
        """Show another version of a scene; the cut follows."""
        return await self._edit(production_id, f"scenes/{number}/choose", {"version": version}, idempotency_key)

    async def choose_character(
        self, production_id: str, image_id: str, *, regenerate: bool = False, idempotency_key: str | None = None
    ) -> Production:
        """Choose the picture of the character; with `regenerate` every clip that shows another is made again."""
        body = {"image_id": image_id, "regenerate": regenerate}
        return await self._edit(production_id, "character", body, idempotency_key)

    async def draw_candidates(
        self, production_id: str, *, idempotency_key: str | None = None, **options: Unpack[CandidateOptions]
    ) -> Job[PicturesResult]:
        """Order more pictures of the character to choose from."""
        told = await self._post(f"productions/{segment(production_id)}/character/regenerate", options, idempotency_key)
        return read(Job[PicturesResult], told)

    async def upgrade_production(
        self,
        production_id: str,
        model: str,
        *,
        scenes: Sequence[int] | None = None,
        idempotency_key: str | None = None,
    ) -> Production:
        """Make the clips again by another video model: all, or those of `scenes`."""
        body = {"models": {"video": model}, **({} if scenes is None else {"scenes": list(scenes)})}
        return await self._edit(production_id, "upgrade", body, idempotency_key)

    async def retry_production(
        self, production_id: str, *, scenes: Sequence[int] | None = None, idempotency_key: str | None = None
    ) -> Production:
        """Order again what a film lacks, or only of `scenes`."""
        body = {} if scenes is None else {"scenes": list(scenes)}
        return await self._edit(production_id, "retry", body, idempotency_key)

    async def share_production(
        self, production_id: str, *, expires_days: float = 30, idempotency_key: str | None = None
    ) -> SharedLink:
        """A link that shows the film to whoever has it, without a key, until it ends. It is told this once."""
        body = {"expires_days": expires_days}
        return read(SharedLink, await self._post(f"productions/{segment(production_id)}/share", body, idempotency_key))

    async def unshare_production(self, production_id: str, share_id: str | None = None) -> None:
        """End one link to a film, or every one."""
        one = f"/{segment(share_id)}" if share_id else ""
        await self._line.call("DELETE", f"{API}/productions/{segment(production_id)}/share{one}")

    async def delete_production(self, production_id: str) -> None:
        """Remove a film that has ended, with its jobs, its files and its links."""
        await self._line.call("DELETE", f"{API}/productions/{segment(production_id)}")

    async def export_production(
        self, production_id: str, file: str | PathLike[str], *, as_: Literal["zip", "otio"] = "zip"
    ) -> int:
        """Fetch the cut for other programs into `file`; its size in bytes."""
        return await self.download(f"{API}/productions/{segment(production_id)}/export?format={as_}", file)

    # what was made

    async def assets(self, **wanted: Unpack[AssetListOptions]) -> Page[Asset]:
        """A page of pictures, clips, cuts and songs with their addresses, newest first."""
        return read(Page[Asset], await self._get("assets", wanted))

    def each_asset(self, **wanted: Unpack[AssetListOptions]) -> AsyncGenerator[Asset]:
        """Everything that was made, page by page as it is asked for."""
        return _each(lambda cursor: self.assets(**{**wanted, **cursor}))

    async def scene_sets(self, **wanted: Unpack[SceneSetListOptions]) -> Page[SceneSet]:
        """A page of the sets of scenes that were written, newest first."""
        return read(Page[SceneSet], await self._get("scenes", wanted))

    async def projects(self, **wanted: Unpack[ProjectListOptions]) -> Page[Project]:
        """A page of the names orders were given, with what they came to."""
        return read(Page[Project], await self._get("projects", wanted))

    async def scenes(self, scene_set_id: str) -> ScenesResult:
        return read(ScenesResult, await self._get(f"scenes/{segment(scene_set_id)}"))

    async def video_info(self, video_id: str) -> VideoInfo:
        return read(VideoInfo, await self._get(f"get_video/{segment(video_id)}/info"))

    async def character_reference_info(self, image_id: str) -> PictureInfo:
        return read(PictureInfo, await self._get(f"get_character_reference/{segment(image_id)}/info"))

    async def delete_video(self, video_id: str) -> None:
        """Remove record and bytes."""
        await self._line.call("DELETE", f"{API}/get_video/{segment(video_id)}")

    async def delete_character_reference(self, image_id: str) -> None:
        """Remove record and bytes."""
        await self._line.call("DELETE", f"{API}/get_character_reference/{segment(image_id)}")

    async def download(self, url: str, file: str | PathLike[str], *, progress: Fetched | None = None) -> int:
        """Fetch what is at a `*_url` into `file`, which appears whole or not at all; its size in bytes.

        It goes on where it broke off, in this run or an earlier one. `progress` is told bytes so far and in all.
        Raises BrokenDownload and OSError too.
        """
        return await download(self._line, self.address(url), Path(fspath(file)), progress=progress)

    def address(self, url: str) -> str:
        """A `*_url` of an answer as a whole address: of this gateway, unless it is one already."""
        return self._line.address(url)

    # waiting

    @overload
    async def wait(self, order: Job[R], *, progress: Progress | None = None, timeout_s: float | None = None) -> R: ...
    @overload
    async def wait(
        self, order: Production, *, progress: Progress | None = None, timeout_s: float | None = None
    ) -> Production: ...
    async def wait(
        self, order: Job[Any] | Production, *, progress: Progress | None = None, timeout_s: float | None = None
    ) -> Any:
        """What a job makes, or a film with its `final_video`, once it is there; of a partial one what there is.

        `progress` is told every change: JobFields, and of a film the whole Production whenever a part of it has ended.
        Raises NotMade where it failed or was canceled, StillRunning when `timeout_s` are over.
        """
        return made_of(await self.until_over(order, progress=progress, timeout_s=timeout_s))

    async def until_over(self, order: S, *, progress: Progress | None = None, timeout_s: float | None = None) -> S:
        """The job or film as it stands once it is over, however it ended. Raises StillRunning."""
        return await until_over(self._line, order, progress=progress, timeout_s=timeout_s)

    def follow(
        self,
        *,
        job_ids: Sequence[str] = (),
        production_ids: Sequence[str] = (),
        project: str | None = None,
        after: int | None = None,
    ) -> AsyncGenerator[Frame]:
        """Every frame of the socket about these, endlessly, through every broken connection, none missed or twice.

        With `after`, the last `seq` known, what was kept since comes first. Raises NoSocket too.
        """
        return follow(self._line, Subjects(job_ids, production_ids, project), after=after)

    # webhooks

    async def webhooks(self, **wanted: Unpack[DeliveryListOptions]) -> Page[Delivery]:
        """A page of what was sent to receivers and what came of it, newest first."""
        return read(Page[Delivery], await self._get("webhooks", wanted))

    async def webhook(self, delivery_id: str) -> DeliveryWithBody:
        """One delivery, with the body that is sent."""
        return read(DeliveryWithBody, await self._get(f"webhooks/{segment(delivery_id)}"))

    async def replay_webhook(self, delivery_id: str) -> Delivery:
        """Send it again, from the first attempt on."""
        return read(Delivery, await self._post(f"webhooks/{segment(delivery_id)}/replay"))

    async def replay_webhooks(
        self, *, since: str | None = None, status: Literal["failed", "delivered"] = "failed"
    ) -> int:
        """Send again all that was given up, or `delivered`; how many. `since` is an RFC 3339 time."""
        asked = {"status": status, **({} if since is None else {"since": since})}
        return int((await self._post("webhooks/replay", asked))["replayed"])

    async def webhook_secret(self, *, rotate: bool = False) -> WebhookSecret:
        """What signs the webhooks of this key; with `rotate` a new one, beside which the old one signs for a day."""
        told = await self._line.call("POST", f"{API}/webhooks/secret", body={"rotate": rotate})
        return read(WebhookSecret, told.body)

    async def default_webhook(self) -> str | None:
        """Where everything of this key is sent."""
        url: str | None = (await self._get("webhooks/default"))["url"]
        return url

    async def set_default_webhook(self, url: str | None) -> None:
        """Send everything of this key there from now on; None: nowhere."""
        await self._line.call("PUT", f"{API}/webhooks/default", body={"url": url})

    # operation

    async def readiness(self) -> Readiness:
        """What works and what does not; of a gateway that is not ready too."""
        try:
            told = (await self._line.call("GET", "/readyz")).body
        except Refused as refused:
            if "ready" not in refused.problem:
                raise
            told = refused.problem
        return read(Readiness, told)

    async def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        told = {name: _in_query(value) for name, value in (query or {}).items() if value is not None}
        return (await self._line.call("GET", f"{API}/{path}", query=told)).body

    async def _patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return (await self._line.call("PATCH", f"{API}/{path}", body=dict(body))).body

    async def _edit(self, production_id: str, what: str, body: Mapping[str, Any], key: str | None) -> Production:
        return read(Production, await self._post(f"productions/{segment(production_id)}/{what}", body, key))

    async def _post(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        sent = None if body is None else dict(body)
        return (await self._line.call("POST", f"{API}/{path}", body=sent, key=key or str(uuid4()))).body


def _in_query(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _each(page: Callable[[Any], Awaitable[Page[T]]]) -> AsyncGenerator[T]:
    """Everything of a list. `page` gets the options that lead to the next piece."""
    cursor: dict[str, str] = {}
    while True:
        piece = await page(cursor)
        for item in piece.items:
            yield item
        if piece.next_cursor is None:
            return
        cursor = {"cursor": piece.next_cursor}


async def _picture(source: Source | None) -> dict[str, str]:
    """A picture as it travels: base64. Raises OSError."""
    if source is None:
        return {}
    content = source if isinstance(source, bytes) else await asyncio.to_thread(Path(fspath(source)).read_bytes)
    return {"reference_image_base64": base64.b64encode(content).decode()}
