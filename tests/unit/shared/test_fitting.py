"""The mapping under models nobody has written yet: whatever an entry says, the model gets only what it takes."""

from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.catalog import Fitted, Model, Role, Span, Value, fit, read_catalog
from shared.config import CONFIG_DIR

RATIOS = ("16:9", "9:16", "1:1", "4:3", "21:9")
RESOLUTIONS = ("480p", "720p", "768p", "1080p", "4k")
SECONDS = (4.0, 5.0, 6.0, 8.0, 10.0)
FORMATS = ("png", "jpg", "webp")
LEVELS = ("block_low_and_above", "block_medium_and_above", "block_only_high", "block_none")
PEOPLE = ("allow_all", "allow_adult", "dont_allow")
BOTH_ROLES: tuple[Role, ...] = ("reference", "first_frame")

wishes = st.fixed_dictionaries(
    {},
    optional={
        "duration": st.one_of(st.integers(1, 60), st.floats(0.1, 3600)),
        "aspect_ratio": st.sampled_from([*RATIOS, "2:3", "239:100"]),
        "resolution": st.sampled_from([*RESOLUTIONS, "360p", "2k"]),
        "output_format": st.sampled_from(FORMATS),
        "generate_audio": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
        "negative_prompt": st.text(min_size=1, max_size=400),
        "person_generation": st.sampled_from(PEOPLE),
        "safety_filter_level": st.sampled_from(LEVELS),
        "reference": st.just(value=True),
    },
)
roles = st.sampled_from(BOTH_ROLES)


def some(values: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=4).map(tuple)


spans = st.builds(
    lambda least, more, step: Span(min=least, max=least + more, step=step),
    st.integers(1, 5),
    st.integers(1, 20),
    st.sampled_from([None, 1, 2, 2.5]),
)


@st.composite
def demands(draw: st.DrawFn) -> dict[str, Any]:
    """Values that a rule or a picture may ask for or require."""
    spoken = {"duration": SECONDS, "resolution": RESOLUTIONS, "aspect_ratio": RATIOS, "generate_audio": (True, False)}
    names = draw(st.lists(st.sampled_from(sorted(spoken)), unique=True, min_size=1, max_size=2))
    return {name: draw(st.sampled_from(spoken[name])) for name in names}


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """What an operator might write of a model, sense or not."""
    lists = {
        "aspect_ratios": draw(some(RATIOS)),
        "resolutions": draw(some(RESOLUTIONS)),
        "formats": draw(some(FORMATS)),
    }
    fields: dict[str, Any] = {}
    if lists["resolutions"]:
        spelled = {value: f"r-{value}" for value in lists["resolutions"]}
        fields["resolution"] = {"name": "mode", "values": spelled} if draw(st.booleans()) else "mode"
    fields |= {"aspect_ratio": "shape"} if lists["aspect_ratios"] else {}
    fields |= {"output_format": "kind"} if lists["formats"] else {}
    durations = draw(st.one_of(some(SECONDS), spans))
    if durations != ():
        fields["duration"] = draw(st.sampled_from(["seconds", {"name": "seconds", "written": "{}s"}]))
    for name in draw(some(("seed", "generate_audio", "negative_prompt"))):
        fields[name] = f"its_{name}"
    if draw(st.booleans()):
        values = {level: number for number, level in enumerate(LEVELS[:3])}
        fields["safety_filter_level"] = {"name": "tolerance", "values": values, "instead": {LEVELS[3]: LEVELS[2]}}
    pictures = {
        role: {"name": f"its_{role}", "tag": draw(st.sampled_from([None, "[1]"])), "requires": draw(requirements)}
        for role in draw(some(BOTH_ROLES))
    }
    return {
        "id": "some/model",
        "kind": "generate_video",
        "provider": "replicate",
        "account": "paid",
        "prompt": draw(
            st.sampled_from([{}, {"avoiding": "Avoid: {}."}, {"most_characters": 300, "avoiding": "Avoid: {}."}])
        ),
        **lists,
        "durations": durations,
        "rounding": draw(st.sampled_from(["nearest", "up", "down"])),
        "seed_below": draw(st.sampled_from([None, 100, 2**31])),
        "fields": fields,
        "pictures": pictures,
        "rules": tuple(draw(st.lists(st.builds(dict, when=demands(), require=demands()), max_size=3))),
        "constants": {"always": 1},
        "typical_s": 10,
        "longest_s": 100,
    }


