"""What the sound bed plays: one key, tempo and progression per film; every scene enters where the last one left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from video_svc.animatic.recipe import ClipRecipe, seed_of
from video_svc.animatic.setting import Mood

BEATS_PER_BAR = 4
_TEMPI = (75.0, 90.0, 105.0, 120.0)
"""Beats per minute of which clips of 4 and 8 seconds hold whole ones, so that cuts fall on beats."""
_PROGRESSIONS: Sequence[tuple[str, Sequence[Sequence[int]]]] = (
    ("minor", ((0, 7, 12, 15), (-4, 8, 12, 15), (3, 7, 10, 15), (-2, 5, 10, 14))),
    ("minor", ((0, 7, 14, 15), (5, 8, 12, 17), (-4, 8, 12, 15), (-5, 7, 10, 14))),
    ("minor", ((0, 7, 10, 15), (3, 7, 14, 15), (-2, 5, 12, 14), (5, 8, 12, 15))),
    ("major", ((0, 7, 12, 16), (-5, 7, 11, 14), (-3, 7, 12, 16), (5, 9, 12, 16))),
    ("major", ((-3, 7, 12, 16), (5, 9, 12, 16), (0, 7, 11, 16), (-5, 7, 11, 14))),
    ("major", ((0, 7, 11, 16), (4, 7, 11, 14), (5, 9, 12, 16), (-5, 9, 12, 14))),
)
"""Mode and four chords of a root and three upper voices, in semitones from the tonic."""


@dataclass(frozen=True)
class Timbre:
    """How loud the parts are (0..1) and how bright the pad is; `steps` are plucks per bar."""

    pad: float
    bright: float
    pluck: float
    steps: int
    bass: float
    kick: float
    shaker: float
    snap: float
    hall: float


TIMBRES: Mapping[Mood, Timbre] = {
    Mood.JOYFUL: Timbre(0.5, 0.75, 0.9, 8, 0.8, 0.75, 0.5, 0.45, 0.3),
    Mood.TENDER: Timbre(0.75, 0.45, 0.8, 8, 0.6, 0.25, 0.25, 0.0, 0.45),
    Mood.MELANCHOLY: Timbre(0.9, 0.3, 0.6, 4, 0.65, 0.2, 0.12, 0.0, 0.6),
    Mood.TENSE: Timbre(0.7, 0.4, 0.55, 16, 0.95, 0.8, 0.4, 0.2, 0.35),
    Mood.DREAMY: Timbre(0.85, 0.55, 0.9, 8, 0.5, 0.12, 0.2, 0.0, 0.7),
    Mood.EPIC: Timbre(0.85, 0.65, 0.6, 8, 0.95, 0.95, 0.35, 0.4, 0.5),
    Mood.CALM: Timbre(0.85, 0.38, 0.65, 4, 0.55, 0.15, 0.15, 0.0, 0.55),
}


@dataclass(frozen=True)
class Score:
    """The film's music. `start_s` is where this clip lies in it."""

    tempo: float
    tonic: int
    """MIDI number of the root below middle C."""
    mode: str
    chords: Sequence[Sequence[int]]
    start_s: float

    @property
    def beat_s(self) -> float:
        return 60.0 / self.tempo

    @property
    def bar_s(self) -> float:
        return BEATS_PER_BAR * self.beat_s

    def chord(self, bar: int) -> Sequence[int]:
        """MIDI numbers of a bar's chord: the root first."""
        return [self.tonic + step for step in self.chords[bar % len(self.chords)]]


def score_of(recipe: ClipRecipe) -> Score:
    """Key, tempo and progression come from the film's seed alone; the place in it from the scene's number."""
    film = recipe.film
    mode, chords = _PROGRESSIONS[seed_of(film.film_seed, "progression") % len(_PROGRESSIONS)]
    return Score(
        tempo=_TEMPI[seed_of(film.film_seed, "tempo") % len(_TEMPI)],
        tonic=48 + seed_of(film.film_seed, "key") % 12 - 5,
        mode=mode,
        chords=chords,
        start_s=film.index * recipe.frames / recipe.fps,
    )
