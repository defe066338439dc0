"""`python -m tests.nursery FD`: has loaded our modules and forks who is asked for at the socket FD.

Each dies with whoever asked for it, however that ends, and all of them with the tests.
"""

import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

LOADED = [
    "gateway.service", "gateway.history.schema", "scene_svc.service", "image_svc.service", "video_svc.service",
    "stitch_svc.service", "tests.metered.provider", "shared.media.bucket", "shared.vendors.gemini.account",
    "shared.vendors.gemini.veo", "shared.vendors.replicate.account", "asyncpg", "scenebeat.cli", "scenebeat.doctor",
    "scenebeat.filming", "scenebeat.screen", "tests.forks",
]  # fmt: skip
"""What a house, a vendor's SDK first of all, would take up to three seconds to load."""

CHUNK_BYTES = 1 << 16


@dataclass
class Nursery:
    """Who lives, and who asked for each."""

    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    children: dict[socket.socket, int] = field(default_factory=dict)

    def look_at(self, file: Any, act: Callable[[Any], None]) -> None:
        self.selector.register(file, selectors.EVENT_READ, act)

    def serve(self) -> None:
        while True:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def welcome(self, door: socket.socket) -> None:
        parent, _ = door.accept()
        self.look_at(parent, self.hear)

    def hear(self, parent: socket.socket) -> None:
        told, streams = heard(parent)
        if not told.endswith(b"\n"):
            self.bury(parent)
        elif pid := os.fork():
            self.children[parent] = pid
            with suppress(ConnectionError):  # killed meanwhile: that is heard next
                parent.sendall(pid.to_bytes(8, "big", signed=True))
        else:
            self.leave()
            become(json.loads(told), streams)
        for stream in streams:
            os.close(stream)

    def bury(self, parent: socket.socket) -> None:
        """The parent is gone."""
        self.selector.unregister(parent)
        parent.close()
        if pid := self.children.pop(parent, None):
            os.kill(pid, signal.SIGKILL)

    def reap(self, bell: socket.socket) -> None:
        bell.recv(CHUNK_BYTES)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self.report(*ended)

    def report(self, pid: int, status: int) -> None:
        for parent in [parent for parent, child in self.children.items() if child == pid]:
            del self.children[parent]
            with suppress(OSError):
                parent.sendall(os.waitstatus_to_exitcode(status).to_bytes(8, "big", signed=True))

    def end(self, _lifeline: Any) -> None:
        for pid in self.children.values():
            os.kill(pid, signal.SIGKILL)
        sys.exit()

    def leave(self) -> None:
        """What a child must not keep open."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for key in [key for key in self.selector.get_map().values() if key.fileobj is not sys.stdin]:
            key.fileobj.close()  # type: ignore[union-attr]  # all of them are sockets
        self.selector.close()


def heard(parent: socket.socket) -> tuple[bytes, list[int]]:
    """A line and what came with it; less than a line where the parent is gone."""
    told, streams = b"", list[int]()
    with suppress(ConnectionError):
        told, streams, *_ = socket.recv_fds(parent, CHUNK_BYTES, 3)
        while not told.endswith(b"\n") and (more := parent.recv(CHUNK_BYTES) if told else b""):
            told += more
    return told, streams


def become(asked: dict[str, Any], streams: list[int]) -> None:
    """Be what `python -m {words}` would be; never returns."""
    os.setsid()
    for descriptor, stream in enumerate(streams):
        os.dup2(stream, descriptor)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = asked["words"]
    code: Any = 0
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 -- where a process ends
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def main(door: socket.socket) -> None:
    for module in LOADED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    nursery, (bell, ringer) = Nursery(), socket.socketpair()
    ringer.setblocking(False)
    signal.set_wakeup_fd(ringer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    nursery.look_at(bell, nursery.reap)
    nursery.look_at(door, nursery.welcome)
    nursery.look_at(sys.stdin, nursery.end)
    nursery.serve()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
