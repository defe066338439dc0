"""The calls to Veo on Vertex, through Google's SDK; imported only where Vertex is configured."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import Client, types

from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.line import Line, open_client, readable

Picture = tuple[bytes, str]
"""Its bytes and its media type."""


@dataclass(frozen=True)
class Operation:
    """How far a clip is. `error` is its code and message, `filtered` why every output was taken away."""

    done: bool
    video: bytes | None = None
    uri: str | None = None
    error: tuple[str, str] | None = None
    filtered: str | None = None


class VeoAccount:
    """One project's access. Every call raises Answered, Unreached or Unanswered."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def begin_clip(
        self,
        model: str,
        prompt: str,
        *,
        first_frame: Picture | None = None,
        reference: Picture | None = None,
        settings: Mapping[str, Any],
    ) -> str:
        """Order one clip; the operation's name. `settings` are names of GenerateVideosConfig. Costs."""
        shown = [types.VideoGenerationReferenceImage(image=_image(reference), reference_type="ASSET")]
        config = types.GenerateVideosConfig(
            number_of_videos=1, reference_images=shown if reference is not None else None, **settings
        )
        source = types.GenerateVideosSource(prompt=prompt, image=_image(first_frame))
        with _told_apart():
            made = await self._client.aio.models.generate_videos(model=model, source=source, config=config)
            if not made.name:
                raise Unanswered("no name")
            return made.name

    async def operation(self, name: str) -> Operation:
        with _told_apart():
            asked = types.GenerateVideosOperation.model_validate({"name": name})
            return _told(await self._client.aio.operations.get(asked))


@asynccontextmanager
async def open_veo(
    *, key: str | None, project: str | None, location: str, base_url: str | None, silence_s: float
) -> AsyncIterator[VeoAccount]:
    access = {"api_key": key} if key else {"project": project, "location": location}
    client = open_client(Line(silence_s), base_url=base_url, version=None, enterprise=True, **access)
    try:
        yield VeoAccount(client)
    finally:
        await client.aio.aclose()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Without credentials nothing is sent."""
    try:
        with readable():
            yield
    except TransportError as error:
        raise Unreached(type(error).__name__) from error
    except GoogleAuthError as error:
        raise Answered(401, "UNAUTHENTICATED", type(error).__name__) from error


def _image(picture: Picture | None) -> types.Image | None:
    return types.Image(image_bytes=picture[0], mime_type=picture[1]) if picture is not None else None


def _told(operation: types.GenerateVideosOperation) -> Operation:
    if not operation.done:
        return Operation(done=False)
    if operation.error:
        return Operation(True, error=(str(operation.error.get("code", "")), str(operation.error.get("message", ""))))
    response = operation.response
    videos = (response.generated_videos if response else None) or []
    video = videos[0].video if videos else None
    if video is not None:
        return Operation(True, video=video.video_bytes, uri=video.uri)
    reasons = "; ".join((response.rai_media_filtered_reasons if response else None) or ())
    count = (response.rai_media_filtered_count if response else None) or 0
    return Operation(True, filtered=(reasons or "no reason given") if count or reasons else None)
