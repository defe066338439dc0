"""What every painter of a place holds in the hand: frame, palette, chance, and the common shapes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from video_svc.animatic.colour import Colour, mix
from video_svc.animatic.noise import Rng, profile
from video_svc.animatic.palette import Palette
from video_svc.animatic.plate import Canvas, Frame, Plate, Point
from video_svc.animatic.setting import Hour, Setting

_LEAF: Colour = (124, 162, 92)

Line = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""x and y of a line across the canvas, in frame pixels."""


@dataclass(frozen=True)
class Brush:
    frame: Frame
    palette: Palette
    setting: Setting
    rng: Rng
    horizon: float
    """Height of the horizon, as a share of the frame from its top."""
    ground: float = 0.74
    """Where the ground the figure stands on begins, as a share of the frame from its top."""
    sun: Point = (0.62, 0.4)
    """Where the light stands in the sky, in shares of the frame."""

    @property
    def dark(self) -> bool:
        return self.setting.hour is Hour.NIGHT

    @property
    def unit(self) -> float:
        return self.frame.unit

    def y(self, share: float) -> float:
        return share * self.frame.height

    def x(self, share: float) -> float:
        return share * self.frame.width

    def canvas(self, depth: float, *, top: float, bottom: float | None = None, mist: float = 0.55) -> Canvas:
        """A canvas in the air's colour at `depth`, fading into mist towards `bottom` (shares of the frame)."""
        body = self.palette.at(depth)
        foot = mix(body, mix(self.palette.horizon, self.palette.haze, 0.35), mist * (1 - depth))
        return Canvas(self.frame, body, foot, rows=(top, self.ground + 0.1 if bottom is None else bottom))

    def earth(self, depth: float) -> Colour:
        """What grows at `depth`: green as far as the hour lets one see it."""
        green = {Hour.DAY: 0.55, Hour.DAWN: 0.25, Hour.DUSK: 0.06, Hour.NIGHT: 0.08}[self.setting.hour]
        return mix(self.palette.at(depth), mix(_LEAF, self.palette.shade, 0.75 * max(0.0, depth - 0.3)), green)

    def line(self, level: float, swing: float, *, roughness: float = 0.5, base: float = 1.2, octaves: int = 6) -> Line:
        """A ridge across the canvas: `level` and `swing` as shares of the frame's height."""
        frame = self.frame
        xs = np.linspace(frame.left, frame.right, max(2, (frame.right - frame.left) // 4))
        wave = profile(self.rng, length=len(xs), roughness=roughness, base=base * self.breadth, octaves=octaves)
        return xs, (level + swing * wave.astype(np.float64)) * frame.height

    @property
    def breadth(self) -> float:
        """How much wider than tall; keeps hills equally steep in every shape."""
        return min(2.0, max(0.6, self.frame.width / self.frame.height / 1.5))

    def spread(self, step: float, *, jitter: float = 0.4) -> list[float]:
        """x positions across the canvas about `step` apart (pixels)."""
        count = max(1, int((self.frame.right - self.frame.left) / step))
        places = self.frame.left + (np.arange(count) + 0.5) * (self.frame.right - self.frame.left) / count
        return [float(x) for x in places + self.rng.uniform(-jitter, jitter, count) * step]


def height_on(line: Line, x: float) -> float:
    """The line's y at x."""
    return float(np.interp(x, *line))


def kept(*plates: Plate | None) -> list[Plate]:
    return [plate for plate in plates if plate is not None]


def pine(canvas: Canvas, rng: Rng, foot: Point, height: float, colour: Colour | None = None) -> None:
    """A conifer of drooping tiers."""
    x, base = foot
    tiers, half = int(rng.integers(5, 8)), height * float(rng.uniform(0.15, 0.2))
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(1, tiers + 1):
        share = tier / tiers
        reach = half * share**0.85 * float(rng.uniform(0.85, 1.1))
        y = base - height * (1 - share * 0.92)
        left += [(x - reach, y), (x - reach * 0.52, y - height * 0.03)]
        right += [(x + reach, y), (x + reach * 0.52, y - height * 0.03)]
    canvas.polygon([(x, base - height), *right, *reversed(left)], colour)
    canvas.box(x - height * 0.018, base - height * 0.12, x + height * 0.018, base + 6, colour)


def round_tree(canvas: Canvas, rng: Rng, root: Point, height: float, colour: Colour | None = None) -> None:
    """A trunk and a crown of overlapping leaves."""
    x, foot = root
    canvas.polygon(
        [
            (x - height * 0.035, foot + 6),
            (x - height * 0.014, foot - height * 0.6),
            (x + height * 0.014, foot - height * 0.6),
            (x + height * 0.035, foot + 6),
        ],
        colour,
    )
    for _ in range(24):
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0, 1) ** 0.5
        size = height * float(rng.uniform(0.08, 0.15))
        canvas.oval(
            x + float(np.cos(angle) * far) * height * 0.27,
            foot - height * 0.68 + float(np.sin(angle) * far) * height * 0.2,
            size,
            size * 0.8,
            colour,
        )


def bare_tree(canvas: Canvas, rng: Rng, start: Point, *, length: float, angle: float, width: float) -> None:
    """Branches that fork until they are twigs. `angle` in radians, 0 is to the right, pi/2 is up."""
    end = (start[0] + length * float(np.cos(angle)), start[1] - length * float(np.sin(angle)))
    canvas.line([start, end], max(1.0, width))
    if length < 9 or width < 0.8:
        return
    for turn in (-1, 1):
        bend = angle + turn * float(rng.uniform(0.22, 0.6))
        bare_tree(canvas, rng, end, length=length * float(rng.uniform(0.62, 0.8)), angle=bend, width=width * 0.66)


def palm(canvas: Canvas, rng: Rng, root: Point, *, height: float, lean: float) -> None:
    """A curved trunk and hanging fronds. `lean` is how far the crown stands from the foot, in heights."""
    x, foot = root
    steps = np.linspace(0, 1, 9)
    trunk = [(x + lean * height * float(s) ** 2, foot - height * float(s)) for s in steps]
    canvas.line(trunk, max(2.0, height * 0.032))
    crown = trunk[-1]
    for angle in np.linspace(-0.5, np.pi + 0.5, 9):
        tip = angle + float(rng.uniform(-0.12, 0.12))
        reach = height * float(rng.uniform(0.3, 0.4))
        canvas.polygon(_frond(crown, tip, reach))


def _frond(root: Point, angle: float, reach: float) -> list[Point]:
    upper, lower = [], []
    for share in np.linspace(0, 1, 8):
        x = root[0] + reach * float(share) * float(np.cos(angle))
        y = root[1] - reach * (float(share) * float(np.sin(angle)) - 0.75 * float(share) ** 2.2)
        thick = reach * 0.07 * float(np.sin(np.pi * min(1.0, share * 0.92 + 0.08)))
        upper.append((x, y - thick))
        lower.append((x, y + thick))
    return [*upper, *reversed(lower)]


def grass(canvas: Canvas, rng: Rng, line: Line, *, step: float, height: float, colour: Colour | None = None) -> None:
    """Blades along a line; height in pixels."""
    x = float(line[0][0])
    while x < line[0][-1]:
        blade, bend = height * float(rng.uniform(0.4, 1.0)), height * float(rng.uniform(-0.35, 0.35))
        y, half = height_on(line, x) + 3, max(0.8, height * 0.035)
        canvas.polygon([(x - half, y), (x + bend * 0.3, y - blade * 0.6), (x + bend, y - blade), (x + half, y)], colour)
        x += step * float(rng.uniform(0.5, 1.5))


def lamp_post(canvas: Canvas, x: float, foot: float, height: float, light: Colour, *, arm: float = 0.0) -> Point:
    """A street lamp; returns where its light is. `arm` reaches sideways, in heights."""
    top, thick = foot - height, max(2.0, height * 0.014)
    canvas.line([(x, foot + 4), (x, top)], thick)
    canvas.box(x - thick * 1.6, foot - height * 0.06, x + thick * 1.6, foot + 4)
    head = (x + arm * height, top - height * 0.02)
    if arm:
        canvas.line([(x, top), (x + arm * height * 0.6, top - height * 0.04), head], thick * 0.8)
    canvas.polygon(_lantern(head, height * 0.03))
    canvas.oval(head[0], head[1] + height * 0.022, height * 0.017, height * 0.02, light)
    return head[0], head[1] + height * 0.022


def _lantern(head: Point, size: float) -> list[Point]:
    x, y = head
    return [
        (x - size * 0.5, y - size * 0.4),
        (x + size * 0.5, y - size * 0.4),
        (x + size, y + size),
        (x - size, y + size),
    ]


def windows(
    canvas: Canvas, rng: Rng, area: Sequence[float], *, pitch: float, share: float, colours: Sequence[Colour]
) -> None:
    """Lit windows in an area (left, top, right, bottom), `pitch` pixels apart; `share` of them are lit."""
    left, top, right, bottom = area
    for x in np.arange(left + pitch * 0.6, right - pitch, pitch):
        for y in np.arange(top + pitch * 0.8, bottom - pitch * 0.5, pitch * 1.45):
            if rng.random() < share:
                colour = colours[int(rng.integers(len(colours)))]
                canvas.detail(_pane(float(x), float(y), pitch * 0.5, pitch * 0.75), colour)


def _pane(x: float, y: float, width: float, height: float) -> list[Point]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
