import socket
from collections.abc import Iterator

import pytest

from scenebeat.ports import BUS_PORTS, NoFreePort, free_bus_port, is_free, next_free_port

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(HOST, taken)


def test_a_port_somebody_listens_on_everywhere_is_not_free_here() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(HOST, server.getsockname()[1])


def test_the_next_free_port_lies_above_a_taken_one(taken: int) -> None:
    found = next_free_port(HOST, taken)
    assert found > taken
    assert is_free(HOST, found)


def test_zero_is_any_port_that_can_be_listened_on() -> None:
    with socket.create_server((HOST, next_free_port(HOST, 0))) as server:
        assert server.getsockname()[1] > 0


def test_all_ports_taken_is_said_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenebeat.ports.HIGHEST_PORT", 0)
    with pytest.raises(NoFreePort, match="--port 0"):
        next_free_port(HOST, 8000)


@pytest.mark.parametrize("port", [0, 8000])
def test_an_address_of_another_machine_is_named(port: int) -> None:
    with pytest.raises(NoFreePort, match=r"203\.0\.113\.7"):
        next_free_port("203.0.113.7", port)


def test_the_bus_keeps_away_from_ports_of_outgoing_connections() -> None:
    assert free_bus_port(HOST) in BUS_PORTS
    assert BUS_PORTS.stop <= 32_768
