"""Animals of many kinds: heads and tails upon a clothed body. Head units, see `face`."""

import numpy as np

from shared.figure.breeds import Breed, breed_of
from shared.figure.canvas import Canvas
from shared.figure.ears import paint_ears
from shared.figure.frame import Frame
from shared.figure.look import Look
from shared.figure.outline import Outline, Point, between, ellipse, ribbon, smooth
from shared.figure.pose import Skeleton
from shared.figure.tones import luminance, mixed, toned


def paint_animal_head(canvas: Canvas, look: Look, head: Frame) -> None:
    breed, t = breed_of(look), head.turn
    fur = look.skin
    if breed.mark == "mane":
        mane = [
            (0.66 * np.cos(a) * (1 + 0.09 * (i % 2)), 0.02 + 0.68 * np.sin(a) * (1 + 0.09 * (i % 2)))
            for i, a in enumerate(np.linspace(0, 2 * np.pi, 18, endpoint=False))
        ]
        canvas.fill(
            head.place(smooth(np.asarray(mane) - (0.12 * t, 0), steps=9)),
            color=toned(mixed(fur, (140, 70, 30), 0.6), -0.1),
            relief=0.03,
        )
    paint_ears(canvas, look, head, breed)
    outline = head.place(smooth(_skull(breed, t), steps=9))
    canvas.fill(outline, color=fur, relief=0.03)
    _paint_markings(canvas, look, head, breed, outline)
    _paint_eyes(canvas, look, head, breed)
    if breed.mark == "beak":
        _paint_beak(canvas, head, round_face=look.species == "owl")
    else:
        _paint_snout(canvas, look, head, breed)


def _skull(breed: Breed, t: float) -> Outline:
    c, m = breed.cheeks, breed.muzzle
    front: list[Point] = [
        (0, -0.46), (0.24, -0.4), (0.37, -0.2), (c * 0.9, 0.02), (c, 0.2), (0.27, 0.36), (0.12, 0.47), (-0.12, 0.47),
        (-0.27, 0.36), (-c, 0.2), (-c * 0.9, 0.02), (-0.37, -0.2), (-0.24, -0.4),
    ]  # fmt: skip
    side: list[Point] = [
        (-0.06, -0.46), (0.16, -0.4), (0.29, -0.18), (0.36 + m * 0.45, 0.05), (0.36 + m, 0.15),
        (0.34 + m * 0.9, 0.29), (0.14 + m * 0.3, 0.39), (-0.06, 0.42), (-0.24, 0.38), (-c * 0.86, 0.28),
        (-0.42, 0.02), (-0.41, -0.22), (-0.28, -0.4),
    ]  # fmt: skip
    return between(front, side, t)


def _paint_markings(canvas: Canvas, look: Look, head: Frame, breed: Breed, outline: Outline) -> None:
    t, m, pale = head.turn, breed.muzzle, mixed(look.skin, (250, 244, 232), 0.78)
    if breed.mark in {"chin", "stripes", "bandit", "mane", "antlers", "patches"}:
        chin = between(
            [
                (-0.34, 0.3),
                (-0.3, 0.14),
                (-0.1, 0.12),
                (0.0, 0.02),
                (0.1, 0.12),
                (0.3, 0.14),
                (0.34, 0.3),
                (0.12, 0.46),
                (-0.12, 0.46),
            ],
            [
                (-0.22, 0.36),
                (-0.1, 0.2),
                (0.12, 0.2),
                (0.24, 0.17),
                (0.3 + m * 0.6, 0.17),
                (0.34 + m * 0.8, 0.2),
                (0.32 + m * 0.82, 0.27),
                (0.12, 0.38),
                (-0.08, 0.4),
            ],
            t,
        )
        canvas.fill(head.place(smooth(chin, steps=9)), color=pale, relief=0.01)
    if breed.mark == "stripes":
        for x in (-0.12, 0.0, 0.12):
            canvas.fill(
                head.place(ribbon([(x * 1.2 + 0.04 * t, -0.42), (x * 0.8 + 0.1 * t, -0.24)], [0.05, 0.012], steps=3)),
                color=toned(look.skin, -0.45),
            )
        for y in (0.08, 0.2):
            canvas.fill(
                head.place(ribbon([(-0.43 + 0.06 * t, y), (-0.28 + 0.06 * t, y + 0.03)], [0.05, 0.008], steps=3)),
                color=toned(look.skin, -0.45),
            )
    for x, _side in _eye_places(t) if breed.mark in {"patches", "bandit"} else []:
        canvas.fill(head.place(ellipse((x, 0.0), 0.15, 0.12, tilt=-0.4 * _side)), color=(44, 40, 48))


def _eye_places(t: float) -> list[tuple[float, float]]:
    near, far = (-0.185 + 0.3 * t, -1.0), (0.185 + 0.14 * t, 1.0)
    return [near, far] if t < 0.68 else [near]


def _paint_eyes(canvas: Canvas, look: Look, head: Frame, breed: Breed) -> None:
    y = -0.42 if breed.ears == "eyes" and look.headwear == "none" else -0.01
    for x, side in _eye_places(head.turn):
        if look.species == "owl":
            canvas.fill(head.place(ellipse((x, y), 0.19, 0.19)), color=mixed(look.skin, (252, 240, 214), 0.75))
        iris = look.eyes if luminance(look.eyes) > 0.3 else (222, 168, 62)
        tall = 0.085 if head.detailed else 0.075
        canvas.fill(
            head.place(ellipse((x, y), 0.088, tall, tilt=0.28 * side)), color=iris if head.detailed else (26, 20, 26)
        )
        canvas.fill(head.place(ellipse((x + 0.008, y), 0.05, 0.066)), color=(22, 16, 22))
        canvas.fill(head.place(ellipse((x + 0.026, y - 0.028), 0.02, 0.02, points=14)), color=(255, 252, 244), glow=0.8)
        if head.detailed:
            lid: list[Point] = [(x - 0.1, y + 0.02 * side), (x, y - 0.085), (x + 0.1, y - 0.02 * side)]
            canvas.fill(head.place(ribbon(lid, [0.008, 0.026, 0.008], steps=9)), color=toned(look.skin, -0.6))


