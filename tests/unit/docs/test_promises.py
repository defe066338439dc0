"""The tables of the pages say what the code says: the bus, the errors, what is refused."""

import pytest

from gateway.problems import HTTP_STATUS
from gateway.requests import later as later_fields
from gateway.routes import later as later_calls
from shared.bus import Bus
from shared.contracts.base import ErrorCode
from tests.unit.docs.pages import ROOT, named, rows, section

LIMITS = ROOT / "docs" / "limits.md"
OF_PAGES = {name for fields in later_fields.LATER.values() for name in fields}


async def test_the_readme_names_every_stream_and_bucket_and_no_other(bus: Bus) -> None:
    told = rows(section(ROOT / "README.md", "On the bus"))
    there = {config.config.name or "" for config in await bus.jetstream.streams_info()}
    kept = {named(cells[0])[0] for cells in told if cells[0].startswith("`")}
    assert kept == {name.removeprefix("KV_") for name in there}


async def test_the_readme_says_the_subjects_of_every_stream(bus: Bus) -> None:
    told = {
        named(cells[0])[0]: cells[2] for cells in rows(section(ROOT / "README.md", "On the bus")) if named(cells[0])
    }
    for stream in await bus.jetstream.streams_info():
        if not (stream.config.name or "").startswith("KV_"):
            (subjects,) = stream.config.subjects or []
            assert named(told[stream.config.name or ""])[0].split(".")[0] == subjects.split(".")[0]


def test_the_client_page_lists_every_error_under_its_status() -> None:
    told = {
        code: int(cells[1])
        for cells in rows(section(ROOT / "docs" / "clients.md", "Errors"))
        for code in named(cells[0])
    }
    assert told == {code.value: HTTP_STATUS[code] for code in ErrorCode}


def test_the_limits_name_every_field_that_is_refused_and_no_other() -> None:
    told = {name for cells in rows(section(LIMITS, "Fields that are refused")) for name in named(cells[0])}
    assert told == OF_PAGES


@pytest.mark.parametrize("name", sorted(OF_PAGES))
def test_the_limits_say_which_values_are_taken_all_the_same(name: str) -> None:
    taken = {
        field: [value.strip('"') for value in named(cells[3])]
        for cells in rows(section(LIMITS, "Fields that are refused"))
        for field in named(cells[0])
    }
    for fields in later_fields.LATER.values():
        if name in fields:
            for value in taken[name]:
                assert fields[name].harmless(VALUES[value]), value


VALUES = {"false": False, "cut": "cut", '{"type": "cut"}': {"type": "cut"}, "clips": "clips", "0": 0, "fail": "fail",
          "none": "none", "[]": [], "shared_reference": "shared_reference"}  # fmt: skip


def test_the_limits_name_every_call_that_is_refused() -> None:
    told = {name for cells in rows(section(LIMITS, "Calls that are refused")) for name in named(cells[0])}
    refused = {path.removesuffix("/{rest:.*}") for path in later_calls.LATER}
    assert told - {f"/api/mv/get_video/{{id}}/{still}" for still in ("poster", "contact-sheet")} == refused
