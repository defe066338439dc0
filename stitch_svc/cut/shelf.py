"""Finished pieces kept between cuts on this machine, the least used going first."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 4 << 30


@dataclass(frozen=True)
class Shelf:
    """A folder of whole files by key. Several processes may share it; a file taken stays readable when it goes."""

    folder: Path
    most_bytes: int = MOST_BYTES

    def take(self, key: str, to: Path) -> bool:
        """Put the piece at `to`, if there is one."""
        kept = self._path(key)
        try:
            _linked(kept, to)
            os.utime(kept)
        except FileNotFoundError:
            return to.exists()
        return True

    def keep(self, key: str, piece: Path) -> None:
        """Keep a whole file; it appears at once or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{key}.{os.getpid()}"
        try:
            _linked(piece, beside)
            beside.replace(self._path(key))
        finally:
            beside.unlink(missing_ok=True)
        self._tidy()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.mp4"

    def _tidy(self) -> None:
        pieces = sorted(_facts(path) for path in self.folder.glob("*.mp4"))
        spare = sum(size for _, size, _ in pieces) - self.most_bytes
        for _, size, path in pieces:
            if spare <= 0:
                return
            path.unlink(missing_ok=True)
            spare -= size


def _linked(source: Path, to: Path) -> None:
    try:
        to.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or one without links
        shutil.copyfile(source, to)


def _facts(path: Path) -> tuple[float, int, Path]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0.0, 0, path
    return found.st_mtime, found.st_size, path
