"""Who is alive is asked rarely, and a bus that is away changes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from gateway.reachability import Reachability
from shared.contracts.order import ServiceCard
from shared.errors import BusAway
from tests.unit.gateway.means import means

CARD = ServiceCard(instance="a", service="video_svc", kind="generate_video", providers={"local": ()})


class Services:
    """A bus that counts how often it is asked, and can be away."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.cards: tuple[ServiceCard, ...] = (CARD,)
        self.seen: tuple[ServiceCard, ...] = ()

    async def __call__(self) -> tuple[ServiceCard, ...]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise BusAway("asking who is there")
        return self.cards

    async def last(self) -> tuple[ServiceCard, ...]:
        return self.seen


def reachability(services: Services, *, now: Callable[[], float]) -> Reachability:
    return Reachability(replace(means(), now=now), services=services, last_services=services.last, ask_every_s=2.0)


async def test_many_orders_at_once_ask_once() -> None:
    services = Services()
    reach = reachability(services, now=lambda: 100.0)
    found = await asyncio.gather(*(reach() for _ in range(20)))

    assert services.asked == 1
    assert all("generate_video" in each.reach for each in found)


async def test_after_a_while_it_asks_again() -> None:
    services, moments = Services(), [100.0]
    reach = reachability(services, now=lambda: moments[0])
    await reach()
    services.cards = ()
    moments[0] += 1.9
    assert "generate_video" in (await reach()).reach

    moments[0] += 0.2
    assert "generate_video" in (await reach()).reach, "a service that is started again reaches what it did before"
    assert await reach.waits_for("generate_video", "local") is not None
    assert services.asked == 2


async def test_while_the_bus_is_away_the_last_word_counts() -> None:
    services, moments = Services(), [100.0]
    reach = reachability(services, now=lambda: moments[0])
    await reach()
    services.away = True
    moments[0] += 10

    assert "generate_video" in (await reach()).reach


async def test_a_gateway_that_is_started_while_nobody_is_alive_goes_by_who_was_there_before() -> None:
    services = Services()
    services.cards, services.seen = (), (CARD,)

    assert "generate_video" in (await reachability(services, now=lambda: 100.0)()).reach


async def test_who_is_alive_counts_before_who_was() -> None:
    services = Services()
    services.seen = (CARD.model_copy(update={"providers": {"replicate": ()}}),)

    assert (await reachability(services, now=lambda: 100.0)()).reach["generate_video"].providers.keys() == {"local"}
