"""Where a client finds things: every address of this gateway, once."""

from dataclasses import dataclass
from typing import Literal

from gateway.history.records import Asset

INNER = frozenset({"conformed", "still", "copy"})
"""Made for the cut and for its pages: served by the addresses of their videos, if at all."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Paths of this gateway under `base`. `storage_backend` says where the bytes lie."""

    base: str = "/api/mv"
    storage_backend: Literal["local", "s3"] = "local"

    def video(self, video_id: str) -> str:
        return f"{self.base}/get_video/{video_id}"

    def poster(self, video_id: str) -> str:
        return f"{self.video(video_id)}/poster"

    def contact_sheet(self, video_id: str) -> str:
        return f"{self.video(video_id)}/contact-sheet"

    def image(self, image_id: str) -> str:
        return f"{self.base}/get_character_reference/{image_id}"

    def scenes(self, scene_set_id: str) -> str:
        return f"{self.base}/scenes/{scene_set_id}"

    def scene_files(self, scene_set_id: str) -> dict[str, str]:
        return {
            name: f"{self.scenes(scene_set_id)}/scenes.{end}" for name, end in (("json", "json"), ("markdown", "md"))
        }

    def asset(self, asset: Asset) -> str | None:
        """The address of an asset's bytes; None for what is only served as part of something else."""
        if asset.kind in INNER:
            return None
        if asset.media_type.startswith("video/"):
            return self.video(asset.id)
        return self.image(asset.id) if asset.media_type.startswith("image/") else None

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
            "restitch": f"{mine}/restitch",
            "export": f"{mine}/export",
            "jobs": f"{self.base}/jobs?production_id={production_id}",
            "websocket": f"{self.base}/ws?production_id={production_id}",
        }
