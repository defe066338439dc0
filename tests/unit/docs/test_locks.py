"""What users install is what the tests run against."""

import re

import pytest

from tests.unit.docs.pages import ROOT


def pinned(name: str) -> dict[str, str]:
    """Package -> version in a lock file."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize(
    "package", ["google-genai", "google-auth", "replicate", "httpx", "httpx2", "nats-py", "aiohttp"]
)
def test_the_sdks_and_what_they_talk_through_are_the_same_in_both_locks(package: str) -> None:
    assert pinned("demo")[package] == pinned("dev")[package]


@pytest.mark.parametrize("name", ["demo", "dev"])
def test_a_lock_names_no_place_to_install_from(name: str) -> None:
    assert "://" not in (ROOT / "requirements" / f"{name}.lock").read_text()
