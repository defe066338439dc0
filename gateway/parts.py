"""What the director wants -> a job with its orders."""

from collections.abc import Awaitable, Callable

from gateway.direction import OrderPart
from gateway.history.records import Job, NewJob, OrderRow, Production
from gateway.narration import tell_job
from gateway.planning import Asker, Means, plan_part
from gateway.settling import Follow
from gateway.storyboard import Want
from gateway.succession import Successor, successor
from shared.contracts.base import Fault


def part_planner(means: Means) -> OrderPart:
    """Plans the parts of productions. Their models were chosen at the start, so nobody's reach matters here."""

    def order_part(production: Production, want: Want) -> NewJob:
        asker = Asker(
            space=production.space,
            key_id=production.key_id,
            request_id=production.request_id,
            project=production.project,
            production_id=production.id,
            part=want.part,
            traceparent=production.settings.get("traceparent"),
        )
        new = plan_part(want.kind, want.request, asker=asker, means=means)
        tell_job(new.job, kind=want.kind, means=means)
        return new

    return order_part


def follower(means: Callable[[], Awaitable[Means]]) -> Follow:
    """Plans what takes the place of an order that failed, by what can be reached at that moment."""

    async def follow(job: Job, order: OrderRow, fault: Fault) -> Successor | None:
        return successor(job, order, fault, means=await means())

    return follow
