"""The studio's own tests run where it can be built; and what is done where it can't."""

import json
import shutil
from pathlib import Path

import pytest

from scenebeat import studio


@pytest.fixture
def node() -> None:
    if not (studio.WEB / "node_modules" / ".installed").is_file():
        pytest.skip("the studio's tools are not installed: make studio")


@pytest.mark.usefixtures("node")
def test_what_needs_no_browser_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert studio.main(["test"]) == 0, capsys.readouterr().err


def test_the_lock_names_no_place_to_download_from() -> None:
    lock = (studio.WEB / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock
    assert "://registry" not in lock


def test_the_page_needs_preact_and_signals_and_nothing_else() -> None:

    told = json.loads((studio.WEB / "package.json").read_text())
    assert set(told["dependencies"]) == {"preact", "@preact/signals"}


def test_without_node_the_page_is_left_out_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(studio, "WEB", a_copy_without_tools(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(studio, "_installed_wheel", lambda: None)
    monkeypatch.setattr(studio, "LOCK_OF_NODE", tmp_path / "nothing.lock")
    assert studio.main(["try"]) == 0
    assert "the studio is not built: pip install failed" in capsys.readouterr().err
    assert studio.main(["build"]) == 1


def test_an_old_node_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old, taken = tmp_path / "node", studio.Node(("wheel",), ("wheel",))
    old.write_text("#!/bin/sh\necho v18.20.4\n")
    old.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name: str(old))
    monkeypatch.setattr(studio, "_installed_wheel", lambda: taken)
    assert studio._node() is taken


def test_what_has_not_changed_is_not_built_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    web = a_copy_without_tools(tmp_path)
    monkeypatch.setattr(studio, "WEB", web)
    (web / "dist").mkdir()
    (web / "dist" / ".built").write_text(studio.fingerprint(studio.INPUTS))
    ran: list[str] = []
    monkeypatch.setattr(studio, "_run", lambda tool, *_arguments: ran.append(tool))
    assert studio.main(["build"]) == 0
    assert ran == []
    (web / "src" / "main.tsx").write_text("other")
    assert studio.main(["build"]) == 0
    assert ran == ["vite"]


def test_an_unknown_task_is_refused() -> None:
    assert studio.main(["polish"]) == 2


def a_copy_without_tools(folder: Path) -> Path:
    web = folder / "web"
    (web / "src").mkdir(parents=True)
    (web / "public").mkdir()
    (web / "src" / "main.tsx").write_text("one")
    for name in ("package-lock.json", "vite.config.ts", "index.html"):
        (web / name).write_text("{}")
    return web
