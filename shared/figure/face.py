"""A human face, from the front to a profile. Local units: the head is 1 high, its middle at 0, it looks towards +x."""

from collections.abc import Sequence

from shared.figure.canvas import Canvas
from shared.figure.frame import Frame
from shared.figure.look import Look, Rgb
from shared.figure.outline import Outline, Point, between, ellipse, polygon, ribbon, smooth
from shared.figure.tones import luminance, mixed, toned

_FRONT: list[Point] = [
    (0, -0.5), (0.21, -0.46), (0.34, -0.3), (0.372, -0.06), (0.355, 0.12), (0.305, 0.28), (0.2, 0.42), (0.07, 0.5),
    (-0.07, 0.5), (-0.2, 0.42), (-0.305, 0.28), (-0.355, 0.12), (-0.372, -0.06), (-0.34, -0.3), (-0.21, -0.46),
]  # fmt: skip
_PROFILE: list[Point] = [
    (-0.04, -0.5), (0.18, -0.45), (0.31, -0.3), (0.325, -0.07), (0.405, 0.1), (0.33, 0.185), (0.335, 0.32),
    (0.29, 0.475),
    (0.13, 0.485), (-0.05, 0.38), (-0.15, 0.25), (-0.28, 0.17), (-0.41, 0.0), (-0.42, -0.26), (-0.27, -0.45),
]  # fmt: skip


Eye = tuple[float, float, float]
"""(x, half its width, side); side -1 is the near one."""


def head_outline(head: Frame) -> Outline:
    return head.place(smooth(between(_FRONT, _PROFILE, head.turn), steps=9))


def paint_head(canvas: Canvas, look: Look, head: Frame) -> None:
    """Skull, ears and everything on the face; no hair."""
    skin, outline = look.skin, head_outline(head)
    if head.turn < 0.55:
        _paint_ear(canvas, head, (0.375 - head.turn * 0.1, 0.05), skin)
    canvas.fill(outline, color=skin, relief=0.026 * head.scale / 0.158)
    _paint_planes(canvas, head, outline)
    if head.detailed:
        _paint_cheeks(canvas, look, head)
    _paint_beard(canvas, look, head)
    _paint_mouth(canvas, look, head)
    _paint_nose(canvas, look, head)
    for eye in _eyes(head.turn):
        _paint_eye(canvas, look, head, eye)
    if look.age == "old" and head.detailed:
        _paint_wrinkles(canvas, look, head)


def paint_near_ear(canvas: Canvas, look: Look, head: Frame) -> None:
    """Over short or gathered hair; long hair and hoods hide it."""
    if look.hair not in {"bob", "long", "wavy", "curly"} and look.headwear not in {"hood", "helmet", "turban"}:
        _paint_ear(canvas, head, (-0.38 + 0.32 * head.turn, 0.06), look.skin)


def _eyes(turn: float) -> list[Eye]:
    near = (-0.155 + 0.36 * turn, 0.082 - 0.012 * turn, -1.0)
    far = (0.155 + 0.16 * turn, 0.082 * (1 - 0.5 * turn), 1.0)
    return [near, far] if turn < 0.7 else [near]


def _paint_ear(canvas: Canvas, head: Frame, at: Point, skin: Rgb) -> None:
    canvas.fill(head.place(ellipse(at, 0.055, 0.09, tilt=-0.15)), color=skin, relief=0.004)
    if head.detailed:
        inner = ribbon(
            [(at[0] + 0.012, at[1] - 0.05), (at[0] - 0.018, at[1]), (at[0] + 0.012, at[1] + 0.04)], [0.014] * 3, steps=9
        )
        canvas.fill(head.place(inner), color=toned(skin, -0.24))


def _paint_planes(canvas: Canvas, head: Frame, outline: Outline) -> None:
    """The shadows that make a face of a disc: the side away from the light, under the nose, under the lip."""
    t = head.turn
    faces = -1.0 if head.mirrored else 1.0
    if canvas.light.direction * faces >= 0:
        edge = [
            (-0.5, -0.6), (-0.2 + 0.1 * t, -0.5), (-0.29 + 0.2 * t, -0.2), (-0.25 + 0.22 * t, 0.05),
            (-0.2 + 0.2 * t, 0.2), (-0.14 + 0.2 * t, 0.42), (-0.02 + 0.2 * t, 0.6), (-0.6, 0.6),
        ]  # fmt: skip
    else:
        edge = [
            (0.6, -0.6), (0.2 + 0.12 * t, -0.5), (0.26 + 0.04 * t, -0.2), (0.21 + 0.1 * t, 0.05),
            (0.2 + 0.1 * t, 0.2), (0.13 + 0.16 * t, 0.42), (0.02 + 0.25 * t, 0.6), (0.6, 0.6),
        ]  # fmt: skip
    canvas.darken(head.place(smooth(edge, steps=9)), within=[outline], strength=0.55)
    canvas.darken(head.place(ellipse((0.0, -0.42), 0.5, 0.2)), within=[outline], strength=0.4)


