"""Where figure and words stand, so that they never meet. Pure: boxes in, boxes out."""

from dataclasses import dataclass, replace

from video_svc.animatic.camera import Camera, Shot, Size
from video_svc.animatic.plate import Frame, Point

_HEIGHTS = {Size.EXTREME_WIDE: 0.25, Size.WIDE: 0.42, Size.FULL: 0.6, Size.MEDIUM: 1.08, Size.CLOSE: 1.75}
"""Standing height of the figure, as a share of the picture's height."""
_HEAD_ROOM = {Size.MEDIUM: 0.17, Size.CLOSE: 0.14}
"""Where the top of the head is in shots that cut the legs off, as a share of the picture's height."""
_SAMPLES = 25
"""Moments of a clip at which boxes are looked at; moves are slow and smooth between them."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        """Whether the two share any area."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: "Box") -> "Box":
        """The part of this box inside another; empty boxes have no width."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))


_EVERYWHERE = Box(-9e9, -9e9, 9e9, 9e9)


@dataclass(frozen=True)
class Extent:
    """How far a figure of standing height 1 reaches from its feet, over all its phases."""

    left: float
    right: float
    up: float
    down: float


@dataclass(frozen=True)
class Staging:
    """The figure's feet at rest and standing height, its walk through the clip, and the words' place (pixels)."""

    camera: Camera
    extent: Extent
    height: float
    feet: Point
    travel: float
    picture: Box
    caption: Box | None

    def feet_at(self, share: float) -> Point:
        """Rest coordinates of the feet when `share` 0..1 of the clip has passed."""
        return self.feet[0] + self.travel * (share - 0.5), self.feet[1]

    def figure_box(self, share: float) -> Box:
        """What the figure covers of the picture at that moment (a little generous)."""
        x, y = self.feet_at(share)
        corners = [(x - self.extent.left * self.height, y - self.extent.up * self.height)]
        corners += [(x + self.extent.right * self.height, y + self.extent.down * self.height)]
        corners += [(corners[0][0], corners[1][1]), (corners[1][0], corners[0][1])]
        matrix = self.camera.figure_matrix(share)
        seen = [matrix[:, :2] @ corner + matrix[:, 2] for corner in corners]
        xs, ys = [float(spot[0]) for spot in seen], [float(spot[1]) for spot in seen]
        return Box(min(xs) - 2, min(ys) - 2, max(xs) + 2, max(ys) + 2).within(self.picture)

    def figure_reach(self) -> Box:
        """The union of the figure's boxes over the clip."""
        boxes = [self.figure_box(step / (_SAMPLES - 1)) for step in range(_SAMPLES)]
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )


def picture_of(frame: Frame, *, words: bool) -> Box:
    """Where the scene is seen: all of a wide frame; above a band for the words in tall and square ones."""
    band = 0.17 * frame.height if words and not is_wide(frame) else 0.0
    return Box(0, 0, frame.width, frame.height - round(band))


def is_wide(frame: Frame) -> bool:
    return frame.width >= 1.25 * frame.height


def standing_height(frame: Frame, shot: Shot, *, words: bool) -> float:
    """How tall the figure is drawn (pixels, standing)."""
    picture = picture_of(frame, words=words)
    widest = {Size.MEDIUM: 1.6, Size.CLOSE: 2.2}.get(shot.size, 1.05)
    return min(_HEIGHTS[shot.size] * picture.height, widest * frame.width)


def shown_share(size: Size) -> float:
    """How much of the figure a shot shows, in standing heights from its top down; more than 1 is all of it."""
    return 1.05 * (1 - _HEAD_ROOM[size]) / _HEIGHTS[size] if size in _HEAD_ROOM else 9.0


def stage(
    camera: Camera, extent: Extent, *, words: bool, side: int, ground: float, travel: float = 0.0, lines: int = 2
) -> Staging:
    """Place a figure on the `side` (-1 left, 1 right) of the picture and the words where it never is.

    `ground` is the rest height of its feet, as a share of the frame; `travel` how far it walks, in frame widths.
    """
    frame = camera.frame
    height = standing_height(frame, camera.shot, words=words)
    picture = picture_of(frame, words=words)
    feet = (_aside(frame, camera.shot, side) * frame.width, ground * frame.height)
    placed = _inside(Staging(camera, extent, height, feet, travel * frame.width, picture, None), side)
    return replace(placed, caption=_caption_box(placed, side, lines)) if words else placed


