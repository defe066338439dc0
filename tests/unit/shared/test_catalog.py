"""The catalog: what a model takes of what was asked, and that nothing asked is dropped in silence."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.catalog import Catalog, Model, ModelField, Price, Span, Value, fit, nearest_ratio, read_catalog, shape
from shared.config import CONFIG_DIR, ConfigError

PRICE = Price(per="call", usd=Decimal("0.5"), as_of=date(2026, 11, 20), source="a test")


def model(**fields: Any) -> Model:
    known: dict[str, Any] = {
        "id": "some/model",
        "kind": "generate_video",
        "provider": "replicate",
        "account": "paid",
        "price": PRICE,
        "typical_s": 10,
        "longest_s": 100,
    }
    return Model.model_validate(known | fields)


FOUR_SIX_EIGHT = model(durations=(4, 6, 8))
PICKY = model(
    durations=(4, 6, 8),
    aspect_ratios=("16:9", "9:16"),
    resolutions=("720p", "1080p"),
    accepts=frozenset({"seed"}),
    fields={
        "duration": ModelField(name="seconds"),
        "aspect_ratio": ModelField(name="shape", values={"16:9": "landscape", "9:16": "portrait"}),
    },
    constants={"safe": True},
)

inputs_of_all_kinds = st.fixed_dictionaries(
    {},
    optional={
        "duration": st.floats(0.1, 3600),
        "aspect_ratio": st.sampled_from(["16:9", "9:16", "1:1", "4:3", "21:9"]),
        "resolution": st.sampled_from(["480p", "720p", "1080p", "4k"]),
        "generate_audio": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
        "negative_prompt": st.text(max_size=20),
        "person_generation": st.sampled_from(["allow_all", None]),
        "reference": st.just(value=True),
    },
)


@pytest.mark.parametrize(("asked", "used"), [(1, 4), (4, 4), (4.9, 4), (5, 6), (6.9, 6), (7, 8), (8, 8), (60, 8)])
def test_a_duration_becomes_the_nearest_allowed_one_and_ties_go_up(asked: float, used: float) -> None:
    assert fit(FOUR_SIX_EIGHT, {"duration": asked}, asked={"duration"}).used == {"duration": used}


@pytest.mark.parametrize(
    ("span", "asked", "used"),
    [
        (Span(min=1, max=60), 0.2, 1),
        (Span(min=1, max=60), 7.25, 7.25),
        (Span(min=1, max=60), 200, 60),
        (Span(min=2, max=10, step=2), 5, 6),
        (Span(min=2, max=10, step=2), 4.9, 4),
        (Span(min=3, max=10, step=4), 100, 10),
    ],
)
def test_a_span_of_durations_is_kept_to(span: Span, asked: float, used: float) -> None:
    assert span.nearest(asked) == pytest.approx(used)


def test_what_was_asked_and_changed_is_told_with_both_values() -> None:
    fitted = fit(FOUR_SIX_EIGHT, {"duration": 7}, asked={"duration"})

    assert (fitted.adjusted["duration"].asked, fitted.adjusted["duration"].used) == (7, 8)
    assert fitted.warnings == ("`duration` 7 is not made by some/model: 8 was used",)


def test_a_default_that_the_model_lacks_is_left_out_without_a_word() -> None:
    fitted = fit(PICKY, {"generate_audio": True, "duration": 5})

    assert fitted.used == {"duration": 6}
    assert (fitted.ignored, fitted.adjusted, fitted.warnings) == ((), {}, ())


def test_inputs_reach_the_model_under_its_own_names_and_spelling() -> None:
    fitted = fit(PICKY, {"duration": 8, "aspect_ratio": "9:16", "seed": 3, "generate_audio": True})

    assert fitted.parameters == {"seconds": 8, "shape": "portrait", "safe": True}


def test_another_value_is_spelled_like_the_first() -> None:
    spelled = PICKY.model_copy(update={"fields": {"seed": ModelField(name="random_seed")}, "constants": {}})

    assert fit(spelled, {"seed": 1}).using(seed=2).parameters == {"random_seed": 2}


@given(inputs=inputs_of_all_kinds, data=st.data())
def test_everything_asked_is_used_as_asked_or_told(inputs: dict[str, Value], data: st.DataObject) -> None:
    asked = data.draw(st.sets(st.sampled_from(sorted(inputs)))) if inputs else set()
    fitted = fit(PICKY, inputs, asked=asked)

    for name in asked:
        if inputs[name] is None:
            continue
        kept = name in fitted.used and fitted.used[name] == inputs[name]
        told = any(f"`{name}`" in warning for warning in fitted.warnings)
        assert kept != told
        assert told == (name in fitted.ignored or name in fitted.adjusted)


@given(inputs=inputs_of_all_kinds)
def test_a_model_only_ever_gets_what_it_allows(inputs: dict[str, Value]) -> None:
    fitted = fit(PICKY, inputs, asked=set(inputs))

    assert fitted.used.get("duration", 4) in {4, 6, 8}
    assert fitted.used.get("aspect_ratio", "16:9") in PICKY.aspect_ratios
    assert fitted.used.get("resolution", "720p") in PICKY.resolutions
    assert set(fitted.used) <= {"duration", "aspect_ratio", "resolution", "seed"}


@given(inputs=inputs_of_all_kinds)
def test_fitting_what_was_fitted_changes_nothing(inputs: dict[str, Value]) -> None:
    once = fit(PICKY, inputs)

    assert fit(PICKY, once.used, asked=set(once.used)).used == once.used
    assert fit(PICKY, once.used, asked=set(once.used)).warnings == ()


@given(width=st.integers(64, 4096), height=st.integers(64, 4096))
def test_no_other_ratio_is_nearer(width: int, height: int) -> None:
    ratios = ("16:9", "9:16", "1:1")
    wanted = width / height
    found = shape(nearest_ratio(ratios, wanted))

    assert all(max(found / wanted, wanted / found) <= max(shape(r) / wanted, wanted / shape(r)) for r in ratios)


@pytest.mark.parametrize(
    ("per", "usd", "price"), [("call", "0.5", "0.5"), ("image", "0.04", "0.04"), ("second", "0.40", "3.2")]
)
def test_a_call_is_priced_by_its_unit(per: str, usd: str, price: str) -> None:
    known = Price.model_validate({"per": per, "usd": usd, "as_of": "2026-11-20", "source": "a test"})

    assert known.of(duration_s=8) == Decimal(price)


@pytest.mark.parametrize(
    ("enabled", "price", "usable"), [(True, PRICE, True), (False, PRICE, False), (True, None, False)]
)
def test_a_model_without_a_price_is_not_used(enabled: bool, price: Price | None, usable: bool) -> None:
    assert model(enabled=enabled, price=price).is_usable is usable


@pytest.mark.parametrize(
    ("models", "says"),
    [
        ([model(), model()], "share an id"),
        ([model(account="unknown")], "which is not under `accounts`"),
        ([model(fallback=("other/one",))], "falls back to other/one"),
        ([model(), model(id="other/one", kind="create_scenes", fallback=("some/model",))], "falls back to some/model"),
        ([model(fallback=("some/model",))], "falls back to some/model"),
    ],
)
def test_a_catalog_that_names_what_it_lacks_is_refused(models: list[Model], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Catalog.model_validate({"accounts": {"paid": {}}, "models": [entry.model_dump() for entry in models]})


def test_the_shipped_catalog_has_a_free_usable_local_model_of_every_kind() -> None:
    catalog = read_catalog(CONFIG_DIR)

    for kind in ("create_scenes", "generate_character_reference", "generate_video", "stitch_videos"):
        local = [entry for entry in catalog.of_kind(kind) if entry.provider == "local"]
        assert local
        assert all(entry.is_usable and entry.price and entry.price.usd == 0 for entry in local)


def test_a_wrong_key_in_the_file_names_the_nearest_one(tmp_path: Any) -> None:
    text = (CONFIG_DIR / "models.yaml").read_text("utf-8")
    (tmp_path / "models.yaml").write_text(text.replace("typical_s", "typcal_s"), "utf-8")

    with pytest.raises(ConfigError, match="did you mean typical_s"):
        read_catalog(tmp_path)
