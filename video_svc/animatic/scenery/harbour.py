"""Where boats are brought home: the harbour and the lighthouse."""

from itertools import pairwise

import numpy as np

from video_svc.animatic.colour import Colour, mix
from video_svc.animatic.noise import Field
from video_svc.animatic.plate import Canvas, Plate, Point, Sway
from video_svc.animatic.scenery.brush import Brush, kept, windows
from video_svc.animatic.scenery.city import lit_share
from video_svc.animatic.scenery.sea import boat_at, cape, cliff, water
from video_svc.animatic.scenery.sky import sky


def harbour(brush: Brush) -> list[Plate]:
    side = 0.22 if brush.sun[0] > 0.5 else 0.78
    boats = [boat_at(brush, side, 0.3, 0.6), boat_at(brush, 1.08 - side, 0.17, 0.45)]
    return kept(*sky(brush), _quay_town(brush), *water(brush), *boats, _pier(brush), _bollards(brush))


def lighthouse(brush: Brush) -> list[Plate]:
    return kept(*sky(brush), cape(brush), *water(brush), *_tower(brush), cliff(brush))


def boat(brush: Brush) -> list[Plate]:
    return kept(*sky(brush, disc=0.075), cape(brush), *water(brush), _pier(brush), _bulwark(brush), _rigging(brush))


def _bulwark(brush: Brush) -> Plate | None:
    """The side of the ship behind the figure."""
    unit, floor = brush.unit, brush.y(brush.ground + 0.012)
    wood = mix(mix(brush.palette.at(0.85), brush.palette.accent, 0.16), brush.palette.shade, 0.2)
    canvas = Canvas(brush.frame, mix(wood, brush.palette.horizon, 0.14), wood, rows=(brush.ground - 0.12, brush.ground))
    xs = np.linspace(brush.frame.left, brush.frame.right, 80)
    rise = unit * 0.09 * np.abs(xs / brush.frame.width - 0.5) ** 1.6
    for low, high in ((-0.045, 0.01), (-0.135, -0.112)):
        upper, lower = floor + unit * low - rise, floor + unit * high - rise * (low < -0.1)
        canvas.polygon([*zip(xs.tolist(), upper.tolist(), strict=True), *zip(xs[::-1], lower[::-1], strict=True)])
    for x, lift in zip(xs[::4], rise[::4], strict=True):
        canvas.box(float(x) - 3, floor - unit * 0.125 - float(lift), float(x) + 3, floor)
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    return canvas.plate(0.99)


def _rigging(brush: Brush) -> Plate | None:
    """Mast, a corner of the sail and ropes before us."""
    unit, palette = brush.unit, brush.palette
    canvas = Canvas(brush.frame, mix(palette.shade, palette.haze, 0.2), palette.shade)
    side = 1 if brush.sun[0] > 0.5 else -1
    mast = brush.x(0.5 - side * 0.43)
    sail = mix(mix(palette.light, palette.horizon, 0.45), palette.at(0.7), 0.7 if brush.dark else 0.35)
    corners = ((0.0, brush.frame.top), (0.36, brush.frame.top), (0.22, brush.y(0.2)), (0.0, brush.y(0.34)))
    canvas.polygon([(mast + side * unit * reach, y) for reach, y in corners], sail)
    canvas.box(mast - unit * 0.016, brush.frame.top, mast + unit * 0.016, brush.y(1.05))
    for foot in (-0.16, 0.2):
        canvas.line([(mast, brush.y(0.0)), (mast + side * unit * foot, brush.y(0.98))], max(1.5, unit * 0.004))
    canvas.rim(palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=0, strength=0.45)
    return canvas.plate(1.18, sway=Sway(roll=0.5, period_s=5.0, pivot=(mast, brush.y(1.0))))


