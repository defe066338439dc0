"""A cutting room for the tests: clips are shot once a session, films are cut under the test's own folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stitch_svc.cut import ClipRecipe, CutRecipe, CutReport, conform_clip, cut
from tests.unit.stitch_svc.footage import Footage, shoot

Shoot = Callable[..., Path]


@dataclass
class CuttingRoom:
    """Cuts films into `folder`, decodes all of each to check it, and keeps what was told on the way."""

    folder: Path
    told: list[tuple[float, str]] = field(default_factory=list)

    @property
    def film(self) -> Path:
        return self.folder / "film.mp4"

    @property
    def work_dir(self) -> Path:
        return self.folder / "work"

    def cut(self, *clips: Path, **wishes: Any) -> CutReport:
        recipe = CutRecipe(clips=clips, work_dir=self.work_dir, **{"verify": "full", **wishes})
        return cut(recipe, out=self.film, progress=lambda fraction, stage: self.told.append((fraction, stage)))

    def conformed(self, clip: Path, *, size: tuple[int, int] = (320, 180), fps: int = 24) -> Path:
        """The clip as the director would hand it to the cut."""
        recipe = ClipRecipe(clip=clip, width=size[0], height=size[1], fps=fps, work_dir=self.aside / "conforming")
        out = self.aside / f"house-{clip.parent.name}-{clip.name}"
        return conform_clip(recipe, out=out, progress=lambda fraction, stage: None).path

    @property
    def aside(self) -> Path:
        """What lies here is not of the film."""
        return self.folder.parent

    def leftovers(self) -> list[Path]:
        """Every file but the film."""
        return [path for path in self.folder.rglob("*") if path.is_file() and path != self.film]


@pytest.fixture
def room(tmp_path: Path) -> CuttingRoom:
    folder = tmp_path / "room"
    folder.mkdir()
    return CuttingRoom(folder)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Shoot:
    """`clip("name", rate=...)`: the path of a clip shot like that, made once a session."""
    folder = tmp_path_factory.mktemp("footage")
    made: dict[tuple[str, str], Path] = {}

    def shot(name: str = "plain", **looks: Any) -> Path:
        key = (name, repr(sorted(looks.items())))
        if key not in made:
            (folder / str(len(made))).mkdir()
            made[key] = shoot(folder / str(len(made)) / f"{name}.mp4", Footage(**looks))
        return made[key]

    return shot
