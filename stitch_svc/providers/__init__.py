"""Who joins clips and who conforms them: name -> how it is opened for as long as the service lives."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from shared.runtime import House
from stitch_svc.providers.base import CutProvider
from stitch_svc.providers.local import open_conforming, open_cuts

OpenProvider = Mapping[str, Callable[[House], AbstractAsyncContextManager[CutProvider]]]

PROVIDERS: OpenProvider = {"local": open_cuts}
CONFORMERS: OpenProvider = {"local": open_conforming}
