"""The lists themselves: one place and one pose to a scene, nothing empty, nothing that breaks a template."""

import re

import pytest

from scene_svc.grammar.arcs import ARCS, Beat
from scene_svc.grammar.indoors import ATLAS, BY_KIND, OPEN_ROUTES, ROUTES
from scene_svc.grammar.language import SHE, THEY, fill
from scene_svc.grammar.motifs import FIRST_LINES, LAST_LINES, MOTIF_LINES, PROP_LINES
from scene_svc.grammar.places import Place, foreign_kinds, kind_of
from scene_svc.grammar.poses import ACTS, POSE_OPPOSITES, STILL_POSES
from scene_svc.grammar.score import BEATS

POSE_VERBS = re.compile(r"\b(?:walks?|runs?|sits?|dances?|dancing|reaches|looks? back|raises?|kneels?|stands?)\b")
SHARED_WORDS = {"sand", "wave", "waves", "tree", "trees", "boat", "path"}
"""Things that occur in more places than the one they name."""


@pytest.mark.parametrize("place", ATLAS, ids=lambda place: place.kind)
def test_a_corner_names_its_place_and_no_other(place: Place) -> None:
    for spot in place.spots:
        assert "{here}" in spot.where
        words = re.findall(r"[\w-]+", f"{spot.where} {spot.sight}".replace("{here}", ""))
        others = {word: kind_of(word, ATLAS) for word in words if word not in SHARED_WORDS}
        assert {kind for kind in others.values() if kind} <= {place.kind, *place.near}, others
        assert not POSE_VERBS.search(spot.sight)


@pytest.mark.parametrize("place", ATLAS, ids=lambda place: place.kind)
def test_a_place_has_room_for_a_long_film(place: Place) -> None:
    assert len({spot.where for spot in place.spots}) == len(place.spots) >= 3
    assert set(place.near) <= set(BY_KIND)


def test_every_route_leads_to_known_places() -> None:
    assert {kind for route in (*OPEN_ROUTES, *(kinds for _, kinds in ROUTES)) for kind in route.split()} <= set(BY_KIND)


@pytest.mark.parametrize("beat", BEATS.values(), ids=lambda beat: beat.name)
def test_a_beat_leaves_the_pose_to_the_pose(beat: Beat) -> None:
    assert set(beat.poses) <= set(ACTS)
    assert not any(POSE_VERBS.search(event.replace("[", "").replace("]", "")) for event in beat.events)
    assert all(len(caption) <= 90 for caption in beat.captions)
    assert all(2 <= len(title.split()) <= 4 for title in beat.titles)


def test_every_arc_is_made_of_known_beats_and_spreads_to_any_number() -> None:
    for arc in ARCS:
        assert set(arc.rank) == set(arc.beats) <= set(BEATS)
        for scenes in range(1, 41):
            spread = arc.spread(scenes)
            assert len(spread) == scenes
            assert [arc.beats.index(name) for name in spread] == sorted(arc.beats.index(name) for name in spread)
            assert scenes < 3 or (spread[0], spread[-1]) == (arc.beats[0], arc.beats[-1])


def test_every_line_can_be_filled() -> None:
    tables = (MOTIF_LINES, FIRST_LINES, LAST_LINES, PROP_LINES)
    lines = [line for table in tables for group in table.values() for line in group]
    acts = [act for group in ACTS.values() for act in group]
    events = [event for beat in BEATS.values() for event in beat.events]
    slots = {"it": "the song", "bare": "song", "prop": "lamp", "at": " here"}
    for voice in (SHE, THEY):
        for line in (*lines, *acts, *events):
            assert not re.search(r"[{}<>\[\]]", fill(line, voice=voice, slots=slots))


def test_each_act_has_exactly_one_pose() -> None:
    assert set(POSE_OPPOSITES) == set(ACTS) >= STILL_POSES
    for pose, acts in ACTS.items():
        for act in acts:
            verbs = POSE_VERBS.findall(fill(act, voice=SHE, slots={"at": " here"}))
            assert len(verbs) == 1, (pose, act)


def test_places_are_known_in_other_languages() -> None:
    assert foreign_kinds("Der Leuchtturm am Meer und die Stadt", ATLAS) == ["lighthouse", "sea", "city"]
    assert foreign_kinds("Девушка в городе у моря", ATLAS)[:1] == ["city"]
    assert foreign_kinds("机器人在城市和森林", ATLAS) == ["city", "forest"]
