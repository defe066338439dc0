"""A character that can be drawn: described in words, posed, lit, kept inside a picture."""

from shared.figure.describe import look_of
from shared.figure.draw import Figure, draw_figure
from shared.figure.engraving import engrave, look_from_picture, read_look
from shared.figure.light import Light
from shared.figure.look import Look
from shared.figure.pose import Pose

__all__ = [
    "Figure",
    "Light",
    "Look",
    "Pose",
    "draw_figure",
    "engrave",
    "look_from_picture",
    "look_of",
    "read_look",
]
