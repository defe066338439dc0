"""How long calls take where only so many are worked at once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.choice import Reach, reach_of
from gateway.estimate import Estimate, Part
from gateway.hands import wall_s
from shared.contracts.base import FREE, Kind
from shared.contracts.order import ServiceCard
from tests.factories import a_new_job
from tests.unit.gateway.means import means

TOLD_OF_A_PLAN = ("parameters_used", "adjusted_parameters", "ignored_parameters")


@pytest.mark.parametrize(
    ("calls", "hands", "busy", "wall"),
    [
        ([10.0] * 8, 2, (), 40.0),
        ([10.0] * 8, 8, (), 10.0),
        ([10.0] * 3, 64, (), 10.0),
        ([10.0] * 3, 2, (), 20.0),
        ([10.0, 10.0], 2, (4.0, 6.0), 16.0),
        ([10.0], 2, (30.0,), 30.0),
        ([10.0], 1, (3.0, 5.0), 13.0),
        ([], 2, (7.0,), 7.0),
        ([], None, (7.0,), 7.0),
        ([], None, (), 0.0),
        ([10.0], None, (), 10.0),
        ([10.0, 10.0], None, (), None),
        ([10.0], None, (3.0,), None),
    ],
)
def test_calls_take_the_first_hand_that_is_free(
    calls: list[float], hands: int | None, busy: tuple[float, ...], wall: float | None
) -> None:
    assert wall_s(calls, hands, busy=busy) == wall


def test_slots_of_all_live_services_of_a_kind_are_added() -> None:
    cards = [
        ServiceCard(instance=name, service="video", kind="generate_video", providers={"local": ()}, slots=slots)
        for name, slots in (("one", {"local": 2}), ("two", {"local": 3, "replicate": 4}))
    ]
    assert reach_of(cards)["generate_video"].slots == {"local": 5, "replicate": 4}


@pytest.mark.parametrize(
    ("reach", "hands"),
    [({}, None), ({"generate_video": Reach()}, None), ({"generate_video": Reach(slots={"local": 3})}, 3)],
)
def test_what_nobody_has_told_is_not_known(reach: Mapping[str, Reach], hands: int | None) -> None:
    assert means(reach=reach).hands("local/animatic") == hands


def a_part(kind: Kind, count: int, seconds: float, *, hands: int | None, in_turn: bool = False) -> Part:
    return Part(
        name=kind,
        job=replace(a_new_job().job, kind=kind, plan={name: {} for name in TOLD_OF_A_PLAN}),
        count=count,
        model="a-model",
        backend="local",
        price_usd=FREE,
        call_s=seconds,
        hands=hands,
        in_turn=in_turn,
    )


def test_an_estimate_is_the_time_on_the_wall() -> None:
    writing = [a_part("create_scenes", 1, 5.0, hands=1), a_part("generate_character_reference", 4, 3.0, hands=2)]
    clips = [a_part("generate_video", 8, 10.0, hands=2)]
    told = Estimate("productions", [writing, clips]).body()
    assert told["seconds"] == 6.0 + 40.0
    assert [(part["at_once"], part["seconds"]) for part in told["parts"]] == [(1, 5.0), (2, 6.0), (2, 40.0)]


def test_parts_of_one_kind_share_their_hands() -> None:
    scenes = [a_part("generate_video", 1, 10.0, hands=2) for _ in range(3)]
    assert Estimate("upgrade", [scenes]).body()["seconds"] == 20.0


def test_a_time_that_depends_on_what_nobody_told_is_null() -> None:
    clips = a_part("generate_video", 8, 10.0, hands=None)
    assert Estimate("productions", [[clips]]).body()["seconds"] is None
    assert Estimate("productions", [[replace(clips, in_turn=True)]]).body()["seconds"] == 80.0