def _paint_snout(canvas: Canvas, look: Look, head: Frame, breed: Breed) -> None:
    t, m = head.turn, breed.muzzle
    tip = (0.0 + (0.35 + m) * t, 0.17 - 0.02 * t)
    if breed.mark == "grin":
        grin: list[Point] = [(-0.3 + 0.2 * t, 0.18), (0.05 + 0.2 * t, 0.3), (0.32 + m * 0.7 * t, 0.2)]
        canvas.fill(head.place(ribbon(grin, [0.012, 0.026, 0.012], steps=9)), color=toned(look.skin, -0.6))
        canvas.fill(head.place(ellipse((tip[0] - 0.05, 0.1), 0.016, 0.012)), color=toned(look.skin, -0.6))
        return
    nose = [
        (tip[0] - 0.08, tip[1] - 0.035),
        (tip[0], tip[1] - 0.05),
        (tip[0] + 0.08 * (1 - 0.6 * t), tip[1] - 0.035),
        (tip[0] + 0.02, tip[1] + 0.045),
        (tip[0] - 0.03, tip[1] + 0.04),
    ]
    mouth: list[Point] = [
        (tip[0] - 0.17, 0.29),
        (tip[0] - 0.07, 0.315),
        (tip[0] - 0.01 * t, 0.245),
        (tip[0] + 0.07 * (1 - t), 0.315),
        (tip[0] + 0.17 * (1 - t), 0.29),
    ]
    line = toned(look.skin, -0.62)
    canvas.fill(head.place(ribbon(mouth, [0.008, 0.02, 0.02, 0.02, 0.008], steps=9)), color=line)
    canvas.fill(head.place(smooth(nose, steps=9)), color=breed.nose, relief=0.004)
    if head.detailed:
        canvas.fill(head.place(ellipse((tip[0] - 0.01, tip[1] - 0.025), 0.02, 0.01)), color=toned(breed.nose, 0.5))
    if head.detailed and breed.tail in {"thin", "string", "puff"}:
        for y, end in ((0.22, 0.16), (0.25, 0.26)):
            for side in (-1.0, 1.0) if t < 0.6 else (-1.0,):
                canvas.fill(
                    head.place(
                        ribbon([(tip[0] + side * 0.12, y), (tip[0] + side * 0.44, end)], [0.008, 0.003], steps=3)
                    ),
                    color=toned(look.skin, 0.6),
                )


def _paint_beak(canvas: Canvas, head: Frame, *, round_face: bool) -> None:
    t, long = head.turn, 0.3 if round_face else 0.52
    front: list[Point] = [(-0.09, 0.06), (0.0, 0.0), (0.09, 0.06), (0.05, 0.2), (0.0, 0.3), (-0.05, 0.2)]
    side: list[Point] = [
        (0.26, 0.06),
        (0.32, -0.02),
        (0.42, 0.02),
        (0.4 + long * 0.6, 0.12),
        (0.36 + long, 0.24),
        (0.34, 0.2),
    ]
    canvas.fill(head.place(smooth(between(front, side, t), steps=9)), color=(236, 166, 62), relief=0.012)


def paint_tail(canvas: Canvas, look: Look, bones: Skeleton) -> None:
    kind, color = breed_of(look).tail, look.skin
    x, y = bones.hip[0] - 0.03, bones.hip[1] - 0.01
    lift = 0.05 * bones.stance.flow
    if kind == "bushy":
        way: list[Point] = [(x, y), (x - 0.15, y + 0.1), (x - 0.29, y + 0.02 - lift), (x - 0.33, y - 0.18 - lift)]
        canvas.fill(ribbon(way, [0.05, 0.11, 0.15, 0.03], steps=8), color=toned(color, -0.06), relief=0.02)
        canvas.fill(ribbon(way[2:], [0.1, 0.02], steps=9), color=mixed(color, (250, 244, 232), 0.75), relief=0.01)
    elif kind in {"thin", "tuft", "string", "spiked"}:
        width = {"thin": 0.036, "tuft": 0.026, "string": 0.016, "spiked": 0.07}[kind]
        tail: list[Point] = [(x, y), (x - 0.14, y + 0.14), (x - 0.28, y + 0.06), (x - 0.26, y - 0.14 - lift)]
        canvas.fill(
            ribbon(tail, [width, width, width, width * (0.7 if kind != "spiked" else 0.1)], steps=8),
            color=toned(color, -0.08),
            relief=0.01,
        )
        if kind == "tuft":
            canvas.fill(ellipse(tail[-1], 0.04, 0.055), color=toned(color, -0.5))
    elif kind in {"puff", "stub"}:
        canvas.fill(
            ellipse((x - 0.07, y + 0.02), 0.045, 0.045),
            color=toned(color, 0.4 if kind == "puff" else -0.1),
            relief=0.012,
        )
    elif kind == "feathers":
        canvas.fill(
            smooth([(x, y - 0.05), (x - 0.2, y + 0.14), (x - 0.16, y + 0.24), (x + 0.02, y + 0.08)]),
            color=toned(color, -0.2),
            relief=0.014,
        )
