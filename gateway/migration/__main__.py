"""What `scenebeat media migrate` does: every recorded file from a folder into a bucket, or back."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy.exc import DBAPIError

from gateway.config import GatewayConfig
from gateway.history.database import Database
from gateway.history.schema import to_newest
from gateway.history.store import History
from gateway.migration.migrate import Move, Tally, migrate
from shared.config import ConfigError, load
from shared.logs import configure
from shared.media.base import MediaStore, StorageAway
from shared.media.local import LocalMedia
from shared.media.opening import open_media

DONE, FAILED, INTERRUPTED = 0, 1, 130
MB = 1_000_000
PATIENCE_S = 30.0
SAY_EVERY_S = 2.0
NAMED = 20

Place = Literal["local", "s3"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.source == options.target:
        parser.error(f"from {options.source} to {options.target} there is nothing to do")
    configure(service="media", level="error")
    try:
        return asyncio.run(_run(options))
    except StorageAway as away:
        _say(f"{away}. Run it again: it goes on where it stopped")
        return FAILED
    except (ConfigError, DBAPIError, OSError) as error:
        _say(str(error))
        return FAILED
    except KeyboardInterrupt:
        _say("interrupted; run it again: it goes on where it stopped")
        return INTERRUPTED


async def _run(options: argparse.Namespace) -> int:
    config = load(GatewayConfig, "gateway.yaml")
    if not config.database_url and not config.history_file.exists():
        raise ConfigError(f"there is no history at {config.history_file}: name its folder with --data")
    async with (
        _store(config, options.source, is_source=True) as source,
        _store(config, options.target) as target,
        Database.open(config.history_url) as database,
    ):
        await to_newest(database, within_s=0.0)
        move = Move(source, target, quick=options.quick, dry_run=options.dry_run)
        tally = await migrate(History(database), move, tell=Progress())
    print(json.dumps(tally.body(), indent=2) if options.json else _told(tally, options))  # noqa: T201
    return DONE if tally.is_whole else FAILED


@asynccontextmanager
async def _store(config: GatewayConfig, place: Place, *, is_source: bool = False) -> AsyncIterator[MediaStore]:
    if place == "local":
        if is_source and not config.media_dir.is_dir():
            raise ConfigError(f"there is no media folder at {config.media_dir}: name its data folder with --data")
        yield LocalMedia(config.media_dir)
        return
    if config.storage_bucket is None:
        raise ConfigError("STORAGE_BUCKET is not set: name the bucket, with the AWS_* variables that it needs")
    async with open_media(config.model_copy(update={"storage_patience_s": PATIENCE_S})) as media:
        yield media


class Progress:
    """A line now and then, on stderr."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        if now - self._said_at >= SAY_EVERY_S:
            self._said_at = now
            of_bytes = f"{tally.done_bytes / MB:.1f} of {tally.record_bytes / MB:.1f} MB"
            _say(f"{tally.done} of {tally.records} files, {of_bytes}")


def _told(tally: Tally, options: argparse.Namespace) -> str:
    would = "would be copied" if options.dry_run else "copied"
    lines = [
        f"{tally.copied} files {would} from {options.source} to {options.target}, {tally.copied_bytes / MB:.1f} MB",
        f"{tally.there} were there already, {tally.there_bytes / MB:.1f} MB",
        f"{len(tally.lost)} are recorded and gone from {options.source}",
        f"{len(tally.damaged)} are not what was recorded, and were not copied",
        f"{len(tally.strays)} files without a record were left where they are",
    ]
    for title, keys in (("gone", tally.lost), ("damaged", tally.damaged), ("without a record", tally.strays)):
        lines += [f"  {title}: {key}" for key in keys[:NAMED]]
        lines += [f"  and {len(keys) - NAMED} more" for _ in keys[NAMED : NAMED + 1]]
    if tally.has_moved:
        lines.append(
            f"{tally.records} files are recorded now: somebody works on them; stop the stack and run this again"
        )
    if tally.is_whole and not options.dry_run:
        lines.append(f"everything recorded is in {options.target}, compared by its hash; nothing was removed")
    return "\n".join(lines)


def _say(words: str) -> None:
    print(f"media: {words}", file=sys.stderr, flush=True)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scenebeat media migrate", description=__doc__)
    parser.add_argument("source", choices=("local", "s3"))
    parser.add_argument("target", choices=("local", "s3"))
    parser.add_argument("--dry-run", action="store_true", help="only say what would be copied")
    parser.add_argument("--quick", action="store_true", help="don't read again what lies there with the right size")
    parser.add_argument("--json", action="store_true", help="as one JSON document")
    return parser


if __name__ == "__main__":
    sys.exit(main())
