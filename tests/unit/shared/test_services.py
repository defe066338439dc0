"""Who is alive, as the bus tells it."""

from shared.bus import Bus
from tests.fakes import card


async def test_one_process_shows_a_card_for_each_kind_that_it_performs(bus: Bus) -> None:
    both = [card(kind).model_copy(update={"instance": "stitch-1"}) for kind in ("conform_clip", "stitch_videos")]
    for shown in both:
        await bus.show_card(shown)
    assert {found.kind for found in await bus.services()} == {"conform_clip", "stitch_videos"}
    await bus.withdraw_card(both[0])
    assert [found.kind for found in await bus.services()] == ["stitch_videos"]


async def test_what_a_kind_reached_last_is_known_after_its_service_is_gone(bus: Bus) -> None:
    shown = card("generate_video")
    await bus.show_card(shown)
    await bus.remember_card(shown)
    await bus.withdraw_card(shown)

    assert await bus.services() == ()
    assert [found.providers for found in await bus.last_services()] == [shown.providers]
