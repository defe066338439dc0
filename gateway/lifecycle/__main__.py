"""What `scenebeat prune` does: what is over goes, now; or files and records are compared."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError

from gateway.config import GatewayConfig
from gateway.history.database import Database
from gateway.history.schema import to_newest
from gateway.history.store import History
from gateway.lifecycle.audit import Findings, NotPlausible, audit
from gateway.lifecycle.prune import Report, prune
from gateway.lifecycle.retention import KINDS
from shared.config import ConfigError, load
from shared.logs import configure
from shared.media.opening import open_media

DONE, FAILED = 0, 1
MB = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    configure(service="prune", level="warning")
    try:
        return asyncio.run(_run(options))
    except (ConfigError, DBAPIError, OSError, NotPlausible) as error:  # StorageAway is an OSError
        print(f"prune: {error}", file=sys.stderr)  # noqa: T201
        return FAILED


async def _run(options: argparse.Namespace) -> int:
    config = load(GatewayConfig, "gateway.yaml")
    if not config.database_url and not config.history_file.exists():
        raise ConfigError(f"there is no history at {config.history_file}: name its folder with --data")
    async with Database.open(config.history_url) as database, open_media(config) as media:
        await to_newest(database, within_s=0.0)
        history = History(database)
        if options.check or options.repair:
            findings = await audit(history, media, repair=options.repair)
            _tell(options, findings.body(), _told_of(findings))
            return DONE if findings.is_fine else FAILED
        retention = config.retention.with_days(tuple(options.kind or KINDS), options.older_than)
        report = await prune(history, media, retention, dry_run=options.dry_run)
        _tell(options, report.body(), _told(report))
        return DONE


def _tell(options: argparse.Namespace, body: object, words: str) -> None:
    print(json.dumps(body, indent=2) if options.json else words)  # noqa: T201


def _told(report: Report) -> str:
    lines = [
        f"{kind:17} {tally.removed:7} {tally.size_bytes / MB:10.1f} MB"
        + (f"   {tally.needed} more are old enough, but still needed" if tally.needed else "")
        for kind, tally in report.kinds.items()
    ]
    if not lines:
        return "everything is kept: `retention` in gateway.yaml sets no days, and --older-than was not given"
    would = "would be removed" if report.dry_run else "removed"
    return "\n".join([*lines, f"{report.removed} {would}, {report.size_bytes / MB:.1f} MB"])


def _told_of(findings: Findings) -> str:
    lines = [
        f"{len(findings.strays)} files without a record ({findings.stray_bytes / MB:.1f} MB)",
        f"{len(findings.lost)} records without their file",
        f"{len(findings.damaged)} files of another size than recorded",
        f"{findings.looked_at} records looked at",
    ]
    named = [f"  {name}" for name in (*findings.strays, *findings.lost, *findings.damaged)[:20]]
    advice = ["--repair removes the first two kinds; what is damaged stays"] if not findings.is_fine else []
    return "\n".join([*lines, *named, *advice, *(["repaired"] if findings.repaired else [])])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scenebeat prune", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    parser.add_argument("--older-than", type=_days, metavar="DAYS", help="for every kind, instead of `retention`")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this; may be given again")
    parser.add_argument("--check", action="store_true", help="compare files and records instead; 1: they differ")
    parser.add_argument("--repair", action="store_true", help="and remove files and records that have lost each other")
    parser.add_argument("--json", action="store_true", help="as one JSON document")
    return parser


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days <= 36_500:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return days


if __name__ == "__main__":
    sys.exit(main())
