"""A transition belongs to the clip that enters by it."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.joints import HARD, as_json, entrances, from_json, joints, timed
from gateway.requests.fields import Transition

KINDS = st.sampled_from(["crossfade", "fade_black", "wipe_left"])
TOLD = st.lists(KINDS.map(lambda type_: Transition(type=type_)), max_size=12)  # type: ignore[arg-type]


@given(told=TOLD, clips=st.integers(1, 10), data=st.data())
def test_there_is_one_transition_per_joint_whatever_is_left_out(
    told: list[Transition], clips: int, data: st.DataObject
) -> None:
    entered = entrances(told, clips=clips)
    order = data.draw(st.lists(st.integers(0, clips - 1), min_size=1, max_size=20))
    between = joints(entered, order)
    assert len(entered) == clips
    assert len(between) == len(order) - 1
    assert all(joint == entered[place] for joint, place in zip(between, order[1:], strict=True))


def test_the_first_clip_enters_by_nothing() -> None:
    fade = Transition(type="fade_black", seconds=1)
    assert entrances([fade], clips=3) == (HARD, fade, fade)
    assert entrances([], clips=2) == (HARD, HARD)


def test_a_transition_that_does_not_say_takes_the_usual_time_and_a_cut_takes_none() -> None:
    told = (Transition(type="cut", seconds=3), Transition(type="crossfade"), Transition(type="fade_black", seconds=2))
    assert [one.seconds for one in timed(told, seconds=0.5)] == [None, 0.5, 2]
    assert from_json(as_json(told)) == told
