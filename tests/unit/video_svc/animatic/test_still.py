"""A scene that could not be filmed shows the character's picture, whole, in its colours, slowly moved."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from shared.contracts.scene import SceneCue
from video_svc.animatic import ClipRecipe, render_clip

SKIN, COAT, WALL = (226, 190, 160), (60, 80, 150), (176, 158, 140)
Pictures = npt.NDArray[np.uint8]


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """A face in the upper half of a square."""
    image = Image.new("RGB", (512, 512), WALL)
    draw = ImageDraw.Draw(image)
    draw.ellipse((176, 80, 336, 280), fill=SKIN)
    draw.rectangle((136, 280, 376, 512), fill=COAT)
    image.save(tmp_path / "portrait.png")
    return tmp_path / "portrait.png"


def shown(portrait: Path, out: Path, **wishes: Any) -> Pictures:
    size = {"width": 320, "height": 180, "fps": 24, "duration_s": 1.0, "generate_audio": False}
    recipe = ClipRecipe(prompt="She waits", reference_path=portrait, stand_in=True, **{**size, **wishes})
    facts = render_clip(recipe, out=out, progress=lambda share, told: None)
    with av.open(str(out)) as film:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]).astype(np.uint8)
    assert facts.frames == len(frames) == recipe.frames
    return frames


def skin_rows(picture: Pictures) -> int:
    """How tall the face is in the middle column, in pixels."""
    column = picture[:, picture.shape[1] // 2].astype(int)
    return int((np.abs(column - SKIN).max(axis=1) < 24).sum())


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (240, 240)])
def test_the_whole_face_is_seen_in_its_colours_in_every_shape(
    portrait: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    pictures = shown(portrait, tmp_path / "clip.mp4", width=size[0], height=size[1])
    for picture in (pictures[0], pictures[-1]):
        face = (np.abs(picture.astype(int) - SKIN).max(axis=-1) < 24).any(axis=1).nonzero()[0]
        assert face.min() > 0
        assert face.max() < size[1] - 1
        below = picture[min(size[1] - 4, face.max() + 12), size[0] // 2].astype(int)
        assert below == pytest.approx(COAT, abs=24)


@pytest.mark.parametrize(("index", "nearer"), [(0, True), (1, False)])
def test_it_moves_evenly_nearer_or_farther(portrait: Path, tmp_path: Path, index: int, nearer: bool) -> None:
    cue = SceneCue(index=index, total=2, film_seed=1)
    pictures = shown(portrait, tmp_path / "clip.mp4", cue=cue, duration_s=2.0)
    tall = [skin_rows(picture) for picture in pictures]
    steps = np.diff(tall)
    assert tall[-1] - tall[0] == pytest.approx((0.1 if nearer else -0.1) * min(tall[0], tall[-1]), abs=3)
    assert np.abs(steps).max() <= 2, "no jump"
    moved = np.abs(np.diff(pictures.astype(int), axis=0)).mean(axis=(1, 2, 3))
    assert (moved > 0.02).mean() > 0.9, "nor does it stand"


def test_it_says_what_it_is_and_comes_out_the_same_again(portrait: Path, tmp_path: Path) -> None:
    once = shown(portrait, tmp_path / "once.mp4", width=640, height=360)
    corner = once[0][8:24, 500:636].astype(int)
    assert corner.max() - corner.min() > 60, "words in the upper right corner"
    shown(portrait, tmp_path / "again.mp4", width=640, height=360)
    assert (tmp_path / "once.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()


def test_without_a_picture_the_scene_is_drawn(tmp_path: Path) -> None:
    recipe = ClipRecipe(prompt="A lamp by the sea", stand_in=True, width=160, height=90, duration_s=0.25)
    assert render_clip(recipe, out=tmp_path / "clip.mp4", progress=lambda share, told: None).frames == 6