def _quay_town(brush: Brush) -> Plate | None:
    """The harbour town across the water, in layers of gables."""
    rng, unit, foot = brush.rng, brush.unit, brush.y(brush.horizon + 0.02)
    canvas = brush.canvas(0.3, top=brush.horizon - 0.16, bottom=brush.horizon + 0.02, mist=0.45)
    x = float(brush.frame.left)
    while x < brush.frame.right:
        wide = unit * float(rng.uniform(0.045, 0.085))
        open_sky = max(0.0, 1 - abs((x + wide / 2) / brush.frame.width - brush.sun[0]) * 4)
        tall = unit * float(rng.uniform(0.09, 0.17)) * (1 - 0.7 * open_sky)
        tone = mix(brush.palette.at(0.3), brush.palette.at(0.6), float(rng.random()))
        canvas.box(x, foot - tall, x + wide, foot, tone)
        canvas.polygon(
            [(x - 2, foot - tall + 1), (x + wide / 2, foot - tall - wide * 0.5), (x + wide + 2, foot - tall + 1)],
            mix(tone, brush.palette.shade, 0.3),
        )
        glass = [mix(tone, brush.palette.accent, 0.85)] if lit_share(brush) else [mix(tone, brush.palette.sky, 0.3)]
        windows(
            canvas,
            rng,
            (x, foot - tall, x + wide, foot),
            pitch=unit * 0.019,
            share=0.2 + lit_share(brush),
            colours=glass,
        )
        x += wide * 1.02
    canvas.rim(brush.palette.light, dx=1.5, dy=1.5, strength=0.3)
    return canvas.plate(0.2)


def _pier(brush: Brush) -> Plate | None:
    """Planks that run towards the water."""
    floor, unit, frame = brush.y(brush.ground + 0.005), brush.unit, brush.frame
    plank = mix(mix(brush.palette.at(0.8), brush.palette.accent, 0.14), brush.palette.horizon, 0.12)
    canvas = Canvas(frame, plank, mix(brush.palette.shade, plank, 0.2), rows=(brush.ground, 1.0))
    canvas.box(frame.left, floor, frame.right, frame.bottom)
    joint, worn = mix(brush.palette.shade, plank, 0.25), mix(plank, brush.palette.light, 0.1)
    for lane in range(-22, 23):
        far, near = brush.x(0.5) + lane * unit * 0.055, brush.x(0.5) + lane * unit * 0.15
        if brush.rng.random() < 0.3:
            ends = [(far, floor), (near, frame.bottom), (near + unit * 0.15, frame.bottom), (far + unit * 0.055, floor)]
            canvas.detail(ends, mix(worn, brush.palette.shade, 0.3))
        canvas.detail([(far, floor), (near, frame.bottom), (near + 4, frame.bottom), (far + 1.2, floor)], joint)
    canvas.patch(frame.left, floor, frame.right, floor + unit * 0.012, mix(plank, brush.palette.light, 0.18))
    canvas.mist(mix(brush.palette.shade, plank, 0.15), (brush.ground + 0.05, 1.08), 0.7)
    canvas.rim(brush.palette.light, dy=2, strength=0.5)
    return canvas.plate(1.0)


def _bollards(brush: Brush) -> Plate | None:
    canvas = Canvas(
        brush.frame, mix(brush.palette.shade, brush.palette.haze, 0.18), brush.palette.shade, rows=(0.7, 1.0)
    )
    spots: list[Point] = []
    for x, tall in ((0.035, 0.3), (0.15, 0.2), (0.97, 0.34)):
        foot, half = brush.y(1.06), brush.unit * 0.026 * (tall / 0.25)
        top = foot - brush.unit * tall
        canvas.box(brush.x(x) - half, top, brush.x(x) + half, foot)
        canvas.oval(brush.x(x), top, half, half * 0.35)
        spots.append((brush.x(x), top + half))
    for one, other in pairwise(spots[:2]):
        rope = [
            (
                one[0] + (other[0] - one[0]) * s,
                one[1] + (other[1] - one[1]) * s + brush.unit * 0.06 * float(np.sin(np.pi * s)),
            )
            for s in np.linspace(0, 1, 10).tolist()
        ]
        canvas.line(rope, brush.unit * 0.007, mix(brush.palette.accent, brush.palette.shade, 0.45))
    canvas.rim(brush.palette.light, dx=2 if brush.sun[0] < 0.5 else -2, dy=1, strength=0.5)
    return canvas.plate(1.3)


