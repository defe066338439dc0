"""What makes filming cheap is never seen: the pieces of a scene show the same picture as its whole plates."""

from collections.abc import Sequence

import numpy as np
import pytest

from shared.contracts.scene import SceneCue
from video_svc.animatic.camera import Camera, read_shot
from video_svc.animatic.compositor import Picture, Placed
from video_svc.animatic.halo import Halo, light_up
from video_svc.animatic.plate import Frame, Pixels, Plate
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.scene import brush_of
from video_svc.animatic.scenery import paint
from video_svc.animatic.setting import read_setting
from video_svc.animatic.thrift import cost, halved, parted

PROMPTS = (
    "She walks in the street, dolly out.",
    "He runs through the forest, tracking shot.",
    "A harbour at noon, dutch angle.",
    "She sings on the stage, pan.",
    "Snow on the mountain, handheld.",
    "The station at night, crane.",
)


def filmed(prompt: str, *, blur: float = 0.0) -> tuple[Camera, list[Plate]]:
    recipe = ClipRecipe(prompt=prompt, width=640, height=360, cue=SceneCue(film_seed=2))
    frame, shot = Frame(640, 360, blur=blur), read_shot(recipe)
    plates = paint(brush_of(recipe, read_setting(recipe), shot, frame))
    return Camera(frame, shot, seed=4), [plate for plate in plates if plate.depth <= 1.0]


def seen(plates: Sequence[Plate], camera: Camera, share: float, *, picture: Picture | None = None) -> Pixels:
    picture = picture or Picture(camera.frame.width, camera.frame.height)
    views = {plate.depth: camera.matrix(share, plate.depth) for plate in plates}
    picture.lay([Placed(plate, views[plate.depth]) for plate in plates])
    return picture.pixels[..., 0].copy()


@pytest.mark.parametrize("prompt", PROMPTS)
def test_pieces_show_what_the_plates_show_all_through_the_clip(prompt: str) -> None:
    camera, plates = filmed(prompt)
    pieces = parted(plates, camera=camera)
    for share in np.linspace(0.0, 1.0, 14).tolist():
        off = np.abs(seen(pieces, camera, share).astype(int) - seen(plates, camera, share))
        assert off.mean() < 0.1
        assert np.percentile(off, 99.5) <= 4


@pytest.mark.parametrize("prompt", PROMPTS)
def test_pieces_are_cheaper_than_plates(prompt: str) -> None:
    camera, plates = filmed(prompt)
    assert cost(parted(plates, camera=camera), camera.frame) < 0.95 * cost(plates, camera.frame)


def test_a_backdrop_that_serves_several_frames_is_never_off_by_what_could_be_felt() -> None:
    camera, plates = filmed("A desert at dusk, dolly in.")
    kept = Picture(640, 360)
    for index in range(40):
        shown, fresh = seen(plates, camera, index / 191, picture=kept), seen(plates, camera, index / 191)
        assert np.percentile(np.abs(shown.astype(int) - fresh), 99) <= 3


def test_half_size_plates_lie_where_whole_ones_lay() -> None:
    camera, plates = filmed("She walks in the street, medium shot.", blur=1 / 130)
    small = Camera(Frame(320, 180), camera.shot, seed=4)
    whole, half = seen(plates, camera, 0.4), seen([halved(plate) for plate in plates], small, 0.4)
    wanted = whole.reshape(180, 2, 320, 2).mean(axis=(1, 3))
    assert np.abs(half[8:-8, 8:-8] - wanted[8:-8, 8:-8]).mean() < 1.0


def test_the_halo_lights_the_plates_around_the_figure_and_nothing_else() -> None:
    camera, plates = filmed("The street at night, static.")
    before = seen(plates, camera, 0.5).astype(int)
    covers = [plate.pixels[..., 3].copy() for plate in plates]
    light_up(plates, Halo((320.0, 180.0), (80.0, 60.0), (255, 240, 220), 0.4), camera=camera)
    brighter = seen(plates, camera, 0.5) - before
    assert brighter[170:190, 310:330].mean() > 20
    assert np.abs(brighter[:90]).max() == 0
    assert all(np.array_equal(cover, plate.pixels[..., 3]) for cover, plate in zip(covers, plates, strict=True))
