"""The one folder a stack keeps everything in, and what it writes there about itself."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from scenebeat.processes import Known, birth

DEFAULT_FOLDER = Path(".scenebeat")
LOG_KEPT_BYTES = 8 << 20


class ProcessRecord(BaseModel):
    """One supervised process. `born` tells it from a later process of the same pid."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int | None
    state: str
    restarts: int
    born: str | None = None


class StackRecord(BaseModel):
    """A stack as it stands: what `status`, `down` and a second `up` read."""

    model_config = ConfigDict(frozen=True)

    pid: int
    born: str
    url: str
    bus: str
    ready: bool = False
    processes: tuple[ProcessRecord, ...] = ()

    @classmethod
    def of_this_process(cls, **fields: Any) -> Self:
        return cls(pid=os.getpid(), born=birth(os.getpid()) or "", **fields)

    @property
    def supervisor(self) -> Known:
        return Known(self.pid, self.born)

    def orphans(self) -> Iterator[Known]:
        """Processes of this stack that outlived its supervisor."""
        for process in self.processes:
            if process.pid is not None and process.born is not None:
                yield Known(process.pid, process.born)


class DataFolder:
    """Paths of a data folder. Nothing is made before `prepare`."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()
        self.nats = self.root / "nats"
        self.films = self.root / "films"
        self.logs = self.root / "logs"
        self.run = self.root / "run"

    def prepare(self) -> None:
        """Make what is missing. Raises OSError."""
        for folder in (self.nats, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def log_names(self) -> list[str]:
        return sorted(file.stem for file in self.logs.glob("*.log"))

    def turn_log(self, name: str) -> None:
        """Put a log that has grown large aside; one older is kept."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
            log.replace(log.with_suffix(".log.1"))

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Be the one stack of this folder for as long as the block runs; False when another is already.

        The system lets go of the lock when the holder dies, however it dies.
        """
        with (self.run / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def is_held(self) -> bool:
        """Does a stack live in this folder right now?"""
        if not (self.run / "lock").exists():
            return False
        with self.hold() as mine:
            return not mine

    def record(self) -> StackRecord | None:
        """What the last stack here wrote; it may be dead. Whoever wants a living one asks `living`."""
        try:
            return StackRecord.model_validate_json((self.run / "stack.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def living(self) -> StackRecord | None:
        """The stack that holds this folder; None too while it has not yet written down who it is."""
        record = self.record() if self.is_held() else None
        return record if record and record.supervisor.lives() else None

    def write(self, record: StackRecord) -> None:
        fresh = self.run / "stack.json.new"
        fresh.write_text(json.dumps(record.model_dump(mode="json"), indent=2) + "\n")
        fresh.replace(self.run / "stack.json")

    def forget(self) -> None:
        (self.run / "stack.json").unlink(missing_ok=True)
