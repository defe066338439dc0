"""Colours made of colours."""

from shared.figure.look import Rgb

BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)


def mixed(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first` at share 0, `second` at share 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def toned(color: Rgb, amount: float) -> Rgb:
    """Towards black (-1) or white (+1)."""
    return mixed(color, WHITE if amount > 0 else BLACK, abs(amount))


def luminance(color: Rgb) -> float:
    """0 black .. 1 white."""
    return (0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]) / 255
