"""Title and credit cards, composed with MoviePy: text over a slow glow in the film's own colour."""

import colorsys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from moviepy import CompositeVideoClip, ImageClip, VideoClip, vfx
from PIL import Image

from stitch_svc.cut.encoding import Encoding, write_video
from stitch_svc.cut.lettered import FACES, CardKind, Colour, lettered
from stitch_svc.cut.source import open_clip
from stitch_svc.cut.target import Target

Picture = npt.NDArray[np.uint8]
"""Shape (height, width, 3), RGB."""
FADE_S = 0.6
COARSE = 8
"""The backdrop is computed this many times smaller; it is soft anyway."""
DRIFT = 0.15
"""How far the backdrop moves, in frames' sides."""
GRAIN = 2
"""Levels of noise over the backdrop, so that its gradients show no bands."""
SWATCH_PX = 32
HUES = 24


def write_card(
    text: str,
    *,
    kind: CardKind,
    frames: int,
    like: Path,
    target: Target,
    encoding: Encoding,
    to: Path,
    on_frame: Callable[[], None],
) -> None:
    """Write a card of `frames` frames without sound to `to`; its colours come from the clip `like`."""
    card = compose(text, kind=kind, seconds=float(frames / target.rate), size=target.size, hue=film_hue(like))
    pictures = _pictures(card, frames=frames, target=target)
    write_video(pictures, to=to, target=target, encoding=encoding, on_frame=on_frame)
    card.close()


def compose(text: str, *, kind: CardKind, seconds: float, size: tuple[int, int], hue: float | None) -> VideoClip:
    """The card as a MoviePy clip: everything fades in and out, the text a little slower than its ground."""
    fade = min(FADE_S, seconds / 4)
    words = lettered(text, face=FACES[kind], size=size, accent=_rgb(hue, lightness=0.68, saturation=0.65))
    shown = ImageClip(np.asarray(words), duration=seconds).with_position("center")
    shown = shown.with_effects([vfx.CrossFadeIn(fade * 1.5), vfx.CrossFadeOut(fade)])
    ground = VideoClip(_drifting(size, hue=hue, seconds=seconds, fade=fade), duration=seconds)
    return CompositeVideoClip([ground, shown], size=size, use_bgclip=True)


def _pictures(card: VideoClip, *, frames: int, target: Target) -> Iterator[VideoFrame]:
    for number in range(frames):
        shown = np.asarray(card.get_frame(float(number / target.rate)), np.uint8)
        picture = VideoFrame.from_ndarray(shown, format="rgb24")
        yield picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")


def film_hue(path: Path) -> float | None:
    """The hue (0..1) that carries most colour in a picture a third into the clip; None where it is grey."""
    with open_clip(path) as clip:
        clip.seek((clip.duration or 0) // 3)  # a film's first picture is often black
        frame = next(clip.decode(clip.streams.video[0]))
        small = frame.reformat(width=SWATCH_PX, height=SWATCH_PX, format="rgb24").to_ndarray()
    swatch = np.asarray(Image.fromarray(small).convert("HSV"), np.float64) / 255
    hue, saturation, value = swatch.reshape(-1, 3).T
    weight = saturation * value
    if weight.mean() < 0.02:
        return None
    strength, edges = np.histogram(hue, bins=HUES, range=(0, 1), weights=weight)
    strongest = int(np.argmax(strength))
    return float((edges[strongest] + edges[strongest + 1]) / 2)


def _rgb(hue: float | None, *, lightness: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue or 0.0, lightness, saturation if hue is not None else 0.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def _drifting(size: tuple[int, int], *, hue: float | None, seconds: float, fade: float) -> Callable[[float], Picture]:
    """A window that drifts over a larger painting once in the card's time; black at both ends."""
    spare = round(size[0] * DRIFT), round(size[1] * DRIFT)
    painting = _glow((size[0] + spare[0], size[1] + spare[1]), hue=hue)
    levels = np.arange(256, dtype=np.float64)

    def picture(at: float) -> Picture:
        left, top = round(spare[0] * at / seconds), round(spare[1] * (1 - at / seconds))
        window = painting[top : top + size[1], left : left + size[0]]
        shown = min(at / fade, (seconds - at) / fade, 1.0)
        return window if shown == 1 else np.take((levels * max(0.0, shown)).astype(np.uint8), window)

    return picture


def _glow(size: tuple[int, int], *, hue: float | None) -> Picture:
    """Two soft lights on a dark ground; computed coarsely, with a grain over it that hides the steps."""
    width, height = size[0] // COARSE + 1, size[1] // COARSE + 1
    shape = width / height
    down, across = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")

    def light(x: float, y: float, radius: float) -> npt.NDArray[np.float64]:
        distance = ((across - x) * shape) ** 2 + (down - y) ** 2
        return np.asarray(np.exp(-distance / (max(shape, 1.0) * radius) ** 2)[..., None])

    dark, warm, cool = _palette(hue)
    coarse = dark + warm * light(-0.25, -0.35, 0.75) + cool * light(0.55, 0.6, 0.6)
    fine = Image.fromarray(np.clip(coarse, 0, 255 - GRAIN).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = np.random.default_rng(7).integers(0, GRAIN + 1, (size[1], size[0], 1), np.uint8)
    painted: Picture = np.array(fine, np.uint8)
    painted += grain
    return painted


def _palette(hue: float | None) -> tuple[npt.NDArray[np.float64], ...]:
    """The dark of the ground, and the two lights added to it."""
    second = None if hue is None else (hue + 0.06) % 1
    colours = ((hue, 0.06, 0.50), (hue, 0.20, 0.50), (second, 0.14, 0.45))
    return tuple(np.array(_rgb(each, lightness=light, saturation=full), np.float64) for each, light, full in colours)