def _paint_cheeks(canvas: Canvas, look: Look, head: Frame) -> None:
    warm = mixed(look.skin, (226, 84, 74), 0.3 if look.gender != "man" or look.age == "child" else 0.14)
    for x, width, side in _eyes(head.turn):
        canvas.fill(
            head.place(ellipse((x + 0.055 * side * (1 - head.turn), 0.185), width * 0.85, 0.05)),
            color=mixed(look.skin, warm, 0.42),
        )


def _paint_nose(canvas: Canvas, look: Look, head: Frame) -> None:
    t, dark = head.turn, toned(mixed(look.skin, (150, 40, 40), 0.16), -0.2)
    tip = 0.035 + 0.36 * t
    if t < 0.75:
        side = 1.0 if t > 0.12 or canvas.light.direction < 0 else -1.0
        bridge = [
            (0.04 * side + 0.25 * t, -0.04), (tip + 0.05 * side, 0.14), (tip + 0.03, 0.175), (tip - 0.05, 0.17),
            (tip - 0.01 * side, 0.13),
        ]  # fmt: skip
        canvas.fill(head.place(smooth(bridge, steps=9)), color=mixed(look.skin, dark, 0.75))
    if head.detailed:
        wing = ribbon(
            [(tip - 0.065, 0.15), (tip - 0.03, 0.178), (tip + 0.035 * (1 - t), 0.172)], [0.01, 0.015, 0.008], steps=9
        )
        canvas.fill(head.place(wing), color=dark)


def _paint_mouth(canvas: Canvas, look: Look, head: Frame) -> None:
    t = head.turn
    x, half = 0.27 * t, 0.105 * (1 - 0.48 * t)
    strong = 0.62 if look.gender == "woman" and look.age != "child" else 0.34
    lip = mixed(toned(look.skin, -0.16), (190, 44, 62), strong)
    smile: list[Point] = [
        (x - half, 0.276),
        (x - half * 0.5, 0.3),
        (x, 0.31),
        (x + half * 0.5, 0.298),
        (x + half, 0.27),
    ]
    if not head.detailed:
        canvas.fill(head.place(ribbon(smile, [0.022, 0.028, 0.03, 0.028, 0.02], steps=3)), color=toned(lip, -0.25))
        return
    upper = [
        (x - half, 0.274), (x - half * 0.35, 0.262), (x, 0.272), (x + half * 0.35, 0.26), (x + half, 0.269), (x, 0.306),
    ]  # fmt: skip
    lower = [
        (x - half * 0.86, 0.284), (x, 0.306), (x + half * 0.86, 0.279), (x + half * 0.4, 0.333), (x, 0.344),
        (x - half * 0.4, 0.335),
    ]  # fmt: skip
    canvas.fill(head.place(smooth(lower, steps=9)), color=toned(lip, 0.08))
    canvas.fill(head.place(smooth(upper, steps=9)), color=toned(lip, -0.16))
    canvas.fill(head.place(ribbon(smile, [0.008, 0.01, 0.012, 0.01, 0.008], steps=9)), color=toned(lip, -0.55))


