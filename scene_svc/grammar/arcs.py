"""The shape of a film: which beats it has, and which of them N scenes can afford."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Beat:
    """One step of a story: what happens in it, how it feels, how near the camera comes."""

    name: str
    size: str
    poses: tuple[str, ...]
    moods: tuple[str, ...]
    events: tuple[str, ...]
    captions: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Arc:
    """A kind of film. `beats` in the order of the film; `rank` the same beats, the most needed first."""

    words: frozenset[str]
    beats: tuple[str, ...]
    rank: tuple[str, ...]

    def spread(self, scenes: int) -> list[str]:
        """A beat for each of `scenes`: the most needed when there are few, stretched in the middle when many."""
        if scenes <= len(self.beats):
            kept = set(self.rank[:scenes])
            return [beat for beat in self.beats if beat in kept]
        first, *middle, last = self.beats
        inner = scenes - 2
        return [first, *(middle[index * len(middle) // inner] for index in range(inner)), last]


def _arc(words: str, beats: str, rank: str) -> Arc:
    return Arc(frozenset(words.split()), tuple(beats.split()), tuple(rank.split()))


NARRATIVE = _arc(
    "narrative story film short cinematic drama adventure",
    "opening call departure obstacle turn low rise climax closing",
    "turn closing opening climax call low departure rise obstacle",
)
ARCS = (
    _arc(
        "performance live concert band stage singer",
        "hush note verse bond turn drop rise chorus closing",
        "chorus closing hush turn note drop verse rise bond",
    ),
    _arc(
        "dance choreography dancing ballet",
        "hush pulse phrase bond turn low rise chorus closing",
        "chorus closing hush turn pulse low phrase rise bond",
    ),
    _arc(
        "documentary portrait interview biography reportage",
        "opening ritual hands memory turn low witness rise closing",
        "turn closing opening ritual memory hands low rise witness",
    ),
    _arc(
        "abstract lyric lyrics experimental visualizer visualiser surreal poetic dreamlike art",
        "opening sign drift mirror turn low bloom climax closing",
        "turn closing opening climax sign low mirror bloom drift",
    ),
    NARRATIVE,
)


def arc_for(video_type: str) -> Arc:
    """The arc whose words the video type names most; a story when it names none."""
    words = set(video_type.casefold().replace("-", " ").split())
    best = max(ARCS, key=lambda arc: len(arc.words & words))
    return best if best.words & words else NARRATIVE
