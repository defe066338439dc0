"""A film of six scenes on the providers' protocols: one scene is refused, the line is jammed, a model is dead."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.chaos.providers import WireStreet, ended, placed, wire_street
from tests.e2e import stacks

pytestmark = [*stacks.NEEDS_NATS, pytest.mark.timeout(240)]

DEAD = ("google/veo-3.1", "bytedance/seedance-2.0", "kwaivgi/kling-v3-omni-video")
"""All that Replicate has of the chain before the other provider's turn comes."""
REFUSED = 3
STORM = 3
OTHERS = [number for number in range(1, 7) if number != REFUSED]
FILM = {
    "idea": "A diver looks for a bell under the harbour",
    "character_description": "a diver in a copper helmet",
    "number_of_scenes": 6,
    "num_images": 1,
    "duration": 8,
}
SCENES_USD = Decimal("0.00825")
"""By the tokens that the wire server says it used; the others by configs/models.yaml, a clip of eight seconds."""
IMAGEN_USD, SEEDREAM_USD = Decimal("0.04"), Decimal("0.03")
OMNI_USD, VEO_USD = Decimal("0.80"), Decimal("3.20")


@dataclass(frozen=True)
class Made:
    """A film when it is over, and what the history says of its jobs and orders."""

    film: dict[str, Any]
    jobs: dict[str, dict[str, Any]]
    orders: list[tuple[str, str, str | None, int]]
    """Of every paid part: part, model, error code, how often it was released."""

    def of(self, part: str) -> list[tuple[str, str | None]]:
        """Which models were asked for a part, one after the other, and how each ended."""
        return [(model, code) for name, model, code, _ in self.orders if name == part]


@pytest.fixture
async def houses(tmp_path: Path) -> AsyncIterator[WireStreet]:
    async with wire_street(tmp_path) as standing:
        standing.gemini.asides[REFUSED] = "[wire:moderated]"
        standing.replicate.storm = STORM
        yield standing


async def filmed(houses: WireStreet, **models: str) -> Made:
    body = {**FILM, "models": {"scene": "gemini-3.8-flash", **models}}
    async with aiohttp.ClientSession() as session:
        film = await ended(session, await placed(houses, session, "productions", body), within_s=180)
        jobs = {}
        for job_id, part in houses.rows("SELECT id, part FROM jobs"):
            async with session.get(f"{houses.url}/jobs/{job_id}") as answer:
                jobs[part] = await answer.json()
    orders = houses.rows(
        "SELECT part, json_extract(body, '$.model'), json_extract(outcome, '$.fault.code'), release FROM orders "
        "JOIN jobs ON jobs.id = orders.job_id WHERE orders.price_usd != '0' ORDER BY orders.created_at"
    )
    return Made(film, jobs, orders)


def assert_books_close(houses: WireStreet, *, spent: Decimal) -> None:
    """Every reservation is spent or given back, order by order, and the sum is what the providers' counts cost."""
    booked: dict[str, Counter[str]] = {}
    entries: dict[str, dict[str, Decimal]] = {}
    for order, entry, usd in houses.rows("SELECT order_id, entry, usd FROM ledger"):
        booked.setdefault(order, Counter())[entry] += 1
        entries.setdefault(order, {})[entry] = Decimal(usd)
    assert all(times == 1 for counted in booked.values() for times in counted.values())
    for entry in entries.values():
        actual, back = entry.get("actual", Decimal()), entry.get("refund", Decimal())
        over = max(Decimal(), actual - entry["reservation"])  # by tokens it may come to more than was thought
        assert entry["reservation"] + over == actual + back, entry
    assert sum((entry.get("actual", Decimal()) for entry in entries.values()), Decimal()) == spent


