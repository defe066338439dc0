"""The means that planning tests share: the shipped catalog and defaults, a paid catalog, a still clock, counted ids."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from gateway.choice import Reach
from gateway.defaults import Defaults, read_defaults
from gateway.planning import Asker, Means
from shared.catalog import Account, Catalog, Model, Price, read_catalog
from shared.config import CONFIG_DIR
from shared.contracts.base import AssetId, AssetRef, MediaFacts, StoredAsset

NOON = 1_800_000_000.0
MINTED_SEED = 1234
EVERYTHING = read_catalog(CONFIG_DIR)
SHIPPED = Catalog(
    accounts=EVERYTHING.accounts, models=tuple(model for model in EVERYTHING.models if model.provider == "local")
)
"""What is there without a key."""
DEFAULTS = read_defaults(CONFIG_DIR)
ALICE = Asker(space="local", request_id="request-1")


_numbers = count(1)


def fresh_id() -> UUID:
    return UUID(int=next(_numbers), version=4)


def means(
    *,
    catalog: Catalog = SHIPPED,
    defaults: Defaults = DEFAULTS,
    reach: Mapping[str, Reach] | None = None,
    one_machine: bool = True,
) -> Means:
    return Means(
        catalog=catalog,
        defaults=defaults,
        reach=reach or {},
        one_machine=one_machine,
        now=lambda: NOON,
        mint=fresh_id,
        seed=lambda: MINTED_SEED,
    )


def paid_model(model_id: str, **fields: Any) -> Model:
    """A video model of `replicate` at 0.40 USD a second, for 4, 6 or 8 seconds."""
    known: dict[str, Any] = {
        "id": model_id,
        "kind": "generate_video",
        "provider": "replicate",
        "account": "replicate",
        "aspect_ratios": ("16:9", "9:16"),
        "resolutions": ("720p", "1080p"),
        "durations": (4, 6, 8),
        "accepts": frozenset({"seed", "reference", "generate_audio", "negative_prompt"}),
        "price": Price(per="second", usd=Decimal("0.40"), as_of=date(2026, 11, 20), source="a test"),
        "typical_s": 90,
        "longest_s": 900,
    }
    return Model.model_validate(known | fields)


def catalog_with(*models: Model) -> Catalog:
    """The shipped catalog and `models`, accounts for all of them."""
    accounts = SHIPPED.accounts | {entry.account: Account() for entry in models}
    return Catalog(accounts=accounts, models=(*SHIPPED.models, *models))


def a_picture(number: int = 1) -> StoredAsset:
    return StoredAsset(
        asset_id=AssetId(str(UUID(int=9000 + number, version=4))),
        key=f"uploads/{number}.png",
        sha256="a" * 64,
        media_type="image/png",
        size_bytes=1000,
        facts=MediaFacts(width=64, height=64),
    )


def a_clip(number: int) -> AssetRef:
    video_id = AssetId(str(UUID(int=8000 + number, version=4)))
    return AssetRef(asset_id=video_id, key=f"videos/{video_id}.mp4", sha256="b" * 64, media_type="video/mp4")
