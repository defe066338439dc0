"""Text in pictures: every line fits, nothing shows as an empty box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from shared.lettering import drawable, font, wrap

LONG = "She walks to the edge of the ridge as the first chorus breaks over the valley."


def test_lines_fit_and_keep_every_word() -> None:
    face = font(30)
    lines = wrap(LONG, face, 420, 10)
    assert " ".join(lines) == LONG
    assert all(face.getlength(line) <= 420 for line in lines)


def test_text_that_does_not_fit_ends_in_an_ellipsis() -> None:
    face = font(30)
    lines = wrap(LONG, face, 420, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(face.getlength(line) <= 420 for line in lines)


def test_a_word_too_long_for_a_line_is_broken() -> None:
    face = font(30)
    lines = wrap("Donaudampfschifffahrtsgesellschaftskapitän", face, 200, 9)
    assert "".join(lines) == "Donaudampfschifffahrtsgesellschaftskapitän"
    assert all(face.getlength(line) <= 200 for line in lines)


@given(text=st.text(max_size=80), width=st.integers(60, 600), most=st.integers(1, 3))
def test_any_text_gives_lines_within_their_bounds(text: str, width: int, most: int) -> None:
    face = font(24)
    lines = wrap(text, face, width, most)
    assert len(lines) <= most
    assert all(face.getlength(line) <= width for line in lines)


@pytest.mark.parametrize("text", ["Élodie señor façade über", "Москва и море", "Ελλάδα", "“Quotes” – dashes — €5…"])
def test_letters_of_many_tongues_are_kept(text: str) -> None:
    assert drawable(text, font(24)) == text


@pytest.mark.parametrize(
    ("text", "shown"), [("rain 雨の夜 falls", "rain · falls"), ("go 🚀🚀!", "go ·!"), ("a\u200bb", "ab")]
)
def test_what_the_face_lacks_becomes_one_dot(text: str, shown: str) -> None:
    assert drawable(text, font(24)) == shown


def test_no_drawable_character_looks_like_the_empty_box() -> None:
    box = _ink("\uffff")
    kept = [char for char in map(chr, range(33, 0x2FFF)) if drawable(char, font(24)) == char]
    assert len(kept) > 800
    assert [char for char in kept if _ink(char) == box] == []


def _ink(char: str) -> bytes:
    image = Image.new("L", (40, 40))
    ImageDraw.Draw(image).text((4, 4), char, font=font(24), fill=255)
    return image.tobytes()


def test_bold_is_wider_than_regular() -> None:
    assert font(30, bold=True).getlength(LONG) > font(30).getlength(LONG)


def test_empty_text_has_no_lines() -> None:
    assert wrap("  ", font(24), 200, 2) == []