def _tower(brush: Brush) -> list[Plate]:
    """The lighthouse on its headland, and the beam that sweeps."""
    side = 0.2 if brush.sun[0] > 0.5 else 0.8
    canvas = Canvas(
        brush.frame, mix(brush.palette.at(0.5), brush.palette.horizon, 0.08), brush.palette.at(0.9), rows=(0.4, 0.8)
    )
    x, foot, tall = brush.x(side), brush.y(brush.ground - 0.02), brush.unit * 0.48
    xs = np.linspace(brush.frame.left, brush.frame.right, 200)
    canvas.below(
        xs,
        foot
        + brush.y(0.5) * np.clip(np.abs(xs - x) / brush.unit - 0.2, 0, 1) ** 1.4
        + brush.unit * 0.006 * np.sin(xs / 17),
    )
    lamp = _shaft(canvas, brush, (x, foot), tall)
    canvas.rim(brush.palette.light, dx=2 if side > 0.5 else -2, dy=1, strength=0.4)
    beams = Canvas(brush.frame, mix(brush.palette.accent, brush.palette.light, 0.6))
    for angle in (0.12, np.pi + 0.12):
        ends = [
            (
                lamp[0] + 3 * brush.unit * float(np.cos(angle + spread)),
                lamp[1] + 3 * brush.unit * float(np.sin(angle + spread)),
            )
            for spread in (-0.07, 0.07)
        ]
        beams.polygon([lamp, *ends])
    reach = _far_from(beams, lamp)
    beams.cover[:] = (beams.cover * np.clip(0.55 - reach / brush.unit * 0.42, 0, 1)).astype(np.uint8)
    beam = beams.plate(0.5, blur=brush.unit / 240, sway=Sway(roll=9, period_s=9, pivot=lamp))
    return kept(beam, canvas.plate(0.5))


def _far_from(canvas: Canvas, spot: Point) -> Field:
    x = np.arange(canvas.size[0], dtype=np.float32) + canvas.frame.left - spot[0]
    y = np.arange(canvas.size[1], dtype=np.float32) + canvas.frame.top - spot[1]
    return np.asarray(np.hypot(x[None], y[:, None]), np.float32)


def _shaft(canvas: Canvas, brush: Brush, foot: Point, tall: float) -> Point:
    """Tower, gallery and lantern; returns where the light is."""
    x, base = foot
    white, red = (
        mix(brush.palette.light, brush.palette.at(0.5), 0.42),
        mix(mix(brush.palette.accent, (190, 50, 50), 0.65), brush.palette.at(0.6), 0.35),
    )

    def ring(low: float, high: float, colour: Colour) -> None:
        wide = [tall * (0.13 - 0.06 * share) for share in (low, high)]
        canvas.polygon(
            [
                (x - wide[0], base - tall * low),
                (x - wide[1], base - tall * high),
                (x + wide[1], base - tall * high),
                (x + wide[0], base - tall * low),
            ],
            colour,
        )

    for band in range(5):
        ring(band / 5 * 0.8 - (0.03 if band == 0 else 0.0), (band + 1) / 5 * 0.8, white if band % 2 == 0 else red)
    dark = brush.palette.at(0.85)
    canvas.box(x - tall * 0.105, base - tall * 0.82, x + tall * 0.105, base - tall * 0.795, dark)
    canvas.box(
        x - tall * 0.055,
        base - tall * 0.92,
        x + tall * 0.055,
        base - tall * 0.82,
        mix(brush.palette.light, brush.palette.accent, 0.4),
    )
    canvas.polygon(
        [(x - tall * 0.07, base - tall * 0.915), (x, base - tall), (x + tall * 0.07, base - tall * 0.915)], dark
    )
    lamp = (x, base - tall * 0.87)
    canvas.glow(*lamp, tall * 0.34, mix(brush.palette.accent, brush.palette.light, 0.6), 0.9)
    return lamp
