"""What the director wants -> a job with its orders."""

from gateway.direction import OrderPart
from gateway.history.records import NewJob, Production
from gateway.narration import tell_job
from gateway.planning import Asker, Means, plan_part
from gateway.storyboard import Want


def part_planner(means: Means) -> OrderPart:
    """Plans the parts of productions. Their models were chosen at the start, so nobody's reach matters here."""

    def order_part(production: Production, want: Want) -> NewJob:
        asker = Asker(
            space=production.space,
            request_id=production.request_id,
            project=production.project,
            production_id=production.id,
            part=want.part,
        )
        new = plan_part(want.kind, want.request, asker=asker, means=means)
        tell_job(new.job, kind=want.kind, means=means)
        return new

    return order_part
