"""Alive, ready, and what there is."""

from typing import get_args

from shared.contracts.base import Kind
from tests.contract.theatre import Theatre
from tests.fakes import card


async def test_the_root_is_an_index_for_programs(house: Theatre) -> None:
    index = await (await house.client.get("/")).json()
    assert index == await (await house.client.get("/api/mv", headers={"Accept": "text/html"})).json()


async def test_every_call_of_the_index_exists(house: Theatre) -> None:
    endpoints = (await (await house.client.get("/api/mv")).json())["endpoints"]
    there = {route.resource.canonical for route in house.client.app.router.routes() if route.resource}
    assert {call.split()[1] for call in endpoints.values()} <= there


async def test_alive_needs_nothing_and_ready_needs_every_service(house: Theatre) -> None:
    house.bus.cards = ()
    assert (await house.client.get("/healthz")).status == 200
    unready = await house.client.get("/readyz")
    told = await unready.json()
    assert (unready.status, told["ready"], told["bus"], told["database"], told["storage"]) == (
        503, False, True, True, True,
    )  # fmt: skip
    assert set(told["missing_services"]) == set(get_args(Kind))
    house.bus.cards = tuple(card(kind) for kind in get_args(Kind))
    ready = await house.client.get("/readyz")
    assert (ready.status, (await ready.json())["services"]["generate_video"]) == (200, 1)


async def test_a_gateway_without_bus_is_alive_but_not_ready(house: Theatre) -> None:
    house.bus.cards = tuple(card(kind) for kind in get_args(Kind))
    house.bus.away, house.bus.connected = True, False
    answer = await house.client.get("/readyz")
    assert (answer.status, (await answer.json())["bus"]) == (503, False)
    assert (await house.client.get("/healthz")).status == 200
