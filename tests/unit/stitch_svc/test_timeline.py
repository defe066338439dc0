"""Joints are as long as the clips allow, and every frame of the film is either copied or rendered, once."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.stitch import Transition
from stitch_svc.cut.timeline import beginnings, body_of, plan_joints

RATE = Fraction(24)
lengths = st.lists(st.integers(1, 60), min_size=1, max_size=8)
seconds = st.lists(st.floats(0.1, 3), max_size=8)


@given(lengths, seconds)
def test_every_clip_keeps_a_frame_of_its_own(frames: list[int], wished: list[float]) -> None:
    asked = [Transition(type="crossfade", seconds=each) for each in wished]
    joints = plan_joints(frames, asked, rate=RATE)
    assert len(joints) == len(frames) - 1
    shared = [0, *(joint.frames for joint in joints), 0]
    assert all(length - shared[place] - shared[place + 1] >= 1 for place, length in enumerate(frames))
    assert all(joint.frames <= joint.asked for joint in joints)


@given(lengths, seconds, st.integers(1, 30))
def test_every_frame_is_copied_or_rendered_once(frames: list[int], wished: list[float], group: int) -> None:
    joints = plan_joints(frames, [Transition(type="crossfade", seconds=each) for each in wished], rate=RATE)
    shared = [0, *(joint.frames for joint in joints), 0]
    bodies = [
        body_of(length, range(0, length, group), entering=shared[place], leaving=shared[place + 1])
        for place, length in enumerate(frames)
    ]
    for place, (length, body) in enumerate(zip(frames, bodies, strict=True)):
        assert body.begin >= shared[place]
        assert body.end <= length - shared[place + 1]
    copied = sum(body.end - body.begin for body in bodies)
    rendered = sum(
        (frames[place] - bodies[place].end) + bodies[place + 1].begin - joint.frames
        for place, joint in enumerate(joints)
        if joint.frames
    )
    film = beginnings(frames, joints)[-1] + frames[-1]
    assert copied + rendered == film == sum(frames) - sum(shared)


def test_a_joint_longer_than_its_clips_is_shortened_and_one_without_room_becomes_a_cut() -> None:
    wished = [Transition(type="wipe_left", seconds=1)] * 2
    first, second = plan_joints([48, 13, 2], wished, rate=RATE)
    assert (first.type, first.frames, first.asked) == ("wipe_left", 6, 24)
    assert (second.type, second.frames, second.asked) == ("cut", 0, 24)