requirements = st.one_of(st.just({}), demands())


@st.composite
def models(draw: st.DrawFn) -> Model:
    """An entry that is not refused."""
    entry = draw(entries())
    try:
        return Model.model_validate(entry)
    except ValidationError:
        sense = {role: {**told, "requires": {}} for role, told in entry["pictures"].items()}
        return Model.model_validate({**entry, "rules": (), "pictures": sense})


def allowed(model: Model, name: str, value: Value) -> bool:
    """Whether a value in our words is one that the entry lists."""
    if name == "duration":
        seconds = float(str(value))
        if isinstance(model.durations, Span):
            inside = model.durations.min <= seconds <= model.durations.max
            steps = (seconds - model.durations.min) / (model.durations.step or 1)
            return inside and (
                model.durations.step is None or steps == pytest.approx(round(steps)) or seconds == model.durations.max
            )
        return seconds in model.durations
    if name == "seed":
        return model.seed_below is None or int(str(value)) < model.seed_below
    lists = {"aspect_ratio": model.aspect_ratios, "resolution": model.resolutions, "output_format": model.formats}
    field = model.fields.get(name)
    return (name not in lists or value in lists[name]) and (not field or not field.values or value in field.values)


def refused_combinations(model: Model, fitted: Fitted) -> list[Any]:
    """Rules, and demands of the picture that is sent, which what is used does not keep to."""
    broken: list[Any] = [
        rule
        for rule in model.rules
        if rule.applies(fitted.used)
        and any(name in fitted.used and fitted.used[name] != value for name, value in rule.require.items())
    ]
    wanted = fitted.picture.requires if fitted.picture else {}
    return broken + [name for name, value in wanted.items() if name in fitted.used and fitted.used[name] != value]


@given(model=models(), inputs=wishes, role=roles, prompt=st.text(min_size=1, max_size=600))
def test_a_model_never_gets_a_field_or_a_value_or_a_combination_it_refuses(
    model: Model, inputs: dict[str, Value], role: Role, prompt: str
) -> None:
    fitted = fit(model, inputs, asked=set(inputs), role=role)
    assert model.prompt is not None
    known = {model.prompt.name, *model.constants, *(field.name for field in model.fields.values())}

    assert set(fitted.with_prompt(prompt)) <= known
    assert all(allowed(model, name, value) for name, value in fitted.used.items())
    assert refused_combinations(model, fitted) == []
    assert fitted.role is None or fitted.role in model.pictures
    tag = f"{fitted.picture.tag} " if fitted.picture and fitted.picture.tag else ""
    longest = model.prompt.most_characters or 100_000
    assert len(tag + str(fitted.with_prompt(prompt)[model.prompt.name])) <= longest


@given(model=models(), inputs=wishes, role=roles, data=st.data())
def test_what_was_asked_is_used_as_asked_or_told_and_what_was_not_is_not_spoken_of(
    model: Model, inputs: dict[str, Value], role: Role, data: st.DataObject
) -> None:
    asked = data.draw(st.sets(st.sampled_from(sorted(inputs)))) if inputs else set()
    fitted = fit(model, inputs, asked=asked, role=role)

    for name in asked - {"reference"}:
        told = [warning for warning in fitted.warnings if f"`{name}`" in warning]
        assert (fitted.used.get(name) == inputs[name]) == (not told)
        assert bool(told) == (name in fitted.ignored or name in fitted.adjusted)
    if "reference" in asked and fitted.role != role:
        assert any("picture" in warning or "`reference`" in warning for warning in fitted.warnings)
    assert {*fitted.ignored, *fitted.adjusted} <= asked


@given(model=models(), inputs=wishes, role=roles)
def test_what_was_fitted_fits_as_it_is(model: Model, inputs: dict[str, Value], role: Role) -> None:
    once = fit(model, inputs, asked=set(inputs), role=role)
    again = fit(model, once.used, asked=set(once.used), role=once.role or role)

    assert (again.used, again.role, again.adjusted) == (once.used, once.role, {})
    assert again.warnings == ()


