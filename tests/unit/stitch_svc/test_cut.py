"""Clips that fit are copied, the rest is conformed; the film is as long as its frames and its sound stays on them."""

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import beeps, count_frames, flashes, hear, look, payloads

MISFITS: dict[str, dict[str, object]] = {
    "portrait": {"size": (180, 320)},
    "twenty_five": {"rate": Fraction(25), "frames": 25},
    "ntsc": {"rate": Fraction(30_000, 1001), "frames": 30},
    "mute": {"layout": None},
    "mono_44100": {"layout": "mono", "sample_rate": 44_100},
    "odd_size": {"size": (321, 181), "pix_fmt": "yuv444p"},
    "turned": {"size": (180, 320), "rotation": 90},
    "medium": {"options": {"preset": "medium", "crf": "30"}},
    "mpeg4": {"codec": "mpeg4", "options": {}},
    "ten_bit": {"pix_fmt": "yuv420p10le"},
}


def test_clips_that_match_are_copied_bit_for_bit(room: CuttingRoom, clip: Shoot) -> None:
    clips = [clip(hue=hue) for hue in (40, 80, 120)]
    report = room.cut(*clips)
    assert report.copied_streams
    assert payloads(room.film) == [payload for each in clips for payload in payloads(each)]
    assert report.facts.frames == count_frames(room.film) == 72
    assert report.facts.duration_s == 3.0


