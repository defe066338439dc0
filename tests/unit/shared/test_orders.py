"""An order's own input, as an adapter sends it."""

import pytest

from shared.contracts.base import AssetId
from shared.contracts.order import Order, PictureField, TokenPrices
from shared.contracts.video import GenerateVideo
from tests.unit.shared.orders import clip_order

PICTURE = "data:image/png;base64,AA=="


def order(picture: PictureField | None, **changes: object) -> Order:
    parameters = {"text": "she climbs", "seed": 7}
    command = GenerateVideo(video_id=AssetId("a"), prompt="p", parameters=parameters)
    return clip_order().model_copy(update={"command": command, "prompt_field": "text", "picture": picture, **changes})


@pytest.mark.parametrize(
    ("picture", "sent"),
    [
        (PictureField(name="image"), {"text": "she climbs", "seed": 7, "image": PICTURE}),
        (PictureField(name="images", shape="list"), {"text": "she climbs", "seed": 7, "images": [PICTURE]}),
        (
            PictureField(name="images", shape="list", tag="[Image1]"),
            {"text": "[Image1] she climbs", "seed": 7, "images": [PICTURE]},
        ),
        (PictureField(name="x", shape="part", tag="<FIRST_FRAME>"), {"text": "<FIRST_FRAME> she climbs", "seed": 7}),
        (None, {"text": "she climbs", "seed": 7}),
    ],
)
def test_a_picture_goes_where_the_model_wants_it(picture: PictureField | None, sent: dict[str, object]) -> None:
    assert order(picture).inputs(PICTURE) == sent


def test_a_picture_that_is_not_sent_is_not_pointed_at() -> None:
    tagged = PictureField(name="images", shape="list", tag="[Image1]")

    assert order(tagged).inputs() == {"text": "she climbs", "seed": 7}


def test_an_order_of_the_first_release_still_reads_and_names_its_model() -> None:
    old = clip_order().model_dump(
        mode="json",
        exclude={"target", "prompt_field", "picture", "token_prices", "cancel_usd", "replaces", "tried", "rerolls"},
    )

    assert Order.model_validate(old).vendor_model == "metered/test"
    assert Order.model_validate({**old, "target": "vendor/name"}).vendor_model == "vendor/name"


def test_tokens_are_priced_per_million() -> None:
    prices = TokenPrices.model_validate({"input_usd": "0.75", "output_usd": "3.75"})

    assert format(prices.of(prompt_tokens=1_000, output_tokens=2_000).normalize(), "f") == "0.00825"
