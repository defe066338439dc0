"""Work done ahead in a thread of its own: libav lets the interpreter go while it works, so two cores help."""

import threading
from collections.abc import Iterable, Iterator
from queue import Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")
AHEAD = 32
"""Items that may wait to be taken."""
LOOK_EVERY_S = 0.1


class _End(Generic[Item]):
    """The last thing that comes: what the work broke with, if it did."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, made by another thread before they are asked for; it ends with this iterator."""
    waiting: Queue[Item | _End[Item]] = Queue(AHEAD)
    dropped = threading.Event()
    worker = threading.Thread(target=_work, args=(items, waiting, dropped), daemon=True)
    worker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error:
            raise item.error
    finally:
        dropped.set()
        while worker.is_alive():
            _empty(waiting)
            worker.join(LOOK_EVERY_S)


def _work(items: Iterable[Item], waiting: "Queue[Item | _End[Item]]", dropped: threading.Event) -> None:
    try:
        for item in items:
            waiting.put(item)
            if dropped.is_set():
                return
    except BaseException as error:  # noqa: BLE001 -- raised again where the items are taken
        waiting.put(_End(error))
    else:
        waiting.put(_End())


def _empty(waiting: "Queue[Item | _End[Item]]") -> None:
    while not waiting.empty():
        waiting.get_nowait()
