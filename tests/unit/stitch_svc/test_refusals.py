"""What is no clip is refused by name, and nothing is left where the film would have been."""

import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

from stitch_svc.cut import CutError
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import Footage, beeps, shoot

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"


def _empty(path: Path, good: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path, good: Path) -> None:
    path.write_text("This is a film, I promise.\n" * 100)


def _playlist(path: Path, good: Path) -> None:
    path.write_text(PLAYLIST.format(good))


def _concat_list(path: Path, good: Path) -> None:
    path.write_text(f"ffconcat version 1.0\nfile '{good}'\n")


def _truncated_at_the_end(path: Path, good: Path) -> None:
    path.write_bytes(good.read_bytes()[:-400])


def _index_first_and_truncated(path: Path, good: Path) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as copy, av.open(str(good)) as film:
        stream = copy.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.pts is not None:
                packet.stream = stream
                copy.mux(packet)
    path.write_bytes(path.read_bytes()[:-1500])


def _only_sound(path: Path, good: Path) -> None:
    with av.open(str(path), "w", format="mp4") as copy, av.open(str(good)) as film:
        stream = copy.add_stream_from_template(film.streams.audio[0])
        for packet in film.demux(audio=0):
            if packet.pts is not None:
                packet.stream = stream
                copy.mux(packet)


def _zeros_for_pictures(path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    start = content.index(b"mdat") + 4
    length = struct.unpack(">I", content[start - 8 : start - 4])[0] - 8
    content[start : start + length] = bytes(length)
    path.write_bytes(content)


def _missing(path: Path, good: Path) -> None:
    pass


def _too_small(path: Path, good: Path) -> None:
    shoot(path, Footage(size=(8, 8), frames=2, layout=None))


def _one_pixel(path: Path, good: Path) -> None:
    shoot(path, Footage(size=(1, 1), frames=2, layout=None, pix_fmt="yuv444p"))


def _too_wide(path: Path, good: Path) -> None:
    shoot(path, Footage(size=(8208, 16), frames=1, layout=None))


def _sixteen_k(path: Path, good: Path) -> None:
    """A real one: 200 MB a frame, a few hundred bytes in the file."""
    with av.open(str(path), "w", format="mp4") as film:
        options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "threads=1"}
        stream = film.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 15_360, 8_640, "yuv420p"
        frame = VideoFrame(15_360, 8_640, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


BAD: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "empty": (_empty, "empty"),
    "text": (_text, "cannot be read"),
    "playlist": (_playlist, "cannot be read"),
    "concat list": (_concat_list, "cannot be read"),
    "truncated at the end": (_truncated_at_the_end, "cannot be read"),
    "index first and truncated": (_index_first_and_truncated, "cut short"),
    "only sound": (_only_sound, "no video stream"),
    "zeros for pictures": (_zeros_for_pictures, "decoded|cannot be read"),
    "missing": (_missing, "cannot be read"),
    "too small": (_too_small, "8x8"),
    "one pixel": (_one_pixel, "1x1"),
    "too wide": (_too_wide, "8208x16"),
    "16k": (_sixteen_k, "15360x8640"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_clip_is_refused_by_place_and_name(room: CuttingRoom, clip: Shoot, tmp_path: Path, kind: str) -> None:
    spoil, reason = BAD[kind]
    bad = tmp_path / "holiday.mp4"
    spoil(bad, clip())
    with pytest.raises(CutError, match=rf"^Clip 2 \(holiday\) .*({reason})"):
        room.cut(clip(), bad)
    assert not room.film.exists()
    assert room.leftovers() == []


def test_a_refusal_leaves_the_older_film_alone(room: CuttingRoom, clip: Shoot, tmp_path: Path) -> None:
    room.film.write_bytes(b"older")
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"")
    with pytest.raises(CutError):
        room.cut(bad)
    assert room.film.read_bytes() == b"older"


def _scratched(path: Path, whole: Path, *, frame: int) -> Path:
    """The clip with other bytes in the middle of one of its pictures, as a bad disk would leave it."""
    content = bytearray(whole.read_bytes())
    with av.open(str(whole)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.pts is not None]
        position, size = packets[frame].pos or 0, packets[frame].size
    content[position + size // 2 : position + size] = b"\x5a" * (size - size // 2)
    path.write_bytes(content)
    return path


def test_damage_in_the_middle_of_a_conformed_clip_is_counted_and_bridged(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    bad = _scratched(tmp_path / "scratched.mp4", clip("portrait", size=(180, 320)), frame=9)
    report = room.cut(clip(), bad, width=320, height=180, verify="full")
    assert report.facts.frames == 48
    assert report.quality_report["clips_damaged"] == {"Clip 2 (scratched)": 1}


def test_damage_in_the_middle_of_a_copied_clip_fails_the_full_check_by_name(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    bad = _scratched(tmp_path / "scratched.mp4", clip(hue=90), frame=9)
    with pytest.raises(CutError, match=r"1 frames that do not decode \(in Clip 2 \(scratched\)\)"):
        room.cut(clip(), bad, clip(), verify="full")
    assert room.leftovers() == []
    assert not room.film.exists()
    quick = room.cut(clip(), bad, clip(), verify="quick").quality_report
    assert "Clip 2 (scratched)" in quick["parts_not_looked_at"], "what nobody looked at is said"


def test_a_clip_in_the_house_format_that_is_damaged_is_not_kept_as_it_is(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    house = without_notes(room.conformed(clip("long", frames=60)), tmp_path / "house.mp4")
    assert room.conformed(house) == house, "it fits"
    mended = room.conformed(_scratched(tmp_path / "scratched.mp4", house, frame=9))
    assert mended.name == f"house-{tmp_path.name}-scratched.mp4"
    assert room.cut(mended, mended, verify="full").quality_report["decode_errors"] == 0


def without_notes(film: Path, copy: Path) -> Path:
    """The same packets in a file that says nothing of itself."""
    with av.open(str(film)) as source, av.open(str(copy), "w", format="mp4") as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.pts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    return copy


def test_unreadable_sound_is_silent_and_what_follows_stays_in_time(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    whole = clip()
    content = bytearray(whole.read_bytes())
    with av.open(str(whole)) as film:
        for packet in [packet for packet in film.demux(audio=0) if packet.pts is not None][5:12]:
            content[packet.pos or 0 : (packet.pos or 0) + packet.size] = b"\xff" * packet.size
    bad = tmp_path / "crackling.mp4"
    bad.write_bytes(content)
    room.cut(bad, clip())
    assert [round(beep, 3) for beep in beeps(room.film) if beep > 0.45] == [0.5, 1.5]


def test_nothing_heavy_is_imported_before_a_cut_is_asked_for() -> None:
    code = "import sys, stitch_svc.cut; print(*({'av', 'numpy', 'moviepy', 'PIL'} & set(sys.modules)))"
    heavy = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert heavy.strip() == ""