def _paint_eye(canvas: Canvas, look: Look, head: Frame, eye: Eye) -> None:
    x, width, side = eye
    y, lash = 0.025, toned(mixed(look.hair_color, (24, 16, 20), 0.75), -0.2)
    big = 1.18 if look.age == "child" else 1.0
    _paint_brow(canvas, look, head, eye)
    if not head.detailed:
        canvas.fill(head.place(ellipse((x, y), width * 0.62, 0.062 * big)), color=lash)
        return
    almond = [
        (x - width, y + 0.012), (x - width * 0.4, y - 0.04 * big), (x + width * 0.35, y - 0.042 * big),
        (x + width, y - 0.002), (x + width * 0.4, y + 0.034 * big), (x - width * 0.4, y + 0.038 * big),
    ]  # fmt: skip
    canvas.fill(head.place(smooth(almond, steps=9)), color=mixed((246, 242, 236), look.skin, 0.16))
    center = (x + 0.012 + 0.03 * head.turn * (1 if head.turn < 0.7 else 0.6), y - 0.004)
    iris = min(0.04 * big, width * 0.62)
    canvas.fill(head.place(ellipse(center, iris, 0.041 * big, points=24)), color=look.eyes)
    canvas.fill(head.place(ellipse(center, iris * 0.52, 0.022 * big, points=18)), color=(18, 14, 20))
    glint = (center[0] + 0.014 * (1 if canvas.light.direction > 0 else -1), center[1] - 0.016)
    canvas.fill(head.place(ellipse(glint, 0.0105, 0.0105, points=14)), color=(255, 252, 246), glow=0.8)
    lid: list[Point] = [
        (x - width * 1.04, y + 0.012),
        (x - width * 0.4, y - 0.045 * big),
        (x + width * 0.35, y - 0.047 * big),
        (x + width * 1.04, y - 0.004),
    ]
    heavy = 0.024 if look.gender == "woman" else 0.017
    canvas.fill(head.place(ribbon(lid, [heavy * 0.5, heavy, heavy * 1.1, heavy * 0.6], steps=9)), color=lash)
    if look.gender == "woman":
        out = x + width * side * (1.0 if head.turn < 0.7 else -1.0)
        end = 0.05 * (side if head.turn < 0.7 else 1.0)
        canvas.fill(
            head.place(
                ribbon([(out, y), (out + end * 0.7, y - 0.026), (out + end, y - 0.05)], [0.018, 0.014, 0.003], steps=9)
            ),
            color=lash,
        )
    crease: list[Point] = [(x - width * 0.8, y - 0.05), (x, y - 0.082 * big), (x + width * 0.85, y - 0.055)]
    canvas.fill(head.place(ribbon(crease, [0.003, 0.009, 0.003], steps=9)), color=toned(look.skin, -0.26))


def _paint_brow(canvas: Canvas, look: Look, head: Frame, eye: Eye) -> None:
    x, width, side = eye
    color = (
        mixed(look.hair_color, look.skin, 0.12)
        if luminance(look.hair_color) < 0.7
        else mixed(look.hair_color, look.skin, 0.35)
    )
    if abs(luminance(color) - luminance(look.skin)) < 0.1:
        color = toned(color, -0.35)
    thick = {"woman": 0.024, "man": 0.042, "neutral": 0.032}[look.gender] * (1.0 if head.detailed else 0.9)
    side = side if head.turn < 0.7 else -1.0
    up = 0.0 if head.detailed else 0.035
    arch: list[Point] = [
        (x - width * 1.05 * side, -0.088 - up),
        (x, -0.128 - up),
        (x + width * 1.2 * side, -0.092 - up),
    ]
    canvas.fill(head.place(ribbon(arch, [thick, thick * 0.95, thick * 0.35], steps=9)), color=color)


def _paint_wrinkles(canvas: Canvas, look: Look, head: Frame) -> None:
    line, t = toned(look.skin, -0.2), head.turn
    strokes: Sequence[list[Point]] = (
        [(-0.12 + 0.3 * t, 0.17), (-0.17 + 0.28 * t, 0.25), (-0.16 + 0.28 * t, 0.31)],
        [(0.12 + 0.24 * t, 0.17), (0.17 + 0.2 * t, 0.25), (0.155 + 0.2 * t, 0.3)],
        [(-0.16 + 0.2 * t, -0.24), (0.02 + 0.2 * t, -0.255), (0.16 + 0.12 * t, -0.24)],
        [(-0.22 + 0.3 * t, 0.09), (-0.16 + 0.3 * t, 0.11), (-0.1 + 0.3 * t, 0.105)],
    )
    for stroke in strokes:
        canvas.fill(head.place(ribbon(stroke, [0.003, 0.011, 0.003], steps=9)), color=line)


