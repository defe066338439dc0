"""What of a prompt becomes the caption: what is said to people, not to the camera."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.scene import SceneCue
from video_svc.animatic.caption import caption_of
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.wording import spoken


@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        ("She walks along a street at night. Eye-level extreme wide shot.", "She walks along a street at night."),
        ("Extreme wide shot. A man waits.", "A man waits."),
        ("Wide shot of a woman in red, eye-level, cinematic, 35mm film.", "A woman in red."),
        ("A cinematic tracking shot of a man who runs, shallow depth of field.", "A man who runs."),
        ("Wide shot: they dance on the roof!", "They dance on the roof!"),
        ("Medium close-up as she sings", "She sings"),
        ("Low-angle shot, camera slowly pushes in. The train leaves", "The train leaves"),
        ("A man walks, close up.", "A man walks."),
        ("She turns (low angle, handheld).", "She turns."),
        ("He waits at dusk, dutch angle, static.", "He waits at dusk."),
        ("wide shot", ""),
        ("She pans for gold in the river, smiling.", "She pans for gold in the river, smiling."),
        ("A photographer lifts her camera.", "A photographer lifts her camera."),
        ("A drone flies over the city.", "A drone flies over the city."),
        ("A long road back to the field, at dusk.", "A long road back to the field, at dusk."),
        ("愛と海", "愛と海"),
        ("", ""),
    ],
)
def test_directions_for_the_camera_are_no_caption(prompt: str, caption: str) -> None:
    assert spoken(prompt) == caption


def test_the_cues_own_caption_is_shown_as_it_is() -> None:
    recipe = ClipRecipe(prompt="She waits.", cue=SceneCue(caption="Wide shot:\n the sea."))
    assert caption_of(recipe) == "Wide shot: the sea."


@given(st.text(max_size=300))
def test_any_text_has_a_short_caption_or_none(prompt: str) -> None:
    caption = spoken(prompt)
    assert len(caption) <= 155
    assert caption == caption.strip()
