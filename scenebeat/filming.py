"""`demo` and `make`: order a film, follow it like any client, put the file where the user finds it."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scenebeat.client import Client, ScenebeatError
from scenebeat.consent import Spending, agree
from scenebeat.film import Film, describe
from scenebeat.gates import AtGate, Porter
from scenebeat.roster import Plan
from scenebeat.screen import Screen, price
from scenebeat.stack import running
from shared.answers import JobFields, Production, ProductionFields

CALL_OFF_WITHIN_S = 5.0
TITLE_LETTERS = 60

SAMPLE: Mapping[str, Any] = {
    "idea": "A lighthouse keeper follows a lost song across the sea to the city where it was born",
    "character_description": (
        "a woman in her thirties with short silver hair, a long mustard raincoat and a brass lantern"
    ),
    "number_of_scenes": 4,
    "duration": 8,
    "title": "The Lost Song",
    "seed": 14,
}


@dataclass(frozen=True)
class Screened:
    """A film that has ended: the production as it stands, the file (None without a cut), where it was served."""

    production: Production
    file: Path | None
    url: str | None
    stays: bool = False
    """The gateway is there still."""

    def summary(self) -> str:
        """What there is to say at the end; the last line is the file, where there is one."""
        lines = [*self._faults(), *(f"note: {warning}" for warning in dict.fromkeys(self.production.warnings))]
        if self.file is None:
            return "\n".join([*lines, f"the film {self.production.status}: there is nothing to show"])
        cost = price(format(self.production.cost.actual_usd or 0, "f"))
        assert self.production.final_video is not None
        served = f"served{'' if self.stays else ', while `scenebeat up` runs here,'} at\n{self.url}"
        return "\n".join([*lines, f"{describe(self.production.final_video)}, {cost}", served, str(self.file)])

    def _faults(self) -> list[str]:
        """What failed and why, each reason once."""
        parts = [*((job.part, job.error) for job in self.production.jobs), ("the film", self.production.error)]
        reasons: dict[str, str] = {}
        for name, error in parts:
            if error:
                reasons.setdefault(error.message, str(name))
        return [f"{name}: {reason}" for reason, name in reasons.items()]


async def shoot(
    order: Mapping[str, Any],
    plan: Plan,
    *,
    key: str | None,
    screen: Screen,
    spending: Spending,
    out: Path | None = None,
    leaves: bool = False,
) -> Screened:
    """Make `order` on the stack of the plan's folder, or on a new one, once its price is agreed to.

    Raises NotAgreed, ScenebeatError, with `leaves` AtGate, and what `running` does.
    """
    async with running(plan, say=screen.note) as stack, Client(stack.url, key=key) as client:
        studio = Studio(
            client,
            screen,
            out,
            films=plan.folder.films,
            stays=stack.own is None,
            leaves=leaves,
            where=f" --data {plan.folder.root}",
        )
        return await studio.film(order, spending)


async def shoot_at(
    url: str,
    key: str | None,
    order: Mapping[str, Any],
    *,
    screen: Screen,
    spending: Spending,
    out: Path | None = None,
    leaves: bool = False,
) -> Screened:
    """Make `order` at the gateway at `url`, once its price is agreed to; without `out` it is put into this folder.

    Raises NotAgreed, ScenebeatError and, with `leaves`, AtGate. Canceled, it says how the film is taken up again: it
    goes on.
    """
    async with Client(url, key=key) as client:
        studio = Studio(client, screen, out, films=Path.cwd(), stays=True, leaves=leaves, where=f" --url {url}")
        return await studio.film(order, spending)


@dataclass(frozen=True)
class Studio:
    """Where a film is made, shown, and put. `stays`: the gateway is there still when this command has ended.

    `leaves`: at a gate too, where the film waits for a person. `where`: the options that lead other commands there.
    """

    client: Client
    screen: Screen
    out: Path | None
    films: Path
    stays: bool
    where: str
    leaves: bool = False

    async def film(self, order: Mapping[str, Any], spending: Spending) -> Screened:
        """Order it and follow it to its end. Canceled, it calls the film off where nobody stays to make it."""
        await agree(await self.client.estimate("productions", order), spending, self.screen)
        ordered = await self.client.create_production(**order)
        film, porter = Film(), Porter(self.client.url, self.where, self.screen.say, leaves=self.leaves)
        self._show(film, ordered)

        def show(told: JobFields | ProductionFields) -> None:
            self._show(film, told)
            porter.look(told)

        try:
            await self.client.until_over(ordered, progress=show)
        except AtGate:
            if not self.stays:
                self.screen.say("The stack ends with this command, and the film waits: `scenebeat up` starts it again.")
            raise
        except asyncio.CancelledError:
            await (self._leave(ordered) if self.stays and not spending.cancel else self._call_off(film, ordered))
            raise
        return await self._deliver(film)

    def _show(self, film: Film, told: JobFields | ProductionFields) -> None:
        film.learn(told)
        self.screen.show(film)

    async def _leave(self, ordered: Production) -> None:
        film_id, at = ordered.production_id, f"--url {self.client.url}"
        self.screen.say(
            f"it goes on.\n  scenebeat watch {film_id} {at}    shows it\n  scenebeat cancel {film_id} {at}   stops it"
        )

    async def _call_off(self, film: Film, ordered: Production) -> None:
        self.screen.note("calling the film off ...")
        with suppress(ScenebeatError, TimeoutError):
            async with asyncio.timeout(CALL_OFF_WITHIN_S):
                await self.client.cancel_production(ordered.production_id)
                await self.client.until_over(ordered, progress=partial(self._show, film))

    async def _deliver(self, film: Film) -> Screened:
        final = film.production.final_video
        if final is None:
            return Screened(film.production, None, None)
        file = _place(self.out, film, films=self.films).expanduser().absolute()
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.client.download(final.video_url, file)
        return Screened(film.production, file, self.client.address(final.video_url), stays=self.stays)


def _place(out: Path | None, film: Film, *, films: Path) -> Path:
    """Where the film goes: the file that was named, or under its own name into the folder."""
    if out is not None and not out.is_dir():
        return out
    return (out or films) / file_name(film.title, film.production.production_id)


def file_name(title: str, production_id: str) -> str:
    """A name any system takes: the title's letters and digits, and the end of the id (its beginning may be a time)."""
    words = re.findall(r"[\w']+", title, re.UNICODE)
    plain = "-".join(words).replace("'", "").lower()
    if len(plain) > TITLE_LETTERS:  # between two words where there are two
        plain = plain[:TITLE_LETTERS].rpartition("-")[0] or plain[:TITLE_LETTERS]
    plain = plain.strip("-") or "film"
    return f"{plain}-{production_id[-6:]}.mp4"
