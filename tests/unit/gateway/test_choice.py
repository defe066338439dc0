"""Which model is taken: the client's word, config, what is reachable; and the sentence when there is none."""

from typing import Any

import pytest

from gateway.choice import Choice, Reach, choose, reach_of
from gateway.defaults import ClipDefaults, PortraitDefaults, Preference, SceneDefaults
from shared.contracts.base import ErrorCode, Kind
from shared.contracts.order import ServiceCard
from shared.errors import PermanentError
from tests.unit.gateway.means import EVERYTHING as SHIPPED_WHOLE
from tests.unit.gateway.means import SHIPPED, catalog_with, paid_model

FIRST, SECOND = paid_model("vendor/first", fallback=("vendor/second",)), paid_model("vendor/second")
BOTH = catalog_with(FIRST, SECOND)
NO_TOKEN = Reach({"local": frozenset()}, {"replicate": "set REPLICATE_API_TOKEN to reach Replicate"})
EVERYTHING = Reach({"local": frozenset(), "replicate": frozenset()})


def take(**fields: Any) -> Choice:
    known: dict[str, Any] = {
        "catalog": BOTH,
        "preference": ClipDefaults(),
        "reach": EVERYTHING,
        "one_machine": True,
    }
    return choose("generate_video", **(known | fields))


def refusal(**fields: Any) -> PermanentError:
    with pytest.raises(PermanentError) as caught:
        take(**fields)
    return caught.value


def test_the_first_reachable_provider_of_the_preference_is_taken() -> None:
    assert take().model.id == "vendor/first"


def test_without_a_key_local_steps_in_on_one_machine() -> None:
    assert take(reach=NO_TOKEN).model.id == "local/animatic"


def test_without_a_key_a_server_says_which_variable_to_set() -> None:
    refused = refusal(reach=NO_TOKEN, one_machine=False)

    assert refused.fault.code is ErrorCode.MISSING_API_KEY
    assert "REPLICATE_API_TOKEN" in str(refused)


def test_local_by_name_needs_no_one_machine_mode() -> None:
    assert take(backend="local", one_machine=False).model.id == "local/animatic"
    assert take(preference=ClipDefaults(backend="local"), one_machine=False).model.id == "local/animatic"


def test_a_service_nobody_has_heard_of_yet_is_no_refusal() -> None:
    assert take(reach=None).model.id == "vendor/first"


def test_an_unreachable_model_gives_way_to_its_fallback_and_says_so() -> None:
    only_second = Reach({"replicate": frozenset({"vendor/second"})})
    choice = take(reach=only_second, model="vendor/first")

    assert choice.model.id == "vendor/second"
    assert choice.warnings == ("vendor/first is not reachable: vendor/second was used",)


def test_a_paid_model_asked_for_by_name_is_never_replaced_by_a_free_one() -> None:
    assert refusal(reach=NO_TOKEN, model="vendor/first").fault.code is ErrorCode.MISSING_API_KEY


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"model": "google/veo-3.1"}, "google/veo-3.1"),
        ({"model": "local/portrait"}, "local/portrait"),
        ({"backend": "gemini"}, "gemini"),
        ({"preference": ClipDefaults(model="google/veo-3.1")}, "`defaults.model` in video.yaml"),
        ({"preference": ClipDefaults(backend="gemini")}, "`defaults.backend` in video.yaml"),
    ],
)
def test_a_model_that_the_catalog_lacks_is_refused_by_name(fields: dict[str, Any], names: str) -> None:
    refused = refusal(**fields)

    assert refused.fault.code is ErrorCode.MODEL_UNAVAILABLE
    assert names in str(refused)
    assert "local/animatic" in str(refused)


def test_model_and_backend_must_fit_each_other() -> None:
    assert refusal(model="vendor/first", backend="local").fault.code is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("change", [{"price": None}, {"enabled": False}])
def test_a_model_without_a_price_is_not_bought(change: dict[str, Any]) -> None:
    catalog = catalog_with(paid_model("vendor/only", **change))
    refused = refusal(catalog=catalog, model="vendor/only")

    assert refused.fault.code is ErrorCode.MODEL_UNAVAILABLE
    assert "price" in str(refused)


