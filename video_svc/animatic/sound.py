"""The sound bed, synthesised: pad, bass, plucks, a light pulse, a hall around them."""

import math

import numpy as np
import numpy.typing as npt

from video_svc.animatic.recipe import ClipRecipe, seed_of
from video_svc.animatic.score import BEATS_PER_BAR, TIMBRES, Score, Timbre, score_of
from video_svc.animatic.setting import read_setting

SAMPLE_RATE = 48_000
Signal = npt.NDArray[np.float32]

_TABLE = 4096
_EDGE_S = 0.02
"""Fade at both ends of a clip, so that joins do not click."""
_LOUDNESS_LUFS = -17.0
_CEILING = 0.64
"""Peak: -3.9 dBFS, which leaves room for what AAC adds."""
_PLUCK_S, _BASS_S, _HALL_S = 1.1, 1.4, 1.7
_UP = (1, 2, 3, 2, 1, 3, 2, 3)
"""Which voice of the chord each pluck takes."""


def sound_bed(recipe: ClipRecipe) -> Signal:
    """Stereo sound (2 x samples at 48 kHz, -1..1) exactly as long as the clip's frames."""
    samples = round(recipe.frames / recipe.fps * SAMPLE_RATE)
    score, timbre = score_of(recipe), TIMBRES[read_setting(recipe).mood]
    first = math.floor(max(0.0, score.start_s - score.bar_s) / score.bar_s)
    band = _Band(score, timbre, first, score.start_s + samples / SAMPLE_RATE)
    band.play()
    skip = round((score.start_s - first * score.bar_s) * SAMPLE_RATE)
    return _edged(_levelled(band.mixed(recipe)[:, skip : skip + samples]))


class _Band:
    """The parts of a stretch of the film's music, from bar `first` to `end_s`."""

    def __init__(self, score: Score, timbre: Timbre, first: int, end_s: float) -> None:
        self.score, self.timbre, self.first = score, timbre, first
        self.bars = range(first, math.ceil(end_s / score.bar_s - 1e-9))
        length = round((end_s - first * score.bar_s) * SAMPLE_RATE) + 2
        self.dry: Signal = np.zeros((2, length), np.float32)
        self.wet: Signal = np.zeros((2, length), np.float32)

    def play(self) -> None:
        for bar in self.bars:
            self._pad(bar)
            self._bass(bar)
            self._plucks(bar)
            self._pulse(bar)

    def mixed(self, recipe: ClipRecipe) -> Signal:
        """Dry and wet, the hall added."""
        rng = np.random.default_rng(seed_of(recipe.film.film_seed, "hall"))
        return self.dry + self.wet + _hall(self.wet, rng) * np.float32(self.timbre.hall)

    def _put(self, sound: Signal, beat: float, bus: Signal, *, gain: float, pan: float = 0.0) -> None:
        """Add a mono or stereo sound at a beat (counted from the film's start). `pan` -1..1."""
        start = round((beat * self.score.beat_s - self.first * self.score.bar_s) * SAMPLE_RATE)
        if start >= bus.shape[1] or start < 0:
            return
        part = bus[:, start : start + sound.shape[-1]]
        sides = np.array([[1 - max(0.0, pan)], [1 + min(0.0, pan)]], np.float32) * np.float32(gain)
        part += sound[..., : part.shape[1]] * sides

    def _pad(self, bar: int) -> None:
        length = round((self.score.bar_s + 0.7) * SAMPLE_RATE)
        swell = _envelope(length, attack_s=0.45, release_s=0.9)
        table = _harmonics(0.9 + 1.5 * (1 - self.timbre.bright), 9)
        voices = np.zeros((2, length), np.float32)
        for number, note in enumerate(self.score.chord(bar)):
            for side, cents in ((0, -5.0 - number), (1, 5.0 + number)):
                voices[side] += _tone(
                    table, _hertz(note + 12 * (number == 0 and note < 45)) * 2 ** (cents / 1200), length
                )
        self._put(voices * swell, bar * BEATS_PER_BAR, self.wet, gain=0.1 * self.timbre.pad)

    def _bass(self, bar: int) -> None:
        note = self.score.chord(bar)[0] - 12
        note += 12 if note < 33 else 0
        sound = _struck(_harmonics(2.2, 5), _hertz(note), _BASS_S, decay_s=0.75)
        beats = (0, 1, 2, 3) if self.timbre.bass > 0.9 else (0, 1.5, 2.5) if self.timbre.kick > 0.5 else (0, 2.5)
        for beat in beats:
            self._put(
                sound, bar * BEATS_PER_BAR + beat, self.dry, gain=0.34 * self.timbre.bass * (1 if beat == 0 else 0.7)
            )

    def _plucks(self, bar: int) -> None:
        chord, steps, table = self.score.chord(bar), self.timbre.steps, _harmonics(1.5, 7)
        sounds = [_struck(table, _hertz(note + 12), _PLUCK_S, decay_s=0.3) for note in chord]
        for step in range(steps):
            voice, accent = _UP[(step + 3 * bar) % len(_UP)], 1.0 if step % 4 == 0 else 0.66
            beat, pan = bar * BEATS_PER_BAR + step * BEATS_PER_BAR / steps, 0.5 * math.sin(2.4 * step + bar)
            for echo, fading in ((0.0, 1.0), (0.75, 0.34), (1.5, 0.14)):
                gain = 0.15 * self.timbre.pluck * accent * fading * (0.6 if steps > 8 else 1.0)
                self._put(sounds[voice], beat + echo, self.wet, gain=gain, pan=pan if not echo else -pan)

    def _pulse(self, bar: int) -> None:
        start, timbre = bar * BEATS_PER_BAR, self.timbre
        kick, shaker, snap = _kick(), _noise("shaker", 0.05), _noise("snap", 0.13)
        for beat in (0, 2) if timbre.kick < 0.9 else (0, 1, 2, 2.75, 3):
            self._put(kick, start + beat, self.dry, gain=0.6 * timbre.kick)
        for eighth in range(8):
            self._put(
                shaker, start + eighth / 2, self.dry, gain=0.09 * timbre.shaker * (1.0 if eighth % 2 else 0.5), pan=0.3
            )
        for beat in (1, 3):
            self._put(snap, start + beat, self.wet, gain=0.16 * timbre.snap, pan=-0.15)


