"""What an edit of a production would cost: it is made in a transaction that is thrown away."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway import editing
from gateway.editing import Edit, Editing
from gateway.estimate import Estimate, part_of
from gateway.history.records import NewJob
from gateway.history.store import History
from gateway.planning import Asker
from gateway.requests.reading import InvalidRequest
from gateway.storyboard import shot_of

_CALL = re.compile(r"productions/(?P<id>[0-9a-fA-F-]{36})/(?:scenes/(?P<number>[1-9][0-9]{0,4})/)?(?P<edit>[a-z/]+)")
PRICED: Mapping[tuple[str, bool], Edit] = {
    ("regenerate", True): editing.REGENERATE,
    ("character", False): editing.CAST,
    ("character/regenerate", False): editing.DRAW,
    ("upgrade", False): editing.UPGRADE,
    ("retry", False): editing.RETRY,
}
"""Last words of the call, and whether it is about one scene -> the edit."""


@dataclass(frozen=True, slots=True)
class EditCall:
    """An edit as `call` of an estimate names it: the address of the call itself, after /api/mv/."""

    edit: Edit
    production_id: str
    number: int | None = None

    @classmethod
    def read(cls, call: object) -> "EditCall | None":
        """None where `call` names no production. Raises InvalidRequest for an edit that there is not."""
        if not isinstance(call, str) or not call.startswith("productions/"):
            return None
        found = _CALL.fullmatch(call)
        edit = PRICED.get((found["edit"], found["number"] is not None)) if found else None
        if found is None or edit is None:
            calls = ", ".join(f"{'scenes/{n}/' * of_scene}{last}" for last, of_scene in PRICED)
            raise InvalidRequest.at("call", f"must be productions/{{id}}/ and one of {calls}")
        return cls(edit, found["id"].lower(), int(found["number"]) if found["number"] else None)


async def estimate_edit(
    call: EditCall, body: Mapping[str, Any], *, asker: Asker, editing: Editing, history: History
) -> Estimate:
    """Raises InvalidRequest and PermanentError as the edit itself would; a cap is no reason to refuse."""
    rehearsed = await editing.rehearse(call.edit, call.production_id, body, asker=asker, number=call.number)
    async with history.read() as tx:
        parts = [await part_of(tx, _name(new), new, rehearsed.means) for new in rehearsed.jobs if new.orders]
    return Estimate(call.edit.name, [parts] if parts else [], _warnings(rehearsed.jobs))


def _name(new: NewJob) -> str:
    part = new.job.part or new.job.kind
    return f"scene {shot_of(part)[0]}" if part.startswith("clip/") else part


def _warnings(jobs: tuple[NewJob, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(warning for new in jobs for warning in new.job.warnings))
