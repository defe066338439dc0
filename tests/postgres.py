"""A real PostgreSQL of the tests' own: Debian's server on loopback, started, killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.history.schema import upgrade
from tests.natsserver import free_port

USER = "scenebeat"
TEMPLATE = "template_scenebeat"
STARTS_WITHIN_S = 30.0


def binary(name: str) -> str | None:
    """Debian keeps the server's programs off the path, one folder for each version; the newest counts."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return str(versions[-1]) if versions else shutil.which(name)


def require_postgres() -> None:
    """Skip by name where there is none; in CI that is a failure."""
    if binary("initdb") is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL (Debian's package `postgresql`) is missing")
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")


def _unprivileged() -> str | None:
    """As whom it has to run: never as root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@dataclass
class PostgresServer:
    """One server. What it commits survives a kill of its processes; without `fsync`, not one of the machine.

    Without a `password` it lets everybody on this machine in.
    """

    port: int = field(default_factory=free_port)
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="scenebeat-postgres-")))
    process: subprocess.Popen[bytes] | None = None
    fsync: bool = False
    user: str = USER
    password: str | None = None

    def create(self) -> None:
        """Make its data folder and start it. Blocks for two seconds or so."""
        user, entrance = _unprivileged(), ["-A", "trust"]
        if self.password is not None:
            entrance = ["-A", "scram-sha-256", f"--pwfile={self.folder / 'password'}"]
            (self.folder / "password").write_text(self.password)
        if user is not None:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, user)
        initdb = binary("initdb")
        assert initdb, "PostgreSQL is missing"
        told = [*entrance, "-U", self.user, "-E", "UTF8", "--locale=C.UTF-8"]
        command = [initdb, "-D", str(self.folder / "data"), *told]
        made = subprocess.run([*command, "--no-sync"], user=user, cwd="/", capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes queries."""
        postgres = binary("postgres")
        assert postgres, "PostgreSQL is missing"
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self.fsync else "off",
            "full_page_writes": "on" if self.fsync else "off",
            "shared_buffers": "32MB",
            "max_connections": "100",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = (self.folder / "server.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [postgres, "-D", str(self.folder / "data"), *settings],
                user=_unprivileged(), cwd="/", stdout=log, stderr=log,
            )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        """As an accident would: no goodbye to anybody."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)  # its own way to die at once, its children with it
            self.process.wait(10)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def query(self, sql: str, *, database: str = "postgres") -> str:
        """What `sql` answers, in psql's plain form."""
        asked = self._psql(sql, database)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()

    def new_database(self, *, empty: bool = False) -> str:
        """The address of a database with nothing in it but the newest schema; `empty`: not even that."""
        name = f"test_{uuid4().hex}"
        self.query(f"create database {name} template {'template1' if empty else TEMPLATE} strategy file_copy")
        return self.url(name)

    def make_template(self) -> None:
        """Migrate a database once; the others are copies of it."""
        self.query(f"create database {TEMPLATE}")
        upgrade(self.url(TEMPLATE))

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{database}"

    def _psql(self, sql: str, database: str) -> subprocess.CompletedProcess[str]:
        psql = binary("psql")
        assert psql, "psql is missing"
        command = [psql, "-h", "127.0.0.1", "-p", str(self.port), "-U", self.user, "-d", database]
        return subprocess.run(
            [*command, "-X", "-At", "-c", sql], capture_output=True, text=True, check=False, timeout=STARTS_WITHIN_S,
            env={**os.environ, "PGPASSWORD": self.password or ""},
        )  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while self._psql("select 1", "postgres").returncode != 0:
            assert self.process, "it was not started"
            assert self.process.poll() is None, (self.folder / "server.log").read_text()[-2_000:]
            assert time.monotonic() < deadline, "PostgreSQL does not answer"
            time.sleep(0.05)
