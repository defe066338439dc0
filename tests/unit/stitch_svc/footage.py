"""Small films with a flash and a beep at the same instant, and a way to see and hear when they come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

FLASH_AT_S = 0.5
BEEP_S = 0.05
BEEP_HZ = 1000
LOUD = 0.2
FINENESS = 4
"""Ticks of a frame."""


@dataclass(frozen=True)
class Footage:
    """What a test clip is like. Sound is off with `layout=None`; `rate` in frames per second."""

    size: tuple[int, int] = (320, 180)
    rate: Fraction = Fraction(24)
    frames: int = 24
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"preset": "superfast", "crf": "23"})
    pix_fmt: str = "yuv420p"
    layout: str | None = "stereo"
    sample_rate: int = 48_000
    hue: int = 60
    rotation: int = 0
    seconds_of_sound: float | None = None
    uneven: bool = False
    """Most frames are shown up to half a frame late, as a phone's are."""

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.rate


def shoot(path: Path, footage: Footage = Footage()) -> Path:
    """Make the clip."""
    with av.open(str(path), "w", format="mp4") as film:
        picture = film.add_stream(footage.codec, rate=footage.rate, options=footage.options)
        assert isinstance(picture, VideoStream)
        picture.width, picture.height, picture.pix_fmt = *footage.size, footage.pix_fmt
        picture.codec_context.thread_count = 1
        if footage.uneven:  # the header tells it, so others keep the usual one
            picture.codec_context.time_base = 1 / (footage.rate * FINENESS)
        if footage.rotation:
            picture.set_display_rotation(footage.rotation)
        sound = film.add_stream("aac", rate=footage.sample_rate, layout=footage.layout) if footage.layout else None
        for frame in _frames(footage):
            film.mux(picture.encode(frame))
        film.mux(picture.encode(None))
        if sound is not None:
            for block in _blocks(footage):
                film.mux(sound.encode(block))
            film.mux(sound.encode(None))
    return path


def _frames(footage: Footage) -> Iterator[VideoFrame]:
    flash = round(FLASH_AT_S * footage.rate)
    for number in range(footage.frames):
        frame = VideoFrame.from_ndarray(_picture(footage, number, white=number in (flash, flash + 1)), format="rgb24")
        frame = frame.reformat(format=footage.pix_fmt)
        late = number % 3 if footage.uneven and number not in (flash, flash + 1) else 0
        frame.pts, frame.time_base = number * FINENESS + late, 1 / (footage.rate * FINENESS)
        yield frame


def _picture(footage: Footage, number: int, *, white: bool) -> npt.NDArray[np.uint8]:
    """Dark, with a bright top left corner (which way is up?) and a bar that moves."""
    width, height = footage.size
    picture = np.full((height, width, 3), 255 if white else 20, np.uint8)
    picture[..., 2] = max(int(picture[0, 0, 2]), footage.hue)
    picture[: height // 4, : width // 4] = (200, 200, 40)
    bar = (number * 4) % max(1, width - 8)
    picture[height // 2 :, bar : bar + 8] = (120, 60, 60) if not white else 255
    return picture


def _blocks(footage: Footage) -> Iterator[AudioFrame]:
    seconds = footage.seconds_of_sound or float(footage.seconds)
    time = np.arange(round(seconds * footage.sample_rate)) / footage.sample_rate
    flash = round(FLASH_AT_S * footage.rate) / float(footage.rate)
    heard = (time >= flash) & (time < flash + BEEP_S)
    wave = (np.sin(2 * np.pi * BEEP_HZ * time + np.pi / 4) * heard * 0.6).astype(np.float32)
    channels = {"mono": 1, "5.1": 6}.get(footage.layout or "", 2)
    for start in range(0, len(wave), 1024):
        block = np.repeat(wave[None, start : start + 1024], channels, axis=0)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=footage.layout or "stereo")
        frame.sample_rate, frame.pts, frame.time_base = footage.sample_rate, start, Fraction(1, footage.sample_rate)
        yield frame


def flashes(path: Path) -> list[float]:
    """When the picture turns white, in seconds."""
    times, dark = [], True
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            bright = bool(frame.to_ndarray(format="gray")[:, frame.width // 2].mean() > 128)
            if bright and dark:
                times.append(frame.time or 0.0)
            dark = not bright
    return times


def beeps(path: Path) -> list[float]:
    """When a beep starts, in seconds, by counting samples from the first time stamp on."""
    sound, start = hear(path)
    loud = np.flatnonzero(np.abs(sound[0]) > LOUD)
    first = loud[np.insert(np.diff(loud) > 0.2 * 48_000, 0, True)] if loud.size else loud
    return [float(start + sample / 48_000) for sample in first]


def hear(path: Path) -> tuple[npt.NDArray[np.float32], Fraction]:
    """All samples, shape (channels, n), and the time of the first."""
    with av.open(str(path)) as film:
        frames = list(film.decode(audio=0))
    start = Fraction(frames[0].pts or 0) * (frames[0].time_base or 1)
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), start


def payloads(path: Path) -> list[bytes]:
    """The picture's packets as they stand in the file."""
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.pts is not None]


def count_frames(path: Path) -> int:
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def look(path: Path, *, second: float, pix_fmt: str = "rgb24") -> npt.NDArray[np.uint8]:
    """The picture shown at that time; RGB has the shape (height, width, 3), yuv420p its planes below each other."""
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            if (frame.time or 0.0) >= second - 1e-6:
                return frame.to_ndarray(format=pix_fmt).astype(np.uint8)
    raise AssertionError(f"no picture at {second} s")
