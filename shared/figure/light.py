"""The light a figure stands in."""

from dataclasses import dataclass

Color = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Light:
    """Colours are sRGB 0..255. `direction` is where the key comes from: -1 left .. +1 right.

    `silhouette` 0 shows every colour fully lit, 1 leaves a dark shape with a rim of light.
    """

    shadow: Color = (24, 20, 44)
    key: Color = (255, 236, 210)
    rim: Color = (255, 206, 150)
    direction: float = 0.6
    silhouette: float = 0.2
