"""How the gateway serves the studio: to browsers only, compressed, under a strict policy; or how to build it."""

import gzip
from pathlib import Path

import pytest

from gateway.routes import studio
from tests.contract.theatre import Theatre

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip"}
PLACES = ("/", "/library", "/productions/00000000-0000-4000-8000-000000000001")


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "dist"
    (folder / "studio").mkdir(parents=True)
    monkeypatch.setattr(studio, "BUILT", folder)
    for name, text in {
        "index.html": "<!doctype html>here",
        "studio/index-1a2b.js": "run()",
        "studio/mark.svg": "<svg/>",
    }.items():
        (folder / name).write_text(text)
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        (folder / f"{name}.br").write_bytes(b"brotli")
    return folder


async def test_a_browser_gets_the_page_wherever_the_studio_can_be(house: Theatre, built: Path) -> None:
    for place in PLACES:
        answer = await house.client.get(place, headers=BROWSER)
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert await answer.text() == "<!doctype html>here"
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_a_program_gets_the_index(house: Theatre, built: Path) -> None:
    answer = await house.client.get("/")
    assert answer.content_type == "application/json"
    assert "POST /api/mv/productions" in (await answer.json())["endpoints"].values()
    assert answer.headers["Vary"] == "Accept"


async def test_the_policy_lets_nothing_in_from_elsewhere_and_no_script_in_the_page(house: Theatre, built: Path) -> None:
    policy = (await house.client.get("/", headers=BROWSER)).headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


async def test_files_are_kept_for_ever_by_the_hash_in_their_name(house: Theatre, built: Path) -> None:
    hashed = await house.client.get("/studio/index-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert (hashed.headers["Cache-Control"], await hashed.text()) == ("public, max-age=31536000, immutable", "run()")
    assert (await house.client.get("/studio/mark.svg")).headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize(("asked", "given"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_files_come_as_small_as_the_browser_takes_them(
    house: Theatre, built: Path, asked: str, given: str | None
) -> None:
    async with house.client.get(
        "/studio/index-1a2b.js", headers={"Accept-Encoding": asked}, auto_decompress=False
    ) as answer:
        assert answer.headers.get("Content-Encoding") == given
        assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["none.js", "..%2Findex.html", "%2e%2e/index.html", ".", "index-1a2b.js%00"])
async def test_nothing_beside_the_page_is_served(house: Theatre, built: Path, name: str) -> None:
    assert (await house.client.get(f"/studio/{name}")).status in {404, 400}


async def test_a_page_that_is_not_built_says_how_to_build_it(
    house: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "BUILT", tmp_path / "nowhere")
    answer = await house.client.get("/", headers=BROWSER)
    assert (answer.status, answer.content_type) == (200, "text/plain")
    assert "make studio" in await answer.text()
