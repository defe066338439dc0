"""Cards: every text fits every frame, fades from and to black, and takes the film's colour."""

import numpy as np
import pytest

from stitch_svc.cut.card import film_hue
from stitch_svc.cut.lettered import FACES, CardKind, lettered, set_text
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import count_frames, look, payloads

FRAMES = {"wide": (1280, 720), "tall": (720, 1280), "square": (720, 720), "tiny": (160, 90)}
TEXTS = {
    "short": "X",
    "umlauts and dash": "Überraschung im Schnee — ein Märchen",
    "cyrillic": "Зимняя ночь на краю города",
    "one long word": "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente",
    "endless word": "a" * 600,
    "very long": "It was the best of times, it was the worst of times. " * 40,
    "lines": "Written by Zoë\n\nPlayed by Ångström\nThank you",
    "not in the font": "東京 🎸",
}


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", FACES)
def test_every_text_fits_every_frame(frame: str, text: str, kind: CardKind) -> None:
    size = FRAMES[frame]
    words = lettered(TEXTS[text], face=FACES[kind], size=size, accent=(200, 100, 50))
    assert words.width <= size[0] * 0.82
    assert words.height <= size[1] * 0.85
    assert np.asarray(words)[..., 3].any()


def test_words_stay_whole_where_they_can() -> None:
    setting = set_text(TEXTS["one long word"], face=FACES["title"], size=FRAMES["wide"])
    assert setting.lines == (TEXTS["one long word"],)


def test_a_text_too_long_for_a_card_ends_in_an_ellipsis() -> None:
    setting = set_text(TEXTS["very long"], face=FACES["title"], size=FRAMES["tiny"])
    assert setting.lines[-1].endswith("…")


def test_lines_of_a_title_are_balanced() -> None:
    setting = set_text("The night the river learned to sing", face=FACES["title"], size=FRAMES["wide"])
    widths = [setting.letters.getlength(line) for line in setting.lines]
    assert len(widths) > 1
    assert min(widths) > 0.6 * max(widths)


def test_credits_keep_their_own_lines() -> None:
    setting = set_text(TEXTS["lines"], face=FACES["credits"], size=FRAMES["wide"])
    assert setting.lines == ("Written by Zoë", "Played by Ångström", "Thank you")


def test_a_title_and_credits_are_added_and_the_clips_still_copied(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(clip(), clip(hue=90), title="Зима — ночь", credits="Konec", title_seconds=1.5)
    assert report.copied_streams
    assert report.facts.frames == count_frames(room.film) == 36 + 48 + 36
    assert payloads(room.film)[36:84] == payloads(clip()) + payloads(clip(hue=90))


def test_a_card_rises_from_black_shows_its_text_and_falls_back(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip(), title="LIGHT", title_seconds=2)
    first, middle, last = (look(room.film, second=second).max() for second in (0, 1, 47 / 24))
    assert first < 40
    assert middle > 230
    assert last < 110


def test_a_blank_title_makes_no_card(room: CuttingRoom, clip: Shoot) -> None:
    assert room.cut(clip(), title="  ", credits="").facts.frames == 24


def test_the_card_takes_the_colour_of_the_first_clip(clip: Shoot) -> None:
    hue = film_hue(clip("blue", hue=220))
    assert hue == pytest.approx(240 / 360, abs=0.05)
