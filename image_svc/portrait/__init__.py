"""The local model for character references. `draw.draw_portrait` needs numpy and OpenCV; the recipe needs neither."""

from image_svc.portrait.recipe import PortraitRecipe

__all__ = ["PortraitRecipe"]
