"""What only a bucket can do, and what can go wrong with one: a real S3 server, and a gate on the line to it."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from botocore.credentials import ReadOnlyCredentials

from shared.config import ConfigError, ServiceConfig, WorkerConfig, load
from shared.contracts.base import ErrorCode
from shared.errors import TransientError
from shared.media import s3
from shared.media.base import StorageAway, StorageInterrupted
from shared.media.bucket import Bucket, Unusable, open_s3
from shared.media.opening import open_media
from shared.media.presigning import Presigner
from shared.media.s3 import S3Media
from tests.natsserver import free_port
from tests.s3gate import S3Gate, gate_before
from tests.s3server import ACCESS_KEY, READER_KEY, READER_SECRET, REGION, SECRET_KEY, S3Server

MB = 1 << 20


async def stream(megabytes: int, *, broken: bool = False) -> AsyncIterator[bytes]:
    for number in range(megabytes):
        yield bytes([number % 251]) * MB
    if broken:
        raise TransientError.of(ErrorCode.PROVIDER_ERROR, "the download broke")


def whole(megabytes: int) -> bytes:
    return b"".join(bytes([number % 251]) * MB for number in range(megabytes))


@pytest.fixture
async def gate(s3_server: S3Server) -> AsyncIterator[S3Gate]:
    async with gate_before(s3_server) as opened:
        yield opened


@pytest.fixture
async def media(gate: S3Gate, s3_server: S3Server, s3_bucket: str) -> AsyncIterator[S3Media]:
    async with open_s3(gate.bucket(s3_server, s3_bucket), patience_s=5.0, expires_s=600) as opened:
        yield opened


async def test_a_download_that_breaks_off_goes_on_where_it_stopped(media: S3Media, gate: S3Gate) -> None:
    await media.put("videos/a.mp4", stream(3), media_type="video/mp4")
    gate.cut_after = MB + 5000
    read = bytearray()
    async for chunk in media.open("videos/a.mp4", start=10, end=3 * MB - 10):
        read += chunk
        if gate.cuts == 1:
            gate.cut_after, gate.cuts = MB // 2, 2
    assert bytes(read) == whole(3)[10:-10]
    assert gate.cuts >= 3, "it was cut twice"


async def test_two_files_are_never_mixed(media: S3Media, gate: S3Gate) -> None:
    await media.put("videos/a.mp4", stream(24), media_type="video/mp4")
    chunks = media.open("videos/a.mp4")
    await anext(chunks)
    await media.put("videos/a.mp4", stream(25), media_type="video/mp4")
    await gate.shut()
    await gate.open()
    with pytest.raises(StorageInterrupted, match="replaced"):
        async for _ in chunks:
            pass


async def test_an_upload_goes_on_once_the_store_is_back(media: S3Media, gate: S3Gate) -> None:
    async def outlasting() -> AsyncIterator[bytes]:
        async for chunk in stream(17):
            yield chunk
            if chunk[0] == 10:
                await gate.shut()
                asyncio.get_running_loop().call_later(0.5, lambda: back.append(asyncio.create_task(gate.open())))

    back: list[asyncio.Task[None]] = []
    stored = await media.put("videos/a.mp4", outlasting(), media_type="video/mp4")
    assert len(back) == 1
    assert stored.sha256 == hashlib.sha256(whole(17)).hexdigest()
    assert b"".join([chunk async for chunk in media.open("videos/a.mp4")]) == whole(17)
    assert await left_behind(media) == []


@pytest.mark.parametrize("request_of", [b"PUT ", b"POST "])
async def test_a_lost_answer_does_not_spoil_an_upload(media: S3Media, gate: S3Gate, request_of: bytes) -> None:
    """Neither that to a part (PUT), nor that to its end (POST), which has been carried out by then."""

    async def losing() -> AsyncIterator[bytes]:
        async for chunk in stream(9):
            yield chunk
        gate.lose_answer_to = request_of

    await media.put("videos/a.mp4", losing(), media_type="video/mp4")
    assert gate.cuts == 1
    assert b"".join([chunk async for chunk in media.open("videos/a.mp4")]) == whole(9)
    assert await left_behind(media) == []


async def test_a_broken_upload_in_parts_is_ended(media: S3Media) -> None:
    with pytest.raises(TransientError):
        await media.put("videos/a.mp4", stream(20, broken=True), media_type="video/mp4")
    assert await left_behind(media) == []
    assert await media.stat("videos/a.mp4") is None


async def test_uploads_of_the_dead_are_swept_and_those_of_the_living_are_not(
    media: S3Media, gate: S3Gate, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def abandoned() -> AsyncIterator[bytes]:
        async for chunk in stream(9):
            yield chunk
        await gate.shut()  # nothing can be ended any more

    monkeypatch.setattr(s3, "ABORT_WITHIN_S", 0.1)
    media._patience_s = 0.1
    with pytest.raises(StorageAway):
        await media.put("videos/a.mp4", abandoned(), media_type="video/mp4")
    await gate.open()
    bucket = gate.bucket(s3_server, media._bucket)
    async with open_s3(bucket, patience_s=1.0, expires_s=600):
        assert len(await left_behind(media)) == 1
    monkeypatch.setattr(s3, "ABANDONED_AFTER", timedelta(0))
    async with open_s3(bucket, patience_s=1.0, expires_s=600):
        assert await left_behind(media) == []


async def test_a_store_that_is_away_is_waited_for_no_longer_than_told(media: S3Media, gate: S3Gate) -> None:
    await media.put("videos/a.mp4", stream(1), media_type="video/mp4")
    await gate.shut()
    media._patience_s = 0.3
    with pytest.raises(StorageAway):
        await media.stat("videos/a.mp4")
    with pytest.raises(StorageAway):
        await media.put("videos/b.mp4", stream(1), media_type="video/mp4")
    with pytest.raises(StorageAway):
        await anext(media.open("videos/a.mp4"))
    with pytest.raises(StorageAway):
        await media.check()
    await gate.open()
    assert await media.stat("videos/a.mp4") is not None
    await media.check()


async def test_memory_stays_at_a_part_whatever_the_size(media: S3Media) -> None:
    tracemalloc.start()
    try:
        await media.put("videos/a.mp4", stream(96), media_type="video/mp4")
        _, put = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        size = 0
        async for chunk in media.open("videos/a.mp4"):
            size += len(chunk)
        _, read = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == 96 * MB
    assert put < 48 * MB
    assert read < 16 * MB


async def test_an_address_is_what_botocore_itself_would_sign(s3_server: S3Server, s3_bucket: str) -> None:
    disposition = 'inline; filename="a b.mp4"'
    async with open_s3(s3_server.bucket(s3_bucket, prefix="films/"), patience_s=1.0, expires_s=600) as media:
        asked = {
            "Bucket": s3_bucket,
            "Key": "films/videos/a b-c_d.mp4",
            "ResponseContentType": "video/mp4",
            "ResponseContentDisposition": disposition,
        }
        for _ in range(5):  # until both fall into the same second
            theirs = await media._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=600)
            ours = Presigner(
                media._presigner._base,
                region=REGION,
                credentials=ReadOnlyCredentials(ACCESS_KEY, SECRET_KEY, None),
                expires_s=600,
            ).url("films/videos/a b-c_d.mp4", media_type="video/mp4", disposition=disposition)
            if sorted(parse_qsl(urlsplit(ours).query)) == sorted(parse_qsl(urlsplit(theirs).query)):
                break
        assert urlsplit(ours)[:3] == urlsplit(theirs)[:3]
        assert sorted(parse_qsl(urlsplit(ours).query)) == sorted(parse_qsl(urlsplit(theirs).query))


def test_an_address_is_the_same_for_a_while_and_never_older_than_a_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("shared.media.presigning.time.time", lambda: now)
    presigner = Presigner(
        "https://films.example/", region=REGION, credentials=ReadOnlyCredentials("AKIA", "secret", None), expires_s=400
    )

    def url() -> str:
        return presigner.url("a.mp4", media_type="video/mp4", disposition="inline")

    first = url()
    now += 99.0
    assert url() is first
    presigner.credentials = ReadOnlyCredentials("AKIB", "another", "token")
    renewed = url()
    assert "X-Amz-Security-Token=token" in renewed
    now += 2.0
    assert presigner._signed.cache_info().currsize == 2
    assert url() is not renewed


async def test_clients_may_reach_the_bucket_by_another_name(s3_server: S3Server, s3_bucket: str) -> None:
    public = f"http://localhost:{s3_server.ports['s3']}"
    bucket = Bucket(**{**vars(s3_server.bucket(s3_bucket)), "public_url": public})
    async with open_s3(bucket, patience_s=1.0, expires_s=600) as media:
        await media.put("videos/a.mp4", stream(1), media_type="video/mp4")
        url = media.url("videos/a.mp4", media_type="video/mp4", disposition="inline")
        assert url.startswith(f"{public}/{s3_bucket}/videos/a.mp4?")
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert (answer.status, await answer.read()) == (200, whole(1))


async def test_a_bucket_that_cannot_be_used_says_what_to_set(s3_server: S3Server, s3_bucket: str) -> None:
    good = vars(s3_server.bucket(s3_bucket))
    for changes, said in (
        ({"name": "no-such-bucket"}, "there is no bucket no-such-bucket at 127.0.0.1"),
        ({"access_key_id": READER_KEY, "secret_access_key": READER_SECRET}, "refuses these credentials"),
        ({"secret_access_key": "a-secret-that-is-wrong"}, "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ):
        with pytest.raises(Unusable, match=said) as refusal:
            async with open_s3(Bucket(**{**good, **changes}), patience_s=1.0, expires_s=600):
                pass
        assert not {SECRET_KEY, READER_SECRET, "a-secret-that-is-wrong"} & set(str(refusal.value).split())


async def test_without_credentials_it_says_which_to_set(
    s3_server: S3Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    bucket = Bucket(s3_bucket, endpoint_url=s3_server.url)
    with pytest.raises(Unusable, match="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        async with open_s3(bucket, patience_s=1.0, expires_s=600):
            pass
    with pytest.raises(Unusable, match="belong together"):
        async with open_s3(Bucket(**{**vars(bucket), "access_key_id": "AKIA"}), patience_s=1.0, expires_s=600):
            pass


async def test_a_server_that_does_not_answer_yet_is_no_reason_not_to_start(tmp_path: Path) -> None:
    nobody = S3Server(tmp_path, ports={"s3": free_port()})
    async with open_s3(nobody.bucket("films"), patience_s=0.1, expires_s=600) as media:
        with pytest.raises(StorageAway):
            await media.check()
        assert media.url("a.mp4", media_type="video/mp4", disposition="inline").startswith(nobody.url)


async def test_the_environment_alone_decides_where_media_lie(
    s3_server: S3Server, s3_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    async with open_media(configured()) as media:
        assert media.backend == "local"
    for name, value in {**s3_server.environment(s3_bucket), "SCENEBEAT_STORAGE_PREFIX": "/2026/films/"}.items():
        monkeypatch.setenv(name, value)
    async with open_media(configured()) as media:
        await media.put("videos/a.mp4", stream(1), media_type="video/mp4")
        assert media.backend == "s3"
    async with open_s3(s3_server.bucket(s3_bucket), patience_s=1.0, expires_s=600) as bare:
        assert [key async for key in bare.all_keys()] == ["2026/films/videos/a.mp4"]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SERVE_FROM_CLOUD": "true"}, "SERVE_FROM_CLOUD needs STORAGE_BUCKET"),
        ({"SCENEBEAT_STORAGE_PREFIX": "../films"}, "folder of plain names"),
        ({"AWS_ENDPOINT_URL": "s3.example"}, "https://s3.example"),
        ({"AWS_ENDPOINT_URL": "https://s3.example/path"}, "without a path"),
        ({"SERVE_FROM_CLOUD": "perhaps"}, "serve_from_cloud"),
    ],
)
async def test_a_configuration_that_cannot_be_meant_is_refused(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCENEBEAT_DATA", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=said):
        async with open_media(configured()):
            pass


async def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_BUCKET", "films")
    monkeypatch.setitem(__import__("sys").modules, "shared.media.bucket", None)
    with pytest.raises(ConfigError, match=r'pip install "scenebeat\[s3\]"'):
        async with open_media(configured()):
            pass


def test_the_credentials_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    config = configured()
    assert SECRET_KEY not in f"{config!r}{config.model_dump_json()}"


def configured() -> ServiceConfig:
    return load(WorkerConfig, "stitch.yaml")


async def left_behind(media: S3Media) -> list[str]:
    """Uploads in parts that nobody ended."""
    page = await media._ask("list_multipart_uploads")
    return [upload["Key"] for upload in page.get("Uploads", ())]
