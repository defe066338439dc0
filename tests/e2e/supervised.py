"""`python -m tests.e2e.supervised ...`: `scenebeat ...`, whose supervisor forks the houses from one that is loaded."""

import sys
from typing import BinaryIO

from scenebeat import cli, supervisor
from scenebeat.supervisor import Command, Process, launched
from tests.forks import open_house


async def launched_at_once(command: Command, log: BinaryIO) -> Process:
    python, *words = command.argv
    if python != sys.executable:
        return await launched(command, log)
    _, module = words  # -m
    return await open_house([module], environment=command.environment, log=command.log)


if __name__ == "__main__":
    supervisor.launched = launched_at_once
    sys.exit(cli.main())