def _hertz(note: float) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _harmonics(slope: float, count: int) -> Signal:
    """One period of a tone whose n-th harmonic is n**-slope strong."""
    turn = np.linspace(0, 2 * np.pi, _TABLE, endpoint=False)
    wave = sum(np.sin(number * turn + number) / number**slope for number in range(1, count + 1))
    return np.asarray(wave, np.float32)


def _tone(table: Signal, hertz: float, length: int) -> Signal:
    """A steady tone read from a table."""
    step = hertz * _TABLE / SAMPLE_RATE
    return np.asarray(
        table[(np.arange(length, dtype=np.float32) * np.float32(step)).astype(np.int32) & (_TABLE - 1)], np.float32
    )


def _struck(table: Signal, hertz: float, length_s: float, *, decay_s: float) -> Signal:
    """A tone that is struck and dies away."""
    length = round(length_s * SAMPLE_RATE)
    time = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    fall = np.exp(-time / np.float32(decay_s)) * np.minimum(1, time / np.float32(0.004))
    tail = np.minimum(1, (length_s - time) / np.float32(0.1))
    return np.asarray(_tone(table, hertz, length) * fall * tail, np.float32)


def _envelope(length: int, *, attack_s: float, release_s: float) -> Signal:
    """A swell: sine-shaped in, sine-shaped out, so that bars melt into each other."""
    time = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    rise = np.clip(time / np.float32(attack_s), 0, 1)
    fall = np.clip((length / SAMPLE_RATE - time) / np.float32(release_s), 0, 1)
    return np.asarray(np.sin(np.pi / 2 * np.minimum(rise, fall)), np.float32)


def _kick() -> Signal:
    time = np.arange(round(0.28 * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = 48 + 95 * np.exp(-time * 32)
    return (np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * np.exp(-time * 13) * np.minimum(1, time * 900)).astype(
        np.float32
    )


def _noise(name: str, length_s: float) -> Signal:
    """A short burst; differences of noise are its bright part."""
    count = round(length_s * SAMPLE_RATE)
    burst = np.diff(np.random.default_rng(seed_of(name)).standard_normal(count + 1))
    time = np.arange(count) / SAMPLE_RATE
    return (burst * np.exp(-time * 4.5 / length_s) * np.minimum(1, time * 1500)).astype(np.float32)


def _hall(wet: Signal, rng: np.random.Generator) -> Signal:
    """A hall of its own for each ear: noise that dies away, darker the later."""
    count = round(_HALL_S * SAMPLE_RATE)
    size = _quick(wet.shape[1] + count - 1)
    time = np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE)
    spectrum = np.fft.rfft(wet.mean(axis=0), size)
    ears = []
    for _ in range(2):
        tail = rng.standard_normal(count, dtype=np.float32) * np.exp(-time * 3.6) * np.minimum(1, time * 60)
        tail[1:] = tail[1:] + tail[:-1]
        room = np.fft.rfft(tail / np.float32(np.sqrt(np.sum(tail**2))), size)
        ears.append(np.fft.irfft(spectrum * room, size)[: wet.shape[1]])
    return np.asarray(ears, np.float32)


def _quick(length: int) -> int:
    """The next length that a Fourier transform takes quickly: a power of two times 1, 3, 5, 9 or 15."""
    return min(odd << max(0, -(-length // odd) - 1).bit_length() for odd in (1, 3, 5, 9, 15))


def _levelled(sound: Signal) -> Signal:
    """At the loudness of the house, peaks rounded off below the ceiling."""
    gain = 10 ** ((_LOUDNESS_LUFS - loudness(sound)) / 20)
    ceiling = np.float32(_CEILING)
    return np.asarray(ceiling * np.tanh(sound * np.float32(gain) / ceiling), np.float32)


def loudness(sound: Signal) -> float:
    """Loudness in LUFS without gating (ITU-R BS.1770's weighting, drawn as a curve over the spectrum)."""
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE)
    weight = 10 ** (0.4 / (1 + (1500 / np.maximum(hertz, 1)) ** 4)) / (1 + (38 / np.maximum(hertz, 1)) ** 4)
    power = (np.abs(np.fft.rfft(sound, axis=1)) ** 2 * weight).sum() * 2 / sound.shape[1] ** 2
    return float(-0.691 + 10 * np.log10(max(power, 1e-12)))


def _edged(sound: Signal) -> Signal:
    """Silent at both ends."""
    count = min(round(_EDGE_S * SAMPLE_RATE), sound.shape[1] // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, count, dtype=np.float32)) ** 2
    sound[:, :count] *= ramp
    sound[:, sound.shape[1] - count :] *= ramp[::-1]
    return sound
