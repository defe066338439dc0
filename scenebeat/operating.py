"""`up`, `down`, `status`, `logs`: what is done to a stack. Each returns the command's exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenebeat.exits import DONE, FAILED, USAGE
from scenebeat.folder import DataFolder, StackRecord
from scenebeat.journal import last_lines, new_lines, readable
from scenebeat.roster import Plan
from scenebeat.stack import READY_WITHIN_S, readiness, running, tail
from scenebeat.supervisor import Say

STOP_WITHIN_S = 30.0
LOOK_EVERY_S = 0.05
LOG_LINES = 50
STACK_LOG = "stack"


def say(text: str) -> None:
    """A line for the person, beside the ones scripts read."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def tell(text: str) -> None:
    """A line scripts read."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def up(plan: Plan) -> int:
    """Run a stack until the task is canceled; where one runs in the folder already, say where."""
    async with running(plan, say=_saying_and_logging(plan.folder)) as stack:
        tell(f"ready {stack.url}")
        if stack.own is None:
            return DONE
        say(f"data in {plan.folder.root}; Ctrl-C ends it")
        await stack.own.watch()
    return DONE


def up_detached(plan: Plan, arguments: list[str]) -> int:
    """Start `up` as a process of its own, and return once it is ready."""
    plan.folder.prepare()
    last_words = plan.folder.run / "up.err"
    with last_words.open("wb") as out:
        command = (sys.executable, "-m", "scenebeat", "up", *arguments)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=out, start_new_session=True
        )
    give_up = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up:
        record = plan.folder.living()
        if record and record.ready:
            tell(f"ready {record.url}")
            return DONE
        if process.poll():
            break
        time.sleep(LOOK_EVERY_S)
    say(f"the stack did not start; its last words:\n{tail(last_words)}")
    return FAILED


def down(folder: DataFolder) -> int:
    """End the stack of `folder` and wait until nothing of it is left."""
    record = folder.living()
    if record is None:
        say(f"nothing runs in {folder.root}")
        return DONE
    os.kill(record.pid, signal.SIGTERM)
    give_up = time.monotonic() + STOP_WITHIN_S
    while folder.is_held():
        if time.monotonic() > give_up:
            say(f"the stack (process {record.pid}) did not end within {STOP_WITHIN_S:g} s")
            return FAILED
        time.sleep(LOOK_EVERY_S)
    say("stopped")
    return DONE


def status(folder: DataFolder, *, as_json: bool) -> int:
    """What runs in `folder`; FAILED when nothing does."""
    record = folder.living()
    report = readiness(record.url) if record else {}
    if as_json:
        tell(json.dumps(_status_document(folder, record, report), indent=2))
    elif record is None:
        tell(f"nothing runs in {folder.root}; start it with: scenebeat up")
    else:
        tell(_status_text(folder, record, report))
    return DONE if record else FAILED


def _status_document(folder: DataFolder, record: StackRecord | None, report: Mapping[str, Any]) -> dict[str, Any]:
    if record is None:
        return {"running": False, "ready": False, "url": None, "bus": None, "data": str(folder.root), "processes": []}
    return {
        "running": True,
        "ready": bool(report.get("ready")),
        "url": record.url,
        "pid": record.pid,
        "bus": {"url": record.bus, "connected": bool(report.get("bus"))},
        "services": report.get("services", {}),
        "data": str(folder.root),
        "processes": [process.model_dump(include={"name", "pid", "state", "restarts"}) for process in record.processes],
    }


def _status_text(folder: DataFolder, record: StackRecord, report: Mapping[str, Any]) -> str:
    health = "ready" if report.get("ready") else "not ready"
    lines = [f"{record.url}  {health}", f"data  {folder.root}", f"bus   {record.bus}", ""]
    lines.append(f"{'process':<10} {'pid':>8}  {'state':<10} restarts")
    lines += [
        f"{process.name:<10} {process.pid or '-':>8}  {process.state:<10} {process.restarts:>8}"
        for process in record.processes
    ]
    return "\n".join(lines)


def logs(folder: DataFolder, name: str | None, *, follow: bool, raw: bool, lines: int = LOG_LINES) -> int:
    """Show the end of one log, or of all, and with `follow` what comes."""
    known = folder.log_names()
    if not known or (name and name not in known):
        there = f"; there are {', '.join(known)}" if known else " yet"
        say(f"there is no log of {name or 'anything'} in {folder.logs}{there}")
        return USAGE if known else FAILED
    chosen = [folder.log(one) for one in ([name] if name else known)]
    for log in chosen:
        for line in last_lines(log, most=lines):
            tell(_log_line(log, line, named=name is None, raw=raw))
    if follow:
        for log, line in new_lines(chosen):
            tell(_log_line(log, line, named=name is None, raw=raw))
    return DONE


def _log_line(log: Path, line: str, *, named: bool, raw: bool) -> str:
    text = line if raw else readable(line)
    return f"{log.stem:<8} {text}" if named else text


def _saying_and_logging(folder: DataFolder) -> Say:
    """What the supervisor says goes to the terminal and into its log."""
    folder.prepare()
    log = folder.log(STACK_LOG)

    def say_and_log(text: str) -> None:
        say(text)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")

    return say_and_log
