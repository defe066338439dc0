"""What a request names or repeats, looked up in the history. Unknown ids and names are told, all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.commands import scenes_root
from gateway.history.records import Asset, Job, JobFilter, NewJob, Production
from gateway.history.store import Transaction
from gateway.requests.orders import JobRequest
from gateway.reuse import repeated
from shared.contracts.base import AssetId, AssetRef, ErrorCode
from shared.errors import PermanentError

PICTURES = frozenset({"image", "upload"})
FILMS = frozenset({"clip", "cut"})
PAGE = 200


async def picture(
    tx: Transaction, image_id: str, *, space: str, field: str = "character_reference_image_id"
) -> AssetRef:
    """The picture `image_id`, named by `field`. Raises PermanentError NOT_FOUND."""
    found = await tx.asset(image_id, space=space)
    if found is None or found.kind not in PICTURES:
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"`{field}` {image_id}: there is no such picture")
    return _ref(found)


@dataclass(frozen=True, slots=True)
class Named:
    """The videos a request names: those that are there, in their order, and the ids of those that are not."""

    clips: tuple[AssetRef, ...]
    missing: tuple[AssetId, ...] = ()


async def clips(tx: Transaction, video_ids: Sequence[str], *, space: str, skip_missing: bool = False) -> Named:
    """The videos of `video_ids`. Raises PermanentError NOT_FOUND listing every unknown id, unless those are skipped."""
    found = {video_id: await tx.asset(video_id, space=space) for video_id in dict.fromkeys(video_ids)}
    known = {video_id: _ref(asset) for video_id, asset in found.items() if asset and asset.kind in FILMS}
    unknown = tuple(AssetId(video_id) for video_id in found if video_id not in known)
    if unknown and not (skip_missing and known):
        raise PermanentError.of(ErrorCode.NOT_FOUND, f"`video_ids`: there is no video {', '.join(unknown)}")
    return Named(tuple(known[video_id] for video_id in video_ids if video_id in known), unknown)


async def refuse_deleted(tx: Transaction, clips: Iterable[AssetRef]) -> None:
    """Raises PermanentError NOT_FOUND listing those of a film's `clips` that were deleted: no cut can show them."""
    gone = [clip.asset_id for clip in clips if await tx.asset_by_key(clip.key) is None]
    if gone:
        message = f"deleted meanwhile: {', '.join(gone)}; choose other versions of these scenes, or regenerate them"
        raise PermanentError.of(ErrorCode.NOT_FOUND, message)


async def refuse_taken_folder(tx: Transaction, output_dir: str | None, *, space: str) -> None:
    """Raises PermanentError CONFLICT where `output_dir` of this space holds scenes, or will."""
    if output_dir is None:
        return
    key = f"{scenes_root(space)}/{output_dir}/scenes.json"
    if await tx.asset_by_key(key) or await _is_promised(tx, output_dir, space):
        raise PermanentError.of(ErrorCode.CONFLICT, f"`output_dir` {output_dir} is taken: choose another name")


async def _is_promised(tx: Transaction, output_dir: str, space: str) -> bool:
    """Is a job or a film on its way to write there? Their texts hold the name, so `q` finds them."""
    wanted = JobFilter(space=space, q=output_dir, limit=PAGE)
    jobs, films = (await tx.list_jobs(wanted)).items, (await tx.list_productions(wanted)).items
    asked: list[Job | Production] = [*jobs, *films]
    return any(one.request.get("output_dir") == output_dir and not one.is_terminal for one in asked)


def _ref(asset: Asset) -> AssetRef:
    return AssetRef(asset_id=AssetId(asset.id), key=asset.key, sha256=asset.sha256, media_type=asset.media_type)


async def made_before(tx: Transaction, request: JobRequest, new: NewJob) -> NewJob:
    """With `reuse`, the job that repeats an earlier one of the very same order, where there is one; else `new`."""
    if not request.reuse or new.job.fingerprint is None:
        return new
    earlier = await tx.made_before(new.job.space, new.job.fingerprint)
    return repeated(new, earlier) if earlier else new
