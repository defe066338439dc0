"""Clients that download one large file: quick ones, slow ones, and ones that break off and come back."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MIB = 1 << 20
ZEROS = bytes(MIB - 16)
SLOW_BYTES, SLOW_PAUSE_S = 1 << 16, 0.1
SILENCE_S = 60.0


def block(number: int) -> bytes:
    """What the file holds at its `number`th MiB: a stamp, and nothing."""
    return struct.pack(">QQ", number, ~number & 0xFFFFFFFFFFFFFFFF) + ZEROS


@dataclass(frozen=True)
class Address:
    """The file, of `mebibytes`, at `path` of a server on loopback."""

    port: int
    path: str
    mebibytes: int


@dataclass
class Answer:
    """An answer whose body has begun to come."""

    connection: socket.socket
    status: int
    etag: str
    rest: bytes

    def blocks(self) -> Iterator[bytearray]:
        """The body, a MiB at a time; the last may be shorter where the line broke off."""
        filled, buffer = len(self.rest), bytearray(MIB)
        buffer[:filled] = self.rest
        while True:
            while filled < MIB:
                got = self.connection.recv_into(memoryview(buffer)[filled:])
                if not got:
                    return
                filled += got
            yield buffer
            filled = 0


@contextmanager
def asked(address: Address, *, first: int = 0, etag: str = "") -> Iterator[Answer]:
    """The file from its `first`th MiB; left in the middle, the line is reset."""
    with socket.create_connection(("127.0.0.1", address.port), timeout=SILENCE_S) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        part = f"Range: bytes={first * MIB}-\r\nIf-Range: {etag}\r\n" if first else ""
        head = f"GET {address.path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{part}\r\n"
        connection.sendall(head.encode())
        received = b""
        while b"\r\n\r\n" not in received:
            piece = connection.recv(4096)
            if not piece:
                raise ConnectionError("no answer came")
            received += piece
        told, _, rest = received.partition(b"\r\n\r\n")
        lines = told.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        yield Answer(connection, int(lines[0].split()[1]), headers.get("etag", ""), rest)


def whole(address: Address, *, first: int = 0, etag: str = "") -> int:
    """Download to the end and compare every byte; how many MiB came. Raises AssertionError."""
    number = first
    with asked(address, first=first, etag=etag) as answer:
        assert answer.status == (206 if first else 200), answer.status
        for content in answer.blocks():
            assert content == block(number), f"MiB {number} is not what was stored"
            number += 1
    assert number == address.mebibytes, f"it ended after {number} MiB"
    return number - first


def broken_off(address: Address) -> int:
    """A third of it, then the line is reset; the rest in a second call."""
    number = 0
    with asked(address) as answer:
        etag = answer.etag
        for content in answer.blocks():
            assert content == block(number), f"MiB {number} is not what was stored"
            number += 1
            if number >= address.mebibytes // 3:
                break
    return number + whole(address, first=number, etag=etag)


def slow(address: Address, *, until: threading.Event) -> int:
    """A little at a time, and then no more."""
    taken = 0
    with asked(address) as answer:
        while not until.is_set():
            taken += len(answer.connection.recv(SLOW_BYTES))
            time.sleep(SLOW_PAUSE_S)
    return taken // MIB
