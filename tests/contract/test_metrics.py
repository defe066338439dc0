"""What the gateway counts: requests by route, sockets, what waits."""

from prometheus_client.parser import text_string_to_metric_families

from tests.contract.theatre import CLIP, Theatre
from tests.factories import an_id


async def scraped(house: Theatre) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = await house.client.get("/metrics")
    assert (answer.status, answer.content_type) == (200, "text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }


def labels(**values: str) -> frozenset[tuple[str, str]]:
    return frozenset(values.items())


async def test_requests_are_counted_by_route_and_status_and_never_by_address(house: Theatre) -> None:
    job = ("scenebeat_http_requests_total", labels(method="GET", route="/api/mv/jobs/{job_id}", status="404"))
    nowhere = ("scenebeat_http_requests_total", labels(method="GET", route="(none)", status="404"))
    before = await scraped(house)
    for path in (f"/api/mv/jobs/{an_id(1)}", f"/api/mv/jobs/{an_id(2)}", "/nowhere", "/nowhere/else"):
        assert (await house.client.get(path)).status == 404
    after = await scraped(house)
    assert after[job] - before.get(job, 0) == 2
    assert after[nowhere] - before.get(nowhere, 0) == 2
    assert not any(an_id(1) in value or "nowhere" in value for _, pairs in after for _, value in pairs)


async def test_sockets_and_what_waits_are_seen_as_they_are(house: Theatre) -> None:
    waiting = ("scenebeat_queue_orders", labels(kind="generate_video", provider="replicate", status="waiting"))
    released = ("scenebeat_queue_orders", labels(kind="generate_video", provider="replicate", status="released"))
    sockets = ("scenebeat_sockets", frozenset[tuple[str, str]]())
    job_id = await house.ordered("/generate_video", CLIP)
    async with house.socket() as socket:
        await socket.until("hello")
        seen = await scraped(house)
        assert (seen[sockets], seen[waiting], released in seen) == (1, 1, False)
    await house.release(job_id)
    seen = await scraped(house)
    assert (waiting in seen, seen[released]) == (False, 1)
    await house.perform(job_id)
    assert released not in await scraped(house)


async def test_a_scrape_without_a_bus_is_answered_all_the_same(house: Theatre) -> None:
    house.bus.away = True
    assert ("scenebeat_bus_events_pending", frozenset()) in await scraped(house)
