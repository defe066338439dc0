"""What can be typed: commands, options, help, examples."""

import argparse
from functools import partial
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from scenebeat.remote.options import GATES, add_remote, gateway, leaving, on_interrupt, spending
from scenebeat.roster import DEFAULT_PORT, KINDS, LOOPBACK
from scenebeat.values import number, seconds

if TYPE_CHECKING:  # only generic for the type checker
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

MOST_WORKERS = 64
HIGHEST_PORT = 65_535
NAMES_WIDTH = 18

_ABOUT = """\
An idea and a character go in, a finished music video comes out.

examples:
  scenebeat demo
  scenebeat make "A fox learns to fly" --character "a small red fox with a blue scarf" --scenes 3
  scenebeat up --port 9000 --workers video=2
  scenebeat clip "a pier at dusk" --duration 4 --out pier.mp4
  scenebeat jobs --status failed
"""
_EXITS = "exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done,\n            4 at a gate, 130 interrupted"


def parser() -> argparse.ArgumentParser:
    """The whole command line. Wrong usage exits 2, help 0, as argparse does."""
    whole = argparse.ArgumentParser(
        prog="scenebeat",
        description=_ABOUT,
        epilog=_EXITS,
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, max_help_position=NAMES_WIDTH),
    )
    whole.add_argument("--version", action="version", version=f"scenebeat {version('scenebeat')}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_up(commands)
    doctor = commands.add_parser(
        "doctor", help="ask the providers whether the configured models are there; 1: one is not"
    )
    doctor.add_argument("--json", action="store_true", help="as one JSON document")
    _data(commands.add_parser("down", help="end the stack that runs in the data folder"))
    status = _data(
        commands.add_parser("status", help="show what runs: address, processes, bus; exits 1 when nothing does")
    )
    status.add_argument("--json", action="store_true", help="as one JSON document")
    _add_logs(commands)
    _add_db(commands)
    _add_demo(commands)
    _add_make(commands)
    _add_prune(commands)
    _add_keys(commands)
    _add_media(commands)
    add_remote(commands)
    return whole


def _add_up(commands: "Commands") -> None:
    up = _stack(commands.add_parser("up", help="start bus, gateway and services and keep them running", epilog=_EXITS))
    up.add_argument("--detach", "-d", action="store_true", help="return once it is ready; `scenebeat down` ends it")
    up.add_argument("--examined", action="store_true", help=argparse.SUPPRESS)  # the doctor was here already


def _add_logs(commands: "Commands") -> None:
    logs = _data(commands.add_parser("logs", help="show the processes' logs"))
    logs.add_argument("name", nargs="?", help="nats, gateway, scene, image, video, stitch or stack; all without it")
    logs.add_argument("--follow", "-f", action="store_true", help="go on showing what is logged")
    logs.add_argument("--lines", "-n", type=number(0, 100_000), default=50, metavar="N", help="how many (%(default)s)")
    logs.add_argument("--raw", action="store_true", help="JSON lines as they were written")


def _add_db(commands: "Commands") -> None:
    db = _data(
        commands.add_parser(
            "db",
            help="look after the history's database: bring its schema up to date, or check it",
            description="Looks after the history's database: the data folder's SQLite file, or DATABASE_URL.",
            epilog="exit codes: 0 as it should be, 1 it is not, 2 it cannot be reached or told which",
        )
    )
    db.add_argument(
        "action", choices=("upgrade", "check"), help="upgrade applies what the schema lacks; check reads only"
    )
    db.add_argument("--json", action="store_true", help="as one JSON document")


def _add_demo(commands: "Commands") -> None:
    demo = commands.add_parser(
        "demo", help="make the sample film on this machine, free, and watch it being made", epilog=_EXITS
    )
    demo.add_argument(
        "--paid", action="store_true", help="by the models of the keys that are set; asks before it spends"
    )
    _stack(_film(spending(demo)))


def _add_make(commands: "Commands") -> None:
    make = commands.add_parser(
        "make",
        help="make a film of your own; with keys, by paid models: shows the price and asks",
        description="Make a film on the stack of this machine (one is started where none runs), or at --url.",
        epilog=_EXITS,
    )
    make.add_argument("idea", metavar="IDEA", help="what the film is about")
    make.add_argument("--character", required=True, metavar="TEXT", help="what the main character looks like")
    make.add_argument("--scenes", type=number(1, 40), metavar="N", help="how many scenes (4)")
    make.add_argument("--duration", type=seconds, metavar="S", help="seconds per scene (8)")
    make.add_argument("--seed", type=number(0, 2**32 - 1), metavar="N", help="the same seed makes the same film")
    make.add_argument("--aspect", metavar="W:H", help="16:9, 9:16 or 1:1 (16:9)")
    make.add_argument("--style", metavar="TEXT", help="the look, such as 'watercolour, soft light'")
    make.add_argument("--title", metavar="TEXT", help="shown on a card at the beginning")
    make.add_argument("--gate", choices=GATES, action="append", help="wait there until you approve; may be given again")
    make.add_argument("--song", type=Path, metavar="FILE", help="not in this version")
    make.add_argument("--local", action="store_true", help="on this machine, free, whatever keys are set")
    on_interrupt(leaving(gateway(_stack(_film(spending(make))))))


def _add_prune(commands: "Commands") -> None:
    """Its options are read by the gateway's own `python -m gateway.lifecycle`."""
    told = "remove what is kept longer than `retention` says; --dry-run only tells"
    prune = _data(commands.add_parser("prune", help=told, epilog=_EXITS))
    prune.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    prune.add_argument("--older-than", metavar="DAYS", help="for every kind, instead of what gateway.yaml says")
    prune.add_argument("--kind", action="append", metavar="KIND", help="only this, such as copies; may be given again")
    prune.add_argument("--check", action="store_true", help="compare files and records instead; 1: they differ")
    prune.add_argument("--repair", action="store_true", help="and remove files and records that have lost each other")
    prune.add_argument("--json", action="store_true", help="as one JSON document")


def _add_keys(commands: "Commands") -> None:
    """What comes behind is read by the gateway's own `python -m gateway.keys`, `--data` aside."""
    keys = commands.add_parser("keys", help="make, list and revoke API keys; set what one may spend a day")
    keys.add_argument("errand", choices=("create", "list", "revoke", "budget"), help="each has a --help of its own")
    keys.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help="such as: create studio --space local")


