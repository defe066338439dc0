"""Motion that is felt: the camera travels, walkers get somewhere, lights stay on their lamps."""

import numpy as np
import pytest

from shared.contracts.scene import SceneCue
from video_svc.animatic.camera import Angle, Camera, Move, Shot, Size, read_shot, swayed
from video_svc.animatic.plate import Frame
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.scene import Scene, brush_of, prepare
from video_svc.animatic.scenery.stage import LAMPS, stage
from video_svc.animatic.setting import read_setting

FRAME = Frame(1280, 720)
MOMENTS = np.linspace(0.0, 1.0, 25).tolist()
CORNERS = np.array([[0, 1280, 0, 1280], [0, 0, 720, 720], [1, 1, 1, 1]], np.float64)


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("side", [-1, 1])
def test_every_move_carries_the_picture_by_a_visible_amount(move: Move, side: int) -> None:
    camera = Camera(FRAME, Shot(Size.WIDE, move, Angle.EYE), side=side, seed=5)
    seen = np.array([camera.matrix(share, 1.0) @ CORNERS for share in MOMENTS])
    reach = np.hypot(*np.moveaxis(seen.max(axis=0) - seen.min(axis=0), 0, 0))
    assert reach.max() >= 0.035 * FRAME.width


@pytest.mark.parametrize("move", Move)
def test_near_things_pass_far_things(move: Move) -> None:
    camera = Camera(FRAME, Shot(Size.WIDE, move, Angle.EYE), seed=5)
    apart = np.array([(camera.matrix(share, 1.0) - camera.matrix(share, 0.25)) @ CORNERS for share in MOMENTS])
    assert (apart.max(axis=0) - apart.min(axis=0)).max() >= 0.02 * FRAME.width


def ground_covered(scene: Scene) -> float:
    """How far the figure gets over the ground, in frame widths."""
    return abs(scene.staging.feet_at(1.0)[0] - scene.staging.feet_at(0.0)[0]) / scene.camera.frame.width


@pytest.mark.parametrize("shape", [(1280, 720), (720, 1280), (720, 720)])
@pytest.mark.parametrize("words", ["wide shot", "extreme wide shot, static", "tracking shot", "full shot, dolly in"])
def test_one_who_walks_gets_somewhere(shape: tuple[int, int], words: str) -> None:
    prompt = f"She walks along the harbour, {words}."
    recipe = ClipRecipe(prompt=prompt, width=shape[0], height=shape[1], cue=SceneCue(index=1, film_seed=7))
    assert ground_covered(prepare(recipe)) >= 0.2


def test_one_who_stands_stays() -> None:
    assert ground_covered(prepare(ClipRecipe(prompt="She stands still by the sea, wide shot."))) == 0


def test_the_lights_of_the_stage_stay_on_their_lamps() -> None:
    recipe = ClipRecipe(prompt="She sings on the stage, wide shot.")
    beams = [
        plate for plate in stage(brush_of(recipe, read_setting(recipe), read_shot(recipe), FRAME)) if plate.sway.roll
    ]
    assert len(beams) == len(LAMPS)
    for x, beam in zip(LAMPS, beams, strict=True):
        lamp = np.array([x * FRAME.width, beam.sway.pivot[1] if beam.sway.pivot else 0.0, 1.0])
        first_row = np.flatnonzero(beam.pixels[8, :, 3]) + beam.left
        assert abs(first_row.mean() - lamp[0]) <= 12
        assert all(np.abs(swayed(beam.sway, time_s) @ lamp - lamp[:2]).max() < 1 for time_s in (0.7, 2.3, 6.1))
