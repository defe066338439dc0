"""Four houses, one floor plan."""

import ast
from pathlib import Path

import pytest

HOUSES = Path(__file__).resolve().parents[2]
NOUNS = {
    "image": (
        "image_svc",
        "ImageConfig",
        "image_service",
        "generate_reference",
        "partial(generate_reference, run=run)",
        "'generate_character_reference'",
        "'shared.darkroom:look'",
    ),
    "video": (
        "video_svc",
        "VideoConfig",
        "video_service",
        "generate_video",
        "partial(generate_video, run=run, scratch=house.scratch)",  # which also takes the last picture of its clip
        "'generate_video'",
        "'video_svc.look:look'",
    ),
}
WORDS = ("house", "Config", "service", "handler", "handling", "kind", "look")


def floor_plan(name: str) -> list[str]:
    """The wiring of a service with its nouns taken out, however its lines are broken, imports in no order."""
    text = ast.unparse(ast.parse((HOUSES / f"{name}_svc" / "service.py").read_text(encoding="utf-8")))
    for noun, word in sorted(zip(NOUNS[name], WORDS, strict=True), key=lambda pair: len(pair[0]), reverse=True):
        text = text.replace(noun, word)
    return sorted(text.splitlines())


def test_the_services_that_buy_pictures_differ_in_nouns_only() -> None:
    assert floor_plan("video") == floor_plan("image")


@pytest.mark.parametrize("name", ["scene", "image", "video", "stitch"])
def test_every_service_has_the_same_rooms(name: str) -> None:
    house = HOUSES / f"{name}_svc"
    rooms = ("__main__.py", "config.py", "service.py", "handlers.py", "providers/__init__.py", "providers/base.py")
    for room in (*rooms, "providers/local.py"):
        assert (house / room).is_file(), f"{name}_svc has no {room}"
