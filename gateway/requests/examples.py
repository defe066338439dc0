"""Bodies as people would send them: shown in the documents, checked by the models, sent by a test."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from gateway.requests.edits import (
    CandidatesRequest,
    CharacterRequest,
    ChooseRequest,
    ContinueRequest,
    ProductionChanges,
    RegenerateRequest,
    RetryRequest,
    SceneChanges,
    ShareRequest,
    UpgradeRequest,
)
from gateway.requests.estimates import EstimateRequest
from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.orders import (
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    StitchVideosRequest,
)
from gateway.requests.webhooks import DefaultWebhookRequest, ReplayRequest, SecretRequest

A_CLIP = "0198c0de-0000-7000-8000-000000000001"
A_PICTURE = "0198c0de-0000-7000-8000-000000000002"

IDEA = "A lighthouse keeper teaches the sea to sing"
KEEPER = "An old keeper with a white beard in a yellow raincoat"

EXAMPLES: Mapping[type[BaseModel], Mapping[str, dict[str, Any]]] = {
    CreateScenesRequest: {
        "the least": {"idea": IDEA, "character_description": KEEPER},
        "with a say": {
            "idea": IDEA,
            "character_description": KEEPER,
            "character_characteristics": "stubborn and tender",
            "number_of_scenes": 3,
            "video_characteristics": "hand-drawn, muted colours",
            "seed": 7,
            "project": "north",
        },
    },
    GenerateReferenceRequest: {
        "the least": {"character_description": KEEPER},
        "two wide pictures": {
            "character_description": KEEPER,
            "num_images": 2,
            "aspect_ratio": "16:9",
            "seed": 7,
            "include_base64": False,
        },
    },
    GenerateVideoRequest: {
        "the least": {"prompt": "The keeper climbs the stairs, lamp in hand"},
        "with the character": {
            "prompt": "The keeper climbs the stairs, lamp in hand",
            "character_reference_image_id": A_PICTURE,
            "aspect_ratio": "16:9",
            "duration": 4,
            "generate_audio": True,
            "backend": "local",
        },
    },
    StitchVideosRequest: {
        "the least": {"video_ids": [A_CLIP, A_CLIP]},
        "with a crossfade and a title": {
            "video_ids": [A_CLIP, A_CLIP],
            "transition": {"type": "crossfade", "seconds": 0.5},
            "loudness_lufs": -14,
            "title": "The Singing Sea",
        },
    },
    ProductionRequest: {
        "the least": {"idea": IDEA, "character_description": KEEPER},
        "a short film under a cap": {
            "idea": IDEA,
            "character_description": KEEPER,
            "title": "The Singing Sea",
            "number_of_scenes": 3,
            "duration": 4,
            "transition": "crossfade",
            "on_failed_scene": "filler",
            "budget_usd": "25.00",
            "project": "north",
        },
    },
    RecutRequest: {
        "the other way round": {"order": [2, 1], "transition": "fade_black"},
        "the same again": {},
    },
    ContinueRequest: {"whatever it waits at": {}, "this gate": {"gate": "storyboard"}},
    SceneChanges: {
        "other words": {"description": "The keeper lights the lamp, and the sea hums back", "mood": "hopeful"},
        "longer, and first": {"duration": 6, "position": 1},
    },
    RegenerateRequest: {
        "again with another seed": {},
        "with changes": {"description": "The keeper lights the lamp in a storm", "seed": 11},
    },
    ChooseRequest: {"the first version": {"version": 1}},
    CharacterRequest: {
        "for new clips": {"image_id": A_PICTURE},
        "for all clips": {"image_id": A_PICTURE, "regenerate": True},
    },
    CandidatesRequest: {"again with another seed": {}, "two more": {"num_images": 2, "seed": 11}},
    UpgradeRequest: {"two scenes": {"models": {"video": "local/animatic"}, "scenes": [1, 2]}},
    RetryRequest: {"whatever is missing": {}, "one scene": {"scenes": [2]}},
    ProductionChanges: {"a name and a cap": {"title": "The Singing Sea", "budget_usd": "40.00"}},
    ShareRequest: {"for a month": {}, "for a day": {"expires_days": 1}},
    EstimateRequest: {
        "a whole film": {"idea": IDEA, "character_description": KEEPER, "number_of_scenes": 3},
        "scenes alone": {"call": "create_scenes", "idea": IDEA, "character_description": KEEPER},
        "a clip": {"prompt": "The keeper climbs the stairs, lamp in hand", "duration": 4},
    },
    DefaultWebhookRequest: {
        "to a receiver": {"url": "https://studio.example/hooks/scenebeat"},
        "nowhere": {"url": None},
    },
    SecretRequest: {"the secret": {}, "a new one": {"rotate": True}},
    ReplayRequest: {
        "what was given up": {},
        "since yesterday": {"status": "failed", "since": "2026-01-31T12:00:00Z"},
    },
}
