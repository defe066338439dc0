"""A look kept inside a picture, and colours found in a foreign one."""

from pathlib import Path
from typing import Literal

import pytest
from PIL import Image, ImageDraw

from shared.figure import engrave, look_from_picture, look_of, read_look

Format = Literal["png", "jpg", "webp"]
FORMATS: tuple[Format, ...] = ("png", "jpg", "webp")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_look_is_read_back_from_the_picture(kind: Format, tmp_path: Path) -> None:
    look = look_of("Élodie, a woman in a red coat — 雨 🌧", seed=4, variant=3)
    engrave(Image.new("RGB", (64, 48), (40, 80, 120)), look, tmp_path / f"p.{kind}", kind)
    assert read_look(tmp_path / f"p.{kind}") == look


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_picture_twice_is_the_same_file(kind: Format, tmp_path: Path) -> None:
    for name in ("a", "b"):
        engrave(Image.new("RGB", (64, 48), (40, 80, 120)), look_of("a fox"), tmp_path / name, kind)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(("kind", "name"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_the_bytes_are_what_the_format_says(kind: Format, name: str, tmp_path: Path) -> None:
    engrave(Image.new("RGBA", (64, 48)), look_of("a fox"), tmp_path / "p", kind)
    with Image.open(tmp_path / "p") as image:
        assert image.format == name


def test_a_foreign_picture_has_no_look(tmp_path: Path) -> None:
    Image.new("RGB", (64, 48)).save(tmp_path / "p.png")
    assert read_look(tmp_path / "p.png") is None


def test_a_file_that_is_no_picture_has_no_look(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    assert read_look(tmp_path / "p.png") is None


def test_a_look_that_somebody_forged_is_none(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = 'scenebeat:look {"skin": [999, 0, 0]}'
    Image.new("RGB", (64, 48)).save(tmp_path / "p.jpg", exif=exif.tobytes())
    assert read_look(tmp_path / "p.jpg") is None


def photograph(path: Path, *, clothes: tuple[int, int, int]) -> Path:
    image = Image.new("RGB", (300, 300), (120, 150, 180))
    draw = ImageDraw.Draw(image)
    draw.ellipse((95, 20, 205, 150), fill=(30, 22, 20))
    draw.ellipse((105, 60, 195, 180), fill=(214, 160, 124))
    draw.rectangle((50, 180, 250, 300), fill=clothes)
    image.save(path)
    return path


def test_a_foreign_picture_lends_its_colours(tmp_path: Path) -> None:
    path = photograph(tmp_path / "p.png", clothes=(30, 140, 60))
    look = look_from_picture(path, description="a woman in a coat", seed=1)
    red, green, blue = look.outer_color
    assert green > 1.5 * red
    assert green > 1.5 * blue
    assert look.skin[0] > look.skin[2] + 40
    assert sum(look.hair_color) < 200


def test_words_win_over_the_colours_of_the_picture(tmp_path: Path) -> None:
    path = photograph(tmp_path / "p.png", clothes=(30, 140, 60))
    look = look_from_picture(path, description="a woman in a red coat", seed=1)
    assert look.outer_color == (206, 48, 44)


def test_an_unreadable_picture_leaves_the_words(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"no picture")
    assert look_from_picture(tmp_path / "p.png", description="a fox", seed=2) == look_of("a fox", seed=2)
