"""A stand-in for a scene that could not be filmed: the character's own picture, slowly moved."""

from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageFilter, ImageOps

from video_svc.animatic.camera import Matrix
from video_svc.animatic.caption import labels
from video_svc.animatic.compositor import Exposure, Stamp
from video_svc.animatic.plate import Frame, Pixels, as_yuv
from video_svc.animatic.recipe import ClipRecipe, seed_of

MARK = "local stand-in"
ZOOM = 0.1
"""How much nearer the picture comes, or goes, in the clip."""
ALIKE = 1.25
"""A shape that differs by less than this factor is cropped; any other stands over a soft copy of itself."""
LIFT = 0.42
"""Towards which height the picture is moved: faces are above the middle."""
DIM = 0.55


def film_still(recipe: ClipRecipe) -> Iterator[Pixels]:
    """The frames in planar 4:2:0. One memory serves them all: take what you need before the next."""
    frame = Frame(recipe.width, recipe.height)
    photo = as_yuv(painted := _composed(recipe), np.full(painted.shape[:2], 255, np.uint8))
    stamps = [Stamp.of(as_yuv(*words), left, top) for words, left, top in _words(recipe, frame)]
    exposure = Exposure.blank(recipe.width, recipe.height)
    picture: Pixels = np.zeros((recipe.height, recipe.width, 4), np.uint8)
    for index in range(recipe.frames):
        matrix = _view(recipe, photo.shape[1] / recipe.width, share=index / max(1, recipe.frames - 1))
        cv2.warpAffine(photo, matrix, (recipe.width, recipe.height), picture, flags=cv2.INTER_LINEAR)
        exposure.develop(picture)
        for stamp in stamps:
            stamp.press((exposure.luma, exposure.blue, exposure.red))
        yield exposure.planes


def _words(recipe: ClipRecipe, frame: Frame) -> Iterator[tuple[tuple[Pixels, Pixels], int, int]]:
    for image, left, top in labels(recipe, frame, mark=MARK):
        rgba = np.asarray(image)
        yield (np.ascontiguousarray(rgba[..., :3]), np.ascontiguousarray(rgba[..., 3])), left, top


def _composed(recipe: ClipRecipe) -> Pixels:
    """The picture in the film's shape, as much larger as it will come nearer."""
    size = round(recipe.width * (1 + ZOOM)), round(recipe.height * (1 + ZOOM))
    with Image.open(str(recipe.reference_path)) as source:
        photo = ImageOps.exif_transpose(source).convert("RGB")
    cover = ImageOps.fit(photo, size, Image.Resampling.LANCZOS, centering=(0.5, LIFT))
    shapes = photo.width / photo.height, size[0] / size[1]
    if max(shapes) / min(shapes) < ALIKE:
        return np.asarray(cover)
    ground = cover.filter(ImageFilter.GaussianBlur(max(4, min(size) / 24))).point(lambda level: round(level * DIM))
    front = ImageOps.contain(photo, size, Image.Resampling.LANCZOS)
    ground.paste(front, ((size[0] - front.width) // 2, (size[1] - front.height) // 2))
    return np.asarray(ground)


def _view(recipe: ClipRecipe, larger: float, *, share: float) -> Matrix:
    """From the picture to the frame: evenly nearer in one scene, farther in the next."""
    near = share if (recipe.film.index + seed_of(recipe.film.film_seed, "still")) % 2 else 1 - share
    scale = (1 + ZOOM * near) / larger
    centre = np.array([0.5, 0.5 + (LIFT - 0.5) * near])
    left, top = (0.5 - centre * scale * larger) * (recipe.width, recipe.height)
    slack = np.array([recipe.width, recipe.height]) * (scale * larger - 1)
    return np.array([[scale, 0.0, np.clip(left, -slack[0], 0)], [0.0, scale, np.clip(top, -slack[1], 0)]])
