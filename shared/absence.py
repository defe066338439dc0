"""Packages that a library loads wherever it finds them, and that we have no use for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(package: str) -> Iterator[None]:
    """While the block runs, an import of `package` fails as if it were not installed."""
    loaded = sys.modules.pop(package, None)
    sys.modules[package] = None  # type: ignore[assignment]  # how Python itself marks what cannot be imported
    try:
        yield
    finally:
        del sys.modules[package]
        if loaded is not None:
            sys.modules[package] = loaded
