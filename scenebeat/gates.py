"""A film that waits for a person: what there is to look at, and the commands that lead on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from scenebeat.client.watching import Told
from scenebeat.remote.tables import printable
from shared.answers import Production

REACHED: Mapping[str, str] = {
    "storyboard": "the storyboard is written, and nothing is filmed before you go on",
    "character": "the portraits are drawn, and every scene is filmed after the chosen one",
    "clips": "the clips are there, and the cut is made when you go on",
}


class AtGate(Exception):
    """The film waits at a gate, and whoever follows it wanted to leave there."""

    def __init__(self, film: Production) -> None:
        super().__init__(f"{film.production_id} waits at a gate")
        self.film = film


@dataclass
class Porter:
    """Says once at every gate how to go on. `where`: the options that lead to the gateway at `url`, where needed."""

    url: str
    where: str
    say: Callable[[str], None]
    leaves: bool = False
    _at: str | None = field(default=None, init=False)

    def look(self, told: Told) -> None:
        """Raises AtGate where the follower wants to leave."""
        if not isinstance(told, Production):
            return
        gate = gate_of(told)
        if gate != self._at:
            self._at = gate
            self._reached(gate, told)

    def _reached(self, gate: str | None, film: Production) -> None:
        if gate is None:
            return
        self.say(words_at(gate, film, url=self.url, where=self.where))
        if self.leaves:
            raise AtGate(film)


def gate_of(film: Production) -> str | None:
    """Where it waits for a person; None where it does not."""
    return film.stage.removeprefix("review: ") if film.status == "waiting" else None


def words_at(gate: str, film: Production, *, url: str, where: str) -> str:
    """What there is to look at, and what to type."""
    film_id = film.production_id
    commands = [(f"approve {film_id}{where}", "goes on"), (f"cancel {film_id}{where}", "stops it")]
    if gate == "character" and len(film.character.candidates) > 1:
        commands.insert(0, (f"choose {film_id} --portrait 2{where}", "chooses another one"))
    lines = [f"It waits for you: {REACHED[gate]}.", *_shown(gate, film, url)]
    lines += [f"  scenebeat {command}    {effect}" for command, effect in commands]
    return "\n".join([*lines, f"  {url}/productions/{film_id}    is where everything can be changed"])


def _shown(gate: str, film: Production, url: str) -> list[str]:
    match gate:
        case "storyboard":
            return [_scene(scene.number, scene.title, scene.description) for scene in film.scenes]
        case "character":
            chosen = film.character.chosen.id if film.character.chosen else None
            return [
                f"  portrait {number}{' (chosen)' if picture.id == chosen else ''}: {urljoin(url, picture.url)}"
                for number, picture in enumerate(film.character.candidates, 1)
            ]
        case _:
            there = {True: "its clip is there", False: "it has no clip"}
            return [f"  scene {scene.number}: {there[scene.clip is not None]}" for scene in film.scenes]


def _scene(number: int, title: str | None, description: str) -> str:
    return "  " + printable(f"{number}. {f'{title}: ' if title else ''}{description}")