def _aside(frame: Frame, shot: Shot, side: int) -> float:
    """The figure's place from left to right."""
    if not is_wide(frame):
        return 0.5 + side * (0.12 if shot.size in {Size.WIDE, Size.EXTREME_WIDE} else 0.04)
    return 0.5 + side * {Size.EXTREME_WIDE: 0.1, Size.WIDE: 0.14, Size.FULL: 0.17}.get(shot.size, 0.235)


def _inside(staging: Staging, side: int) -> Staging:
    """Moved and, where it must be, made smaller until the figure keeps its room over the whole clip."""
    for _ in range(30):
        staging = _hung(staging)
        reach, room = _unclipped(staging), _room(staging, side)
        if reach.width > room.width or reach.height > room.height:
            staging = replace(staging, height=staging.height * 0.95, travel=staging.travel * 0.8)
            continue
        right, down = (
            _push(reach.left, reach.right, room.left, room.right),
            _push(reach.top, reach.bottom, room.top, room.bottom),
        )
        if abs(right) < 0.5 and abs(down) < 0.5:
            break
        staging = replace(staging, feet=(staging.feet[0] + right, staging.feet[1] + down))
    return staging


def _hung(staging: Staging) -> Staging:
    """A figure that is cut hangs from its head, whatever its height."""
    head_room = _HEAD_ROOM.get(staging.camera.shot.size)
    if head_room is None:
        return staging
    top = head_room * staging.picture.height
    return replace(staging, feet=(staging.feet[0], top + staging.extent.up * staging.height))


def _unclipped(staging: Staging) -> Box:
    return replace(staging, picture=_EVERYWHERE).figure_reach()


def _room(staging: Staging, side: int) -> Box:
    """Where the figure may be. A figure that is cut leaves half of a wide frame to the words."""
    frame = staging.camera.frame
    wide, tall = frame.width, frame.height
    if staging.camera.shot.size in _HEAD_ROOM:
        inner, outer = (0.5 * wide, 1.1 * wide) if is_wide(frame) else (-0.1 * wide, 1.1 * wide)
        left, right = (inner, outer) if side > 0 or not is_wide(frame) else (wide - outer, wide - inner)
        return Box(left, -9e9, right, 9e9)
    return Box(0.02 * wide, 0.08 * tall, 0.98 * wide, 0.815 * tall if is_wide(frame) else staging.picture.bottom)


def _push(low: float, high: float, lowest: float, highest: float) -> float:
    """How far to move a span so that it lies inside another."""
    return max(0.0, lowest - low) + min(0.0, highest - high)


def _caption_box(staging: Staging, side: int, lines: int) -> Box:
    """Below the picture in tall frames; below the figure in wide shots; beside it where it is cut by the edge."""
    frame, picture = staging.camera.frame, staging.picture
    if not is_wide(frame):
        return Box(0.0, picture.bottom, float(frame.width), float(frame.height))
    tall = caption_height(frame, lines)
    bottom = 0.965 * frame.height
    if staging.camera.shot.size not in _HEAD_ROOM:
        return Box(0.12 * frame.width, bottom - tall, 0.88 * frame.width, bottom)
    reach, gap = staging.figure_reach(), 0.02 * frame.width
    if side > 0:
        return Box(0.035 * frame.width, bottom - tall, reach.left - gap, bottom)
    return Box(reach.right + gap, bottom - tall, 0.965 * frame.width, bottom)


def caption_size(frame: Frame) -> int:
    """The height of the caption's letters (pixels per em)."""
    return max(9, round(0.041 * frame.unit if is_wide(frame) else 0.047 * frame.unit))


def caption_height(frame: Frame, lines: int) -> float:
    """Lines and the quiet room around them."""
    return caption_size(frame) * (1.28 * lines + 0.62)