def test_a_single_clip_is_a_film(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(clip())
    assert report.copied_streams
    assert count_frames(room.film) == 24
    assert room.leftovers() == []


def test_two_hundred_references_to_one_clip_keep_every_beep_on_its_flash(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(*[clip("small", size=(96, 54))] * 200)
    assert report.facts.frames == 4800
    assert len(_offsets_ms(room)) == 200
    assert max(map(abs, _offsets_ms(room))) < 1


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_clip_that_does_not_match_gets_the_frames_its_time_needs(room: CuttingRoom, clip: Shoot, misfit: str) -> None:
    odd = clip(misfit, **MISFITS[misfit])
    report = room.cut(clip(), odd, clip(hue=90), width=320, height=180, fps=24)
    assert report.facts.frames == count_frames(room.film) == 72
    assert report.quality_report["clips_copied"] == (3 if misfit in {"mute", "mono_44100"} else 2)
    assert (report.facts.width, report.facts.height, report.facts.has_audio) == (320, 180, True)
    assert len(flashes(room.film)) == 3


def test_beep_and_flash_are_together_at_the_end_of_ten_uneven_clips(room: CuttingRoom, clip: Shoot) -> None:
    uneven = [
        clip("uneven", frames=25, sample_rate=rate, seconds_of_sound=25 / 24 + late, layout=layout)
        for rate, late, layout in ((48_000, 0.06, "stereo"), (44_100, -0.04, "stereo"), (44_100, 0.06, "mono"))
    ]
    report = room.cut(*(uneven[number % 3] for number in range(10)))
    assert report.copied_streams
    assert report.audio_video_drift_ms < 1
    assert len(_offsets_ms(room)) == 10
    assert max(map(abs, _offsets_ms(room))) < 1


def test_sound_stays_with_the_picture_through_conforming(room: CuttingRoom, clip: Shoot) -> None:
    fast = clip("fast", rate=Fraction(48), frames=48)
    room.cut(*[fast] * 10, fps=24)
    assert len(_offsets_ms(room)) == 10
    assert max(map(abs, _offsets_ms(room))) < 1


def test_mono_sounds_as_loud_as_before(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip("mono", layout="mono"))
    heard, _ = hear(room.film)
    assert np.abs(heard).max() == pytest.approx(0.6, abs=0.06)


def test_a_film_of_mute_clips_has_no_sound_track(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(clip("mute", layout=None), clip("mute", layout=None))
    assert report.facts.has_audio is False
    with av.open(str(room.film)) as film:
        assert not film.streams.audio


def test_a_mute_clip_is_silent_between_others(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip(), clip("mute", layout=None), clip())
    heard, start = hear(room.film)
    middle = heard[:, round((1.05 - float(start)) * 48_000) : round((1.95 - float(start)) * 48_000)]
    assert np.abs(middle).max() < 0.001


def test_joints_do_not_click(room: CuttingRoom, clip: Shoot) -> None:
    hum = clip("hum", frames=13, seconds_of_sound=13 / 24)
    room.cut(hum, hum)
    heard, start = hear(room.film)
    joint = round((13 / 24 - float(start)) * 48_000)
    assert np.abs(heard[:, joint - 20 : joint + 20]).max() < 0.12


def test_size_and_rate_are_voted_and_ties_go_to_the_larger(room: CuttingRoom, clip: Shoot) -> None:
    small, large = clip("small", size=(160, 90)), clip("large", size=(320, 180), rate=Fraction(30), frames=30)
    assert room.cut(small, small, large).facts.width == 160
    tie = room.cut(small, large).facts
    assert (tie.width, tie.height, tie.fps) == (320, 180, 30.0)


def test_a_width_alone_keeps_the_shape(room: CuttingRoom, clip: Shoot) -> None:
    facts = room.cut(clip(), width=640).facts
    assert (facts.width, facts.height) == (640, 360)


def test_clips_signed_by_another_setting_of_the_encoder_are_still_copied(room: CuttingRoom, clip: Shoot) -> None:
    medium = clip("medium", options={"preset": "medium", "crf": "27.5"})
    report = room.cut(medium, medium, clip("small", size=(160, 90)))
    assert report.quality_report["clips_copied"] == 2
    assert payloads(room.film)[:24] == payloads(medium)


def test_time_stamps_rise_and_the_film_starts_at_zero(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip(), clip("medium", options={"preset": "medium"}), title="One")
    with av.open(str(room.film)) as film:
        frames = [frame.time for frame in film.decode(video=0)]
    assert frames[0] == 0
    assert all(after - before == pytest.approx(1 / 24, abs=1e-6) for before, after in pairwise(frames))


def test_the_index_stands_before_the_pictures(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip())
    written = room.film.read_bytes()
    assert written.index(b"moov") < written.index(b"mdat")


def test_the_same_recipe_makes_the_same_bytes(room: CuttingRoom, clip: Shoot) -> None:
    clips = (clip(), clip("portrait", size=(180, 320)))
    room.cut(*clips, title="Twice")
    first = room.film.read_bytes()
    room.cut(*clips, title="Twice")
    assert room.film.read_bytes() == first


def test_progress_never_falls_and_ends_at_one(room: CuttingRoom, clip: Shoot) -> None:
    room.cut(clip(), clip("portrait", size=(180, 320)), title="On the way")
    fractions = [fraction for fraction, _ in room.told]
    assert fractions == sorted(fractions)
    assert room.told[-1] == (1.0, "done")
    assert {stage for _, stage in room.told} == {"probing", "conforming", "lettering", "joining", "checking", "done"}
    assert len({fraction for fraction in fractions if 0.1 < fraction < 0.9}) > 10


@pytest.mark.parametrize(("fit", "edge"), [("pad", "black"), ("crop", "picture"), ("blur", "soft")])
def test_a_portrait_clip_is_fitted_as_asked(room: CuttingRoom, clip: Shoot, fit: str, edge: str) -> None:
    room.cut(clip("portrait", size=(180, 320), hue=160), width=320, height=180, fit=fit)
    picture = look(room.film, second=0.25).astype(int)
    side = picture[60:120, 5:40, 2].mean()
    assert edge == ("black" if side < 10 else "soft" if side < 135 else "picture")
    assert picture[100, 160, 2] == pytest.approx(160, abs=25)


@pytest.mark.parametrize(("rotation", "corner"), [(90, "bottom left"), (-90, "top right"), (180, "bottom right")])
def test_a_turned_clip_stands_upright(room: CuttingRoom, clip: Shoot, rotation: int, corner: str) -> None:
    """The bright corner of the stored picture is at its top left; turning it moves the corner."""
    report = room.cut(clip("turned", rotation=rotation))
    assert (report.facts.width, report.facts.height) == ((320, 180) if rotation == 180 else (180, 320))
    picture = look(room.film, second=0.0).astype(int)[..., 0]
    height, width = picture.shape
    corners = {
        "top left": picture[6, 6],
        "top right": picture[6, width - 6],
        "bottom left": picture[height - 6, 6],
        "bottom right": picture[height - 6, width - 6],
    }
    assert max(corners, key=lambda name: corners[name]) == corner


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_untagged_colours_come_through_conforming_unchanged(room: CuttingRoom, clip: Shoot, fit: str) -> None:
    """Luma and chroma themselves, so that no reader's guess about an untagged film comes between."""
    plain = clip("plain", hue=200, options={"preset": "medium", "crf": "10"})
    report = room.cut(plain, fps=48, fit=fit)
    assert not report.copied_streams
    before, after = (look(path, second=0.25, pix_fmt="yuv420p").astype(float) for path in (plain, room.film))
    assert 10 * np.log10(255**2 / ((before - after) ** 2).mean()) > 45


def _offsets_ms(room: CuttingRoom) -> list[float]:
    seen, heard = flashes(room.film), beeps(room.film)
    return [(beep - flash) * 1000 for flash, beep in zip(seen, heard, strict=True)]
