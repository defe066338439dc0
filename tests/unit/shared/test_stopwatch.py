"""A call to a provider is told with its time, however it ends."""

import pytest
from structlog.testing import capture_logs

from shared.stopwatch import timed_call


def test_a_call_that_ends_well_is_told_with_its_time() -> None:
    with capture_logs() as lines, timed_call("poll", model="local/animatic"):
        pass
    (line,) = lines
    assert line["ms"] >= 0
    told = {name: line[name] for name in ("event", "log_level", "step", "model", "ended")}
    assert told == {
        "event": "provider_call",
        "log_level": "debug",
        "step": "poll",
        "model": "local/animatic",
        "ended": "well",
    }


def test_one_that_fails_says_how_and_the_fault_goes_on() -> None:
    with capture_logs() as lines, pytest.raises(TimeoutError), timed_call("submit"):
        raise TimeoutError
    assert [line["ended"] for line in lines] == ["TimeoutError"]
