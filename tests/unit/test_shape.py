"""Four houses, one floor plan."""

from pathlib import Path

import pytest

HOUSES = Path(__file__).resolve().parents[2]
NOUNS = {
    "image": ("image_svc", "ImageConfig", "image_service", "generate_reference", '"generate_character_reference"'),
    "video": ("video_svc", "VideoConfig", "video_service", "generate_video", '"generate_video"'),
    "stitch": ("stitch_svc", "StitchConfig", "stitch_service", "stitch_videos", '"stitch_videos"'),
}
WORDS = ("house", "Config", "service", "handler", "kind")


def floor_plan(name: str) -> list[str]:
    """The wiring of a service with its nouns taken out, imports in no order."""
    text = (HOUSES / f"{name}_svc" / "service.py").read_text(encoding="utf-8")
    for noun, word in sorted(zip(NOUNS[name], WORDS, strict=True), key=lambda pair: len(pair[0]), reverse=True):
        text = text.replace(noun, word)
    return sorted(text.splitlines())


@pytest.mark.parametrize("name", ["video", "stitch"])
def test_services_differ_in_nouns_only(name: str) -> None:
    assert floor_plan(name) == floor_plan("image")


@pytest.mark.parametrize("name", ["scene", "image", "video", "stitch"])
def test_every_service_has_the_same_rooms(name: str) -> None:
    house = HOUSES / f"{name}_svc"
    rooms = ("__main__.py", "config.py", "service.py", "handlers.py", "providers/__init__.py", "providers/base.py")
    for room in (*rooms, "providers/local.py"):
        assert (house / room).is_file(), f"{name}_svc has no {room}"
