"""Films that are edited while they are made and afterwards: nothing is ordered twice or unasked."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from gateway.director import cut_digest, cut_wanted, plan, shots_of, shown_cut, unfilmed
from gateway.storyboard import Film, Part, Take
from gateway.takes import draft, recalled, retake
from shared.contracts.base import AssetRef
from shared.errors import PermanentError
from tests.factories import a_fault, a_scene, a_stored_asset, an_id
from tests.unit.gateway.test_director import PORTRAIT, a_film

OVER = frozenset({"succeeded", "partial", "failed", "canceled"})


@dataclass
class EditingRoom:
    """A film in memory that somebody edits, as `gateway.edits` does, while its parts end in any order."""

    film: Film
    broken: frozenset[str]
    made: dict[str, AssetRef] = field(default_factory=dict)
    ordered: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def direct(self) -> None:
        while self.film.status not in OVER:
            decided = plan(self.film)
            shown = decided.final_video_id
            self.film = replace(self.film, status=decided.status, reference=decided.reference, final_video_id=shown)
            for want in decided.wanted:
                asked = cut_digest(want.request) if want.kind == "stitch_videos" else None
                self.ordered.append(want.part)
                self._know(want.part, Part("running", asked=asked))
            if not decided.stop:
                return
            for name, part in self.film.parts.items():
                if not part.is_over:
                    self._know(name, Part("canceled", asked=part.asked))

    def tell(self, name: str) -> None:
        part = self.film.parts[name]
        if part.is_over:
            return
        if any(name == bad or name.startswith(f"{bad}/") for bad in self.broken):
            self._know(name, Part("failed", fault=a_fault(), asked=part.asked))
        else:
            self._know(name, Part("succeeded", (a_stored_asset(an_id(), f"videos/{name}.mp4").ref,), asked=part.asked))
        self.direct()

    def regenerate(self, number: int) -> None:
        try:
            take = retake(self.film, number, self.film.take(number).scene, {"seed": len(self.ordered)})
        except PermanentError:
            return  # one is being made
        self._reopen()
        self._add(number, take)
        self.direct()

    def reword(self, number: int) -> None:
        words = a_scene(number + 100 + len(self.ordered))
        self._add(number, draft(self.film, number, words, self.film.take(number).asks))
        self.direct()

    def choose(self, number: int, version: int) -> None:
        if self.film.final_video_id:
            self._reopen()
        if again := recalled(self.film, number, version):
            self._add(number, again)
        else:
            self._settle(chosen={**self.film.settings.chosen, number: version})
        self.direct()

    def move(self, numbers: tuple[int, ...]) -> None:
        self._settle(order=numbers)
        self.direct()

    @property
    def pending(self) -> list[str]:
        return sorted(name for name, part in self.film.parts.items() if not part.is_over)

    def _reopen(self) -> None:
        if self.film.status in OVER:
            self.film = replace(self.film, status="running", warnings=())

    def _add(self, number: int, take: Take) -> None:
        self.asked |= {f"clip/{number}/{take.version}"} if take.wanted else set()
        takes = {**self.film.takes, number: {**self.film.takes[number], take.version: take}}
        chosen = {other: version for other, version in self.film.settings.chosen.items() if other != number}
        self.film = replace(self.film, takes=takes)
        self._settle(chosen=chosen)

    def _settle(self, **changes: object) -> None:
        self.film = replace(self.film, settings=self.film.settings.model_copy(update=changes))

    def _know(self, name: str, part: Part) -> None:
        film = self.film
        if name == "scenes" and part.is_good:
            scenes = [a_scene(number) for number in range(1, film.settings.number_of_scenes + 1)]
            takes = {number: {1: Take(scene=scene)} for number, scene in enumerate(scenes, start=1)}
            film = replace(film, scenes=tuple(scenes), takes=takes)
            self.asked |= {f"clip/{number}" for number in takes}
        parts = {**film.parts, name: part}
        if part.asked:
            parts[f"cut/{part.asked}"] = part
        self.film = replace(film, parts=parts)


@given(
    data=st.data(),
    scenes=st.integers(1, 3),
    broken=st.frozensets(st.sampled_from(["clip/1", "clip/2/2", "clip/1/3", "filler/1", "conform/2"]), max_size=2),
    policy=st.sampled_from(["skip", "filler"]),
    continuity=st.sampled_from(["shared_reference", "previous_last_frame"]),
)
def test_edits_and_events_in_any_order_lead_to_a_film_of_what_counts(
    data: st.DataObject, scenes: int, broken: frozenset[str], policy: str, continuity: str
) -> None:
    film = a_film(on_failed_scene=policy, scenes=scenes, continuity=continuity, reference=PORTRAIT)  # type: ignore[arg-type]
    room = EditingRoom(film, broken)
    room.direct()
    room.tell("scenes")
    for _ in range(data.draw(st.integers(0, 14))):
        number = data.draw(st.integers(1, scenes))
        what = data.draw(st.sampled_from(["tell", "tell", "tell", "regenerate", "reword", "choose", "move"]))
        if what == "tell" and room.pending:
            room.tell(data.draw(st.sampled_from(room.pending)))
        elif what == "regenerate":
            room.regenerate(number)
        elif what == "reword":
            room.reword(number)
        elif what == "choose":
            room.choose(number, data.draw(st.sampled_from(sorted(room.film.takes[number]))))
        elif what == "move":
            room.move(tuple(data.draw(st.permutations(range(1, scenes + 1)))))
    while room.pending:
        room.tell(data.draw(st.sampled_from(room.pending)))
    assert len(room.ordered) == len(set(room.ordered)), "a part was ordered twice"
    clips = {part for part in room.ordered if part.startswith("clip/")}
    assert clips <= room.asked, "a clip was paid that nobody asked for"
    assert room.film.status in OVER, "it hangs"
    if room.film.final_video_id and all(shot.is_over for shot in shots_of(room.film)):
        again = replace(room.film, status="running")
        assert shown_cut(room.film) in (None, plan(again).final_video_id)
        wanted = plan(again).wanted
        assert all(want.kind in {"stitch_videos", "conform_clip"} for want in wanted), "looking again would pay"
    if not any(shot.kept for shot in shots_of(room.film)):
        assert unfilmed(room.film) == []


@given(scenes=st.integers(2, 3), order=st.permutations([1, 2, 3]))
def test_a_film_in_its_old_order_has_its_old_cut(scenes: int, order: list[int]) -> None:
    room = EditingRoom(a_film(scenes=scenes, reference=PORTRAIT), frozenset())
    room.direct()
    while room.pending:
        room.tell(room.pending[0])
    first, cut = room.film.final_video_id, cut_digest(cut_wanted(room.film))
    room.move(tuple(number for number in order if number <= scenes))
    room.move(tuple(range(1, scenes + 1)))
    assert cut_digest(cut_wanted(room.film)) == cut
    assert shown_cut(room.film) == first
