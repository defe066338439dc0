"""`python -m bench [NAME ...]`: measure and print, one line a figure, with what the machine was doing."""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from bench import accept, library, orders, pictures, production, providers, serving, sockets, start, stitch, studio
from shared.logs import configure

BENCHES: dict[str, Callable[[Path], Coroutine[Any, Any, str]]] = {
    "accept": accept.bench,
    "worker": orders.bench_worker_path,
    "history": orders.bench_whole_way,
    "production": production.bench,
    "polling": providers.bench_polling,
    "fetching": providers.bench_fetching,
    "stitch": stitch.bench,
    "pictures": pictures.bench,
    "studio": studio.bench,
    "serving": serving.bench,
    "sockets": sockets.bench,
    "start": start.bench,
    "library": library.bench,
    "accept-postgresql": partial(accept.bench, kind="postgresql"),
    "history-postgresql": partial(orders.bench_whole_way, kind="postgresql"),
    "library-postgresql": partial(library.bench, kind="postgresql"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    asked = parser.parse_args().names or list(BENCHES)
    if unknown := set(asked) - set(BENCHES):
        parser.error(f"there is no bench named {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    configure(service="bench", level="warning")
    with tempfile.TemporaryDirectory(prefix="scenebeat-bench-") as folder:
        for name in asked:
            print(asyncio.run(BENCHES[name](Path(folder) / name)), flush=True)


if __name__ == "__main__":
    main()
