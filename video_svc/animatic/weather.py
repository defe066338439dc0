"""What moves in the air: rain, snow, embers, fireflies, dust, bubbles. Cheap: tiles that scroll, sparks that drift."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from video_svc.animatic.colour import Colour
from video_svc.animatic.noise import Rng
from video_svc.animatic.palette import Palette
from video_svc.animatic.plate import TO_YUV, Frame, Pixels
from video_svc.animatic.setting import Weather

Spots = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tile:
    """Light that scrolls over the picture's luma without a seam. Pixels per second."""

    luma: Pixels
    across: float
    down: float

    def fall(self, luma: Pixels, time_s: float) -> None:
        """Add the tile, moved to where it is at a moment."""
        height, width = self.luma.shape
        top, left = int(-self.down * time_s) % height, int(-self.across * time_s) % width
        for rows, source_rows in _wrapped(top, height, luma.shape[0]):
            for columns, source_columns in _wrapped(left, width, luma.shape[1]):
                part = luma[rows, columns]
                cv2.add(part, self.luma[source_rows, source_columns], part)


def _wrapped(start: int, period: int, length: int) -> list[tuple[slice, slice]]:
    """Pairs of target and source slices that lay a repeating strip from `start` over `length` pixels."""
    pairs: list[tuple[slice, slice]] = []
    done = 0
    while done < length:
        source = (start + done) % period
        count = min(period - source, length - done)
        pairs.append((slice(done, done + count), slice(source, source + count)))
        done += count
    return pairs


@dataclass(frozen=True)
class Sparks:
    """Small lights on paths of their own; each is a soft dot in luma and colour."""

    dots: tuple[Pixels, ...]
    home: Spots
    """One row per spark: x, y, which dot, turn, speed."""
    drift: tuple[float, float]
    wander: float

    def fly(self, picture: Pixels, time_s: float) -> None:
        height, width = picture.shape[:2]
        for x, y, kind, turn, speed in self.home:
            swing = self.wander * np.sin(time_s * speed + turn)
            left = int((x + self.drift[0] * speed * time_s + swing) % (width + 40)) - 20
            top = (
                int(
                    (y + self.drift[1] * speed * time_s + self.wander * 0.6 * np.cos(time_s * speed * 0.8 + turn))
                    % (height + 40)
                )
                - 20
            )
            pulse = 0.55 + 0.45 * np.sin(time_s * 1.9 * speed + 3 * turn)
            _spark(picture, self.dots[int(kind)], left, top, float(pulse))


def _spark(picture: Pixels, dot: Pixels, left: int, top: int, pulse: float) -> None:
    side = dot.shape[0]
    if left < 0 or top < 0 or left + side > picture.shape[1] or top + side > picture.shape[0]:
        return
    part = picture[top : top + side, left : left + side]
    lit = cv2.convertScaleAbs(dot, alpha=pulse)
    keep = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(lit, 3)), cv2.COLOR_GRAY2BGRA)
    cv2.multiply(part, keep, part, 1 / 255)
    cv2.add(part, lit, part)


@dataclass(frozen=True)
class Air:
    """Everything that moves in the air of one clip."""

    tiles: tuple[Tile, ...] = ()
    sparks: tuple[Sparks, ...] = ()
    flashes: tuple[float, ...] = ()
    """Moments (seconds) of lightning."""

    def lightning(self, time_s: float) -> float:
        """How much light to add to the whole picture, 0..1."""
        since = [time_s - start for start in self.flashes if 0 <= time_s - start < 0.5]
        return max((np.exp(-9 * gone) * (1 if gone < 0.08 or gone > 0.14 else 0.3) for gone in since), default=0.0)


def air_of(weather: Weather, frame: Frame, palette: Palette, rng: Rng) -> Air:
    """The moving air of a weather."""
    makers: Mapping[Weather, Callable[[], Air]] = {
        Weather.RAIN: lambda: Air(tiles=_rain(frame, rng)),
        Weather.STORM: lambda: Air(tiles=_rain(frame, rng), flashes=(1.1, 1.35, 5.2)),
        Weather.SNOW: lambda: Air(tiles=_snow(frame, rng)),
        Weather.EMBERS: lambda: Air(
            sparks=(_sparks(frame, rng, (255, 150, 60), count=34, drift=(14, -52), wander=16),)
        ),
        Weather.FIREFLIES: lambda: Air(
            sparks=(_sparks(frame, rng, palette.accent, count=30, drift=(4, -4), wander=24),)
        ),
        Weather.DUST: lambda: Air(
            sparks=(_sparks(frame, rng, palette.light, count=26, drift=(9, -3), wander=12, size=0.5),)
        ),
        Weather.BUBBLES: lambda: Air(
            sparks=(_sparks(frame, rng, palette.light, count=30, drift=(3, -46), wander=9, size=0.8),)
        ),
    }
    maker = makers.get(weather)
    return maker() if maker else Air()


