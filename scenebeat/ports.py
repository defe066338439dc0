"""Ports nobody else listens on."""

import errno
import random
import socket

BUS_PORTS = range(20_000, 30_000)
"""Below the ports kernels hand to outgoing connections: the bus comes back on the same port after a crash, and
clients that keep knocking in between must never be given that very port as their own."""
HIGHEST_PORT = 65_535
TRIES = 200
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


class NoFreePort(Exception):
    """Nothing can listen as asked; says why, and what to do."""


def is_free(host: str, port: int) -> bool:
    """Could a server listen there now? Raises NoFreePort where `host` is no address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise NoFreePort(f"nobody can listen on {host} here: {error.strerror}") from error
    return True


def next_free_port(host: str, wanted: int) -> int:
    """`wanted` or the first free one above it; 0 is any. Raises NoFreePort."""
    if wanted == 0 and is_free(host, 0):
        return _any_port(host)
    last = min(HIGHEST_PORT, wanted + TRIES)
    for port in range(wanted, last + 1):
        if is_free(host, port):
            return port
    raise NoFreePort(f"all ports from {wanted} to {last} of {host} are taken; try --port 0")


def free_bus_port(host: str) -> int:
    """A port for the bus, free now and not likely to be handed out to anybody. Raises NoFreePort."""
    for port in random.sample(BUS_PORTS, TRIES):
        if is_free(host, port):
            return port
    raise NoFreePort(f"{TRIES} ports between {BUS_PORTS.start} and {BUS_PORTS.stop} of {host} are all taken")


def _any_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
