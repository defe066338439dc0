"""The command line: what the user typed, done, and an exit code."""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from scenebeat import operating
from scenebeat.environment import any_key, read_environment
from scenebeat.exits import AT_GATE, DONE, FAILED, INTERRUPTED, USAGE, of_film
from scenebeat.folder import DEFAULT_FOLDER, DataFolder
from scenebeat.natsserver import NoNatsServer
from scenebeat.options import data_of, parser
from scenebeat.ports import NoFreePort
from scenebeat.remote.options import ERRANDS, ORDERS
from scenebeat.roster import Plan
from scenebeat.stack import StackFailed
from shared.config import ConfigError

if TYPE_CHECKING:
    from scenebeat.consent import Spending
    from scenebeat.doctor import Diagnosis

Options = argparse.Namespace
T = TypeVar("T")

_FREE_WITH = {
    "make": "--local makes it on this machine, for nothing",
    "demo": "Without --paid it is made on this machine, for nothing",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. No traceback for what is the user's or the machine's fault."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as wrong_usage:
        return int(wrong_usage.code or DONE)
    try:
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        operating.say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # `scenebeat logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (StackFailed, NoFreePort, NoNatsServer, ConfigError, OSError) as error:
        operating.say(f"scenebeat: {error}")
        return FAILED


def _up(options: Options) -> int:
    plan = _plan(options)
    if not options.examined:
        _say_who_makes_it(plan.environment)
    if options.detach:
        return operating.up_detached(plan, _again(options))
    try:
        return _run(operating.up(plan))
    except KeyboardInterrupt:  # the ordinary way to end it
        return DONE


def _doctor(options: Options) -> int:
    from scenebeat.findings import document, whole  # noqa: PLC0415 -- nobody else needs it

    diagnosis = _examined(read_environment(Path.cwd(), os.environ))
    if options.json:
        operating.tell(json.dumps(document(diagnosis), indent=2, ensure_ascii=False))
    else:
        operating.tell(whole(diagnosis))
    return DONE if diagnosis.is_fine else FAILED


def _prune(options: Options) -> int:
    """The gateway's own tool, on the gateway's own data."""
    environment = read_environment(Path.cwd(), os.environ)
    words = [f"--{name.replace('_', '-')}" for name in ("dry_run", "check", "repair", "json") if getattr(options, name)]
    words += [] if options.older_than is None else ["--older-than", options.older_than]
    for kind in options.kind or ():
        words += ["--kind", kind]
    data = {"SCENEBEAT_DATA": str(_folder(options, environment).root)}
    tool = [sys.executable, "-m", "gateway.lifecycle", *words]
    return subprocess.run(tool, env={**os.environ, **environment, **data}, check=False).returncode


def _keys(options: Options) -> int:
    """The gateway's own tool, on the gateway's own data."""
    environment = read_environment(Path.cwd(), os.environ)
    data, words = data_of(options.words)
    folder = _folder(argparse.Namespace(data=data), environment)
    told = {**os.environ, **environment, "SCENEBEAT_DATA": str(folder.root)}
    tool = [sys.executable, "-m", "gateway.keys", options.errand, *words]
    return subprocess.run(tool, env=told, check=False).returncode


def _media(options: Options) -> int:
    """The gateway's own tool too."""
    environment = read_environment(Path.cwd(), os.environ)
    words = [f"--{name.replace('_', '-')}" for name in ("dry_run", "quick", "json") if getattr(options, name)]
    data = {"SCENEBEAT_DATA": str(_folder(options, environment).root)}
    tool = [sys.executable, "-m", "gateway.migration", options.source, options.target, *words]
    return subprocess.run(tool, env={**os.environ, **environment, **data}, check=False).returncode


def _say_who_makes_it(environment: Mapping[str, str]) -> bool:
    """With keys set: what the doctor found, before the first order. False where something can't be made."""
    from scenebeat.findings import greeting  # noqa: PLC0415

    if not any_key(environment):
        return True
    operating.say("asking the providers what the keys reach ...")
    diagnosis = _examined(environment)
    operating.say(greeting(diagnosis))
    return diagnosis.is_fine


def _examined(environment: Mapping[str, str]) -> "Diagnosis":
    from scenebeat.doctor import examine  # noqa: PLC0415
    from shared.logs import configure  # noqa: PLC0415

    configure(service="doctor", level="warning")  # what it prints is for people, or a document
    return _run(examine(environment))


def _down(options: Options) -> int:
    return operating.down(_folder(options))


def _status(options: Options) -> int:
    return operating.status(_folder(options), as_json=options.json)


def _logs(options: Options) -> int:
    return operating.logs(_folder(options), options.name, follow=options.follow, raw=options.raw, lines=options.lines)


def _db(options: Options) -> int:
    environment = read_environment(Path.cwd(), os.environ)
    told = {**environment, "SCENEBEAT_DATA": str(_folder(options, environment).root)}
    words = [options.action, *(["--json"] if options.json else [])]
    return subprocess.run([sys.executable, "-m", "gateway.history", *words], env=told, check=False).returncode


def _demo(options: Options) -> int:
    from scenebeat.filming import SAMPLE  # noqa: PLC0415 -- the client is slow to import

    if not options.paid and any_key(read_environment(Path.cwd(), os.environ)):
        operating.say("the demo is made on this machine and costs nothing; --paid has the models of your keys make it")
    return _film(SAMPLE, options, paid=options.paid)


def _make(options: Options) -> int:
    if options.song is not None:
        operating.say("scenebeat: --song: this version can't cut to a song yet; leave it out and the film gets its own")
        return USAGE
    asked = {
        "idea": options.idea,
        "character_description": options.character,
        "number_of_scenes": options.scenes,
        "seed": options.seed,
        "duration": options.duration,
        "aspect_ratio": options.aspect,
        "video_characteristics": options.style,
        "title": options.title,
        "review": options.gate,
    }
    told = {name: value for name, value in asked.items() if value is not None}
    return _film(told, options, paid=not options.local)


def _film(asked: Mapping[str, Any], options: Options, *, paid: bool) -> int:
    """Only with `paid` may it be made by models that cost money; then somebody has to agree to the price."""
    from scenebeat.client import InvalidRequest, ScenebeatError  # noqa: PLC0415 -- slow to import
    from scenebeat.client.address import find_key  # noqa: PLC0415
    from scenebeat.consent import NotAgreed, Spending  # noqa: PLC0415
    from scenebeat.filming import shoot, shoot_at  # noqa: PLC0415
    from scenebeat.gates import AtGate  # noqa: PLC0415
    from scenebeat.screen import open_screen  # noqa: PLC0415

    plan, stream = _plan(options), sys.stderr if options.json else sys.stdout
    url = _elsewhere(options, plan.environment)
    if paid and url is None and not _say_who_makes_it(plan.environment):
        operating.say(f"scenebeat: nothing was ordered: mend what is said above. {_FREE_WITH[options.command]}")
        return FAILED
    leaves = getattr(options, "leave_at_gate", False)
    spending = Spending(
        instead=_FREE_WITH[options.command],
        agreed=options.yes,
        budget_usd=options.budget,
        may_ask=sys.stdin.isatty() and stream.isatty(),
        cancel=getattr(options, "cancel_on_interrupt", False),
    )
    order = {**asked, **_kept_to(spending, paid=paid)}
    try:
        with open_screen(stream) as screen:
            key = find_key(getattr(options, "key", None), plan.environment)
            if url is None:
                work = shoot(order, plan, key=key, screen=screen, spending=spending, out=options.out, leaves=leaves)
            else:
                work = shoot_at(url, key, order, screen=screen, spending=spending, out=options.out, leaves=leaves)
            screened = _run(work)
    except NotAgreed as no:
        operating.say(f"scenebeat: {no}")
        return no.exit_code
    except AtGate as waiting:
        operating.tell(waiting.film.model_dump_json(indent=2, by_alias=True, exclude_unset=True) if options.json
                       else waiting.film.production_id)  # fmt: skip
        return AT_GATE
    except ScenebeatError as error:
        operating.say(f"scenebeat: {error}")
        return USAGE if isinstance(error, InvalidRequest) else FAILED
    if options.json:
        operating.tell(screened.production.model_dump_json(indent=2, by_alias=True, exclude_unset=True))
    else:
        operating.tell(screened.summary())
    return of_film(screened.production.status)


def _elsewhere(options: Options, environment: Mapping[str, str]) -> str | None:
    """The gateway that was named, if one was: else a film is made on the stack of this machine."""
    if options.command == "demo" or options.data is not None:
        return getattr(options, "url", None)
    return options.url or environment.get("SCENEBEAT_URL") or None


def _remote(options: Options) -> int:
    from scenebeat.remote.desk import attend  # noqa: PLC0415 -- the client is slow to import

    return _run(attend(options, read_environment(Path.cwd(), os.environ)))


def _kept_to(spending: "Spending", *, paid: bool) -> dict[str, str]:
    """What keeps the gateway to what was said about money."""
    if not paid:
        return {"backend": "local"}
    return {} if spending.budget_usd is None else {"budget_usd": str(spending.budget_usd)}


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work`; the first Ctrl-C or SIGTERM cancels it so that it can tidy up, a second ends it at once."""

    async def ending_on_sigterm() -> T:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await work

    try:
        return asyncio.run(ending_on_sigterm())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def _plan(options: Options) -> Plan:
    environment = read_environment(Path.cwd(), os.environ)
    return Plan(
        folder=_folder(options, environment),
        environment=environment,
        host=options.host,
        port=options.port,
        workers=dict(options.workers or ()),
    )


def _folder(options: Options, environment: Mapping[str, str] | None = None) -> DataFolder:
    told = read_environment(Path.cwd(), os.environ) if environment is None else environment
    return DataFolder(options.data or Path(told.get("SCENEBEAT_DATA") or DEFAULT_FOLDER))


def _again(options: Options) -> list[str]:
    """The same `up` for a process of its own."""
    words = ["--examined", "--data", str(_folder(options).root), "--host", options.host, "--port", str(options.port)]
    for kind, count in options.workers or ():
        words += ["--workers", f"{kind}={count}"]
    return words


_COMMANDS = {
    "up": _up,
    "doctor": _doctor,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "db": _db,
    "demo": _demo,
    "make": _make,
    "media": _media,
    "prune": _prune,
    "keys": _keys,
    **dict.fromkeys((*ORDERS, *ERRANDS, "estimate", "webhooks"), _remote),
}
