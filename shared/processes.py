"""Which processes of this machine are still there: what they left half done may be swept when they are not."""

import os
import re
import socket

HOST = re.sub(r"[^A-Za-z0-9]", "_", socket.gethostname())
"""This machine in file names and leases."""


def alive(pid: int) -> bool:
    """Does another process with this number run? Our own number, from before a restart, is nobody."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid != os.getpid()