def data_of(words: list[str]) -> tuple[Path | None, list[str]]:
    """The data folder that is named among `words`, and the rest of them."""
    options, rest = _data(argparse.ArgumentParser(add_help=False)).parse_known_args(words)
    return options.data, rest


def _add_media(commands: "Commands") -> None:
    """Its options are read by the gateway's own `python -m gateway.migration`."""
    media = commands.add_parser("media", help="move what was made into a bucket, or back")
    errands = media.add_subparsers(dest="errand", required=True, metavar="ERRAND")
    told = "copy every recorded file and compare it by its hash; nothing is removed, and a second run goes on"
    migrate = _data(errands.add_parser("migrate", help=told, description=told, epilog=_EXITS))
    migrate.add_argument("source", choices=("local", "s3"), help="where they are: the data folder, or STORAGE_BUCKET")
    migrate.add_argument("target", choices=("local", "s3"), help="where they go")
    migrate.add_argument("--dry-run", action="store_true", help="only say what would be copied")
    migrate.add_argument("--quick", action="store_true", help="don't read again what lies there with the right size")
    migrate.add_argument("--json", action="store_true", help="as one JSON document")


def _data(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="the folder for everything (./.scenebeat, or SCENEBEAT_DATA)"
    )
    return command


def _stack(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _data(command)
    command.add_argument(
        "--host", type=_address, default=LOOPBACK, metavar="H", help="where the gateway listens (%(default)s)"
    )
    command.add_argument(
        "--port",
        type=number(0, HIGHEST_PORT),
        default=DEFAULT_PORT,
        metavar="N",
        help="its port, or the next free one (%(default)s); 0 takes any",
    )
    command.add_argument(
        "--workers",
        type=_workers,
        action="append",
        metavar="KIND=N",
        help=f"how many processes of a service ({', '.join(KINDS)}); 1 each",
    )
    return command


def _film(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--out", type=Path, metavar="FILE", help="where the film goes (films/ in the data folder)")
    command.add_argument("--json", action="store_true", help="print the finished production as one JSON document")
    return command


def _address(text: str) -> str:
    """Where others can come, the gateway asks for keys, and does not start while there are none."""
    try:
        known = text == "localhost" or bool(ip_address(text))
    except ValueError:
        known = False
    if not known:
        raise argparse.ArgumentTypeError(f"{text!r} is no address, such as 127.0.0.1 or 0.0.0.0")
    return text


def _workers(text: str) -> tuple[str, int]:
    kind, _, count = text.partition("=")
    if kind not in KINDS or not count.isdecimal() or not 1 <= int(count) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not KIND=N, such as video=2; kinds are {', '.join(KINDS)}")
    return kind, int(count)
