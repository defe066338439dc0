"""A leash: runs a command that dies with the process that started it, however that ends.

`python leash.py <parent pid> -- command ...`. On Linux the kernel keeps the promise and the command takes this
process's place; elsewhere this process stays and looks after its parent. Standard library only: it starts in no time.
"""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

PR_SET_PDEATHSIG = 1
WATCH_EVERY_S = 0.25
EXIT_USAGE = 2
EXIT_ORPHANED = 1


def leashed(command: Sequence[str]) -> tuple[str, ...]:
    """`command` as this process starts it so that it can't outlive it."""
    return (sys.executable, "-I", "-S", __file__, str(os.getpid()), "--", *command)


def main(arguments: Sequence[str]) -> int:
    """The command's exit code. On Linux it only returns when the parent is gone already."""
    if len(arguments) < 3 or arguments[1] != "--":
        sys.stderr.write("usage: leash.py <parent pid> -- command ...\n")
        return EXIT_USAGE
    parent, command = int(arguments[0]), arguments[2:]
    if sys.platform != "linux":
        return _watch(parent, command)
    _die_with_parent()
    if os.getppid() == parent:  # else it died before we could ask
        os.execvp(command[0], list(command))
    return EXIT_ORPHANED


def _die_with_parent() -> None:
    import ctypes  # noqa: PLC0415 -- only the leash itself needs it

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _watch(parent: int, command: Sequence[str]) -> int:
    """Where the kernel can't: keep the command as a child and kill it once our parent is another."""
    import subprocess  # noqa: PLC0415 -- not on Linux

    with subprocess.Popen(command) as child:

        def forward(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        signal.signal(signal.SIGTERM, forward)
        while os.getppid() == parent:
            try:
                return child.wait(WATCH_EVERY_S)
            except subprocess.TimeoutExpired:
                continue
        child.kill()
    return EXIT_ORPHANED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
