"""One key, and the defaults that Google retires are dead: the shipped catalog still has something to buy from."""

from typing import Any

import pytest

from gateway.choice import Reach
from gateway.history.records import Job, OrderRow
from gateway.materials import Materials
from gateway.planning import Means, plan_job
from gateway.requests import read_request
from gateway.succession import successor
from shared.catalog import Model
from shared.contracts.base import FREE, ErrorCode, Fault, Kind
from shared.contracts.order import Order
from tests.unit.gateway.means import ALICE, EVERYTHING, a_picture, means

PORTRAIT: dict[str, Any] = {"character_description": "a keeper in a yellow coat", "num_images": 1}
CLIP: dict[str, Any] = {"prompt": "the keeper climbs the stairs"}
SCENES: dict[str, Any] = {"idea": "a lighthouse that sings", "character_description": "a keeper"}


def with_only(provider: str) -> Means:
    """What the gateway knows where one key is set, on a server: nothing is made on the machine itself."""
    kinds: tuple[Kind, ...] = ("create_scenes", "generate_character_reference", "generate_video")
    reach: dict[str, Reach] = {kind: Reach({provider: frozenset()}) for kind in kinds}
    return means(catalog=EVERYTHING, reach=reach, one_machine=False)


def model_of(row: OrderRow) -> Model:
    found = EVERYTHING.find(row.model)
    assert found is not None
    return found


def after_google(job: Job, row: OrderRow, having: Means) -> OrderRow:
    """The first order of another vendor, where each of Google's models turns out to be gone."""
    while row.model.startswith("google/"):
        gone = Fault(code=ErrorCode.MODEL_UNAVAILABLE, message=f"{row.model} is no longer available.")
        follower = successor(job, row, gone, means=having)
        assert follower is not None, f"nothing is ordered instead of {row.model}"
        row = follower.order
    return row


@pytest.mark.parametrize("shape", ["16:9", "9:16"])
@pytest.mark.parametrize("materials", [Materials(), Materials(reference=a_picture())], ids=["words", "picture"])
def test_with_a_replicate_key_alone_clips_are_made_when_all_of_google_s_are_gone(
    materials: Materials, shape: str
) -> None:
    having = with_only("replicate")
    request = read_request("generate_video", {**CLIP, "aspect_ratio": shape})
    new = plan_job(request, materials, asker=ALICE, means=having)
    assert new.orders[0].model.startswith("google/")
    order = Order.model_validate(after_google(new.job, new.orders[0], having).body)

    assert order.provider == "replicate"
    assert FREE < order.price_usd <= new.orders[0].price_usd
    assert (order.picture is not None) == (materials.reference is not None)


def test_with_a_replicate_key_alone_portraits_are_made_when_all_of_google_s_are_gone() -> None:
    having = with_only("replicate")
    new = plan_job(read_request("generate_character_reference", PORTRAIT), Materials(), asker=ALICE, means=having)
    assert new.orders[0].model.startswith("google/")
    row = after_google(new.job, new.orders[0], having)

    assert model_of(row).provider == "replicate"
    assert FREE < row.price_usd <= new.orders[0].price_usd


@pytest.mark.parametrize(
    ("kind", "body"),
    [("create_scenes", SCENES), ("generate_character_reference", PORTRAIT), ("generate_video", CLIP)],
)
def test_with_a_gemini_key_alone_there_is_a_model_of_every_kind_and_another_behind_it(
    kind: Kind, body: dict[str, Any]
) -> None:
    having = with_only("gemini")
    new = plan_job(read_request(kind, body), Materials(), asker=ALICE, means=having)
    gone = Fault(code=ErrorCode.MODEL_UNAVAILABLE, message="no longer available")
    follower = successor(new.job, new.orders[0], gone, means=having)

    assert new.orders[0].provider == "gemini"
    assert new.orders[0].price_usd > FREE
    assert follower is not None
    assert follower.order.provider == "gemini"
