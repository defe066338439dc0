"""What a model wrote, judged: exactly so many scenes, each of which stands alone."""

import re

from pydantic import BaseModel, Field, ValidationError

from shared.contracts.scene import CreateScenes, Scene

ENOUGH = 0.5
"""So much of a description's vocabulary has to come again in a scene, or it is put behind it."""

_WORD = re.compile(r"[^\W\d_]{4,}")


class Draft(BaseModel):
    """One scene as the model is asked to write it."""

    title: str = Field(description="Two to five words.")
    description: str = Field(
        description="The whole shot as a prompt for a video model that sees nothing else: who is in it and exactly "
        "how they look, where, what happens, light, style, camera."
    )
    negative_description: str = Field(description="What must not be seen, as a short list with commas.")
    camera_angle: str = Field(description="How the shot is framed and how the camera moves.")
    mood: str = Field(description="One to three words.")


class Drafts(BaseModel):
    scenes: list[Draft]


class Flawed(Exception):
    """The draft can't be used; the text says why, in words that the model is told."""


def scenes_of(text: str, command: CreateScenes) -> tuple[Scene, ...]:
    """The scenes in `text`, ready to be filmed. Raises Flawed."""
    try:
        drafts = Drafts.model_validate_json(text).scenes
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise Flawed(f"it is not the JSON that was asked for ({where or 'it can not be read'}).") from error
    if len(drafts) != command.number_of_scenes:
        raise Flawed(f"it has {len(drafts)} scenes, not exactly {command.number_of_scenes}.")
    for number, draft in enumerate(drafts, start=1):
        if not draft.description.strip():
            raise Flawed(f"scene {number} has no description.")
    return tuple(_scene(draft, command) for draft in drafts)


def _scene(draft: Draft, command: CreateScenes) -> Scene:
    return Scene(
        description=_standing_alone(draft.description.strip(), command),
        negative_description=draft.negative_description.strip(),
        title=draft.title.strip() or None,
        camera_angle=draft.camera_angle.strip() or None,
        mood=draft.mood.strip() or None,
        duration_seconds=command.duration_s,
    )


def _standing_alone(description: str, command: CreateScenes) -> str:
    """With character and style behind it where the model left them out: clips are made one by one, and must match."""
    lacking = (("The character", command.character_description), ("Style", command.video_characteristics))
    behind = [f"{name}: {text.strip().rstrip('.')}." for name, text in lacking if not _repeats(description, text)]
    return " ".join((description, *behind))


def _repeats(description: str, text: str) -> bool:
    words = {word.lower() for word in _WORD.findall(text)}
    said = {word.lower() for word in _WORD.findall(description)}
    return len(words & said) >= len(words) * ENOUGH
