"""A SQLite history with the newest schema and nothing in it: made once a process, written wherever one is needed."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.history.schema import upgrade


def blank_history(path: Path) -> Path:
    """`path`, which is one from now on. Blocks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_blank())
    return path


@cache
def _blank() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        upgrade(f"sqlite+aiosqlite:///{path}")
        return path.read_bytes()
