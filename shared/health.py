"""`python -m shared.health [URL]`: is the process of this environment ready? For the health checks of containers.

Exits 0 when it is, 1 with a sentence when it is not. Without a URL it asks the lookout of this environment
(SCENEBEAT_LOOKOUT__PORT).
"""

import os
import sys
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

WITHIN_S = 5.0


def main(arguments: list[str]) -> int:
    host, port = os.environ.get("SCENEBEAT_LOOKOUT__HOST", ""), os.environ.get("SCENEBEAT_LOOKOUT__PORT")
    if not arguments and port is None:
        return _say("set SCENEBEAT_LOOKOUT__PORT, or give the URL to ask")
    near = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host
    return check(arguments[0] if arguments else f"http://{near}:{port}/readyz")


def check(url: str) -> int:
    try:
        with urlopen(url, timeout=WITHIN_S):
            return 0
    except HTTPError as error:
        return _say(f"{url} answers {error.code}: {error.read(2_000).decode(errors='replace')}")
    except (URLError, OSError, ValueError) as error:
        return _say(f"{url} does not answer: {error}")


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 -- for whoever asked
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
