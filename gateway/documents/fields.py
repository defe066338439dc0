"""What the fields of requests mean, in a few words each. Left out, most of them have a default in `configs/`."""

from collections.abc import Mapping
from typing import Any

MEANING: Mapping[str, str] = {
    "aspect_ratio": "Width to height, such as `16:9`; what the model allows.",
    "audio": "Whose sound the cut has: that of the clips, or `none`.",
    "backend": "Who makes it; left out: the configured one, or the first that is reached.",
    "budget_usd": "A hard cap in US dollars: nothing is ordered that could pass it.",
    "call": "For which call the body is, where its fields do not say.",
    "camera_angle": "How it is framed and moved.",
    "caption": "What stands beneath the picture.",
    "character_characteristics": "The character's personality.",
    "character_description": "What the main character looks like.",
    "character_reference_image_id": "A picture of the character that is there already.",
    "continuity": "What every clip begins from: the same reference, the frame before, or nothing.",
    "credits": "A card at the end.",
    "description": "What happens in the scene.",
    "duration": "Seconds; fitted to what the model allows, and the answer says so.",
    "expires_days": "For how many days the link works.",
    "fit": "How clips of another shape are brought into the picture.",
    "fps": "Frames per second.",
    "gate": "Which gate is opened; left out: the one at which it waits.",
    "generate_audio": "Whether the clip brings sound.",
    "height": "Pixels, an even number; together with `width`.",
    "idea": "The concept of the video.",
    "image_id": "A candidate, or any other picture that is there.",
    "include_base64": "Whether a waited answer carries the pictures' bytes.",
    "loudness_lufs": "Integrated loudness of the cut; null leaves the sound alone.",
    "lyrics": "What is sung.",
    "model": "A model of the catalog, by its id.",
    "models": "Which model makes scenes, pictures and clips.",
    "mood": "How it feels.",
    "negative_description": "What is not to be seen in the scene.",
    "negative_prompt": "What is not to be seen.",
    "num_images": "How many candidates.",
    "number_of_scenes": "How many scenes the film has.",
    "on_failed_scene": "What becomes of a scene without a clip: the film fails, it is left out, or a filler stands in.",
    "on_missing": "What becomes of a video that is not there: the cut fails, or it is left out.",
    "order": "Numbers of scenes, in the order in which they are to be seen.",
    "output_dir": "A relative name under the folder of scenes.",
    "output_format": "The kind of file.",
    "person_generation": "Which people the model may show.",
    "position": "Where in the film the scene is seen, from 1.",
    "project": "A name to group, search and budget by.",
    "prompt": "What is to be seen.",
    "reference_image_base64": "A picture of the character, base64 or a data URI; png, jpg or webp.",
    "regenerate": "Whether clips that show another picture are made again.",
    "resolution": "Such as `720p` or `1080p`.",
    "reuse": "Answer with an earlier result of the very same order, at no cost, where there is one.",
    "review": "Gates at which it waits for a person.",
    "safety_filter_level": "How strictly the model filters.",
    "scenes": "Numbers of scenes; left out: all.",
    "seed": "The same seed, the same model and the same words make the same again, where the model takes one.",
    "title": "A card at the start, and a name to find it by.",
    "transition": "How one clip becomes the next: one for all joints, or one for each.",
    "verify": "`full` decodes every frame of the finished cut again.",
    "version": "Which version of the scene counts.",
    "video_characteristics": "The visual style.",
    "video_ids": "The videos in the order of the cut; repeats are allowed.",
    "video_rules_template": "Rules added to every prompt; `{prompt}` stands for it.",
    "video_type": "What kind of video it is.",
    "webhook_url": "Where changes of status are sent.",
    "width": "Pixels, an even number; together with `height`.",
}


def explained(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` of a request with its fields explained; what its own model says of one stays."""
    fields = schema.get("properties", {})
    told = {
        name: field if "description" in field or name not in MEANING else {**field, "description": MEANING[name]}
        for name, field in fields.items()
    }
    return {**schema, "properties": told} if fields else schema
