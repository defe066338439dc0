"""A song in place of the clips' sound, beneath it, and giving way to it."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from stitch_svc.cut import CutError
from tests.unit.stitch_svc.conftest import CuttingRoom, Shoot
from tests.unit.stitch_svc.footage import BEEP_HZ, beeps, flashes, hear

SONG_HZ, SONG_AMPLITUDE, SECONDS = 300, 0.1, 6
KINDS = {"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "ogg": "libopus", "m4a": "aac"}
RATE = 48_000


def sung(path: Path, *, seconds: float = SECONDS, rate: int = RATE) -> Path:
    """One steady tone."""
    wave = SONG_AMPLITUDE * np.sin(2 * np.pi * SONG_HZ * np.arange(round(seconds * rate)) / rate)
    container = "ipod" if path.suffix == ".m4a" else path.suffix[1:]
    with av.open(str(path), "w", format=container) as song:
        track = song.add_stream(KINDS[path.suffix[1:]], rate=rate, layout="stereo")
        assert isinstance(track, AudioStream)
        kind = track.format.name
        for begin in range(0, wave.size, 1024):
            block = np.repeat(wave[None, begin : begin + 1024], 2, axis=0).astype(np.float32)
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = rate, begin
            for made in av.AudioResampler(format=kind, layout="stereo", rate=rate).resample(frame):
                song.mux(track.encode(made))
        song.mux(track.encode(None))
    return path


def strength(sound: npt.NDArray[np.float32], hz: int, *, begin: float, end: float) -> float:
    """Amplitude of one tone within a stretch of the left channel."""
    part = sound[0, round(begin * RATE) : round(end * RATE)]
    turning = np.exp(-2j * np.pi * hz * np.arange(part.size) / RATE)
    return float(2 * np.abs((part * turning).mean()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_song_takes_the_place_of_the_clips_sound(room: CuttingRoom, clip: Shoot, tmp_path: Path, kind: str) -> None:
    report = room.cut(clip(), clip(), audio="song", song=sung(tmp_path / f"song.{kind}"), transitions=())
    heard, start = hear(room.film)
    assert start == 0
    assert report.facts.has_audio
    assert report.audio_video_drift_ms < 1
    assert strength(heard, SONG_HZ, begin=0.2, end=0.8) == pytest.approx(SONG_AMPLITUDE, rel=0.1)
    assert strength(heard, BEEP_HZ, begin=0.5, end=0.55) < 0.02


def test_a_mixed_song_stays_as_loud_as_it_is_and_beeps_stay_on_their_flashes(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    room.cut(*[clip()] * 4, audio="mix", song=sung(tmp_path / "song.wav"), song_gain_db=-6, clip_gain_db=-3)
    heard, _ = hear(room.film)
    assert strength(heard, SONG_HZ, begin=1.1, end=1.4) == pytest.approx(SONG_AMPLITUDE / 2, rel=0.1)
    assert strength(heard, BEEP_HZ, begin=1.505, end=1.545) == pytest.approx(0.6 * 0.708, rel=0.1)
    assert beeps(room.film) == pytest.approx(flashes(room.film), abs=0.001)


def test_a_ducked_song_gives_way_to_the_clips_and_comes_back(room: CuttingRoom, clip: Shoot, tmp_path: Path) -> None:
    chatter = clip("chatter", frames=72, seconds_of_sound=3.0)
    silent = clip("silent", frames=72, layout=None)
    room.cut(silent, _talking(tmp_path, chatter), silent, audio="duck", song=sung(tmp_path / "song.wav", seconds=9))
    heard, _ = hear(room.film)
    before, under, after = (strength(heard, SONG_HZ, begin=begin, end=begin + 0.5) for begin in (2.0, 5.0, 7.9))
    assert before == pytest.approx(SONG_AMPLITUDE, rel=0.05)
    assert under == pytest.approx(SONG_AMPLITUDE * 10 ** (-12 / 20), rel=0.15)
    assert after > 0.8 * SONG_AMPLITUDE
    slow = [strength(heard, SONG_HZ, begin=at, end=at + 0.1) for at in np.arange(5.9, 7.9, 0.1)]
    assert (np.diff(slow) > -0.01).all(), "it comes back evenly"


def _talking(folder: Path, clip: Path) -> Path:
    """The clip with a tone all through it."""
    wave = 0.3 * np.sin(2 * np.pi * 1_000 * np.arange(3 * RATE) / RATE)
    with av.open(str(clip)) as source, av.open(str(folder / "talking.mp4"), "w") as film:
        picture = film.add_stream_from_template(source.streams.video[0])
        sound = film.add_stream("aac", rate=RATE, layout="stereo")
        for packet in source.demux(video=0):
            if packet.pts is not None:
                packet.stream = picture
                film.mux(packet)
        for begin in range(0, wave.size, 1024):
            block = np.repeat(wave[None, begin : begin + 1024], 2, axis=0).astype(np.float32)
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, begin
            film.mux(sound.encode(frame))
        film.mux(sound.encode(None))
    return folder / "talking.mp4"


def test_a_song_that_ends_before_its_film_leaves_silence_and_one_that_is_longer_falls(
    room: CuttingRoom, clip: Shoot, tmp_path: Path
) -> None:
    room.cut(*[clip()] * 3, audio="song", song=sung(tmp_path / "short.wav", seconds=1))
    heard, _ = hear(room.film)
    assert strength(heard, SONG_HZ, begin=1.2, end=2.8) < 0.001
    room.cut(*[clip()] * 3, audio="song", song=sung(tmp_path / "long.wav"))
    heard, _ = hear(room.film)
    loud = [strength(heard, SONG_HZ, begin=at, end=at + 0.1) for at in (1.8, 2.4, 2.85)]
    assert loud[0] > loud[1] > loud[2]


def test_a_film_with_a_song_comes_to_its_loudness(room: CuttingRoom, clip: Shoot, tmp_path: Path) -> None:
    ready = [room.conformed(clip(name)) for name in ("one", "two", "three")]
    report = room.cut(*ready, audio="mix", song=sung(tmp_path / "song.flac"), loudness_lufs=-18)
    assert report.loudness_lufs == pytest.approx(-18, abs=0.6)
    assert report.quality_report["true_peak_dbtp"] <= -1


@pytest.mark.parametrize("content", [b"", b"no song at all" * 100, b"#EXTM3U\n#EXTINF:10,\nsong.wav\n"])
def test_what_is_no_song_is_refused(room: CuttingRoom, clip: Shoot, tmp_path: Path, content: bytes) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(content)
    with pytest.raises(CutError, match=r"^The song "):
        room.cut(clip(), audio="mix", song=song)
    assert room.leftovers() == []


def test_a_song_that_is_missing_is_asked_for(room: CuttingRoom, clip: Shoot) -> None:
    with pytest.raises(CutError, match="needs a song"):
        room.cut(clip(), audio="duck")
