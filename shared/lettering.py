"""Letters in pictures: the one typeface, and text broken into lines that fit."""

import importlib.util
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

ELLIPSIS = "…"
MISSING = "·"
_INK_FREE = frozenset(" \u00a0\u00ad\u200b")
_PLAIN = {
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2011": "-",
    "\u2010": "-",
    "\u2212": "–",
    "\t": " ",
    "\n": " ",
}
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\ufe0e\ufe0f\ufeff")


@lru_cache(maxsize=64)
def font(size_px: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Roboto at `size_px` pixels per em: Latin with accents, Cyrillic, Greek, dashes."""
    return ImageFont.truetype(_typeface("Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf"), size_px)


def wrap(text: str, face: ImageFont.FreeTypeFont, width_px: int, max_lines: int) -> list[str]:
    """`text` in at most `max_lines` lines, none wider than `width_px`; ends in an ellipsis where it was cut.

    Characters the face lacks become one middle dot per run; a word too wide for a line is broken.
    """
    lines: list[str] = []
    for word in drawable(text, face).split():
        for piece in _pieces(word, face, width_px):
            joined = f"{lines[-1]} {piece}" if lines else piece
            if lines and not _broken_off(word, piece) and face.getlength(joined) <= width_px:
                lines[-1] = joined
            else:
                lines.append(piece)
    if len(lines) <= max_lines:
        return lines
    return [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], face, width_px)]


def drawable(text: str, face: ImageFont.FreeTypeFont) -> str:
    """`text` with only characters that `face` can draw."""
    shown: list[str] = []
    for char in (_PLAIN.get(c, c) for c in text if c not in _DROPPED):
        if char.isspace():
            shown.append(" ")
        elif _has(char, face):
            shown.append(char)
        elif shown[-1:] != [MISSING]:
            shown.append(MISSING)
    return "".join(shown)


def _broken_off(word: str, piece: str) -> bool:
    return piece != word and not word.startswith(piece)


def _pieces(word: str, face: ImageFont.FreeTypeFont, width_px: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and face.getlength(pieces[-1] + char) > width_px:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _shortened(line: str, face: ImageFont.FreeTypeFont, width_px: int) -> str:
    while line and face.getlength(line + ELLIPSIS) > width_px:
        line = line[:-1]
    return line.rstrip(" ,;:–-") + ELLIPSIS


def _has(char: str, face: ImageFont.FreeTypeFont) -> bool:
    return char in _INK_FREE or ord(char) in _characters(str(face.path))


@lru_cache(maxsize=2)
def _characters(path: str) -> frozenset[int]:
    """The code points of a TrueType file: its format 4 `cmap`, OpenType spec, "Segment mapping to delta values"."""
    table = memoryview(Path(path).read_bytes())
    start = _table(table, b"cmap")
    for record in range(_u16(table, start + 2)):
        sub = start + _u32(table, start + 4 + 8 * record + 4)
        if _u16(table, sub) == 4:
            return frozenset(_segments(table, sub))
    return frozenset(range(32, 127))


def _segments(table: memoryview, sub: int) -> list[int]:
    double = _u16(table, sub + 6)
    ends, starts = sub + 14, sub + 16 + double
    found: list[int] = []
    for at in range(0, double, 2):
        found.extend(range(_u16(table, starts + at), _u16(table, ends + at) + 1))
    return [code for code in found if code != 0xFFFF]


def _table(table: memoryview, tag: bytes) -> int:
    for record in range(_u16(table, 4)):
        at = 12 + 16 * record
        if bytes(table[at : at + 4]) == tag:
            return _u32(table, at + 8)
    raise ValueError(f"the font has no {tag.decode()} table: install font-roboto again")


def _u16(table: memoryview, at: int) -> int:
    return int.from_bytes(table[at : at + 2], "big")


def _u32(table: memoryview, at: int) -> int:
    return int.from_bytes(table[at : at + 4], "big")


@lru_cache(maxsize=4)
def _typeface(name: str) -> str:
    spec = importlib.util.find_spec("font_roboto")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the typeface is missing: pip install font-roboto")
    return str(Path(spec.submodule_search_locations[0]) / "files" / name)
