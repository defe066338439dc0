"""What `scenebeat keys` does: make, list and revoke API keys, and set what one may spend in a day."""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.exc import DBAPIError

from gateway.config import GatewayConfig
from gateway.history import keys, ledger
from gateway.history.budgets import midnight
from gateway.history.database import Database
from gateway.history.keys import ApiKey
from gateway.history.schema import to_newest
from gateway.history.snapshots import usd, wire_time
from gateway.history.store import History, Transaction
from gateway.keys.token import new_token
from shared.config import ConfigError, load
from shared.contracts.base import FREE
from shared.logs import configure

DONE, FAILED = 0, 1
_DATA = "--data DIR names the folder whose history is meant, as everywhere; DATABASE_URL another database"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Options = argparse.Namespace


class Refusal(Exception):
    """What was asked cannot be done; says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    configure(service="keys", level="warning")
    try:
        return asyncio.run(_run(options))
    except (ConfigError, DBAPIError, OSError, Refusal) as error:
        print(f"keys: {error}", file=sys.stderr)  # noqa: T201
        return FAILED


async def _run(options: Options) -> int:
    config = load(GatewayConfig, "gateway.yaml")
    async with Database.open(config.history_url) as database:
        await to_newest(database, within_s=0.0)
        body, words = await _ERRANDS[options.errand](History(database), options)
    print(json.dumps(body, indent=2) if options.json else words)  # noqa: T201
    return DONE


async def _create(history: History, options: Options) -> tuple[Any, str]:
    token, space = new_token(), options.space or options.name
    async with history.write() as tx:
        others = [key for key in await keys.all_of(tx) if key.revoked_at is None]
        if any(key.name == options.name for key in others):
            raise Refusal(f"there is a key {options.name} already: choose another name, or revoke that one")
        if options.space is None and any(key.space == space for key in others):
            raise Refusal(f"the space {space} belongs to another key: say --space {space} to share it, or another name")
        key = ApiKey(
            id=token.id,
            hash=token.hash,
            name=options.name,
            space=space,
            created_at=tx.now(),
            budget_usd=options.budget_per_day,
            requests_per_minute=options.requests_per_minute,
            jobs_in_flight=options.jobs_in_flight,
        )
        await keys.put(tx, key)
    told = f"key {key.name} ({key.id}) of the space {key.space}; it is shown this once:"
    return {**_body(key, FREE), "key": token.text}, f"{told}\n{token.text}"


async def _list(history: History, _options: Options) -> tuple[Any, str]:
    async with history.read() as tx:
        known = [(key, await _spent_today(tx, key)) for key in await keys.all_of(tx)]
    lines = [f"{'id':<16} {'name':<20} {'space':<20} {'made':<20} {'a day':>10} {'today':>10}  "]
    lines += [_line(key, spent) for key, spent in known]
    words = "\n".join(lines) if known else "there are no keys: `scenebeat keys create NAME` makes one"
    return {"items": [_body(key, spent) for key, spent in known]}, words


async def _revoke(history: History, options: Options) -> tuple[Any, str]:
    async with history.write() as tx:
        key = await _named(tx, options.key)
        if key.revoked_at is None:
            await keys.change(tx, key.id, revoked_at=tx.now())
        key, spent = await _named(tx, key.id), await _spent_today(tx, key)
    return _body(key, spent), f"key {key.name} ({key.id}) is revoked"


async def _budget(history: History, options: Options) -> tuple[Any, str]:
    async with history.write() as tx:
        key = await _named(tx, options.key)
        if options.usd is not None:
            await keys.change(tx, key.id, budget_usd=options.usd if isinstance(options.usd, Decimal) else None)
        key, spent = await _named(tx, key.id), await _spent_today(tx, key)
    cap = "no budget of its own" if key.budget_usd is None else f"{key.budget_usd:f} USD a day"
    return _body(key, spent), f"key {key.name} ({key.id}): {cap}; ordered today: {spent:f} USD"


_ERRANDS: Mapping[str, Callable[[History, Options], Awaitable[tuple[Any, str]]]] = {
    "create": _create,
    "list": _list,
    "revoke": _revoke,
    "budget": _budget,
}


async def _named(tx: Transaction, name: str) -> ApiKey:
    """The key of that id; or the one of that name, if only one is good."""
    known = await keys.all_of(tx)
    found = [key for key in known if key.id == name] or [
        key for key in known if key.name == name and key.revoked_at is None
    ]
    if len(found) != 1:
        raise Refusal(f"there is no key {name!r}: `scenebeat keys list` shows them")
    return found[0]


async def _spent_today(tx: Transaction, key: ApiKey) -> Decimal:
    spent = await ledger.spent(tx.connection, "key_id", key.id, ordered_since=midnight(tx.now()))
    return sum(spent, FREE)


def _body(key: ApiKey, spent: Decimal) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "space": key.space,
        "created_at": wire_time(key.created_at),
        "revoked_at": wire_time(key.revoked_at),
        "budget_per_day_usd": None if key.budget_usd is None else usd(key.budget_usd),
        "ordered_today_usd": usd(spent),
        "requests_per_minute": key.requests_per_minute,
        "jobs_in_flight": key.jobs_in_flight,
    }


def _line(key: ApiKey, spent: Decimal) -> str:
    cap = "" if key.budget_usd is None else f"{key.budget_usd:f}"
    state = "" if key.revoked_at is None else f"revoked {wire_time(key.revoked_at)}"
    made = wire_time(key.created_at)
    return f"{key.id:<16} {key.name:<20} {key.space:<20} {made:<20} {cap:>10} {spent:>10f}  {state}".rstrip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scenebeat keys", description=__doc__, epilog=_DATA)
    errands = parser.add_subparsers(dest="errand", required=True, metavar="ERRAND")
    create = _errand(errands, "create", "make a key and show it, this once")
    create.add_argument("name", type=_name, metavar="NAME", help="what it is for")
    create.add_argument(
        "--space", type=_name, metavar="S", help="whose films it sees (NAME); `local` holds all made without a key"
    )
    create.add_argument("--budget-per-day", type=_usd, metavar="USD", help="what may be ordered with it in a day (UTC)")
    create.add_argument("--requests-per-minute", type=_count, metavar="N", help="instead of what gateway.yaml says")
    create.add_argument("--jobs-in-flight", type=_count, metavar="N", help="instead of what gateway.yaml says")
    _errand(errands, "list", "show all keys, revoked ones too")
    _errand(errands, "revoke", "end a key, at once and for good").add_argument("key", metavar="KEY", help="id or name")
    budget = _errand(errands, "budget", "show or set what may be ordered with a key in a day")
    budget.add_argument("key", metavar="KEY", help="id or name")
    budget.add_argument("usd", nargs="?", type=_usd_or_none, metavar="USD", help="US dollars, or `none` for no cap")
    return parser


def _errand(errands: Any, name: str, about: str) -> argparse.ArgumentParser:
    errand: argparse.ArgumentParser = errands.add_parser(name, help=about, description=about)
    errand.add_argument("--json", action="store_true", help="as one JSON document")
    return errand


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name: 1 to 64 letters, digits, dots, dashes, underscores")
    return text


def _usd(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no sum of US dollars")
    return amount


def _usd_or_none(text: str) -> Decimal | str:
    return text if text == "none" else _usd(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 10_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10000000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
