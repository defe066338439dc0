"""Figure and words: they never meet, in any shape, shot or pose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.scene import SceneCue
from shared.figure import Pose
from video_svc.animatic.camera import Angle, Camera, Move, Shot, Size
from video_svc.animatic.cast import read_pose
from video_svc.animatic.plate import Frame
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.scene import prepare
from video_svc.animatic.staging import Box, Extent, Staging, stage

SHAPES = [(1280, 720), (720, 1280), (720, 720), (1080, 1080), (1920, 1080), (1024, 768), (640, 360)]
FRAMES = 192


def never_meets(staging: Staging) -> bool:
    caption = staging.caption
    assert caption is not None
    return not any(staging.figure_box(index / (FRAMES - 1)).meets(caption) for index in range(FRAMES))


@settings(deadline=None, max_examples=150)
@given(
    shape=st.sampled_from(SHAPES),
    shot=st.builds(Shot, st.sampled_from(Size), st.sampled_from(Move), st.sampled_from(Angle)),
    extent=st.builds(Extent, st.floats(0.1, 0.8), st.floats(0.1, 0.8), st.floats(0.5, 1.3), st.floats(0.0, 0.08)),
    side=st.sampled_from([-1, 1]),
    walk=st.tuples(st.floats(-0.4, 0.4), st.integers(0, 1000)),
)
def test_the_figure_never_meets_the_caption_in_any_frame(
    shape: tuple[int, int], shot: Shot, extent: Extent, side: int, walk: tuple[float, int]
) -> None:
    camera = Camera(Frame(*shape), shot, side=-side, seed=walk[1])
    staging = stage(camera, extent, words=True, side=side, ground=0.76, travel=walk[0])
    assert never_meets(staging)


@settings(deadline=None, max_examples=60)
@given(
    shape=st.sampled_from(SHAPES),
    size=st.sampled_from(Size),
    move=st.sampled_from(Move),
    side=st.sampled_from([-1, 1]),
)
def test_the_caption_has_room_and_the_figure_is_in_the_picture(
    shape: tuple[int, int], size: Size, move: Move, side: int
) -> None:
    camera = Camera(Frame(*shape), Shot(size, move, Angle.EYE), side=side)
    staging = stage(camera, Extent(0.25, 0.3, 1.02, 0.02), words=True, side=side, ground=0.76)
    assert staging.caption is not None
    assert staging.caption.width >= 0.4 * shape[0]
    picture = Box(0, 0, *shape)
    assert staging.caption.within(picture) == staging.caption
    assert staging.figure_box(0.5).height >= 0.2 * staging.picture.height


@pytest.mark.parametrize("shape", [(1280, 720), (720, 1280), (720, 720)])
@pytest.mark.parametrize(
    ("prompt", "character"),
    [
        ("She raises her arms on the rooftop. Close-up.", "a woman in a red coat with wings"),
        ("He runs along the beach at noon, wide shot.", "a tall man with a sword and a cape"),
        ("It kneels in the forest, medium shot, handheld.", "a small robot with one antenna"),
    ],
)
def test_the_drawn_figure_stays_out_of_the_captions_box(shape: tuple[int, int], prompt: str, character: str) -> None:
    recipe = ClipRecipe(prompt=prompt, width=shape[0], height=shape[1], cue=SceneCue(character=character))
    scene = prepare(recipe)
    assert never_meets(scene.staging)
    for plate in scene.acting.plates:
        scale, (x, y) = scene.staging.height / scene.acting.drawn_px, scene.staging.feet_at(0.5)
        drawn = Box(
            x + plate.left * scale,
            y + plate.top * scale,
            x + (plate.left + plate.pixels.shape[1]) * scale,
            y + (plate.top + plate.pixels.shape[0]) * scale,
        )
        reach = scene.staging.figure_reach()
        seen = drawn.within(scene.staging.picture)
        assert seen.top >= reach.top - 0.05 * drawn.height
        assert seen.bottom <= reach.bottom + 0.05 * drawn.height


@pytest.mark.parametrize(
    ("prompt", "pose"),
    [
        ("She walks along the pier.", Pose.WALKING),
        ("He is running from the storm.", Pose.RUNNING),
        ("She sits by the window.", Pose.SITTING),
        ("They dance in the rain.", Pose.DANCING),
        ("He reaches for the door.", Pose.REACHING),
        ("She looks back one last time.", Pose.LOOKING_BACK),
        ("He raises his arms to the sky.", Pose.ARMS_RAISED),
        ("She kneels in the snow.", Pose.KNEELING),
        ("She stands still and watches.", Pose.STANDING),
    ],
)
def test_the_verb_gives_the_pose(prompt: str, pose: Pose) -> None:
    assert read_pose(ClipRecipe(prompt=prompt)) is pose


@pytest.mark.parametrize("film_seed", range(4))
def test_twelve_scenes_without_verbs_show_at_least_six_poses(film_seed: int) -> None:
    scenes = [ClipRecipe(prompt="Blue hour.", cue=SceneCue(index=index, film_seed=film_seed)) for index in range(12)]
    assert len({read_pose(recipe) for recipe in scenes}) >= 6
