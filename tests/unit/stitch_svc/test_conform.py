"""Whatever a camera or a model delivers becomes one format, once, with its colours, its time and its sound."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from stitch_svc.cut import ClipRecipe, ClipReport, CutError, conform_clip
from stitch_svc.cut.colour import HLG, PQ, to_709
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import beeps, count_frames, flashes, hear, look
from video_svc import animatic

SIZE = (320, 180)


@pytest.fixture
def conform(tmp_path: Path) -> Callable[..., ClipReport]:
    def run(clip: Path, name: str = "conformed", **wishes: Any) -> ClipReport:
        shape = {"width": SIZE[0], "height": SIZE[1], "fps": 24} | wishes
        recipe = ClipRecipe(clip=clip, name="Clip 7", work_dir=tmp_path / "work", **shape)
        return conform_clip(recipe, out=tmp_path / f"{name}.mp4", progress=lambda fraction, stage: None)

    return run


Conform = Callable[..., ClipReport]

TWELVE: dict[str, dict[str, Any]] = {
    "uneven": {"uneven": True},
    "hevc": {"codec": "libx265", "options": {"preset": "ultrafast", "x265-params": "log-level=none"}},
    "vp9": {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}},
    "av1": {"codec": "libsvtav1", "options": {"preset": "12", "svtav1-params": "lp=1:pred-struct=1"}},
    "ten_bit": {"pix_fmt": "yuv420p10le"},
    "odd_444": {"size": (321, 181), "pix_fmt": "yuv444p"},
    "portrait": {"size": (180, 320)},
    "turned": {"size": (180, 320), "rotation": 90},
    "fifty": {"rate": Fraction(50), "frames": 50},
    "mute": {"layout": None},
    "mono_44100": {"layout": "mono", "sample_rate": 44_100},
    "surround": {"layout": "5.1"},
}


@pytest.fixture(autouse=True, scope="module")
def _quiet_encoder() -> None:
    """SVT-AV1 writes its settings to stderr unless told not to before it starts."""
    import os

    os.environ["SVT_LOG"] = "0"


def test_twelve_mismatched_clips_make_one_film(room: CuttingRoom, clip: Shoot, conform: Conform) -> None:
    loose = [clip(name, **looks) for name, looks in TWELVE.items()]
    ready = [conform(path, f"ready-{number}").path for number, path in enumerate(loose)]
    report = room.cut(*ready, width=SIZE[0], height=SIZE[1], fps=24, verify="full")
    assert report.copied_streams
    assert report.facts.frames == count_frames(room.film) == 12 * 24
    assert report.quality_report["decode_errors"] == 0
    assert len(flashes(room.film)) == 12
    heard = beeps(room.film)
    silent = list(TWELVE).index("mute")
    apart = [beep - flash for beep, flash in zip(heard, np.delete(flashes(room.film), silent), strict=True)]
    assert max(map(abs, apart)) < 0.001


def test_twelve_mismatched_clips_are_conformed_within_a_cut_too(room: CuttingRoom, clip: Shoot) -> None:
    report = room.cut(*(clip(name, **looks) for name, looks in TWELVE.items()), width=SIZE[0], height=SIZE[1], fps=24)
    assert report.facts.frames == count_frames(room.film) == 12 * 24
    assert report.quality_report["decode_errors"] == 0
    assert len(flashes(room.film)) == 12


def test_conformed_clips_have_the_same_parameter_sets(clip: Shoot, conform: Conform) -> None:
    made = [conform(clip(name, **TWELVE[name]), name).path for name in ("portrait", "ten_bit", "fifty")]
    sets = set()
    for path in made:
        with av.open(str(path)) as film:
            sets.add(bytes(film.streams.video[0].codec_context.extradata or b""))
    assert len(sets) == 1


def test_key_frames_come_every_half_second(clip: Shoot, conform: Conform) -> None:
    path = conform(clip("long", frames=60)).path
    with av.open(str(path)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.pts is not None]
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == [0, 12, 24, 36, 48]


def test_a_clip_that_fits_is_kept(clip: Shoot, conform: Conform, tmp_path: Path) -> None:
    first = conform(clip())
    again = conform(first.path, "again")
    assert (first.kept, again.kept) == (False, True)
    assert again.path == first.path
    assert again.measured == first.measured
    assert not (tmp_path / "again.mp4").exists()
    assert conform(first.path, "other", fps=30).kept is False


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (320, 180)])
@pytest.mark.parametrize("stand_in", [False, True])
def test_a_clip_of_the_local_model_fits_as_it_is(
    conform: Conform, tmp_path: Path, size: tuple[int, int], stand_in: bool
) -> None:
    from PIL import Image

    Image.new("RGB", (64, 64), (90, 60, 40)).save(tmp_path / "portrait.png")
    shape: dict[str, Any] = {"width": size[0], "height": size[1]}
    recipe = animatic.ClipRecipe(
        prompt="A lamp", duration_s=0.75, reference_path=tmp_path / "portrait.png", stand_in=stand_in, **shape
    )
    animatic.render_clip(recipe, out=tmp_path / "local.mp4", progress=lambda share, told: None)
    report = conform(tmp_path / "local.mp4", **shape)
    assert report.kept
    assert report.measured["decode_errors"] == 0


def test_what_is_ready_is_not_made_again(clip: Shoot, conform: Conform, tmp_path: Path) -> None:
    first = conform(clip())
    second = conform(clip(), "second", ready=first.path)
    assert (second.path, second.kept, second.measured) == (first.path, False, first.measured)
    assert not (tmp_path / "second.mp4").exists()


def test_sound_is_as_long_as_the_picture_to_the_sample(clip: Shoot, conform: Conform) -> None:
    heard, start = hear(conform(clip("short_sound", seconds_of_sound=0.7)).path)
    assert heard.size == 2 * 48_000
    assert start == 0


def test_untagged_colours_are_unchanged(clip: Shoot, conform: Conform) -> None:
    plain = clip("plain", hue=200, options={"preset": "medium", "crf": "4"})
    before, after = (look(path, second=0.25, pix_fmt="yuv420p") for path in (plain, conform(plain).path))
    difference = before.astype(float) - after
    assert 10 * np.log10(255**2 / (difference**2).mean()) > 45


def test_standard_definition_colours_are_converted(tmp_path: Path, conform: Conform) -> None:
    """The same RGB picture, written once by the BT.601 matrix and tagged so: it must come out as that RGB."""
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[:] = (200, 60, 40)
    path = _single_colour(tmp_path / "sd.mp4", picture, matrix=6, tags=(6, 6))
    assert _rgb(conform(path).path) == pytest.approx((200, 60, 40), abs=6)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_hdr_keeps_grey_grey_and_white_white(tmp_path: Path, conform: Conform, transfer: int) -> None:
    grey = np.full((180, 320, 3), 110, np.uint8)
    path = _single_colour(tmp_path / "hdr.mp4", grey, matrix=9, tags=(9, transfer), pix_fmt="yuv420p10le")
    red, green, blue = _rgb(conform(path).path)
    expected = to_709(np.full((1, 3), 110 / 255), transfer=transfer)[0] * 255
    assert (red, green, blue) == pytest.approx(tuple(expected), abs=5)
    assert 40 < green < 240


def test_the_table_maps_black_to_black_and_rises() -> None:
    ramp = np.repeat(np.linspace(0, 1, 50)[:, None], 3, axis=1)
    for transfer in (PQ, HLG, 1):
        mapped = to_709(ramp, transfer=transfer)
        assert mapped[0] == pytest.approx([0, 0, 0], abs=1e-3)
        assert (np.diff(mapped[:, 1]) >= -1e-9).all()
        assert mapped.max() <= 1


def test_uneven_frame_times_become_even_and_the_flash_stays(tmp_path: Path, conform: Conform) -> None:
    path = tmp_path / "vfr.mp4"
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        times = [0, 20, 90, 130, 200, 280, 300, 390, 420, 500, 560, 640, 700, 780, 830, 900, 960]
        for time in times:
            frame = VideoFrame.from_ndarray(np.full((180, 320, 3), 255 if 500 <= time < 600 else 20, np.uint8))
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    made = conform(path)
    assert flashes(made.path) == pytest.approx([0.5], abs=1 / 48)
    with av.open(str(made.path)) as film:
        shown = [frame.time or 0.0 for frame in film.decode(video=0)]
    assert np.diff(shown) == pytest.approx(1 / 24, abs=1e-6)


def test_what_was_measured_goes_with_the_file(tmp_path: Path, clip: Shoot, conform: Conform) -> None:
    still = _single_colour(tmp_path / "black.mp4", np.zeros((180, 320, 3), np.uint8), matrix=1, tags=(1, 1), count=24)
    made = conform(still)
    assert made.measured["black"] == [[0.0, 1.0]]
    assert made.measured["frozen"] == [[pytest.approx(1 / 24, abs=0.001), 1.0]]
    assert made.measured["silent"] == [[0.0, 1.0]]
    with av.open(str(made.path)) as film:
        assert json.loads(film.metadata["scenebeat"]) == made.measured


def test_the_cut_tells_what_was_seen_in_its_parts_at_their_place(
    room: CuttingRoom, tmp_path: Path, clip: Shoot, conform: Conform
) -> None:
    black = _single_colour(tmp_path / "black.mp4", np.zeros((180, 320, 3), np.uint8), matrix=1, tags=(1, 1), count=24)
    ready = [conform(clip(), "one").path, conform(black, "two").path]
    for verify in ("quick", "full"):
        report = room.cut(*ready, verify=verify).quality_report
        assert report["black"] == [[1.0, 2.0]]
        assert report["parts_not_looked_at"] == []
    assert room.cut(clip()).quality_report["parts_not_looked_at"] == [f"Clip 1 ({clip().stem})"]


def test_posters_and_contact_sheets_are_pictures_of_the_film(room: CuttingRoom, clip: Shoot, tmp_path: Path) -> None:
    from PIL import Image

    poster, sheet = tmp_path / "poster.jpg", tmp_path / "sheet.jpg"
    room.cut(clip(hue=200), clip(hue=200), poster=poster, contact_sheet=sheet)
    with Image.open(poster) as shown, Image.open(sheet) as tiles:
        assert shown.size == SIZE
        assert shown.getpixel((200, 60)) == pytest.approx((20, 20, 200), abs=25)
        assert tiles.size == (4 * 326 + 6, 3 * 186 + 6)


def test_a_bad_clip_is_named_and_nothing_is_left(tmp_path: Path, conform: Conform) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no film")
    with pytest.raises(CutError, match=r"^Clip 7 cannot be read"):
        conform(bad)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["bad.mp4"]


def _single_colour(
    path: Path, picture: Any, *, matrix: int, tags: tuple[int, int], pix_fmt: str = "yuv420p", count: int = 6
) -> Path:
    """A clip of one picture, written by that matrix and tagged as such."""
    names = {1: "bt709", 6: "smpte170m", 9: "bt2020"}
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("libx264", rate=24, options={"preset": "ultrafast", "crf": "4"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, pix_fmt
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace, context.color_range = *tags, matrix, 1
        for number in range(count):
            frame = _converted(picture, names[matrix], pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 24)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path


def _converted(picture: Any, matrix: str, pix_fmt: str) -> VideoFrame:
    from av.filter import Graph

    graph = Graph()
    source = graph.add("buffer", f"video_size={SIZE[0]}x{SIZE[1]}:pix_fmt=rgb24:time_base=1/24")
    scale = graph.add("scale", f"out_color_matrix={matrix}:out_range=tv")
    shape, sink = graph.add("format", pix_fmt), graph.add("buffersink")
    source.link_to(scale)
    scale.link_to(shape)
    shape.link_to(sink)
    graph.configure(auto_buffer=False)
    graph.vpush(VideoFrame.from_ndarray(picture, format="rgb24"))
    return graph.vpull()


def _rgb(path: Path) -> tuple[float, ...]:
    """The colour in the middle, read as BT.709 by our own arithmetic."""
    planes = look(path, second=0.1, pix_fmt="yuv420p").astype(float)
    luma = (planes[90, 160] - 16) / 219
    blue_difference, red_difference = ((planes[180 + offset + 22, 80] - 128) / 224 for offset in (0, 45))
    red, blue = luma + 1.5748 * red_difference, luma + 1.8556 * blue_difference
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    return tuple(float(np.clip(value, 0, 1) * 255) for value in (red, green, blue))
