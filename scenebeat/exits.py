"""Exit codes of the command line (API.md section 8)."""

DONE = 0
FAILED = 1
USAGE = 2
PARTIAL = 3
AT_GATE = 4
INTERRUPTED = 130

OF_STATUS = {"succeeded": DONE, "partial": PARTIAL}


def of_film(status: str) -> int:
    """The exit code for a production that ended as `status`."""
    return OF_STATUS.get(status, FAILED)
