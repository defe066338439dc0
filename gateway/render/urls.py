"""Where a client finds things: every address of this gateway, and those of the bucket where it serves from there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Literal, Protocol

from gateway.history.records import Asset

INNER = frozenset({"conformed", "still", "copy"})
"""Made for the cut and for its pages: served by the addresses of their videos, if at all."""
STILLS = {"poster": "posters/{}.jpg", "contact-sheet": "contact_sheets/{}.jpg"}
"""Where the pictures of a video lie, as shared/contracts/stitch.py has it."""
MEDIA_TYPES = {
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".json": "application/json; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}


Sign = Callable[[str], str]
"""A path of this gateway -> the same with a signature that ends."""


class Presign(Protocol):
    """A presigned URL of the bucket, made without asking it; None where the store has no addresses."""

    def __call__(self, key: str, *, media_type: str, disposition: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Urls:
    """Paths of this gateway under `base`. `storage_backend` says where the bytes lie.

    With `presign` clients fetch bytes from the bucket: URLs of media are absolute, and end. With `sign` they are
    paths that open without a key, and end too.
    """

    base: str = "/api/mv"
    storage_backend: Literal["local", "s3"] = "local"
    presign: Presign | None = None
    sign: Sign | None = None

    def signed_by(self, sign: Sign) -> "Urls":
        return replace(self, sign=sign)

    def of_gateway(self) -> "Urls":
        """The same with every address at the gateway itself, for those who may not, or will not, ask the bucket."""
        return replace(self, presign=None)

    def video(self, video_id: str, key: str) -> str:
        return self._presigned(key) or self._signed(self.video_path(video_id))

    def video_path(self, video_id: str) -> str:
        """The gateway's own address of a video, which does not end."""
        return f"{self.base}/get_video/{video_id}"

    def poster(self, video_id: str) -> str:
        return self._still("poster", video_id)

    def contact_sheet(self, video_id: str) -> str:
        return self._still("contact-sheet", video_id)

    def image(self, image_id: str, key: str) -> str:
        return self._presigned(key) or self._signed(f"{self.base}/get_character_reference/{image_id}")

    def scenes(self, scene_set_id: str) -> str:
        return f"{self.base}/scenes/{scene_set_id}"

    def scene_files(self, scene_set_id: str) -> dict[str, str]:
        return {
            name: self._signed(f"{self.scenes(scene_set_id)}/scenes.{end}")
            for name, end in (("json", "json"), ("markdown", "md"))
        }

    def asset(self, asset: Asset) -> str | None:
        """The address of an asset's bytes; None for what is only served as part of something else."""
        if asset.kind in INNER:
            return None
        if asset.media_type.startswith("video/"):
            return self.video(asset.id, asset.key)
        return self.image(asset.id, asset.key) if asset.media_type.startswith("image/") else None

    def cloud_urls(self, keys: Mapping[str, str | None]) -> dict[str, Any]:
        """`cloud_urls` of a result, where media are served from the bucket: name -> presigned URL. Else nothing."""
        if self.presign is None:
            return {}
        return {"cloud_urls": {name: self._presigned(key) for name, key in keys.items() if key}}

    def _still(self, picture: str, video_id: str) -> str:
        return self._presigned(STILLS[picture].format(video_id)) or self._signed(
            f"{self.video_path(video_id)}/{picture}"
        )

    def _signed(self, path: str) -> str:
        return path if self.sign is None else self.sign(path)

    def _presigned(self, key: str) -> str | None:
        """A page shows it; whoever saves it gets its name."""
        if self.presign is None:
            return None
        path = PurePosixPath(key)
        media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
        return self.presign(key, media_type=media_type, disposition=f'inline; filename="{path.name}"')

    def job(self, job_id: str) -> dict[str, str]:
        """The `urls` of a job."""
        mine = f"{self.base}/jobs/{job_id}"
        return {
            "self": mine,
            "events": f"{mine}/events",
            "cancel": f"{mine}/cancel",
            "retry": f"{mine}/retry",
            "websocket": f"{self.base}/ws?job_id={job_id}",
        }

    def production(self, production_id: str) -> dict[str, str]:
        """The `urls` of a production."""
        mine = f"{self.base}/productions/{production_id}"
        return {
            "self": mine,
            "cancel": f"{mine}/cancel",
            "continue": f"{mine}/continue",
            "retry": f"{mine}/retry",
            "scenes": f"{mine}/scenes",
            "character": f"{mine}/character",
            "upgrade": f"{mine}/upgrade",
            "restitch": f"{mine}/restitch",
            "share": f"{mine}/share",
            "export": f"{mine}/export",
            "jobs": f"{self.base}/jobs?production_id={production_id}",
            "websocket": f"{self.base}/ws?production_id={production_id}",
        }
