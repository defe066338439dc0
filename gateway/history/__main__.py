"""`python -m gateway.history upgrade|check`: looks after the database, whether or not a gateway runs."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from functools import partial

from gateway.config import GatewayConfig
from gateway.history.checking import Report, examine
from gateway.history.database import Database
from gateway.history.schema import to_newest, when_there
from shared.config import ConfigError, load
from shared.logs import configure

DONE, FAILED, USAGE = 0, 1, 2


def main() -> int:
    """0: the database is as it should be; 1: it is not; 2: it cannot be told which or reached."""
    options = _options()
    configure(service="db", level="warning")
    try:
        report = asyncio.run(_looked_after(options.action, load(GatewayConfig, "gateway.yaml")))
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- for whoever typed it
        return USAGE
    print(json.dumps(asdict(report), indent=2) if options.json else _words(report))  # noqa: T201
    return FAILED if report.problems else DONE


async def _looked_after(action: str, config: GatewayConfig) -> Report:
    if action == "check" and not config.database_url.get_secret_value() and not config.history_file.exists():
        raise ConfigError(f"there is no history yet: {config.history_file} is made by `scenebeat up` or `db upgrade`")
    async with Database.open(config.history_url) as database:
        if action == "upgrade":
            await to_newest(database, within_s=0.0)
        return await when_there(database, partial(examine, database), within_s=0.0)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="scenebeat db", description="Looks after the history's database.")
    options.add_argument("action", choices=("upgrade", "check"))
    options.add_argument("--json", action="store_true", help="one JSON document instead of sentences")
    return options.parse_args()


def _words(report: Report) -> str:
    lines = [f"{report.address}: {report.server}, schema {report.revision or 'none'} (newest {report.newest_revision})"]
    lines += [f"{name}: {count}" for name, count in report.rows.items()]
    return "\n".join([*lines, *(f"PROBLEM: {problem}" for problem in report.problems), *_verdict(report)])


def _verdict(report: Report) -> list[str]:
    return [] if report.problems else ["as it should be"]


if __name__ == "__main__":
    sys.exit(main())
