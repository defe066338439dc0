"""A film as its followers see it: every frame of the socket folded into one row per part. Pure."""

from dataclasses import dataclass, field

from shared.answers import TERMINAL, FinalVideo, JobFields, JobInShort, Production, ProductionFields

NAMES = {"scenes": "scenes", "character": "character", "cut": "final cut"}
CUTS = frozenset({"cut", "recut"})
"""Whatever cuts the film, as it was ordered, after an edit or on request, has the row of the final cut."""
WAITS_FOR = {"clip": "waits for the scenes and the character", "cut": "waits for the clips"}


@dataclass
class Row:
    """One part of a film: its writing, its character, a clip, the cut."""

    name: str
    status: str = "waiting"
    fraction: float = 0.0
    note: str = ""
    seconds: float | None = None
    """How long it took, once it has ended."""
    job_id: str | None = None
    """The job that it shows."""

    @property
    def is_over(self) -> bool:
        return self.status in TERMINAL


@dataclass
class Film:
    """A production and its parts. Feed it with `take` (the whole resource) and `hear` (one job)."""

    taken: Production | None = None
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def production(self) -> Production:
        """As it was taken last."""
        assert self.taken is not None
        return self.taken

    @property
    def is_over(self) -> bool:
        return self.taken is not None and self.taken.is_over

    @property
    def title(self) -> str:
        """Its title, else the idea it began with."""
        return self.production.title or str(self.production.request["idea"])

    @property
    def cost_usd(self) -> str:
        return format(self.production.cost.actual_usd or 0, "f")

    def learn(self, told: JobFields | ProductionFields) -> None:
        """What the client tells while it waits."""
        if isinstance(told, Production):
            self.take(told)
        elif isinstance(told, JobFields):
            self.hear(told)

    def take(self, production: Production) -> None:
        """The production as `GET` shows it."""
        self.taken = production
        for part in self._expected():
            self.rows.setdefault(part, _waiting(part))
        for job in filter(_is_shown, production.jobs):
            self._place(job, fraction=job.fraction)
        for scene in production.scenes:
            row = self.rows.setdefault(f"clip/{scene.number}", _waiting(f"clip/{scene.number}"))
            row.note = scene.title or scene.description
        self._say_what_was_made()

    def hear(self, job: JobFields) -> None:
        """What a frame says of one job; what is no part of the film is passed over."""
        if not _is_shown(job):
            return
        row = self._place(job, fraction=job.progress.fraction)
        if row.is_over:
            row.seconds = _seconds(job)
        elif row.name in NAMES.values() and job.progress.message:
            row.note = job.progress.message

    def _place(self, job: JobFields | JobInShort, *, fraction: float) -> Row:
        """A stand-in takes the row of the clip it stands in for, another cut that of the one before.

        What ended stays so: the resource may tell of an end before the frames tell of the beginning.
        """
        part = str(job.part)
        stage, _, number = part.partition("/")
        key = "cut" if stage in CUTS else f"clip/{number}" if stage == "filler" else part
        row = self.rows.setdefault(key, _waiting(key))
        if row.is_over and row.job_id == job.job_id:
            return row
        row.status, row.fraction, row.job_id = job.status, fraction, job.job_id
        if row.note in WAITS_FOR.values():
            row.note = ""
        return row

    def _expected(self) -> list[str]:
        count = self.production.settings.number_of_scenes
        return ["scenes", "character", *(f"clip/{number}" for number in range(1, count + 1)), "cut"]

    def _say_what_was_made(self) -> None:
        scenes, character = self.production.scenes, self.production.character
        if scenes:
            self.rows["scenes"].note = f"{len(scenes)} scenes written"
        if character.candidates:
            chosen = ", one chosen" if character.chosen else ""
            count = len(character.candidates)
            self.rows["character"].note = f"{count} portrait{'s' * (count > 1)}{chosen}"
        if character.chosen and not character.candidates:
            self.rows["character"] = Row("character", "succeeded", 1.0, "brought along")
        if final := self.production.final_video:
            self.rows["cut"].note = describe(final)


def describe(video: FinalVideo) -> str:
    """`35.0 s, 1280 x 720, 24 fps, 8.1 MB` of a finished cut."""
    length = "" if video.duration_seconds is None else f"{video.duration_seconds:.1f} s"
    rate = f"{video.fps:g} fps" if video.fps else ""
    size = f"{video.size_bytes / 1e6:.1f} MB" if video.size_bytes else ""
    return ", ".join(filter(None, [length, f"{video.width} x {video.height}", rate, size]))


def _is_shown(job: JobFields | JobInShort) -> bool:
    """A clip is made to fit the cut in a moment, beside all the others: no row of its own."""
    return job.part is not None and not job.part.startswith("conform/")


def _waiting(part: str) -> Row:
    stage, _, number = part.partition("/")
    return Row(name=NAMES.get(part, f"clip {number}"), note=WAITS_FOR.get(stage, ""))


def _seconds(job: JobFields) -> float | None:
    begun, over = job.started_at, job.completed_at
    return (over - begun).total_seconds() if begun and over else None