def test_nothing_to_take_says_what_to_set() -> None:
    refused = refusal(catalog=SHIPPED, one_machine=False, reach=None)

    assert refused.fault.code is ErrorCode.MODEL_UNAVAILABLE
    assert "one_machine" in str(refused)
    assert "video.yaml" in str(refused)


def card(**fields: Any) -> ServiceCard:
    return ServiceCard(instance="a", service="video_svc", kind="generate_video", **fields)


def test_what_several_services_reach_adds_up() -> None:
    reach = reach_of(
        [
            card(providers={"local": (), "replicate": ("vendor/first",)}),
            card(providers={"replicate": ("vendor/second",)}, refusals={"gemini": "set GEMINI_API_KEY"}),
        ]
    )["generate_video"]

    assert reach.covers(FIRST)
    assert reach.covers(SECOND)
    assert not reach.covers(paid_model("vendor/third"))
    assert reach.refusals == {"gemini": "set GEMINI_API_KEY"}


@pytest.mark.parametrize("order", [((), ("vendor/first",)), (("vendor/first",), ())])
def test_one_service_that_reaches_everything_is_enough(order: tuple[tuple[str, ...], ...]) -> None:
    reach = reach_of([card(providers={"replicate": models}) for models in order])["generate_video"]

    assert reach.covers(paid_model("vendor/third"))


def test_kinds_without_a_live_service_are_unknown() -> None:
    assert "stitch_videos" not in reach_of([card(providers={"local": ()})])


def test_a_disabled_model_asked_for_by_name_is_told_apart_from_one_nobody_reaches() -> None:
    taken = take(catalog=SHIPPED_WHOLE, model="minimax/hailuo-2.3", reach=KEYS_FOR_ALL)

    assert taken.model.id == "bytedance/seedance-2.0"
    assert taken.warnings == (
        "minimax/hailuo-2.3 is disabled or without a price in configs/models.yaml: bytedance/seedance-2.0 was used",
    )


def test_a_backend_asked_for_is_kept_along_the_chain() -> None:
    unpriced = paid_model("vendor/unpriced", price=None, enabled=False, fallback=("vendor/elsewhere",))
    catalog = catalog_with(unpriced, paid_model("vendor/elsewhere", provider="gemini", account="gemini"))
    asked: dict[str, Any] = {"catalog": catalog, "model": "vendor/unpriced", "reach": KEYS_FOR_ALL}
    refused = refusal(**asked, backend="replicate")

    assert take(**asked).model.id == "vendor/elsewhere"
    assert refused.fault.code is ErrorCode.MODEL_UNAVAILABLE
    assert "write the price there" in str(refused)


KEYS_FOR_ALL = Reach({name: frozenset() for name in ("replicate", "gemini", "local")})


@pytest.mark.parametrize(
    ("kind", "preference", "keys", "model_id"),
    [
        ("generate_video", ClipDefaults(), ("replicate", "gemini", "local"), "google/veo-3.1"),
        ("generate_video", ClipDefaults(), ("gemini", "local"), "gemini-omni-1.1-flash"),
        ("generate_video", ClipDefaults(), ("local",), "local/animatic"),
        ("generate_character_reference", PortraitDefaults(), ("replicate", "local"), "google/imagen-4"),
        ("generate_character_reference", PortraitDefaults(), ("gemini", "local"), "gemini-nano-banana-2.1"),
        ("create_scenes", SceneDefaults(), ("gemini", "local"), "gemini-3.8-flash"),
    ],
)
def test_whatever_keys_are_set_the_shipped_catalog_has_a_model_with_a_price(
    kind: Kind, preference: Preference, keys: tuple[str, ...], model_id: str
) -> None:
    reach = Reach({name: frozenset() for name in keys})
    taken = choose(kind, catalog=SHIPPED_WHOLE, preference=preference, reach=reach, one_machine=True)

    assert taken.model.id == model_id
    assert taken.model.is_usable
