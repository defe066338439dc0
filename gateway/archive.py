"""Files -> one ZIP, written while it is read: however large the files, memory stays at one piece of them."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FILE_MODE = 0o644 << 16
EARLIEST_YEAR = 1980  # of what a ZIP can say


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `size_bytes` must be true: it decides how large files are written down."""

    name: str
    size_bytes: int
    made_at: float
    read: Callable[[], AsyncGenerator[bytes, None]]


async def zipped(members: Iterable[Member]) -> AsyncGenerator[bytes, None]:
    """The archive, piece by piece. Films don't shrink, so nothing is compressed."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]
        for member in members:
            with archive.open(_header(member), "w") as entry:
                async with aclosing(member.read()) as chunks:
                    async for chunk in chunks:
                        entry.write(chunk)
                        yield pipe.take()
    yield pipe.take()


async def text(content: str) -> AsyncGenerator[bytes, None]:
    """What is written here and now, as a file of an archive reads."""
    yield content.encode()


def _header(member: Member) -> ZipInfo:
    made = datetime.fromtimestamp(member.made_at, UTC)
    when = (max(EARLIEST_YEAR, made.year), made.month, made.day, made.hour, made.minute, made.second)
    header = ZipInfo(member.name, when)
    header.file_size, header.external_attr = member.size_bytes, FILE_MODE
    return header


class _Pipe:
    """What `ZipFile` writes into: a stream that cannot go back, emptied as it fills."""

    def __init__(self) -> None:
        self._filled: list[bytes] = []

    def write(self, content: bytes) -> int:
        self._filled.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing waits in here."""

    def take(self) -> bytes:
        taken, self._filled = b"".join(self._filled), []
        return taken
