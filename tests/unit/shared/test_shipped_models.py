"""Every shipped model against its provider's input schema, as the providers' pages tell it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog import Fitted, Model, Value, fit, read_catalog
from shared.config import CONFIG_DIR

CATALOG = read_catalog(CONFIG_DIR)

Check = Callable[[Any], bool]
Schema = Mapping[str, Check]


def one_of(*values: Any) -> Check:
    return lambda value: any(value == known and type(value) is type(known) for known in values)


def whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def text(most: int = 100_000) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


FLAG: Check = lambda value: isinstance(value, bool)  # noqa: E731 -- a check like the others
SEED = whole(0, 2**31 - 1)
SQUARISH = one_of("1:1", "9:16", "16:9", "3:4", "4:3")
WIDE = one_of("16:9", "9:16")
KLING: Schema = {
    "prompt": text(2500),
    "duration": whole(3, 15),
    "mode": one_of("standard", "pro", "4k"),
    "aspect_ratio": one_of("16:9", "9:16", "1:1"),
    "generate_audio": FLAG,
}
VEO: Schema = {
    "prompt": text(),
    "aspect_ratio": WIDE,
    "duration": one_of(4, 6, 8),
    "negative_prompt": text(),
    "resolution": one_of("720p", "1080p"),
    "generate_audio": FLAG,
    "seed": SEED,
}
IMAGEN: Schema = {
    "prompt": text(),
    "aspect_ratio": SQUARISH,
    "safety_filter_level": one_of("block_low_and_above", "block_medium_and_above", "block_only_high"),
    "output_format": one_of("jpg", "png"),
}
OMNI: Schema = {
    "prompt": text(),
    "aspect_ratio": WIDE,
    "delivery": one_of("uri", "inline"),
    "resolution": one_of("360p", "720p", "1080p", "4k"),
    "duration": one_of(*(f"{seconds}s" for seconds in range(3, 11))),
}
VERTEX: Schema = {
    **{name: check for name, check in VEO.items() if name != "duration"},
    "duration_seconds": one_of(4, 6, 8),
    "person_generation": one_of("allow_adult", "dont_allow"),
}
TEN_SHAPES = one_of("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
GEMINI_IMAGE: Schema = {
    "prompt": text(),
    "aspect_ratio": TEN_SHAPES,
    "image_size": one_of("1K", "2K", "4K"),
}
SEEDANCE: Schema = {
    "prompt": text(),
    "duration": whole(4, 15),
    "resolution": one_of("480p", "720p", "1080p"),
    "aspect_ratio": one_of("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive"),
    "generate_audio": FLAG,
    "seed": SEED,
}
BANANA: Schema = {
    "prompt": text(),
    "aspect_ratio": TEN_SHAPES,
    "resolution": one_of("1K", "2K", "4K"),
    "output_format": one_of("jpg", "png"),
}
THINKING: Schema = {"thinking_level": one_of("MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH")}
SCHEMAS: Mapping[str, Schema] = {
    "google/imagen-4": IMAGEN,
    "google/imagen-4-fast": IMAGEN,
    "google/imagen-4-ultra": IMAGEN,
    "google/nano-banana-2": BANANA,
    "google/nano-banana-pro": {**BANANA, "safety_filter_level": IMAGEN["safety_filter_level"]},
    "bytedance/seedream-4": {
        "prompt": text(),
        "size": one_of("1K", "2K", "4K", "custom"),
        "aspect_ratio": SQUARISH,
    },
    "black-forest-labs/flux-2-pro": {
        "prompt": text(),
        "resolution": one_of("0.5 MP", "1 MP", "2 MP", "4 MP", "match_input_image"),
        "aspect_ratio": SQUARISH,
        "seed": SEED,
        "safety_tolerance": whole(1, 5),
        "output_format": one_of("webp", "jpg", "png"),
    },
    "black-forest-labs/flux-kontext-pro": {"prompt": text(), "aspect_ratio": SQUARISH, "seed": SEED},
    "gemini-nano-banana-2.1": GEMINI_IMAGE,
    "gemini-3-pro-image": GEMINI_IMAGE,
    "gemini-3.1-flash-lite-image": GEMINI_IMAGE,
    "google/veo-3.1": VEO,
    "google/veo-3.1-fast": VEO,
    "bytedance/seedance-2.0": SEEDANCE,
    "bytedance/seedance-2.0-fast": {**SEEDANCE, "resolution": one_of("480p", "720p")},
    "kwaivgi/kling-v3-video": {**KLING, "negative_prompt": text()},
    "kwaivgi/kling-v3-omni-video": KLING,
    "kwaivgi/kling-o1": {
        "prompt": text(2500),
        "duration": one_of(5, 10),
        "mode": one_of("std", "pro"),
        "aspect_ratio": one_of("16:9", "9:16", "1:1"),
    },
    "minimax/hailuo-2.3": {
        "prompt": text(),
        "duration": one_of(6, 10),
        "resolution": one_of("768p", "1080p"),
        "prompt_optimizer": FLAG,
    },
    "wan-video/wan-2.5-i2v": {
        "prompt": text(),
        "negative_prompt": text(),
        "duration": one_of(5, 10),
        "resolution": one_of("480p", "720p", "1080p"),
        "seed": SEED,
        "enable_prompt_expansion": FLAG,
    },
    "gemini-omni-1.1-flash": OMNI,
    "gemini-omni-1.2-flash": OMNI,
    "vertex/veo-3.1-generate-001": VERTEX,
    "vertex/veo-3.1-fast-generate-001": VERTEX,
    "vertex/veo-3.1-lite-generate-001": VERTEX,
    **{model.id: THINKING for model in CATALOG.of_kind("create_scenes") if model.provider == "gemini"},
}
PICTURES = {
    "google/veo-3.1": {"reference_images", "image"},
    "google/veo-3.1-fast": {"image"},
    "bytedance/seedance-2.0": {"reference_images", "image"},
    "bytedance/seedance-2.0-fast": {"reference_images", "image"},
    "kwaivgi/kling-v3-video": {"start_image"},
    "kwaivgi/kling-v3-omni-video": {"reference_images", "start_image"},
    "kwaivgi/kling-o1": {"reference_images", "start_image"},
    "minimax/hailuo-2.3": {"first_frame_image"},
    "wan-video/wan-2.5-i2v": {"image"},
    "vertex/veo-3.1-generate-001": {"reference_images", "image"},
    "vertex/veo-3.1-fast-generate-001": {"image"},
    "vertex/veo-3.1-lite-generate-001": {"image"},
}
REMOTE = [model for model in CATALOG.models if model.provider != "local"]

wishes = st.fixed_dictionaries(
    {},
    optional={
        "duration": st.one_of(st.integers(1, 60), st.floats(0.1, 3600)),
        "aspect_ratio": st.sampled_from(["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "2:3", "239:100"]),
        "resolution": st.sampled_from(["360p", "480p", "720p", "768p", "1080p", "2k", "4k"]),
        "output_format": st.sampled_from(["png", "jpg", "webp"]),
        "generate_audio": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
        "negative_prompt": st.text(min_size=1, max_size=4000),
        "person_generation": st.sampled_from(["allow_all", "allow_adult", "dont_allow"]),
        "safety_filter_level": st.sampled_from(
            ["block_low_and_above", "block_medium_and_above", "block_only_high", "block_none"]
        ),
        "reference": st.just(value=True),
    },
)
prompts = st.text(min_size=1, max_size=60).map(lambda words: (words * 200)[:8000])


def test_every_remote_model_has_a_schema_here() -> None:
    assert {model.id for model in REMOTE} == SCHEMAS.keys()


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
@given(inputs=wishes, prompt=prompts)
def test_whatever_is_asked_is_sent_as_the_model_knows_it_or_a_warning_says_otherwise(
    model: Model, inputs: dict[str, Value], prompt: str
) -> None:
    """Several promises about one fitting: thinking up what is asked takes longer than to look at what comes of it."""
    fitted = fit(model, inputs, asked=set(inputs))
    nothing_asked_is_dropped_without_a_warning(model, fitted, inputs, prompt)
    if model in REMOTE:
        a_model_never_gets_a_field_it_does_not_know_or_a_value_it_refuses(model, fitted, prompt)
        what_was_asked_reaches_the_model_or_its_prompt(model, fitted)
        combinations_a_model_refuses_are_never_sent(model, fitted)


def a_model_never_gets_a_field_it_does_not_know_or_a_value_it_refuses(
    model: Model, fitted: Fitted, prompt: str
) -> None:
    for name, value in fitted.with_prompt(prompt).items():
        assert name in SCHEMAS[model.id], name
        assert SCHEMAS[model.id][name](value), (name, value)
    if fitted.picture and fitted.picture.shape != "part" and model.kind == "generate_video":
        assert fitted.picture.name in PICTURES[model.id]


def nothing_asked_is_dropped_without_a_warning(
    model: Model, fitted: Fitted, inputs: dict[str, Value], prompt: str
) -> None:
    for name, value in inputs.items():
        if fitted.used.get(name) == value:
            continue
        said = any(f"`{name}`" in warning for warning in fitted.warnings)
        assert said or (name == "reference" and any("picture" in warning for warning in fitted.warnings))
    if model.prompt and prompt not in str(fitted.with_prompt(prompt)[model.prompt.name]):
        assert fitted.cut_off(prompt)


def what_was_asked_reaches_the_model_or_its_prompt(model: Model, fitted: Fitted) -> None:
    sent = fitted.with_prompt("p")
    for name in fitted.used.keys() - {"reference", "negative_prompt"}:
        assert (name in model.fields and model.fields[name].name in sent) or name in model.accepts
    if "negative_prompt" in fitted.used and "negative_prompt" not in model.fields and "prompt" in sent:
        words = str(fitted.used["negative_prompt"])
        assert words in str(sent["prompt"]) or fitted.cut_off("p")


def combinations_a_model_refuses_are_never_sent(model: Model, fitted: Fitted) -> None:
    sent = fitted.parameters
    if model.id == "google/veo-3.1" and fitted.role == "reference":
        assert sent.get("aspect_ratio", "16:9") == "16:9"
        assert sent.get("duration", 8) == 8
    if model.provider == "vertex" and sent.get("resolution") == "1080p":
        assert sent.get("duration_seconds", 8) == 8
    if model.id == "minimax/hailuo-2.3" and sent.get("duration") == 10:
        assert sent.get("resolution", "768p") == "768p"


def fitted_to(model_id: str, **inputs: Value) -> Fitted:
    model = CATALOG.find(model_id)
    assert model is not None
    return fit(model, inputs, asked=set(inputs))


def test_seven_seconds_become_eight_and_the_answer_says_so() -> None:
    fitted = fitted_to("google/veo-3.1", duration=7)

    assert fitted.parameters["duration"] == 8
    assert fitted.warnings == ("`duration` 7 is not made by google/veo-3.1: 8 was used",)


def test_the_shape_asked_for_wins_over_a_reference_that_would_bend_it() -> None:
    upright = fitted_to("google/veo-3.1", aspect_ratio="9:16", duration=4, reference=True)
    wide = fitted_to("google/veo-3.1", aspect_ratio="16:9", duration=4, reference=True)

    assert (upright.role, upright.parameters["aspect_ratio"], upright.parameters["duration"]) == (
        "first_frame",
        "9:16",
        4,
    )
    assert any("first frame" in warning for warning in upright.warnings)
    assert (wide.role, wide.parameters["duration"]) == ("reference", 8)
    assert any("`duration` 4" in warning for warning in wide.warnings)


def test_every_price_has_a_day_and_a_source_and_what_has_none_is_disabled() -> None:
    for model in REMOTE:
        assert model.is_usable == (model.price is not None)
        assert model.price is None or (model.price.source and model.price.usd > 0)


@pytest.mark.parametrize("model", CATALOG.models, ids=lambda model: model.id)
def test_a_price_by_resolution_names_every_resolution_the_model_makes(model: Model) -> None:
    if model.price and model.price.usd_at:
        assert model.price.usd_at.keys() == set(model.resolutions)
        assert not model.price.usd_silent_at or model.price.usd_silent_at.keys() == set(model.resolutions)
        assert not model.price.usd_silent_at or "generate_audio" in model.fields


def test_everything_a_user_can_default_to_has_somewhere_to_fall_back_to() -> None:
    for kind in ("create_scenes", "generate_character_reference", "generate_video"):
        first = next(model for model in CATALOG.of_kind(kind) if model.is_usable and model.provider != "local")
        assert any(model.is_usable for model in CATALOG.chain(first)[1:])


@pytest.mark.parametrize(
    ("model_id", "asked", "usd"),
    [
        ("google/veo-3.1", {"duration_s": 8, "audio": True}, "3.2"),
        ("google/veo-3.1", {"duration_s": 8, "audio": False}, "1.6"),
        ("gemini-omni-1.1-flash", {"duration_s": 8, "resolution": "1080p"}, "1.2"),
        ("google/imagen-4", {}, "0.04"),
        ("bytedance/seedance-2.0", {"duration_s": 8, "resolution": "1080p", "audio": False}, "3.6"),
        ("kwaivgi/kling-v3-omni-video", {"duration_s": 5, "resolution": "720p"}, "1.12"),
        ("kwaivgi/kling-v3-omni-video", {"duration_s": 5, "resolution": "720p", "audio": False}, "0.84"),
        ("kwaivgi/kling-v3-video", {"duration_s": 5, "resolution": "1080p", "audio": False}, "1.12"),
    ],
)
def test_a_call_costs_what_its_inputs_make_it_cost(model_id: str, asked: dict[str, Any], usd: str) -> None:
    model = CATALOG.find(model_id)
    assert model is not None
    assert model.price is not None
    assert format(model.price.of(**asked), "f") == usd
