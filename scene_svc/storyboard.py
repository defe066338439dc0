"""What scenes.json and scenes.md hold."""

import json
import re
from datetime import UTC, datetime

from scene_svc.grammar.language import clean
from shared.contracts.scene import CreateScenes, Scene


def storyboard_json(command: CreateScenes, scenes: tuple[Scene, ...], *, model: str, generated_at: datetime) -> bytes:
    """`{"scenes": [...], "metadata": {...}}` of API.md 1.1, as UTF-8. Fields without a value are left out."""
    document = {
        "scenes": [scene.model_dump(mode="json", exclude_none=True) for scene in scenes],
        "metadata": {
            "idea": command.idea,
            "character_description": command.character_description,
            "number_of_scenes": len(scenes),
            "model_used": model,
            "parameters_used": _parameters(command),
            "generation_timestamp": _instant(generated_at),
        },
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode("utf-8", "replace")


def storyboard_markdown(
    command: CreateScenes, scenes: tuple[Scene, ...], *, model: str, generated_at: datetime
) -> bytes:
    """The same to read: title, idea, character, one section per scene, as UTF-8."""
    parts = [
        f"# {_title(command.idea)}",
        _quoted(command.idea),
        f"**Character:** {_inline(_character(command))}",
        f"*{_facts(command, scenes)}*",
        *(_section(number, scene) for number, scene in enumerate(scenes, start=1)),
        "---",
        f"*Written by {_inline(model)}, {_instant(generated_at)}*",
    ]
    return ("\n\n".join(parts) + "\n").encode("utf-8", "replace")


def _parameters(command: CreateScenes) -> dict[str, str | int | float | None]:
    return {
        "character_characteristics": command.character_characteristics,
        "video_type": command.video_type,
        "video_characteristics": command.video_characteristics,
        "camera_angle": command.camera_angle,
        "seed": command.seed,
        "duration_seconds": command.duration_s,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _title(idea: str) -> str:
    """The idea where it is short, else its beginning."""
    text = clean(idea).rstrip(".")
    cut = text if len(text) <= 70 else f"{text[:70].rsplit(' ', 1)[0]} …"
    return _inline(cut) or "Untitled"


def _character(command: CreateScenes) -> str:
    described = clean(command.character_description).rstrip(".")
    nature = clean(command.character_characteristics).rstrip(".")
    return f"{described}. {nature}" if nature else described


def _facts(command: CreateScenes, scenes: tuple[Scene, ...]) -> str:
    length_s = sum(scene.duration_seconds or 0 for scene in scenes)
    count = f"{len(scenes)} scene{'s' if len(scenes) != 1 else ''}"
    asked = (count, f"{length_s:g} seconds", command.video_type, command.video_characteristics, command.camera_angle)
    return " · ".join(_inline(clean(part)) for part in asked if part.strip())


def _section(number: int, scene: Scene) -> str:
    """One scene: its caption as the line one remembers, the prompt, and how it is shot."""
    shot = (
        ("Camera", scene.camera_angle),
        ("Mood", scene.mood),
        ("Length", f"{scene.duration_seconds:g} s" if scene.duration_seconds else None),
        ("Lyrics", scene.lyrics),
        ("Avoid", scene.negative_description),
    )
    lines = "\n".join(f"- **{name}:** {_inline(clean(value))}" for name, value in shot if value)
    heading = f"## {number}. {_inline(clean(scene.title or ''))}" if scene.title else f"## Scene {number}"
    parts = [heading, _quoted(scene.caption) if scene.caption else "", _inline(clean(scene.description)), lines]
    return "\n\n".join(part for part in parts if part)


def _quoted(text: str) -> str:
    return f"> {_inline(clean(text))}"


def _inline(text: str) -> str:
    """A user's text without power over the document: Markdown's and HTML's signs are escaped."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
