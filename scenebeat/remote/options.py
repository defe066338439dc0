"""The commands that talk to a gateway: their options, help, examples."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenebeat.values import address, dollars, number, seconds

if TYPE_CHECKING:  # only generic for the type checker
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Parser = argparse.ArgumentParser

STATUSES = ("queued", "running", "succeeded", "partial", "failed", "canceling", "canceled")
BACKENDS = ("replicate", "gemini", "local")
EXITS = (
    "exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done,\n"
    "            4 at a gate (with --leave-at-gate), 130 interrupted (the job goes on)"
)
GATES = ("storyboard", "character", "clips")
DELIVERY_STATUSES = ("pending", "delivered", "failed")
LONGEST_PAGE = 200
MOST_SCENES, MOST_VERSIONS = 40, 10_000

WEBHOOKS = "what receivers were told: list, replay; the secret that signs"
EXAMPLES = {
    "scenes": 'scenebeat scenes "A fox learns to fly" --character "a small red fox" --scenes 3 --out scenes.json',
    "character": 'scenebeat character "a small red fox with a blue scarf" --images 2 --out portraits/',
    "clip": 'scenebeat clip "the fox leaps" --character-image ID --duration 4 --out leap.mp4',
    "stitch": "scenebeat stitch ID ID ID --transition crossfade --out film.mp4",
    "estimate": 'scenebeat estimate clip "the fox leaps" --duration 8',
    "jobs": "scenebeat jobs --status failed --limit 5\n  scenebeat jobs ID --json",
    "films": "scenebeat films --q lighthouse\n  scenebeat films --status waiting",
    "watch": "scenebeat watch ID --out film.mp4\n  scenebeat watch ID --json | jq .status",
    "approve": "scenebeat approve FILM --out film.mp4\n  scenebeat approve FILM --gate storyboard --leave-at-gate",
    "choose": "scenebeat choose FILM --portrait 2\n  scenebeat choose FILM --scene 3 --version 1",
    "cancel": "scenebeat cancel ID",
    "retry": "scenebeat retry ID",
    "webhooks": "scenebeat webhooks list --status failed\n  scenebeat webhooks replay --since 2026-01-31T12:00:00Z",
    "export": "scenebeat export FILM --format otio --out film.otio",
}


def add_remote(commands: "Commands") -> None:
    """Every command that needs a gateway and nothing else."""
    for name, (help_, add) in ORDERS.items():
        _waiting(spending(add(_command(commands, name, help_))))
    _add_estimate(commands)
    for name, (help_, add) in ERRANDS.items():
        add(_command(commands, name, help_))
    _webhooks(_described(commands, "webhooks", WEBHOOKS))


def gateway(command: Parser) -> Parser:
    """Which gateway, and with which key."""
    command.add_argument(
        "--url", type=address, metavar="URL", help="the gateway (SCENEBEAT_URL, else the stack that runs here)"
    )
    command.add_argument(
        "--key", metavar="KEY", help="the API key; other users of the machine can see it here: prefer SCENEBEAT_API_KEY"
    )
    return command


def spending(command: Parser) -> Parser:
    command.add_argument("--yes", "-y", action="store_true", help="spend what it costs without asking")
    command.add_argument(
        "--budget",
        type=dollars,
        metavar="USD",
        help="the most it may cost; of a film it is kept while it is made; without a terminal this is agreement too",
    )
    return command


def _add_estimate(commands: "Commands") -> None:
    help_ = "say what an order would cost and how long it would take; orders nothing"
    estimate = _described(commands, "estimate", help_)
    orders = estimate.add_subparsers(dest="order", required=True, metavar="ORDER")
    for name, (_, add) in (ORDERS | {"make": ("make a film", _make)}).items():
        add(_at_a_gateway(orders.add_parser(name, help=f"what `scenebeat {name}` would order")))


def _command(commands: "Commands", name: str, help_: str) -> Parser:
    return _at_a_gateway(_described(commands, name, help_))


def _described(commands: "Commands", name: str, help_: str) -> Parser:
    return commands.add_parser(
        name,
        help=help_,
        description=f"{help_[0].upper()}{help_[1:]}.",
        epilog=f"example:\n  {EXAMPLES[name]}\n\n{EXITS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _at_a_gateway(command: Parser) -> Parser:
    gateway(command)
    command.add_argument("--data", type=Path, metavar="DIR", help="the folder of the stack that runs here")
    command.add_argument("--json", action="store_true", help="one JSON document; JSON lines of what is watched")
    return command


def _waiting(command: Parser) -> Parser:
    _out(command)
    command.add_argument("--no-wait", action="store_true", help="order it, say its id and leave")
    on_interrupt(command)
    return command


def _out(command: Parser) -> Parser:
    command.add_argument("--out", type=Path, metavar="FILE", help="fetch what was made into this file or folder")
    return command


def on_interrupt(command: Parser) -> Parser:
    command.add_argument(
        "--cancel-on-interrupt", action="store_true", help="Ctrl-C cancels what is waited for; else it goes on"
    )
    return command


def _made_by(command: Parser) -> Parser:
    command.add_argument("--backend", choices=BACKENDS, help="who makes it; local costs nothing")
    command.add_argument("--model", metavar="ID", help="a model of the gateway's catalog")
    command.add_argument("--seed", type=number(0, 2**32 - 1), metavar="N", help="the same seed makes the same again")
    return _filed(command)


def _filed(command: Parser) -> Parser:
    command.add_argument("--project", metavar="NAME", help="a name to find it by")
    return command


def _words(command: Parser) -> Parser:
    command.add_argument("idea", metavar="IDEA", help="what the film is about")
    command.add_argument("--character", required=True, metavar="TEXT", help="what the main character looks like")
    command.add_argument("--scenes", type=number(1, 40), metavar="N", help="how many scenes")
    command.add_argument("--style", metavar="TEXT", help="the look, such as 'watercolour, soft light'")
    return command


def _scenes(command: Parser) -> Parser:
    return _made_by(_words(command))


def _make(command: Parser) -> Parser:
    _words(command)
    command.add_argument("--duration", type=seconds, metavar="S", help="seconds per scene")
    command.add_argument("--aspect", metavar="W:H", help="16:9, 9:16 or 1:1")
    command.add_argument("--backend", choices=BACKENDS, help="who makes it; local costs nothing")
    return _filed(command)


def _character(command: Parser) -> Parser:
    command.add_argument("description", metavar="DESCRIPTION", help="what the character looks like")
    command.add_argument("--images", type=number(1, 4), metavar="N", help="how many pictures")
    command.add_argument("--aspect", metavar="W:H", help="such as 1:1")
    return _made_by(command)


def _clip(command: Parser) -> Parser:
    command.add_argument("prompt", metavar="PROMPT", help="what is to be seen")
    picture = command.add_mutually_exclusive_group()
    picture.add_argument("--character-image", metavar="ID", help="a picture the gateway has: `scenebeat character`")
    picture.add_argument("--reference", type=Path, metavar="FILE", help="a picture of your own: PNG, JPEG or WebP")
    command.add_argument("--duration", type=seconds, metavar="S", help="seconds")
    command.add_argument("--aspect", metavar="W:H", help="such as 16:9")
    command.add_argument("--without", metavar="TEXT", help="what is not to be seen")
    return _made_by(command)


def _stitch(command: Parser) -> Parser:
    command.add_argument("video_ids", nargs="+", metavar="ID", help="the videos, in the order of the cut")
    command.add_argument("--transition", metavar="TYPE", help="how each becomes the next, such as crossfade or cut")
    command.add_argument("--title", metavar="TEXT", help="shown on a card at the beginning")
    command.add_argument("--skip-missing", action="store_true", help="go without videos that are not there")
    return _filed(command)


def _films(command: Parser) -> Parser:
    return _listed(command, statuses=(*STATUSES, "waiting"))


def _listed(command: Parser, *, statuses: Sequence[str] = STATUSES) -> Parser:
    command.add_argument("--status", choices=statuses)
    command.add_argument("--project", metavar="NAME")
    command.add_argument("--q", metavar="WORDS", help="what its prompt, idea or description says")
    command.add_argument(
        "--limit", type=number(1, LONGEST_PAGE), default=20, metavar="N", help="how many (%(default)s)"
    )
    command.add_argument("--cursor", metavar="CURSOR", help="go on after the last list")
    return command


def _jobs(command: Parser) -> Parser:
    command.add_argument("id", nargs="?", metavar="ID", help="one job, whole; without it a list, newest first")
    command.add_argument("--kind", metavar="KIND", help="such as generate_video")
    command.add_argument("--film", metavar="ID", help="those of one film")
    return _listed(command)


def _one(command: Parser) -> Parser:
    command.add_argument("id", metavar="ID", help="of a job or a film")
    return command


def _watch(command: Parser) -> Parser:
    return on_interrupt(leaving(_out(_one(command))))


def leaving(command: Parser) -> Parser:
    command.add_argument(
        "--leave-at-gate",
        action="store_true",
        help="leave where the film waits for you, with exit code 4; else it is waited for until you have approved it",
    )
    return command


def _approve(command: Parser) -> Parser:
    command.add_argument("id", metavar="FILM", help="the film that waits: `scenebeat films`")
    command.add_argument("--gate", choices=GATES, help="only this gate; safe to say twice. Without it, where it waits")
    return leaving(_waiting(command))


def _choose(command: Parser) -> Parser:
    command.add_argument("id", metavar="FILM", help="the film: `scenebeat films`")
    command.add_argument("--portrait", metavar="N", help="the character: the number of a portrait, or its id")
    command.add_argument("--scene", type=number(1, MOST_SCENES), metavar="N", help="the scene of --version")
    command.add_argument("--version", type=number(1, MOST_VERSIONS), metavar="V", help="the version that counts")
    return command


def _retry(command: Parser) -> Parser:
    command.add_argument("id", metavar="ID", help="of a job or film that failed, was canceled or is partial")
    return leaving(_waiting(command))


def _export(command: Parser) -> Parser:
    command.add_argument("id", metavar="FILM", help="the film's id: `scenebeat films`")
    command.add_argument("--format", choices=("zip", "otio"), default="zip", help="clips and timeline, or the timeline")
    command.add_argument("--out", type=Path, metavar="FILE", help="where to (film-ID.zip here)")
    return command


def _webhooks(command: Parser) -> Parser:
    """Each of these is a command of its own, at a gateway too."""
    calls = command.add_subparsers(dest="call", required=True, metavar="CALL")
    listed = _at_a_gateway(calls.add_parser("list", help="what was sent, and what came of it"))
    listed.add_argument("--status", choices=DELIVERY_STATUSES)
    listed.add_argument("--job", metavar="ID", help="what one job told")
    listed.add_argument("--film", metavar="ID", help="what one film told")
    listed.add_argument("--limit", type=number(1, LONGEST_PAGE), default=20, metavar="N", help="how many (%(default)s)")
    listed.add_argument("--cursor", metavar="CURSOR", help="go on after the last list")
    show = _at_a_gateway(calls.add_parser("show", help="one delivery, with what is sent"))
    show.add_argument("id", metavar="ID")
    again = _at_a_gateway(calls.add_parser("replay", help="send again: one, or all that were given up"))
    again.add_argument("id", nargs="?", metavar="ID", help="one delivery; without it all that were given up")
    again.add_argument("--since", metavar="TIME", help="those of events since then, such as 2026-01-31T12:00:00Z")
    again.add_argument("--delivered", action="store_true", help="those that were taken, instead of those given up")
    secret = _at_a_gateway(calls.add_parser("secret", help="show what signs; keep it as safe as a key"))
    secret.add_argument("--rotate", action="store_true", help="make a new one; the old one signs along for a day")
    default = _at_a_gateway(calls.add_parser("default", help="where everything of this key is sent"))
    where = default.add_mutually_exclusive_group()
    where.add_argument(
        "address", nargs="?", metavar="ADDRESS", help="send it there from now on; without it, show where"
    )
    where.add_argument("--nowhere", action="store_true", help="send it nowhere")
    return command


Add = Callable[[Parser], Parser]
ORDERS: dict[str, tuple[str, Add]] = {
    "scenes": ("write the scenes of a film", _scenes),
    "character": ("draw pictures of a character", _character),
    "clip": ("make one clip", _clip),
    "stitch": ("join videos to a cut", _stitch),
}
ERRANDS: dict[str, tuple[str, Add]] = {
    "jobs": ("list jobs, or show one", _jobs),
    "films": ("list films", _films),
    "watch": ("watch a job or a film until it is over", _watch),
    "approve": ("let a film that waits at a gate go on", _approve),
    "choose": ("choose a film's portrait, or the version of a scene; costs nothing", _choose),
    "cancel": ("stop a job or a film, at its provider too", _one),
    "retry": ("order again what failed, or what is missing", _retry),
    "export": ("fetch a film's clips and timeline for other programs", _export),
}
