"""Portraits: four framings of one character, the size ordered, the same bytes each time."""

import itertools
import time
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from image_svc.portrait import PortraitRecipe
from image_svc.portrait.draw import draw_portrait
from image_svc.portrait.recipe import AspectRatio
from shared.figure import look_of, read_look

WOMAN = "a woman in a red coat with short black hair"


def draw(recipe: PortraitRecipe, out: Path) -> Path:
    draw_portrait(recipe, out=out, progress=lambda share, stage: None)
    return out


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_the_look_is_inside_the_portrait(kind: Literal["png", "jpg", "webp"], tmp_path: Path) -> None:
    recipe = PortraitRecipe(description=WOMAN, seed=6, index=1, output_format=kind)
    assert read_look(draw(recipe, tmp_path / f"p.{kind}")) == look_of(WOMAN, seed=6, variant=1)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [("1:1", (1024, 1024)), ("16:9", (1344, 756)), ("9:16", (756, 1344)), ("4:3", (1152, 864)), ("3:4", (864, 1152))],
)
def test_the_picture_has_the_ordered_shape(ratio: AspectRatio, size: tuple[int, int], tmp_path: Path) -> None:
    recipe = PortraitRecipe(description="an owl with glasses", aspect_ratio=ratio, index=2)
    facts = draw_portrait(recipe, out=tmp_path / "p.png", progress=lambda share, stage: None)
    with Image.open(tmp_path / "p.png") as image:
        assert image.size == size == (facts.width, facts.height)


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    recipe = PortraitRecipe(description="a robot with a lantern", seed=2, index=3)
    assert draw(recipe, tmp_path / "a").read_bytes() == draw(recipe, tmp_path / "b").read_bytes()


def test_the_four_candidates_are_four_pictures(tmp_path: Path) -> None:
    """Compared grey and small: another hue alone would not count."""
    pictures = [
        np.asarray(Image.open(draw(PortraitRecipe(description=WOMAN, index=index), tmp_path / str(index))).convert("L"))
        for index in range(4)
    ]
    small = [np.asarray(Image.fromarray(picture).resize((32, 32))).astype(float) for picture in pictures]
    assert min(float(np.abs(a - b).mean()) for a, b in itertools.combinations(small, 2)) > 15


@pytest.mark.parametrize("index", range(4))
def test_the_face_is_in_the_picture_and_red_is_the_coat(index: int, tmp_path: Path) -> None:
    recipe = PortraitRecipe(description=f"{WOMAN} and pale skin", index=index)
    pixels = np.asarray(Image.open(draw(recipe, tmp_path / "p")).convert("RGB")).astype(int)
    red, green, blue = (pixels[..., channel] for channel in range(3))
    coat = (red > 150) & (green < 70) & (blue < 70)
    face = (red > 215) & (green > 175) & (blue > 140) & (red > blue + 12)
    assert coat.mean() > 0.02
    assert face[: len(face) // 2].any()


def test_progress_rises_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    recipe = PortraitRecipe(description="a fox")
    draw_portrait(recipe, out=tmp_path / "p", progress=lambda share, stage: heard.append(share))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_portrait_takes_little_time(tmp_path: Path) -> None:
    started = time.process_time()
    draw(PortraitRecipe(description=WOMAN), tmp_path / "p")
    assert time.process_time() - started < 1.5  # seconds; measured 0.3


def test_any_index_has_a_framing(tmp_path: Path) -> None:
    assert draw(PortraitRecipe(description="a fox", index=7), tmp_path / "p").stat().st_size > 10_000
