"""A real nats-server of a test's own: started, killed and started again on the same store."""

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CONFIG = """
host: 127.0.0.1
port: {port}
jetstream {{ store_dir: "{store}", sync_interval: always }}
"""


def nats_server_binary() -> str | None:
    beside = Path(sys.executable).with_name("nats-server")
    return str(beside) if beside.exists() else shutil.which("nats-server")


_given: set[int] = set()


def free_port() -> int:
    """One that nobody listens on, and that this process was not given before."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


@dataclass
class NatsServer:
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process, "it does not run"
        return self.process.pid

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        binary = nats_server_binary()
        assert binary, "nats-server is missing; run `make setup`"
        config = self.folder / "nats.conf"
        config.write_text(CONFIG.format(port=self.port, store=self.folder / "store"))
        self.process = await asyncio.to_thread(self._spawn, [binary, "-c", str(config)])
        async with asyncio.timeout(10):
            await self._ready()

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "nats.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    async def _ready(self) -> None:
        """Until it greets. A foreign process gives us no event to await."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            greeting = await reader.readline()
            writer.close()
            if greeting.startswith(b"INFO"):
                return

    def kill(self) -> None:
        """As the kernel would: no goodbye."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None
