"""The scene grammar: turns an idea and a character into the scenes of a film, without any model."""

import hashlib
import random

from scene_svc.grammar.arcs import arc_for
from scene_svc.grammar.camera import Camera
from scene_svc.grammar.composition import Pen
from scene_svc.grammar.heroes import read_hero
from scene_svc.grammar.ideas import read_idea
from scene_svc.grammar.language import clean
from scene_svc.grammar.looks import LOOKS
from scene_svc.grammar.score import plan
from shared.contracts.scene import CreateScenes, Scene

__all__ = ["DEFAULT_DURATION_S", "write_scenes"]

DEFAULT_DURATION_S = 8.0


def write_scenes(command: CreateScenes) -> tuple[Scene, ...]:
    """Exactly `number_of_scenes` scenes, the same for the same command.

    Every noun of the idea is in at least one description, every trait of the character too; without a seed the texts
    are the seed.
    """
    chance = random.Random(_seed(command))
    count = command.number_of_scenes
    hero = read_hero(command.character_description, command.character_characteristics, scenes=count)
    arc = arc_for(f"{command.video_type} {command.video_characteristics}")
    cues = plan(read_idea(command.idea), hero=hero, arc=arc, scenes=count, chance=chance)
    camera = Camera(command.camera_angle, turn=chance.randrange(8))
    pen = Pen(hero=hero, camera=camera, style=_style(command, chance), chance=chance)
    drafts = [pen.write(cue) for cue in cues]
    duration_s = command.duration_s or DEFAULT_DURATION_S
    return tuple(
        Scene(
            title=draft.title,
            description=draft.description,
            negative_description=draft.negative_description,
            camera_angle=draft.camera_angle,
            mood=draft.mood,
            caption=draft.caption,
            duration_seconds=duration_s,
        )
        for draft in drafts
    )


def _seed(command: CreateScenes) -> str:
    if command.seed is not None:
        return f"seed {command.seed}"
    texts = (
        command.idea,
        command.character_description,
        command.character_characteristics,
        command.video_type,
        command.video_characteristics,
        command.camera_angle,
    )
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()


def _style(command: CreateScenes, chance: random.Random) -> str:
    look = command.video_characteristics if command.video_characteristics.strip() else chance.choice(LOOKS)
    given = (clean(text).rstrip(" .,;") for text in (look, command.video_type))
    return ", ".join(text for text in given if text)
