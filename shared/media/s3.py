"""The media store in a bucket of S3, or of a server that speaks its protocol: streamed in parts both ways."""

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

from shared.logs import logger
from shared.media.base import Stat, StorageAway, StorageInterrupted, Stored, checked
from shared.media.patience import Patience, patiently
from shared.media.presigning import Presigner

PART_BYTES = 8 << 20
"""S3 takes 10,000 parts: files of up to 80 GB."""
READ_BYTES = 1 << 17
"""At once: with 256 KiB fifty readers take a quarter more memory, with 64 KiB a third more time."""
ABORT_WITHIN_S = 10.0
ABANDONED_AFTER = timedelta(days=1)

GONE = frozenset({"NoSuchKey", "404", "NotFound"})


class Beyond(Exception):
    """The range begins behind the last byte."""


class LostUpload(StorageInterrupted):
    """S3 knows nothing of this upload in parts any more, or not yet again."""


class S3Media:
    """A bucket. One operation waits for a store that is away for `patience_s`, and for as long again once it got on."""

    backend: Literal["s3"] = "s3"

    def __init__(self, client: Any, bucket: str, presigner: Presigner, *, prefix: str, patience_s: float) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._presigner = presigner
        self._patience_s = patience_s

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, media_type: str) -> Stored:
        name, taken = self._name(key), Taken()
        async with aclosing(_in_parts(chunks, taken)) as parts:
            first = await anext(parts, b"")
            if len(first) < PART_BYTES:
                await self._call("put_object", name, ContentType=media_type, Body=partial(io.BytesIO, first))
            else:
                await self._put_in_parts(name, first, parts, media_type)
        return taken.stored()

    async def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        name, patience, etag = self._name(key), Patience(self._patience_s), None
        while end is None or start < end:
            try:
                async with self._answer(name, start=start, end=end, etag=etag) as (etag, body):
                    async for chunk in body:
                        start += len(chunk)
                        patience.renew()
                        yield chunk
                return
            except StorageAway as away:  # on from where it stopped, of the same file
                await patience.pause(away)
            except Beyond:
                return

    async def stat(self, key: str) -> Stat | None:
        try:
            head = await self._call("head_object", self._name(key))
        except FileNotFoundError:
            return None
        return Stat(size_bytes=head["ContentLength"], modified=head["LastModified"].astimezone(UTC))

    async def delete(self, key: str, *, waits: bool = True) -> None:
        ask = self._ask if waits else self._ask_once
        with suppress(FileNotFoundError):
            await ask("delete_object", Key=self._name(key))

    async def check(self) -> None:
        try:
            await self._ask_once("head_bucket")
        except FileNotFoundError as error:
            raise StorageAway(f"there is no bucket {self._bucket}") from error

    async def all_keys(self) -> AsyncGenerator[str, None]:
        token: dict[str, str] = {}
        while True:
            page = await self._ask("list_objects_v2", Prefix=self._prefix, **token)
            for found in page.get("Contents", ()):
                yield found["Key"].removeprefix(self._prefix)
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    async def path(self, key: str) -> Path | None:
        checked(key)
        return None

    def url(self, key: str, *, media_type: str, disposition: str) -> str:
        return self._presigner.url(self._name(key), media_type=media_type, disposition=disposition)

    async def sweep(self) -> None:
        """Abort uploads that nobody goes on with: their processes died, and their parts would be paid for ever."""
        page = await self._ask_once("list_multipart_uploads", Prefix=self._prefix)
        for upload in page.get("Uploads", ()):
            if upload["Initiated"] < datetime.now(UTC) - ABANDONED_AFTER:
                await self._abort(upload["Key"], upload["UploadId"])

    async def _put_in_parts(self, name: str, first: bytes, others: AsyncIterable[bytes], media_type: str) -> None:
        upload_id = (await self._call("create_multipart_upload", name, ContentType=media_type))["UploadId"]
        try:
            etags = [await self._put_part(name, upload_id, 1, first)]
            async for part in others:
                etags.append(await self._put_part(name, upload_id, len(etags) + 1, part))
            await self._complete(name, upload_id, etags)
        except BaseException:
            await asyncio.shield(self._abort(name, upload_id))
            raise

    async def _put_part(self, name: str, upload_id: str, number: int, part: bytes) -> str:
        answer = await self._call(
            "upload_part", name, UploadId=upload_id, PartNumber=number, Body=partial(io.BytesIO, part)
        )
        return str(answer["ETag"])

    async def _complete(self, name: str, upload_id: str, etags: list[str]) -> None:
        parts = [{"ETag": etag, "PartNumber": number} for number, etag in enumerate(etags, 1)]
        try:
            await self._call("complete_multipart_upload", name, UploadId=upload_id, MultipartUpload={"Parts": parts})
        except LostUpload:  # an earlier try may have done it, and its answer was lost
            head = await self._call("head_object", name)
            if not head["ETag"].endswith(f'-{len(etags)}"'):
                raise

    async def _abort(self, name: str, upload_id: str) -> None:
        try:
            async with asyncio.timeout(ABORT_WITHIN_S):
                await self._ask_once("abort_multipart_upload", Key=name, UploadId=upload_id)
        except (StorageAway, TimeoutError) as error:
            logger(__name__).warning("upload_left_behind", key=name, reason=str(error))

    @asynccontextmanager
    async def _answer(
        self, name: str, *, start: int, end: int | None, etag: str | None
    ) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """The object's ETag and its bytes from `start`, of the object that had `etag` or of none."""
        asked: dict[str, str] = {"IfMatch": etag} if etag else {}
        if start or end is not None:
            asked["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        answer = await self._ask_once("get_object", Key=name, **asked)
        with _translated(name):
            async with answer["Body"]:
                yield answer["ETag"], answer["Body"].iter_chunks(READ_BYTES)

    async def _call(self, operation: str, name: str, **arguments: Any) -> Any:
        return await self._ask(operation, Key=name, **arguments)

    async def _ask(self, operation: str, **arguments: Any) -> Any:
        return await patiently(partial(self._ask_once, operation, **arguments), within_s=self._patience_s)

    async def _ask_once(self, operation: str, **arguments: Any) -> Any:
        given = {name: value() if callable(value) else value for name, value in arguments.items()}
        with _translated(arguments.get("Key", "")):
            return await getattr(self._client, operation)(Bucket=self._bucket, **given)

    def _name(self, key: str) -> str:
        return f"{self._prefix}{checked(key)}"


@dataclass
class Taken:
    """What has been taken in so far."""

    size_bytes: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        self.digest.update(chunk)

    def stored(self) -> Stored:
        return Stored(size_bytes=self.size_bytes, sha256=self.digest.hexdigest())


async def _in_parts(chunks: AsyncIterable[bytes], taken: Taken) -> AsyncGenerator[bytes, None]:
    """Parts of `PART_BYTES` or a little more; the last one has what is left."""
    pieces: list[bytes] = []
    size = 0
    async for chunk in chunks:
        taken.add(chunk)
        pieces.append(chunk)
        size += len(chunk)
        if size >= PART_BYTES:
            whole = b"".join(pieces)
            pieces, size = [], 0
            yield whole
    if pieces:
        yield b"".join(pieces)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """No vendor's exception escapes."""
    try:
        yield
    except ClientError as error:
        raise _told(error, name) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError) as error:
        raise StorageAway(in_words(error)) from error


def _told(error: ClientError, name: str) -> Exception:
    """Whatever S3 has against it, somebody may mend it: that is no reason to lose what was paid for."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in GONE:
        return FileNotFoundError(name)
    if code == "NoSuchUpload":
        return LostUpload(f"the upload of {name} in parts is gone")
    if status == 412:
        return StorageInterrupted(f"{name} was replaced while it was read")
    if status == 416:
        return Beyond(name)
    return StorageAway(f"the bucket answered {status} {code}".strip())


def in_words(error: Exception) -> str:
    """Without the address, which may be signed."""
    return f"the bucket does not answer ({type(error).__name__})"