async def test_a_film_survives_a_refused_scene_a_storm_and_a_dead_video_model(houses: WireStreet) -> None:
    houses.replicate.gone.update(DEAD)
    made = await filmed(houses, image="google/imagen-4", video="google/veo-3.1")
    film = made.film
    assert film["status"] == "partial", film["error"]
    assert made.of("scenes") == [("gemini-3.8-flash", None)]
    assert made.of("character") == [("google/imagen-4", None)]
    dead, next_one = [(model, "MODEL_UNAVAILABLE") for model in DEAD], "gemini-omni-1.1-flash"
    assert [made.of(f"clip/{number}") for number in OTHERS] == [[*dead, (next_one, None)]] * 5
    assert made.of(f"clip/{REFUSED}") == [*dead, (next_one, "CONTENT_POLICY_VIOLATION")]

    for number in OTHERS:
        job = made.jobs[f"clip/{number}"]
        assert job["status"] == "succeeded"
        assert job["result"]["metadata"]["model_used"] == next_one
        assert any("google/veo-3.1 is not available any more" in warning for warning in job["warnings"])
        assert any(f"clip/{number}: google/veo-3.1 is not available" in warning for warning in film["warnings"])
    refused = made.jobs[f"clip/{REFUSED}"]
    assert (refused["status"], refused["error"]["error_code"]) == ("failed", "CONTENT_POLICY_VIOLATION")
    assert refused["error"]["model_used"] == next_one
    assert any(f"Scene {REFUSED} shows a stand-in" in warning for warning in film["warnings"])
    assert [scene["is_stand_in"] for scene in film["scenes"]] == [number == REFUSED for number in range(1, 7)]

    assert next(release for part, _, _, release in made.orders if part == "character") == STORM + 1
    assert (len(houses.replicate.bought), houses.replicate.storm) == (1, 0)
    assert houses.gemini.calls["generate"] == 1
    assert houses.gemini.calls["clip"] == 6
    assert len(houses.gemini.generations) == 7
    spent = SCENES_USD + IMAGEN_USD + 5 * OMNI_USD
    assert_books_close(houses, spent=spent)
    assert Decimal(film["cost"]["actual_usd"]) == spent
    assert Decimal(film["cost"]["reserved_usd"]) == 0


async def test_a_film_survives_a_scene_refused_at_random_a_storm_and_a_dead_image_model(houses: WireStreet) -> None:
    houses.replicate.gone.add("google/imagen-4")
    made = await filmed(houses, image="google/imagen-4", video="google/veo-3.1")
    film = made.film
    assert film["status"] == "partial", film["error"]
    stand_in = "bytedance/seedream-4"
    assert made.of("character") == [("google/imagen-4", "MODEL_UNAVAILABLE"), (stand_in, None)]
    portrait = made.jobs["character"]
    assert portrait["status"] == "succeeded"
    assert portrait["result"]["metadata"]["model_used"] == stand_in
    assert any("google/imagen-4 is not available any more" in warning for warning in portrait["warnings"])

    assert [made.of(f"clip/{number}") for number in OTHERS] == [[("google/veo-3.1", None)]] * 5
    refusal = ("google/veo-3.1", "CONTENT_POLICY_VIOLATION")
    assert made.of(f"clip/{REFUSED}") == [refusal, refusal], "E005 comes at random: it is tried once more"
    refused = made.jobs[f"clip/{REFUSED}"]
    assert (refused["status"], refused["error"]["error_code"]) == ("failed", "CONTENT_POLICY_VIOLATION")
    assert refused["error"]["provider_code"] == "E005"
    assert any("asked again" in warning for warning in refused["warnings"])
    assert [scene["is_stand_in"] for scene in film["scenes"]] == [number == REFUSED for number in range(1, 7)]

    assert houses.replicate.storm == 0
    bought = Counter(one.model for one in houses.replicate.bought.values())
    assert bought["google/veo-3.1"] == 7
    assert bought["google/imagen-4"] == 0
    spent = SCENES_USD + SEEDREAM_USD + 5 * VEO_USD
    assert_books_close(houses, spent=spent)
    assert Decimal(film["cost"]["actual_usd"]) == spent
    assert Decimal(film["cost"]["reserved_usd"]) == 0
