"""Opening a service's providers for as long as it lives; one without its key stays shut and says what to set."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.config import WorkerConfig
from shared.logs import logger
from shared.runtime import House

P = TypeVar("P")

Open = Callable[[House, WorkerConfig], AbstractAsyncContextManager[P]]
"""Opens one provider. Raises Shut when it can't be used."""


class Shut(Exception):
    """This provider can't be used: the text says what to set ("set REPLICATE_API_TOKEN"), never a secret."""


@dataclass(frozen=True)
class Opened(Generic[P]):
    """`providers` and `slots` of those that are open; `refusals` of those that are not: name -> what to set."""

    providers: Mapping[str, P]
    slots: Mapping[str, int]
    refusals: Mapping[str, str]


async def open_providers(
    stack: AsyncExitStack, opening: Mapping[str, Open[P]], house: House, config: WorkerConfig
) -> Opened[P]:
    """Open every provider that the configuration gives slots; they are closed with `stack`."""
    providers: dict[str, P] = {}
    refusals: dict[str, str] = {}
    for name in config.slots:
        try:
            providers[name] = await stack.enter_async_context(opening[name](house, config))
        except Shut as why:
            logger(__name__).info("provider_shut", provider=name, reason=str(why))
            refusals[name] = str(why)
    return Opened(providers, {name: config.slots[name] for name in providers}, refusals)
