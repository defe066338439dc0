"""What the page takes the gateway's answers for: TypeScript holds its types against real ones."""

import asyncio
import json
from pathlib import Path

import pytest

from scenebeat import studio
from shared.contracts.base import ErrorCode
from tests.browser.driving import needs_a_browser
from tests.browser.shoot import Shoot
from tests.browser.states import a_film
from tests.contract.theatre import PORTRAIT

LOOSE = """type Loose<T> = T extends readonly (infer E)[] ? Loose<E>[]
  : T extends object ? { -readonly [K in keyof T]: Loose<T[K]> } : T;
"""

pytestmark = [*needs_a_browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


async def test_answers_are_what_the_page_takes_them_for(shoot: Shoot, tmp_path: Path) -> None:
    told = await _answers(shoot)
    lines = [
        f"const {name} = {json.dumps(body)} as const;\n({name} as unknown as Loose<typeof {name}>) satisfies T.{kind};"
        for name, (kind, body) in told.items()
    ]
    imported = f"import type * as T from {json.dumps(str(studio.WEB / 'src' / 'api' / 'types'))};\n"
    (tmp_path / "answers.ts").write_text(imported + LOOSE + "\n".join(lines))
    config = {"extends": str(studio.WEB / "tsconfig.json"), "compilerOptions": {"types": []}, "include": ["answers.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    tsc = studio.WEB / "node_modules" / ".bin" / "tsc"
    process = await asyncio.create_subprocess_exec(
        tsc, "--noEmit", "-p", str(tmp_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def _answers(shoot: Shoot) -> dict[str, tuple[str, object]]:
    """Name -> what the page calls it, and what the gateway answered."""
    done, lost, moving = [await a_film(shoot, on_failed_scene=way) for way in ("filler", "fail", "skip")]
    await shoot.all(done)
    await shoot.lose(lost, 1, ErrorCode.PROVIDER_ERROR, "no")
    await shoot.all(lost)
    await shoot.roll(moving, 1, 0.5)
    portraits = await shoot.house.ordered("/generate_character_reference", PORTRAIT)
    await shoot.end(portraits, count=1)

    async def told(path: str) -> object:
        return await (await shoot.house.get(path)).json()

    films = {
        f"film{number}": ("Film", await told(f"/productions/{film}"))
        for number, film in enumerate((done, lost, moving))
    }
    estimate = await (await shoot.house.post("/estimate", {"idea": "a tide", "character_description": "a crab"})).json()
    return {
        **films,
        "portraits": ("PortraitJob", await told(f"/jobs/{portraits}")),
        "page": ("Page<T.Film>", await told("/productions?limit=2")),
        "models": ("Page<T.Model>", {**await told("/models"), "next_cursor": None}),  # type: ignore[dict-item]
        "estimate": ("Estimate", estimate),
    }