@given(model=models(), inputs=wishes, role=roles)
def test_a_picture_never_bends_the_shape_that_was_given(model: Model, inputs: dict[str, Value], role: Role) -> None:
    assume("aspect_ratio" in inputs and not model.rules)
    bare = fit(model, {name: value for name, value in inputs.items() if name != "reference"}, role=role)

    assert fit(model, {**inputs, "reference": True}, role=role).used.get("aspect_ratio") == bare.used.get(
        "aspect_ratio"
    )


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": "some/model",
        "kind": "generate_video",
        "provider": "replicate",
        "account": "paid",
        "resolutions": ("720p", "1080p"),
        "durations": (4, 6, 8),
        "typical_s": 10,
        "longest_s": 100,
        **changes,
    }


SILENT = {"per": "second", "usd": "0.2", "as_of": "2026-11-20", "source": "a test"}
LONG_IS_SMALL = {"when": {"duration": 8}, "require": {"resolution": "720p"}}
SMALL_IS_SHORT = {"when": {"resolution": "720p"}, "require": {"duration": 4}}
SMALL_IS_SILENT = {"when": {"resolution": "720p"}, "require": {"generate_audio": False}}


@pytest.mark.parametrize("rules", [(LONG_IS_SMALL, SMALL_IS_SILENT), (SMALL_IS_SILENT, LONG_IS_SMALL)])
def test_a_rule_that_another_brings_about_is_kept_in_whatever_order_they_stand(rules: tuple[Any, ...]) -> None:
    model = Model.model_validate(entry(rules=rules, fields={"generate_audio": "audio"}))
    fitted = fit(model, {"duration": 8, "resolution": "1080p", "generate_audio": True}, asked={"generate_audio"})

    assert fitted.used == {"duration": 8, "resolution": "720p", "generate_audio": False}
    assert fitted.warnings == ("`generate_audio` True is not made by some/model: False was used",)


@pytest.mark.parametrize("rules", [(LONG_IS_SMALL, SMALL_IS_SHORT), (SMALL_IS_SHORT, LONG_IS_SMALL)])
def test_what_a_picture_requires_starts_the_rules_too(rules: tuple[Any, ...]) -> None:
    with pytest.raises(ValidationError, match="contradict each other"):
        Model.model_validate(
            entry(rules=rules, pictures={"reference": {"name": "pictures", "requires": {"duration": 8}}})
        )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"rules": [{"when": {"duration": 8}, "require": {"duration": 6}}]}, None),
        ({"rules": [LONG_IS_SMALL, SMALL_IS_SHORT]}, None),
        ({"rules": [LONG_IS_SMALL, {"when": {"duration": 8}, "require": {"resolution": "1080p"}}]}, "contradict"),
        ({"rules": [{"when": {"duration": 8}, "require": {"resolution": "4k"}}]}, "`resolution` 4k is required"),
        ({"pictures": {"reference": {"name": "p", "requires": {"duration": 5}}}}, "`duration` 5 is required"),
        ({"fields": {"resolution": {"name": "mode", "values": {"720p": "std"}}}}, "does not spell"),
        ({"fields": {"seed": {"name": "s", "written": "{0}"}}}, "written"),
        ({"price": {**SILENT, "usd_silent": "0.1"}}, "nothing tells it to make none"),
        ({"price": {**SILENT, "usd_silent": "0.1"}, "fields": {"generate_audio": "audio"}}, None),
        ({"price": {**SILENT, "usd_silent": "0.1", "usd_at": {"720p": "0.2"}}}, "usd_silent_at"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_when_it_is_read(changes: dict[str, Any], says: str | None) -> None:
    if says is None:
        Model.model_validate(entry(**changes))
        return
    with pytest.raises(ValidationError, match=says):
        Model.model_validate(entry(**changes))


SHIPPED = [model for model in read_catalog(CONFIG_DIR).models if model.kind != "create_scenes"]


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.id)
def test_the_shipped_models_keep_their_own_rules_with_every_input_they_speak_of(model: Model) -> None:
    for duration, resolution, ratio, role in product((4, 5, 8, 10), RESOLUTIONS, RATIOS, BOTH_ROLES):
        inputs: dict[str, Value] = {"duration": duration, "resolution": resolution, "aspect_ratio": ratio}
        fitted = fit(model, {**inputs, "reference": True}, asked=set(inputs), role=role)
        assert refused_combinations(model, fitted) == []
        assert all(allowed(model, name, value) for name, value in fitted.used.items())
