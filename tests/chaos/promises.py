"""What a client was promised of its film, and where the film that came of it is another."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
Get = Callable[[str], Awaitable[Body]]
Note = Callable[[Body], None]


@dataclass
class Promised:
    """Scene number -> what it says, and the version whose clip is to be seen; the order, the picture, the last cut."""

    path: str
    words: dict[int, str] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=lambda: [1, 2])
    picture: str | None = None
    wishes: Body = field(default_factory=dict)
    moved: bool = False
    """A scene has another place, and no cut was made since."""
    faults: list[str] = field(default_factory=list)
    _basis: dict[tuple[int, int], int] = field(default_factory=dict)

    def see(self, film: Body) -> None:
        """The scenes as they were written, the first time that they are there."""
        for scene in film["scenes"]:
            self.words.setdefault(scene["number"], scene["description"])
            self.newest.setdefault(scene["number"], 1)
            self.seen.setdefault(scene["number"], 1)

    def nothing(self, _told: Body) -> None:
        """What was asked changes nothing of what was promised before."""

    def reworded(self, number: int, words: str) -> Note:
        def note(scene: Body) -> None:
            self.words[number] = words
            self._count(scene, at_least=1)
            if _was_filmed_before(scene):
                self._basis[number, scene["version"]] = self.seen[number]
            else:
                self.seen[number] = scene["version"]

        return note

    def filmed(self, numbers: Iterable[int], *, words: str | None = None, if_by_another_model: bool = False) -> Note:
        """Each has a clip of its newest version; `if_by_another_model`: or shows the one that it showed before."""

        def note(film: Body) -> None:
            for scene in _scenes(film, numbers):
                number = scene["number"]
                if if_by_another_model and scene["version"] == self.seen[number]:
                    continue
                self._count(scene)
                self.seen[number] = scene["version"]
                self.words[number] = words or self.words[number]
            self.moved = False

        return note

    def placed(self, number: int, position: int) -> Note:
        def note(_scene: Body) -> None:
            order = [other for other in self.order if other != number]
            order.insert(position - 1, number)
            if order != self.order:
                self.order, self.moved = order, True
                self.wishes.pop("order", None)

        return note

    def cast(self, picture: str, *, again: bool) -> Note:
        def note(film: Body) -> None:
            self.picture = picture
            if again:
                self.filmed(self.order)(film)

        return note

    def chosen(self, number: int, version: Body) -> Note:
        """A version that was filmed is seen; of another the words count, and what was seen of it then."""

        def note(film: Body) -> None:
            (scene,) = _scenes(film, (number,))
            if scene["version"] != version["version"]:
                self._count(scene)
                self._basis[number, scene["version"]] = self.seen[number]
            elif version["job"]:
                self.seen[number] = version["version"]
            else:
                self.seen[number] = self._basis[number, version["version"]]
            self.words[number] = version["description"]
            self.moved = False

        return note

    def recut(self, wishes: Body) -> Note:
        def note(_job: Body) -> None:
            self.wishes, self.moved = dict(wishes), False

        return note

    def _count(self, scene: Body, *, at_least: int = 0) -> None:
        """One edit makes one version, however often it was sent."""
        number, version = scene["number"], scene["version"]
        more = version - self.newest[number]
        if not at_least <= more <= 1:
            self.faults.append(f"{self.path}: scene {number} came to version {version} from {self.newest[number]}")
        self.newest[number] = max(version, self.newest[number])


async def broken_by(promised: Promised, get: Get) -> list[str]:
    """What a film that is over owes to its client, in words."""
    film = await get(promised.path)
    promised.see(film)
    scenes = [await get(f"{promised.path}/scenes/{scene['number']}") for scene in film["scenes"]]
    faults = [
        *(fault for scene in scenes for fault in _of_scene(scene, promised, film)),
        *_of_character(film, promised),
        *(await _of_cut(film, promised, get)),
    ]
    return [*promised.faults, *(f"{promised.path} ({film['status']}): {fault}" for fault in faults)]


def _of_scene(scene: Body, promised: Promised, film: Body) -> Iterable[str]:
    number = scene["number"]
    if scene["description"] != promised.words[number]:
        yield f"scene {number} says {scene['description']!r}, asked was {promised.words[number]!r}"
    if len(scene["versions"]) != promised.newest[number]:
        yield f"scene {number} has {len(scene['versions'])} versions, asked were {promised.newest[number]}"
    if film["status"] not in {"succeeded", "partial"}:
        return
    wanted = scene["versions"][promised.seen[number] - 1]
    if wanted["clip"] and (scene["clip"] or {}).get("video_id") != wanted["clip"]["video_id"]:
        yield f"scene {number} shows version {scene['shown_version']}, asked was {promised.seen[number]}"
    if not wanted["clip"] and not any(f"Scene {number} " in warning for warning in film["warnings"]):
        yield f"scene {number} lacks the clip of version {promised.seen[number]}, and nobody says so"


def _of_character(film: Body, promised: Promised) -> Iterable[str]:
    chosen = film["character"]["chosen"]
    if promised.picture and (chosen or {}).get("id") != promised.picture:
        yield f"shows {chosen}, asked was {promised.picture}"


async def _of_cut(film: Body, promised: Promised, get: Get) -> list[str]:
    """The film itself: its clips, in the order that was asked last, joined as was asked last."""
    if film["status"] not in {"succeeded", "partial"} or promised.moved:
        return []
    clips = {scene["number"]: scene["clip"]["video_id"] for scene in film["scenes"] if scene["clip"]}
    order = promised.wishes.get("order") or promised.order
    wanted = [clips[number] for number in order if number in clips]
    cut = await _cut_shown(film, get)
    faults = []
    if cut["video_ids"] != wanted:
        faults.append(f"joins {cut['video_ids']}, asked was {wanted}")
    transition = promised.wishes.get("transition")
    if transition and len(wanted) > 1 and {joint["type"] for joint in cut["transition"]} != {transition}:
        faults.append(f"is joined by {cut['transition']}, asked was {transition}")
    if cut.get("title") != promised.wishes.get("title"):
        faults.append(f"is called {cut.get('title')!r}, asked was {promised.wishes.get('title')!r}")
    return faults


async def _cut_shown(film: Body, get: Get) -> Body:
    """What the cut that is shown was asked."""
    jobs = [await get(job["url"]) for job in film["jobs"] if job["kind"] == "stitch_videos"]
    (asked,) = (job["request"] for job in jobs if (job["result"] or {}).get("video_id") == film["final_video_id"])
    return dict(asked)


def _was_filmed_before(scene: Body) -> bool:
    """A clip of other words was ordered: the newest ones are not filmed by themselves."""
    *_, newest = scene["versions"]
    return newest["job"] is None and any(version["job"] for version in scene["versions"])


def _scenes(film: Body, numbers: Iterable[int]) -> Iterable[Body]:
    wanted = set(numbers)
    return (scene for scene in film["scenes"] if scene["number"] in wanted)