def _paint_beard(canvas: Canvas, look: Look, head: Frame) -> None:
    if look.beard == "none":
        return
    t, color = head.turn, look.hair_color
    if look.beard != "moustache":
        depth = {"short": 0.56, "full": 0.72, "long": 1.15}[look.beard]
        front = [
            (-0.37, 0.02), (-0.3, 0.15), (-0.17, 0.235), (0, 0.245), (0.17, 0.235), (0.3, 0.15), (0.37, 0.02),
            (0.375, 0.2), (0.3, depth - 0.2), (0.0, depth), (-0.3, depth - 0.2), (-0.375, 0.2),
        ]  # fmt: skip
        side = [
            (-0.1, 0.02), (-0.02, 0.2), (0.14, 0.24), (0.24, 0.235), (0.33, 0.23), (0.35, 0.26), (0.34, 0.28),
            (0.38, 0.38), (0.36, depth - 0.16), (0.2, depth), (-0.02, depth - 0.22), (-0.14, 0.2),
        ]  # fmt: skip
        canvas.fill(head.place(smooth(between(front, side, t), steps=9)), color=color, relief=0.016)
    whiskers = [
        (-0.15 + 0.26 * t, 0.285), (-0.08 + 0.27 * t, 0.225), (0.02 + 0.3 * t, 0.212), (0.1 + 0.24 * t, 0.225),
        (0.16 + 0.18 * t, 0.285), (0.02 + 0.28 * t, 0.262),
    ]  # fmt: skip
    canvas.fill(head.place(smooth(whiskers, steps=9)), color=toned(color, 0.07), relief=0.004)


def paint_eyewear(canvas: Canvas, look: Look, head: Frame) -> None:
    if look.eyewear == "mask":
        band = polygon([(-0.42, -0.08), (0.42, -0.08), (0.42, 0.1), (-0.42, 0.1)])
        canvas.fill(_within(head, band), color=(40, 38, 48))
        for eye in _eyes(head.turn):
            _paint_eye(canvas, look, head, eye)
        return
    eyes = _eyes(head.turn)
    dark_frame = look.eyewear != "glasses" or luminance(look.skin) > 0.45
    metal: Rgb = (34, 30, 38) if dark_frame else (232, 202, 128)
    _paint_temple(
        canvas, head, eyes, metal if look.eyewear != "goggles" else (84, 62, 48), wide=look.eyewear == "goggles"
    )
    for x, width, side in eyes:
        if look.eyewear == "eyepatch" and side > 0 and len(eyes) > 1:
            continue
        _paint_lens(canvas, look, head, at=(x, 0.03), rx=width * 1.5, metal=metal)
    if look.eyewear != "eyepatch" and len(eyes) == 2:
        (a, wa, _), (b, wb, _) = eyes
        canvas.fill(
            head.place(ribbon([(a + wa * 1.3, 0.01), ((a + b) / 2, -0.01), (b - wb * 1.3, 0.01)], [0.02] * 3, steps=3)),
            color=metal,
        )


def _paint_temple(canvas: Canvas, head: Frame, eyes: list[Eye], color: Rgb, *, wide: bool) -> None:
    x, width, _ = eyes[0]
    ear = -0.38 + 0.32 * head.turn
    thick = 0.07 if wide else 0.02
    canvas.fill(head.place(ribbon([(ear, 0.0), (x - width, 0.02)], [thick, thick], steps=2)), color=color)


def _paint_lens(canvas: Canvas, look: Look, head: Frame, *, at: Point, rx: float, metal: Rgb) -> None:
    ry = 0.115
    if look.eyewear == "glasses":
        ring = ribbon([*ellipse(at, rx, ry, points=20), (at[0] + rx, at[1])], [0.02] * 21, steps=2, caps=False)
        canvas.fill(head.place(ring), color=metal)
        return
    if look.eyewear == "goggles":
        canvas.fill(head.place(ellipse(at, rx * 1.12, ry * 1.15)), color=(146, 112, 72), relief=0.006)
    tint = (28, 26, 36) if look.eyewear != "goggles" else (96, 190, 204)
    canvas.fill(head.place(ellipse(at, rx * 0.94, ry * 0.96)), color=tint)
    if look.eyewear != "eyepatch":
        streak = polygon(
            [
                (at[0] - rx * 0.5, at[1] + 0.03),
                (at[0] + rx * 0.1, at[1] - 0.075),
                (at[0] + rx * 0.34, at[1] - 0.065),
                (at[0] - rx * 0.3, at[1] + 0.05),
            ]
        )
        canvas.fill(head.place(streak), color=toned(tint, 0.45), glow=0.3)


def _within(head: Frame, band: Outline) -> Outline:
    """A band across the face, as wide as the face is at that turn."""
    left, right = -0.36 - 0.02 * head.turn, 0.37 - 0.03 * head.turn
    clipped = band.copy()
    clipped[:, 0] = clipped[:, 0].clip(left, right)
    return head.place(clipped)
