"""Builds jobs, orders, productions, events and results briefly: a test names only what it is about."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from gateway.films import FilmSettings
from gateway.history.records import Job, NewJob, OrderRow, Production
from gateway.requests.films import OnFailedScene
from shared.contracts.base import FREE, AssetId, ErrorCode, Fault, JobId, Kind, MediaFacts, OrderId, StoredAsset
from shared.contracts.image import GenerateReference, ReferenceGenerated
from shared.contracts.order import Command, Ended, Failed, Order, Outcome, Result, Started, Succeeded, Throttled
from shared.contracts.scene import CreateScenes, Scene, ScenesCreated
from shared.contracts.stitch import ClipConformed, ConformClip, StitchVideos, VideosStitched
from shared.contracts.video import GenerateVideo, VideoGenerated

NOON = 1_800_000_000.0
"""A moment for tests, seconds since the epoch."""

_numbers = itertools.count(1)


def an_id(number: int | None = None) -> str:
    """A fresh UUID, or the one of a number."""
    return str(UUID(int=(4 << 76) | (8 << 60) | (next(_numbers) if number is None else number), version=4))


def a_command(kind: Kind = "generate_video", *, scenes: int = 2) -> Command:
    match kind:
        case "create_scenes":
            made = an_id()
            return CreateScenes(
                scene_set_id=AssetId(made),
                markdown_id=AssetId(an_id()),
                output_dir=made,
                idea="a lighthouse that sings",
                character_description="a keeper in a yellow coat",
                number_of_scenes=scenes,
            )
        case "generate_character_reference":
            return GenerateReference(image_id=AssetId(an_id()), character_description="a keeper in a yellow coat")
        case "generate_video":
            return GenerateVideo(video_id=AssetId(an_id()), prompt="the keeper climbs the stairs")
        case "conform_clip":
            clip = a_stored_asset(an_id(), f"videos/{an_id()}.mp4").ref
            ids = (AssetId(an_id()), AssetId(an_id()))
            return ConformClip(conformed_id=ids[0], poster_id=ids[1], clip=clip, width=1280, height=720, fps=24)
        case "stitch_videos":
            return StitchVideos(video_id=AssetId(an_id()), clips=())


def a_new_job(
    kind: Kind = "generate_video",
    *,
    orders: int = 1,
    space: str = "local",
    provider: str = "local",
    account: str = "local",
    price_usd: Decimal = FREE,
    production_id: str | None = None,
    part: str | None = None,
    created_at: float = NOON,
    scenes: int = 2,
    **columns: Any,
) -> NewJob:
    """A job with its orders, as accept hands it to the history."""
    job_id = an_id()
    bodies = [
        Order(
            order_id=OrderId(an_id()),
            job_id=JobId(job_id),
            project=columns.get("project"),
            provider=provider,
            model=f"{provider}/model",
            account=account,
            price_usd=price_usd,
            command=a_command(kind, scenes=scenes),
        )
        for _ in range(orders)
    ]
    job = Job(
        id=job_id,
        space=space,
        kind=kind,
        request={"prompt": "the keeper climbs the stairs"},
        plan={"backend": provider, "model": f"{provider}/model"},
        created_at=created_at,
        production_id=production_id,
        part=part,
        total=orders,
        estimated_usd=price_usd * orders,
        reserved_usd=price_usd * orders,
        **columns,
    )
    rows = (an_order_row(body, job, position) for position, body in enumerate(bodies))
    return NewJob(job, tuple(rows))


def an_order_row(body: Order, job: Job, position: int = 0) -> OrderRow:
    return OrderRow(
        id=body.order_id,
        job_id=job.id,
        production_id=job.production_id,
        space=job.space,
        position=position,
        kind=job.kind,
        provider=body.provider,
        model=body.model,
        account=body.account,
        body=body.model_dump(mode="json", exclude={"release"}),
        price_usd=body.price_usd,
        created_at=job.created_at,
    )


def a_production(
    *, seed: int = 7, on_failed_scene: OnFailedScene = "filler", scenes: int = 2, **columns: Any
) -> Production:
    settings = FilmSettings(
        seed=seed,
        character="a keeper in a yellow coat",
        on_failed_scene=on_failed_scene,
        number_of_scenes=scenes,
        inputs={"create_scenes": {}, "generate_character_reference": {}, "generate_video": {}, "stitch_videos": {}},
    )
    known: dict[str, Any] = {"id": an_id(), "space": "local", "request": {}, "created_at": NOON}
    return Production(settings=settings.model_dump(mode="json"), **{**known, **columns})


def a_scene(number: int = 1) -> Scene:
    return Scene(
        description=f"scene {number}: the keeper climbs", negative_description="crowds", title=f"Step {number}"
    )


def a_stored_asset(asset_id: str, key: str, *, media_type: str = "video/mp4") -> StoredAsset:
    return StoredAsset(
        asset_id=AssetId(asset_id),
        key=key,
        sha256=UUID(asset_id).hex * 2,
        media_type=media_type,
        size_bytes=1_000,
        facts=MediaFacts(width=1280, height=720, duration_s=8.0, fps=24.0, frames=192, has_audio=True),
    )


def a_result(command: Command) -> Result:
    """What a service would answer to `command`."""
    match command:
        case CreateScenes():
            return ScenesCreated(
                scene_set_id=command.scene_set_id,
                scenes=tuple(a_scene(number) for number in range(1, command.number_of_scenes + 1)),
                json_file=a_stored_asset(command.scene_set_id, command.json_key, media_type="application/json"),
                markdown_file=a_stored_asset(command.markdown_id, command.markdown_key, media_type="text/markdown"),
            )
        case GenerateReference():
            key = f"character_reference/{command.image_id}.png"
            image = a_stored_asset(command.image_id, key, media_type="image/png")
            return ReferenceGenerated(index=command.index, image=image)
        case GenerateVideo():
            frame_id = command.last_frame_id
            return VideoGenerated(
                video=a_stored_asset(command.video_id, f"videos/{command.video_id}.mp4"),
                last_frame=a_stored_asset(frame_id, f"frames/{frame_id}.png", media_type="image/png")
                if frame_id
                else None,
            )
        case ConformClip():
            conformed = a_stored_asset(command.conformed_id, command.key)
            poster = a_stored_asset(command.poster_id, command.poster_key, media_type="image/jpeg")
            return ClipConformed(conformed=conformed, clip_id=command.clip.asset_id, poster=poster)
        case StitchVideos():
            return a_cut(command)


def a_cut(command: StitchVideos) -> VideosStitched:
    """The film that `command` asks for, with its stills where their ids were given."""
    stills = {
        name: a_stored_asset(still_id, key, media_type="image/jpeg")
        for name, still_id, key in (
            ("poster", command.poster_id, command.poster_key),
            ("contact_sheet", command.contact_sheet_id, command.contact_sheet_key),
        )
        if still_id
    }
    return VideosStitched(
        video=a_stored_asset(command.video_id, command.key),
        input_video_ids=command.input_video_ids or tuple(clip.asset_id for clip in command.clips),
        skipped=command.skipped,
        transitions=command.transitions,
        loudness_lufs=command.loudness_lufs,
        **stills,
    )


def a_fault(code: ErrorCode = ErrorCode.PROVIDER_ERROR, message: str = "the provider gave up") -> Fault:
    return Fault(code=code, message=message)


def started(order: OrderRow, *, release: int = 1, at: float = NOON + 1) -> Started:
    return Started(order_id=OrderId(order.id), release=release, at=_time(at))


def throttled(
    order: OrderRow,
    *,
    release: int = 1,
    retry_after_s: float = 10.0,
    code: ErrorCode = ErrorCode.RATE_LIMITED,
    at: float = NOON + 1,
) -> Throttled:
    return Throttled(
        order_id=OrderId(order.id), release=release, retry_after_s=retry_after_s, fault=a_fault(code), at=_time(at)
    )


def ended(order: OrderRow, outcome: Outcome | None = None, *, release: int = 1, at: float = NOON + 2) -> Ended:
    """How the order ended; by default it succeeded with what its command asked for."""
    end = succeeded(order) if outcome is None else outcome
    return Ended(order_id=OrderId(order.id), release=release, outcome=end, at=_time(at))


def succeeded(order: OrderRow, *, cost_usd: Decimal = FREE) -> Succeeded:
    return Succeeded(result=a_result(Order.model_validate(order.body).command), cost_usd=cost_usd)


def failed(code: ErrorCode = ErrorCode.PROVIDER_ERROR, *, cost_usd: Decimal = FREE) -> Failed:
    return Failed(fault=a_fault(code), cost_usd=cost_usd)


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
