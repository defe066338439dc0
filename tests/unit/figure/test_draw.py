"""Figures as pixels: poses and candidates that tell themselves apart, colours that stay what they are."""

import itertools
import time

import numpy as np
import numpy.typing as npt
import pytest

from shared.figure import Figure, Light, Pose, draw_figure, look_of

HEIGHT_PX = 240
CAST = ["a woman in a red coat with short black hair", "a small rusty robot", "a fox in a blue jacket", "an old wizard"]


def drawn(description: str, *, variant: int = 0, pose: Pose = Pose.STANDING, phase: float = 0.0) -> Figure:
    look = look_of(description, seed=3, variant=variant)
    return draw_figure(look, pose=pose, height_px=HEIGHT_PX, light=Light(), phase=phase)


def outline(figure: Figure) -> npt.NDArray[np.bool_]:
    """The shape on a common plane, feet upon the same spot."""
    plane = np.zeros((HEIGHT_PX * 2, HEIGHT_PX * 2), np.bool_)
    mask = figure.rgba[..., 3] > 127
    y, x = HEIGHT_PX * 3 // 2 - figure.feet[1], HEIGHT_PX - figure.feet[0]
    plane[y : y + mask.shape[0], x : x + mask.shape[1]] = mask
    return plane


def overlap(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> float:
    return float((first & second).sum() / (first | second).sum())


@pytest.mark.parametrize("description", CAST)
def test_the_four_candidates_differ_in_outline(description: str) -> None:
    shapes = [outline(drawn(description, variant=variant)) for variant in range(4)]
    assert max(overlap(a, b) for a, b in itertools.combinations(shapes, 2)) < 0.85


@pytest.mark.parametrize("description", CAST)
def test_every_pose_has_its_own_outline(description: str) -> None:
    shapes = [outline(drawn(description, pose=pose)) for pose in Pose]
    assert max(overlap(a, b) for a, b in itertools.combinations(shapes, 2)) < 0.85


@pytest.mark.parametrize("pose", [Pose.WALKING, Pose.RUNNING, Pose.DANCING])
def test_a_cycle_moves_and_closes(pose: Pose) -> None:
    start, half, end = (drawn(CAST[0], pose=pose, phase=phase) for phase in (0.0, 0.25, 1.0))
    assert overlap(outline(start), outline(half)) < 0.85
    assert overlap(outline(start), outline(end)) > 0.99


@pytest.mark.parametrize("pose", list(Pose))
def test_the_feet_anchor_is_at_the_ground(pose: Pose) -> None:
    figure = drawn(CAST[0], pose=pose, phase=0.1)
    lowest = int(np.flatnonzero((figure.rgba[..., 3] > 127).any(axis=1))[-1])
    assert abs(figure.feet[1] - lowest) <= 0.06 * HEIGHT_PX


def test_a_standing_figure_is_as_tall_as_ordered() -> None:
    rows = np.flatnonzero((drawn(CAST[0]).rgba[..., 3] > 127).any(axis=1))
    assert abs(len(rows) - HEIGHT_PX) < 0.06 * HEIGHT_PX


@pytest.mark.parametrize("silhouette", [0.0, 0.2, 0.35])
def test_a_red_coat_stays_red_in_the_light(silhouette: float) -> None:
    light = Light(shadow=(10, 20, 60), key=(190, 210, 255), rim=(120, 200, 255), silhouette=silhouette)
    figure = draw_figure(look_of(CAST[0]), pose=Pose.STANDING, height_px=HEIGHT_PX, light=light)
    coat = figure.rgba[figure.rgba[..., 3] > 250][:, :3].astype(int)
    reddish = (coat[:, 0] > 1.6 * coat[:, 1]) & (coat[:, 0] > 1.6 * coat[:, 2]) & (coat[:, 0] > 80)
    assert reddish.mean() > 0.3


def test_a_full_silhouette_is_dark_within_its_rim() -> None:
    light = Light(shadow=(20, 20, 40), silhouette=1.0)
    figure = draw_figure(look_of("a ghost in white"), pose=Pose.STANDING, height_px=HEIGHT_PX, light=light)
    solid = figure.rgba[figure.rgba[..., 3] > 250][:, :3]
    assert np.median(solid) < 70


def test_facing_left_is_the_mirror_of_facing_right() -> None:
    look = look_of("a bald man", seed=1)
    level = Light(direction=0.6), Light(direction=-0.6)
    right, left = (
        draw_figure(look, pose=Pose.WALKING, height_px=HEIGHT_PX, light=light, facing=facing).rgba[..., 3].astype(int)
        for light, facing in zip(level, (1, -1), strict=True)
    )
    width = min(right.shape[1], left.shape[1])
    assert abs(right.shape[1] - left.shape[1]) <= 2
    assert np.abs(right[:, :width] - left[:, ::-1][:, :width]).mean() < 6


def test_the_same_figure_twice_is_the_same_to_the_byte() -> None:
    assert drawn(CAST[3], variant=2).rgba.tobytes() == drawn(CAST[3], variant=2).rgba.tobytes()


def test_a_figure_of_500_pixels_takes_a_fraction_of_a_frame() -> None:
    look = look_of("a knight in silver armour with a red cape and a lantern")
    draw_figure(look, pose=Pose.STANDING, height_px=500, light=Light())
    started = time.process_time()
    for phase in (0.0, 0.2, 0.4, 0.6):
        draw_figure(look, pose=Pose.WALKING, height_px=500, light=Light(), phase=phase)
    assert (time.process_time() - started) / 4 < 0.15  # seconds; measured 0.03
