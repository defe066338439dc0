"""The sound bed: loud enough, never too loud, silent at its ends, one music for the whole film."""

import numpy as np
import pytest

from shared.contracts.scene import SceneCue
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.score import score_of
from video_svc.animatic.setting import Mood
from video_svc.animatic.sound import SAMPLE_RATE, loudness, sound_bed


def recipe_of(mood: Mood = Mood.CALM, *, index: int = 0, film_seed: int = 0, duration_s: float = 4.0) -> ClipRecipe:
    cue = SceneCue(index=index, total=6, mood=mood.value, film_seed=film_seed)
    return ClipRecipe(prompt="A road.", duration_s=duration_s, cue=cue)


@pytest.mark.parametrize("mood", Mood)
def test_every_mood_is_heard_and_keeps_below_the_ceiling(mood: Mood) -> None:
    sound = sound_bed(recipe_of(mood))
    assert sound.shape == (2, 4 * SAMPLE_RATE)
    assert np.abs(sound).max() <= 10 ** (-3 / 20)
    assert -19 <= loudness(sound) <= -15.5


def test_it_starts_and_ends_in_silence_so_that_joins_do_not_click() -> None:
    sound = sound_bed(recipe_of(index=2))
    assert np.abs(sound[:, :24]).max() < 0.01
    assert np.abs(sound[:, -24:]).max() < 0.01
    assert np.abs(sound[:, 2000:4000]).max() > 0.01


def test_all_scenes_of_a_film_share_key_and_tempo_and_follow_each_other() -> None:
    scores = [score_of(recipe_of(mood, index=index, film_seed=9)) for index, mood in enumerate(Mood)]
    assert len({(score.tempo, score.tonic, score.mode) for score in scores}) == 1
    assert [score.start_s for score in scores] == [4.0 * index for index in range(len(scores))]


def test_films_differ_in_key_or_tempo() -> None:
    films = {
        (score.tempo, score.tonic, score.chords)
        for seed in range(20)
        for score in [score_of(recipe_of(film_seed=seed))]
    }
    assert len(films) >= 12


def test_cuts_after_four_and_eight_seconds_fall_on_beats() -> None:
    for seed in range(20):
        beats = 4.0 / score_of(recipe_of(film_seed=seed)).beat_s
        assert beats == pytest.approx(round(beats))


def test_the_same_recipe_sounds_the_same_and_another_scene_does_not() -> None:
    assert np.array_equal(sound_bed(recipe_of(index=1)), sound_bed(recipe_of(index=1)))
    assert not np.array_equal(sound_bed(recipe_of(index=1)), sound_bed(recipe_of(index=2)))
