"""Clients that edit films while everything dies; each knows what its film has to show in the end."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

import aiohttp

from tests.chaos.promises import Promised, broken_by
from tests.chaos.street import Houses

Film = dict[str, Any]
TERMINAL = {"succeeded", "partial", "failed", "canceled"}
SHOWN = {"succeeded", "partial"}
SETTLED = {*TERMINAL, "waiting"}
EDITS_OF_A_FILM = 10
MODELS = ("metered/clip", "metered/grand")
TRANSITIONS = ("cut", "crossfade", "fade_black")
TWICE_AT_ONCE = 0.2
WAITS = 0.95
"""How often nothing is asked of a film that is just being made: most edits would be refused."""


@dataclass(frozen=True)
class Edit:
    """One call on a film, and what it promises once it is answered: `note` gets the answer's body."""

    method: str
    path: str
    body: Mapping[str, Any]
    note: Callable[[Film], None]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2] if self.method == "POST" else f"{self.method} {'-'.join(self.body)}"


@dataclass
class Editor:
    """Orders a film and edits it, then the next one; every call with a key, and again until it is answered."""

    houses: Houses
    chance: random.Random
    project: str
    films: list[Promised] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _words: int = 0

    async def work(self, over: asyncio.Event) -> None:
        """Until `over`; what was begun is left as it then is."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while not over.is_set():
                await self._make_a_film(session, over)

    async def finish(self, *, within_s: float) -> list[str]:
        """Open every gate and wait until all films are over; what still is not after `within_s`."""
        left, until = {film.path for film in self.films}, monotonic() + within_s
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while left and monotonic() < until:
                for promised in [film for film in self.films if film.path in left]:
                    film = await self._get(session, promised.path)
                    if film["status"] == "waiting":
                        await self._send(session, promised, _open(film))
                    elif film["status"] in TERMINAL and all(job["status"] in TERMINAL for job in film["jobs"]):
                        left.discard(promised.path)
                await asyncio.sleep(0.2)
            for promised in self.films:
                if promised.path not in left:
                    self.faults += await broken_by(promised, lambda path: self._get(session, path))
        return sorted(left)

    async def _make_a_film(self, session: aiohttp.ClientSession, over: asyncio.Event) -> None:
        ordered = await self._answer(session, "POST", "/api/mv/productions", self._order())
        if ordered is None:
            return
        promised = Promised(ordered["urls"]["self"])
        self.films.append(promised)
        left = EDITS_OF_A_FILM
        while left and not over.is_set():
            await asyncio.sleep(self.chance.uniform(0.0, 1.5))
            film = await self._get(session, promised.path)
            promised.see(film)
            if film["status"] not in SETTLED and self.chance.random() < WAITS:
                continue
            if edit := await self._next(session, promised, film):
                await self._send(session, promised, edit)
                left -= 1

    def _order(self) -> dict[str, Any]:
        return {
            "project": self.project,
            "idea": "A diver looks for a bell under the harbour",
            "character_description": "a diver in a copper helmet",
            "number_of_scenes": 2,
            "duration": 1,
            "num_images": 2,
            "models": {"image": "metered/portrait", "video": self.chance.choice(MODELS)},
            "review": self.chance.choice(
                [[], [], [], ["storyboard"], ["character"], ["storyboard", "character", "clips"]]
            ),
        }

    async def _send(self, session: aiohttp.ClientSession, promised: Promised, edit: Edit) -> None:
        answer = await self._answer(session, edit.method, promised.path + edit.path, edit.body)
        if answer is None:
            self.refused[edit.name] += 1
            return
        self.accepted[edit.name] += 1
        edit.note(answer)

    async def _answer(
        self, session: aiohttp.ClientSession, method: str, path: str, body: Mapping[str, Any]
    ) -> Film | None:
        """What the call is answered, at last; None where it is refused. Now and then it is on its way twice at once."""
        key, twice = str(uuid4()), self.chance.random() < TWICE_AT_ONCE
        calls = [self._until_answered(session, method, path, body, key) for _ in range(1 + twice)]
        first, *others = await asyncio.gather(*calls)
        if any((other is None) != (first is None) for other in others) and method == "POST":
            self.faults.append(f"{method} {path} {body}: taken and refused under one key")
        return first or next((other for other in others if other), None)

    async def _until_answered(
        self, session: aiohttp.ClientSession, method: str, path: str, body: Mapping[str, Any], key: str
    ) -> Film | None:
        while True:
            try:
                headers = {"Idempotency-Key": key}
                url = f"{self.houses.origin}{path}"
                async with session.request(method, url, json=dict(body), headers=headers) as answer:
                    told: Film = await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.1)
                continue
            if answer.status < 300:
                return told
            if answer.status == 409:
                return None
            if answer.status < 500:
                self.faults.append(f"{method} {path} {dict(body)}: {answer.status} {told.get('message')}")
                return None
            await asyncio.sleep(0.1)

    async def _get(self, session: aiohttp.ClientSession, path: str) -> Film:
        while True:
            try:
                async with session.get(f"{self.houses.origin}{path}") as answer:
                    if answer.status == 200:
                        found: Film = await answer.json()
                        return found
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)

    # what could come next

    async def _next(self, session: aiohttp.ClientSession, promised: Promised, film: Film) -> Edit | None:
        """An edit that fits the film as it stands."""
        if film["status"] == "failed":
            return Edit("POST", "/retry", {}, promised.nothing)
        if not film["scenes"]:
            return None
        if promised.moved and film["status"] in SHOWN:
            return self._restitch(promised, {})
        if film["status"] == "waiting":
            possible = [lambda: _open(film), lambda: _open(film), lambda: self._reword(promised)]
        else:
            possible = [
                lambda: self._reword(promised), lambda: self._regenerate(promised), lambda: self._move(promised),
                lambda: self._upgrade(promised),
            ]  # fmt: skip
        if film["character"]["candidates"]:
            possible += [lambda: self._cast(promised, film), lambda: self._draw(promised)]
        if film["status"] in SHOWN:
            possible += [lambda: self._restitch(promised, self._wishes())] * 2
            number = self._scene()
            scene = await self._get(session, f"{promised.path}/scenes/{number}")
            possible += [lambda: self._choose(promised, number, scene)] * 2
        if film["status"] == "partial":
            possible += [lambda: Edit("POST", "/retry", {}, promised.nothing)]
        return self.chance.choice(possible)()

    def _scene(self) -> int:
        return self.chance.choice((1, 2))

    def _sentence(self) -> str:
        self._words += 1
        return f"The diver walks on, for the {self._words}th time"

    def _reword(self, promised: Promised) -> Edit:
        number, words = self._scene(), self._sentence()
        return Edit("PATCH", f"/scenes/{number}", {"description": words}, promised.reworded(number, words))

    def _regenerate(self, promised: Promised) -> Edit:
        number, words = self._scene(), self.chance.choice((None, self._sentence()))
        body = {"description": words} if words else {"model": self.chance.choice(MODELS)}
        return Edit("POST", f"/scenes/{number}/regenerate", body, promised.filmed((number,), words=words))

    def _move(self, promised: Promised) -> Edit:
        number, position = self._scene(), self.chance.choice((1, 2))
        return Edit("PATCH", f"/scenes/{number}", {"position": position}, promised.placed(number, position))

    def _upgrade(self, promised: Promised) -> Edit:
        numbers = self.chance.choice(((1,), (2,), (1, 2)))
        body = {"models": {"video": self.chance.choice(MODELS)}, "scenes": list(numbers)}
        return Edit("POST", "/upgrade", body, promised.filmed(numbers, if_by_another_model=True))

    def _cast(self, promised: Promised, film: Film) -> Edit:
        picture = self.chance.choice(film["character"]["candidates"])["id"]
        again = film["status"] in SHOWN and self.chance.random() < 0.5
        return Edit(
            "POST", "/character", {"image_id": picture, "regenerate": again}, promised.cast(picture, again=again)
        )

    def _draw(self, promised: Promised) -> Edit:
        return Edit("POST", "/character/regenerate", {"num_images": 1}, promised.nothing)

    def _choose(self, promised: Promised, number: int, scene: Film) -> Edit:
        version = self.chance.choice(scene["versions"])
        body = {"version": version["version"]}
        return Edit("POST", f"/scenes/{number}/choose", body, promised.chosen(number, version))

    def _wishes(self) -> dict[str, Any]:
        wishes: dict[str, Any] = {
            "order": self.chance.choice(([1, 2], [2, 1], [2], [1, 2, 1])),
            "transition": self.chance.choice(TRANSITIONS),
            "title": "The bell",
        }
        return {name: wish for name, wish in wishes.items() if self.chance.random() < 0.5}

    def _restitch(self, promised: Promised, wishes: dict[str, Any]) -> Edit:
        return Edit("POST", "/restitch", wishes, promised.recut(wishes))


def _open(film: Film) -> Edit:
    """The gate at which it waits, by its name: said twice it is still only opened once."""
    gate = film["stage"].removeprefix("review: ")
    return Edit("POST", "/continue", {"gate": gate}, lambda _film: None)
