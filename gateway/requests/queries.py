"""What the query of an address may say, as types: read from text, refused by name."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from gateway.history.addressees import DeliveryStatus
from gateway.history.records import JobStatus, ProductionStatus
from gateway.requests.fields import Moment, Uuid, stored_anywhere
from gateway.requests.reading import FaultAt, InvalidRequest, in_words
from shared.contracts.base import Kind

LONGEST_WAIT_S = 600
LONGEST_PAGE = 200
MOST_EVENTS = 500

Q = TypeVar("Q", bound="Query")


def _digits(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise ValueError("must be a whole number")
    return value


WHOLE = BeforeValidator(_digits)
"""After the bounds, which the document tells only where they are the number's own."""
Words = Annotated[str, Field(max_length=500), stored_anywhere]
WaitSeconds = Annotated[
    int,
    Field(ge=1, le=LONGEST_WAIT_S),
    WHOLE,
    BeforeValidator(lambda said: str(LONGEST_WAIT_S) if said == "" else said),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": LONGEST_WAIT_S}, {"const": ""}]}),
]
"""`?wait` alone is the longest there is."""
Seq = Annotated[int, Field(ge=0, le=2**53), WHOLE]


class Query(BaseModel):
    """Parameters of an address; unknown ones are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WaitQuery(Query):
    """How long to wait for the end in the same call. The header `Prefer: wait=N` says the same."""

    model_config = ConfigDict(extra="ignore")

    wait: WaitSeconds | None = None


class DownloadQuery(Query):
    """`download=1`: the answer names the file, so that a browser saves it."""

    model_config = ConfigDict(extra="ignore")

    download: str | None = None
    expires: str | None = None
    signature: str | None = None
    """Both stand in addresses of media that answers give where keys are asked for: they open without one."""


class CopyQuery(DownloadQuery):
    """A smaller copy, made once. The shape stays; `quality` is for jpg and webp, a png loses nothing."""

    width: Annotated[int, Field(ge=1, le=2048), WHOLE] | None = None
    quality: Annotated[int, Field(ge=1, le=100), WHOLE] | None = None
    format: Literal["png", "jpg", "jpeg", "webp"] | None = None


class ExportQuery(Query):
    """`zip`: the clips and the cut list; `otio`: a timeline for other programs."""

    format: Literal["zip", "otio"] = "zip"


class EventsQuery(Query):
    """The events after the one whose `seq` is `after`, at most `limit` of them."""

    after: Seq = 0
    limit: Annotated[int, Field(ge=1, le=MOST_EVENTS), WHOLE] = MOST_EVENTS


class ListQuery(Query):
    """One page of a list."""

    created_after: Moment | None = None
    created_before: Moment | None = None
    sort: Literal["-created_at", "created_at"] = "-created_at"
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE), WHOLE] = 50
    cursor: Words | None = None


class DeliveriesQuery(ListQuery):
    """Which deliveries of webhooks a list shows."""

    status: DeliveryStatus | None = None
    job_id: Uuid | None = None
    production_id: Uuid | None = None


class PageQuery(ListQuery):
    """One page of a list. `q` searches the texts of what was asked for."""

    q: Words | None = None


class ProductionsQuery(PageQuery):
    """Which productions a list shows. `waiting`: at a gate, for a person."""

    status: ProductionStatus | None = None
    project: Words | None = None


class JobsQuery(PageQuery):
    """Which jobs a list shows."""

    status: JobStatus | None = None
    project: Words | None = None
    kind: Kind | None = None
    production_id: Uuid | None = None


class ProjectsQuery(PageQuery):
    """Which projects a list shows; `q` looks through their names."""


class SceneSetsQuery(PageQuery):
    """Which sets of scenes a list shows."""

    project: Words | None = None
    production_id: Uuid | None = None
    job_id: Uuid | None = None


class AssetsQuery(SceneSetsQuery):
    """Which stored things a list shows."""

    kind: Literal["image", "clip", "cut", "song"] | None = None


class ModelsQuery(Query):
    """Which models a list shows."""

    kind: Kind | None = None


class SocketQuery(Query):
    """What to follow from the start; every name may be repeated."""

    job_id: tuple[Uuid, ...] = ()
    production_id: tuple[Uuid, ...] = ()
    project: tuple[Words, ...] = ()
    after: Seq | None = None
    ticket: Words | None = None
    """From `POST /api/mv/ws-ticket`, in place of a key."""
    media: Literal["gateway"] | None = None
    """`gateway`: no address in a snapshot is of the bucket, as with `Prefer: media=gateway`."""


def read_query(query: Mapping[str, str], model: type[Q]) -> Q:
    """The parameters of an address, each at most once. Raises InvalidRequest naming every fault."""
    repeated = [name for name, times in Counter(query.keys()).items() if times > 1 and name in model.model_fields]
    if repeated:
        raise InvalidRequest(tuple(FaultAt(name, "is given more than once: one value is taken") for name in repeated))
    try:
        return model.model_validate(dict(query))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    known = f"unknown parameter; known are {', '.join(sorted(model.model_fields))}"
    raise InvalidRequest(
        tuple(
            FaultAt(str(fault["loc"][0])[:80], known if fault["type"] == "extra_forbidden" else in_words(fault))
            for fault in found
        )
    )