def _rain(frame: Frame, rng: Rng) -> tuple[Tile, ...]:
    tiles = []
    for near, count, light in ((0.6, 150, 30), (1.0, 64, 48)):
        tile = np.zeros((frame.height // 2 * 2, frame.width // 2 * 2), np.uint8)
        length = frame.unit * 0.06 * near
        streak = ((-0.22 * length, length), max(1, round(near * 1.6)), light)
        _repeat(tile, rng.random((count, 2)), *streak)
        tiles.append(Tile(tile, -0.22 * 1500 * near, 1500 * near * frame.unit / 720))
    return tuple(tiles)


def _repeat(tile: Pixels, spots: Spots, step: tuple[float, float], width: int, light: int) -> None:
    """Streaks that go on over the tile's edge; spots are shares of it."""
    height, wide = tile.shape
    for x, y in spots * (wide, height):
        for dx in (0, -wide):
            for dy in (0, -height):
                start, end = (int(x + dx), int(y + dy)), (int(x + dx + step[0]), int(y + dy + step[1]))
                cv2.line(tile, start, end, light, width, cv2.LINE_AA)


def _snow(frame: Frame, rng: Rng) -> tuple[Tile, ...]:
    tiles = []
    for near, count, light in ((0.5, 230, 70), (0.8, 120, 100), (1.5, 34, 90)):
        tile = np.zeros((frame.height, frame.width), np.uint8)
        for x, y, size in rng.random((count, 3)) * (frame.width, frame.height, 1):
            radius = round((1.1 + 1.6 * size) * near * frame.unit / 720 * 16)
            for dx, dy in ((0, 0), (-frame.width, 0), (0, -frame.height), (frame.width, 0), (0, frame.height)):
                cv2.circle(tile, (int((x + dx) * 16), int((y + dy) * 16)), radius, light, -1, cv2.LINE_AA, 4)
        soft = cv2.blur(tile, (5, 5)) if near > 1 else tile
        tiles.append(Tile(np.asarray(soft, np.uint8), 26 * near, 92 * near * frame.unit / 720))
    return tuple(tiles)


def _sparks(
    frame: Frame,
    rng: Rng,
    colour: Colour,
    *,
    count: int,
    drift: tuple[float, float],
    wander: float,
    size: float = 1.0,
) -> Sparks:
    scale = frame.unit / 720
    dots = tuple(_dot(colour, max(3, round(side * size * scale) | 1)) for side in (9, 15, 23))
    home = np.stack(
        [
            rng.random(count) * (frame.width + 40),
            rng.random(count) * (frame.height + 40),
            rng.choice(3, count, p=[0.5, 0.35, 0.15]),
            rng.random(count) * 6.28,
            rng.uniform(0.6, 1.5, count),
        ],
        axis=1,
    )
    return Sparks(dots, home, (drift[0] * scale, drift[1] * scale), wander * scale)


def _dot(colour: Colour, side: int) -> Pixels:
    """A bright core in a soft halo, premultiplied."""
    axis = np.linspace(-1, 1, side)
    far = np.hypot(axis[None], axis[:, None])
    share = np.clip(np.clip(1 - far, 0, 1) ** 2 * 0.75 + np.clip(1 - far * 2.6, 0, 1), 0, 1)
    cover = (share * 255).astype(np.uint8)
    ink = np.empty((side, side, 3), np.float32)
    ink[:] = colour
    core = np.clip(1 - far * 2.6, 0, 1)[..., None]
    ink += (255 - ink) * core * 0.6
    premultiplied = (ink * share[..., None]).astype(np.uint8)
    return np.asarray(cv2.transform(np.dstack([premultiplied, cover]), TO_YUV), np.uint8)
