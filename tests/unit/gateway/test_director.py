"""The director: what follows what, whatever the order in which the parts end."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.director import plan
from gateway.films import FilmSettings
from gateway.requests.films import Continuity, OnFailedScene
from gateway.storyboard import Film, Part, Plan, Want
from shared.contracts.base import AssetRef, ErrorCode
from shared.contracts.scene import SceneCue
from tests.factories import a_fault, a_production, a_scene, a_stored_asset, an_id

PORTRAIT = a_stored_asset(an_id(), "character_reference/a.png", media_type="image/png").ref


def a_film(
    *,
    on_failed_scene: OnFailedScene = "filler",
    scenes: int = 2,
    continuity: Continuity = "shared_reference",
    **columns: Any,
) -> Film:
    made = a_production(on_failed_scene=on_failed_scene, scenes=scenes)
    settings = FilmSettings.model_validate({**made.settings, "continuity": continuity})
    return Film(settings=settings, **columns)


def written(film: Film, **parts: Part) -> Film:
    """The film once its scenes and its character are there."""
    scenes = tuple(a_scene(number) for number in range(1, film.settings.number_of_scenes + 1))
    known = {"scenes": good("scenes"), "character": Part("succeeded", (PORTRAIT,))}
    return replace(film, status="running", scenes=scenes, parts={**known, **parts})


def with_parts(film: Film, **parts: Part) -> Film:
    return replace(film, parts={**film.parts, **{name.replace("_", "/"): part for name, part in parts.items()}})


def good(name: str = "clip") -> Part:
    return Part("succeeded", (a_clip(name),))


def a_clip(name: str = "clip") -> AssetRef:
    return a_stored_asset(an_id(), f"videos/{name}.mp4").ref


def shot(number: int, part: Part, name: str = "") -> dict[str, Part]:
    """A clip of scene `number` that has been made and conformed."""
    return {f"{name or 'clip'}_{number}": part, f"conform_{name + '_' if name else ''}{number}": conformed(part)}


def conformed(part: Part) -> Part:
    """The same clip as the cut takes it."""
    return Part("succeeded", (part.made[0].model_copy(update={"key": f"conformed/{part.made[0].asset_id}.mp4"}),))


def bad(message: str = "the provider gave up") -> Part:
    return Part("failed", fault=a_fault(message=message))


BUSY = Part("running")


def parts_of(decided: Plan) -> list[str]:
    return [want.part for want in decided.wanted]


def test_a_new_film_wants_scenes_and_character_at_once() -> None:
    decided = plan(a_film())
    assert parts_of(decided) == ["scenes", "character"]
    assert (decided.status, decided.stage) == ("queued", "writing")


def test_a_film_that_brought_its_reference_draws_no_character() -> None:
    assert parts_of(plan(a_film(reference=PORTRAIT))) == ["scenes"]


def test_no_clip_is_wanted_before_scenes_and_character_are_there() -> None:
    film = a_film()
    assert plan(replace(film, parts={"scenes": BUSY, "character": BUSY})).wanted == ()
    drawn = replace(film, parts={"scenes": BUSY, "character": Part("succeeded", (PORTRAIT,))})
    assert plan(drawn).wanted == ()
    assert plan(drawn).reference == PORTRAIT
    told = replace(written(film), parts={"scenes": good(), "character": BUSY})
    assert plan(told).wanted == ()


def test_all_clips_are_wanted_as_soon_as_both_are_there() -> None:
    decided = plan(written(a_film(scenes=3)))
    assert parts_of(decided) == ["clip/1", "clip/2", "clip/3"]
    assert (decided.status, decided.stage) == ("running", "clips")


def test_a_clip_is_told_its_scene_its_reference_and_its_place_in_the_film() -> None:
    (_, second) = plan(written(a_film())).wanted
    assert second.request["prompt"] == a_scene(2).description
    assert second.request["reference"] == PORTRAIT.model_dump(mode="json")
    assert second.request["seed"] == 8
    cue = SceneCue.model_validate(second.request["cue"])
    assert (cue.index, cue.total, cue.film_seed, cue.title) == (1, 2, 7, "Step 2")


FRAME = a_stored_asset(an_id(), "frames/one.png", media_type="image/png").ref


def test_a_clip_that_begins_where_the_last_one_ended_waits_for_it() -> None:
    film = written(a_film(scenes=3, continuity="previous_last_frame"))
    (first,) = plan(film).wanted
    assert (first.part, first.request["reference"], first.request["role"]) == (
        "clip/1",
        PORTRAIT.model_dump(mode="json"),
        "reference",
    )
    assert plan(with_parts(film, clip_1=BUSY)).wanted == ()
    conform, second = plan(with_parts(film, clip_1=Part("succeeded", (a_clip(),), FRAME))).wanted
    assert conform.part == "conform/1"
    assert (second.part, second.request["reference"], second.request["role"]) == (
        "clip/2",
        FRAME.model_dump(mode="json"),
        "first_frame",
    )


def test_a_clip_after_a_stand_in_begins_with_the_last_picture_of_that() -> None:
    film = written(a_film(scenes=2, continuity="previous_last_frame"))
    lost = with_parts(film, clip_1=bad())
    assert parts_of(plan(lost)) == ["filler/1"]
    assert plan(with_parts(lost, filler_1=BUSY)).wanted == ()
    conform, second = plan(with_parts(lost, filler_1=Part("succeeded", (a_clip(),), FRAME))).wanted
    assert conform.part == "conform/filler/1"
    assert (second.part, second.request["reference"]) == ("clip/2", FRAME.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (Part("succeeded", (PORTRAIT,)), ["conform/1", "clip/2"]),
        (Part("failed", fault=a_fault()), ["clip/2"]),
    ],
)
def test_where_no_last_picture_is_to_be_had_the_character_is_shown_again(before: Part, wanted: list[str]) -> None:
    film = with_parts(written(a_film(continuity="previous_last_frame", on_failed_scene="skip")), clip_1=before)
    assert parts_of(plan(film)) == wanted
    second = plan(film).wanted[-1]
    assert second.request["reference"] == PORTRAIT.model_dump(mode="json")


def test_independent_clips_are_given_no_picture() -> None:
    wanted = plan(written(a_film(continuity="independent"))).wanted
    assert [want.request["reference"] for want in wanted] == [None, None]


def test_what_the_client_wants_to_avoid_is_avoided_in_every_scene() -> None:
    film = written(a_film())
    film.settings.inputs["generate_video"]["negative_prompt"] = "rain"
    assert plan(film).wanted[0].request["negative_prompt"] == "crowds, rain"


def test_a_partial_character_is_good_enough() -> None:
    film = written(a_film(), character=Part("partial", (PORTRAIT,)))
    assert plan(film).reference == PORTRAIT
    assert parts_of(plan(film)) == ["clip/1", "clip/2"]


@pytest.mark.parametrize("lost", ["scenes", "character"])
def test_a_film_without_scenes_or_character_fails_once_the_other_is_stopped(lost: str) -> None:
    other = "character" if lost == "scenes" else "scenes"
    film = a_film(parts={lost: bad("out of ideas"), other: BUSY})
    assert plan(film).stop
    assert plan(film).status == "running"
    over = plan(replace(film, parts={lost: bad("out of ideas"), other: Part("canceled")}))
    assert (over.status, over.stop) == ("failed", False)
    assert over.error is not None
    assert over.error.message == "out of ideas"


def test_the_cut_is_wanted_when_the_last_clip_has_ended() -> None:
    first, second = good("one"), good("two")
    film = with_parts(written(a_film()), **shot(1, first))
    assert plan(with_parts(film, clip_2=BUSY)).wanted == ()
    assert plan(with_parts(film, clip_2=second, conform_2=BUSY)).wanted == ()
    (cut,) = plan(with_parts(film, **shot(2, second))).wanted
    assert cut.part == "cut"
    assert cut.request["clips"] == [conformed(part).made[0].model_dump(mode="json") for part in (first, second)]
    assert cut.request["video_ids"] == [part.made[0].asset_id for part in (first, second)]


def test_each_clip_is_conformed_the_moment_it_arrives() -> None:
    film, clip = a_film(), good("one")
    film.settings.inputs["stitch_videos"].update(width=1280, height=720, fps=24, fit="crop", title="The crossing")
    (want,) = plan(with_parts(written(film), clip_1=clip, clip_2=BUSY)).wanted
    assert (want.part, want.kind) == ("conform/1", "conform_clip")
    assert want.request == {
        "clips": [clip.made[0].model_dump(mode="json")],
        "width": 1280,
        "height": 720,
        "fps": 24,
        "fit": "crop",
    }


def test_a_clip_that_cannot_be_conformed_is_a_scene_that_failed() -> None:
    film = with_parts(written(a_film()), clip_1=good(), conform_1=bad("no video in it"), clip_2=BUSY)
    assert parts_of(plan(film)) == ["filler/1"]
    stand_in = with_parts(film, filler_1=good("stand-in"))
    assert parts_of(plan(stand_in)) == ["conform/filler/1"]
    skipped = with_parts(replace(film, settings=a_film(on_failed_scene="skip").settings), **shot(2, good()))
    (cut,) = plan(skipped).wanted
    assert len(cut.request["clips"]) == 1
    assert plan(with_parts(skipped, cut=good("cut"))).warnings == ("Scene 1 is missing: no video in it",)


def test_a_scene_that_is_left_out_takes_its_entrance_with_it() -> None:
    film = written(a_film(on_failed_scene="skip", scenes=4))
    film.settings.inputs["stitch_videos"]["transition"] = [
        {"type": type_, "seconds": 0.5} for type_ in ("crossfade", "fade_black", "wipe_left")
    ]
    (cut,) = plan(with_parts(film, **shot(1, good()), clip_2=bad(), **shot(3, good()), **shot(4, good()))).wanted
    assert [joint["type"] for joint in cut.request["transition"]] == ["fade_black", "wipe_left"]


def test_one_transition_is_that_of_every_joint() -> None:
    film = written(a_film(scenes=3))
    film.settings.inputs["stitch_videos"]["transition"] = [{"type": "crossfade", "seconds": 0.5}]
    (cut,) = plan(with_parts(film, **shot(1, good()), **shot(2, good()), **shot(3, good()))).wanted
    assert [joint["type"] for joint in cut.request["transition"]] == ["crossfade", "crossfade"]


def test_a_film_ends_with_its_cut() -> None:
    cut = good("cut")
    decided = plan(with_parts(written(a_film()), **shot(1, good()), **shot(2, good()), cut=cut))
    assert (decided.status, decided.stage, decided.wanted) == ("succeeded", "done", ())
    assert decided.final_video_id == cut.made[0].asset_id


def test_a_cut_that_had_to_leave_clips_out_makes_the_film_partial() -> None:
    film = with_parts(written(a_film()), **shot(1, good()), **shot(2, good()))
    assert plan(with_parts(film, cut=Part("partial", (a_clip("cut"),)))).status == "partial"


def test_a_failed_scene_gets_a_free_stand_in_and_the_film_is_partial() -> None:
    film = with_parts(written(a_film()), clip_1=bad("too dark"), clip_2=BUSY)
    (want,) = plan(film).wanted
    assert (want.part, want.request["backend"], want.request["model"]) == ("filler/1", "local", None)
    assert want.request["stand_in"] is True
    assert want.request["reference"] == PORTRAIT.model_dump(mode="json"), "the character's picture"
    stand_in = good("stand-in")
    made = with_parts(film, **shot(1, stand_in, "filler"), **shot(2, good()))
    assert plan(made).wanted[0].request["clips"][0] == conformed(stand_in).made[0].model_dump(mode="json")
    over = plan(with_parts(made, cut=good("cut")))
    assert over.status == "partial"
    assert over.warnings == ("Scene 1 shows a stand-in: too dark",)


def test_a_scene_whose_stand_in_fails_too_is_left_out() -> None:
    film = with_parts(written(a_film()), clip_1=bad("too dark"), filler_1=bad(), **shot(2, good()))
    (cut,) = plan(film).wanted
    assert len(cut.request["clips"]) == 1
    assert plan(with_parts(film, cut=good("cut"))).warnings == ("Scene 1 is missing: too dark",)


def test_a_scene_that_was_retried_well_leaves_no_warning_behind() -> None:
    film = with_parts(written(a_film(on_failed_scene="skip")), clip_1=bad(), clip_2=BUSY)
    film = replace(film, warnings=plan(film).warnings)
    shots = {**shot(1, good()), **shot(2, good())}
    assert plan(with_parts(film, **shots, cut=good("cut"))).warnings == ()


def test_a_failed_scene_is_left_out_where_the_client_said_skip() -> None:
    film = with_parts(written(a_film(on_failed_scene="skip")), clip_1=bad(), **shot(2, good()))
    assert parts_of(plan(film)) == ["cut"]
    assert plan(with_parts(film, cut=good("cut"))).status == "partial"


def test_a_failed_scene_fails_the_film_where_the_client_said_fail() -> None:
    film = with_parts(written(a_film(on_failed_scene="fail")), clip_1=bad("too dark"), clip_2=BUSY)
    assert plan(film).stop
    assert plan(film).wanted == ()
    over = plan(with_parts(film, clip_2=Part("canceled")))
    assert over.status == "failed"
    assert over.error == a_fault(message="too dark")


@pytest.mark.parametrize("policy", ["skip", "filler"])
def test_a_film_without_any_clip_fails(policy: OnFailedScene) -> None:
    lost = {name: bad() for name in ("clip_1", "clip_2", "filler_1", "filler_2")}
    assert plan(with_parts(written(a_film(on_failed_scene=policy)), **lost)).status == "failed"


def test_a_failed_cut_fails_the_film() -> None:
    decided = plan(with_parts(written(a_film()), **shot(1, good()), **shot(2, good()), cut=bad("no disk")))
    assert (decided.status, decided.stage) == ("failed", "cut")


def test_a_canceled_film_wants_nothing_more_and_ends_when_all_is_stopped() -> None:
    film = with_parts(replace(written(a_film()), cancel_wished=True), clip_1=BUSY)
    decided = plan(film)
    assert (decided.status, decided.stop, decided.wanted) == ("canceling", True, ())
    assert plan(with_parts(film, clip_1=Part("canceled"))).status == "canceled"


def test_a_cancel_that_comes_after_the_cut_loses() -> None:
    film = with_parts(written(a_film()), **shot(1, good()), **shot(2, good()), cut=good("cut"))
    assert plan(replace(film, cancel_wished=True)).status == "succeeded"


def test_a_film_that_may_not_order_more_fails_for_that_reason() -> None:
    refusal = a_fault(ErrorCode.BUDGET_EXCEEDED, "0.40 USD too much")
    decided = plan(replace(written(a_film()), refusal=refusal))
    assert (decided.status, decided.error) == ("failed", refusal)


def test_a_retried_clip_takes_the_place_of_the_failed_one() -> None:
    retried = good("again")
    film = with_parts(written(a_film()), **shot(1, good("stand-in"), "filler"), **shot(2, good()))
    assert parts_of(plan(with_parts(film, clip_1=retried))) == ["conform/1"]
    cut = plan(with_parts(film, **shot(1, retried))).wanted[0]
    assert cut.request["clips"][0] == conformed(retried).made[0].model_dump(mode="json")


@dataclass
class Studio:
    """A world in memory where parts end in any order; what ended may stay untold until somebody looks.

    `fates` says how each part ends, so that the same film has the same fate in every run.
    """

    film: Film
    fates: Callable[[str], Part]
    truth: dict[str, Part] = field(default_factory=dict)
    ordered: list[str] = field(default_factory=list)

    def direct(self) -> None:
        """Look at the film and do what the director says, as the gateway does."""
        while self.film.status not in {"succeeded", "partial", "failed", "canceled"}:
            decided = plan(self.film)
            self.film = replace(self.film, status=decided.status, stage=decided.stage, reference=decided.reference)
            for want in decided.wanted:
                self._order(want)
            if not decided.stop:
                return
            for name, part in self.film.parts.items():
                if not part.is_over:
                    self._know(name, Part("canceled"))

    def _order(self, want: Want) -> None:
        self.ordered.append(want.part)
        self.truth[want.part] = self.fates(want.part)
        self._know(want.part, Part("queued"))

    def tell(self, name: str) -> None:
        """An `ended` arrives, for the first or the fifth time."""
        if not self.film.parts[name].is_over:
            self._know(name, self.truth[name])
        self.direct()

    def _know(self, name: str, part: Part) -> None:
        scenes = self.film.scenes
        if name == "scenes" and part.is_good:
            scenes = tuple(a_scene(number) for number in range(1, self.film.settings.number_of_scenes + 1))
        self.film = replace(self.film, scenes=scenes, parts={**self.film.parts, name: part})

    @property
    def pending(self) -> list[str]:
        return [name for name, part in self.film.parts.items() if not part.is_over]


CLIPS = {
    name: a_clip(name.replace("/", "-"))
    for name in (
        "scenes",
        "character",
        "cut",
        *(f"{part}/{number}" for part in ("clip", "filler", "conform", "conform/filler") for number in "1234"),
    )
}


def played(data: st.DataObject, film: Film, broken: frozenset[str], *, lossy: bool) -> Studio:
    """Play the film: parts end in any order, are told again, or are lost until the reconciler tells them."""
    studio = Studio(film, fates=lambda name: bad(name) if name in broken else Part("succeeded", (CLIPS[name],)))
    studio.direct()
    while studio.pending:
        name = data.draw(st.sampled_from(sorted(studio.pending)))
        if lossy and data.draw(st.booleans()):
            studio.direct()  # the event got lost: looking again must change nothing
            continue_with = data.draw(st.sampled_from(sorted(studio.pending)))
            studio.tell(continue_with)
            continue
        for _ in range(data.draw(st.integers(1, 3)) if lossy else 1):
            studio.tell(name)
    return studio


@given(
    data=st.data(),
    policy=st.sampled_from(["fail", "skip", "filler"]),
    scenes=st.integers(1, 4),
    broken=st.frozensets(st.sampled_from(sorted(CLIPS)), max_size=4),
    continuity=st.sampled_from(["shared_reference", "previous_last_frame", "independent"]),
)
def test_every_order_repetition_and_loss_of_events_leads_to_the_same_end(
    data: st.DataObject, policy: OnFailedScene, scenes: int, broken: frozenset[str], continuity: Continuity
) -> None:
    film = a_film(on_failed_scene=policy, scenes=scenes, continuity=continuity)
    straight = played(data, film, broken, lossy=False)
    crooked = played(data, film, broken, lossy=True)
    for studio in (straight, crooked):
        assert len(studio.ordered) == len(set(studio.ordered)), "a part was ordered twice"
        assert studio.film.status in {"succeeded", "partial", "failed"}
    assert straight.film.status == crooked.film.status
    if straight.film.status != "failed":
        assert set(straight.ordered) == set(crooked.ordered)
        assert plan(straight.film) == plan(crooked.film)


@given(data=st.data(), scenes=st.integers(1, 4), after=st.integers(0, 6))
def test_a_cancel_at_any_moment_ends_the_film_and_orders_nothing_more(
    data: st.DataObject, scenes: int, after: int
) -> None:
    studio = Studio(a_film(scenes=scenes), fates=lambda name: Part("succeeded", (CLIPS[name],)))
    studio.direct()
    for _ in range(after):
        if studio.pending:
            studio.tell(data.draw(st.sampled_from(sorted(studio.pending))))
    ordered = list(studio.ordered)
    finished = studio.film.status == "succeeded"
    studio.film = replace(studio.film, cancel_wished=True)
    studio.direct()
    assert studio.ordered == ordered
    assert studio.film.status == ("succeeded" if finished else "canceled")
