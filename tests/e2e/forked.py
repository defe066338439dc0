"""`scenebeat` and its houses without loading them anew each time: where it is not their start that is looked at."""

import os
from functools import partial
from pathlib import Path

from scenebeat.folder import DataFolder
from tests import forks
from tests.e2e import stacks
from tests.e2e.stacks import Up


async def started(*words: str, folder: Path) -> Up:
    process = await forks.piped(["tests.e2e.supervised", *words, "--data", str(folder)], environment=os.environ)
    return Up(process, DataFolder(folder))


running_up = partial(stacks.running_up, start=started)
output_of = partial(stacks.output_of, start=started)
