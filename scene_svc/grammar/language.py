"""Grammar proper: agreement, articles, capitals, clean text and the filling of templates."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_SLOT = re.compile(r"\{(\w+)\}|<(\w+)>|\[(\w+)\]")
_IRREGULAR = {
    "is": "are",
    "has": "have",
    "does": "do",
    "was": "were",
    "goes": "go",
    "lies": "lie",
    "dies": "die",
    "ties": "tie",
}
_SILENT_H = ("hour", "honest", "honour", "honor", "heir")
_YOO = ("uni", "use", "eu", "one", "ukulele", "utop")
_ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True)
class Voice:
    """The pronouns of a character. `plural` says how verbs agree with `they`."""

    they: str
    them: str
    their: str
    plural: bool = False


SHE = Voice("she", "her", "her")
HE = Voice("he", "him", "his")
IT = Voice("it", "it", "its")
THEY = Voice("they", "them", "their", plural=True)


def words(text: str) -> frozenset[str]:
    """A word list as one writes it: "red green blue"."""
    return frozenset(text.split())


def agree(verb: str, *, plural: bool) -> str:
    """The third person form of a verb, given in the singular: `walks` or `walk`."""
    if not plural:
        return verb
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("ches", "shes", "sses", "xes", "zzes")):
        return verb[:-2]
    return verb.removesuffix("s")


def fill(template: str, *, voice: Voice, slots: Mapping[str, str], plural: bool = False) -> str:
    """Fills `{slot}` once; `<verb>` agrees with the line's own noun (`plural`), `[verb]` with the pronoun.

    What a user wrote arrives as a slot's value and is never read as a template.
    """
    values = {"they": voice.they, "them": voice.them, "their": voice.their, **slots}

    def replace(match: re.Match[str]) -> str:
        slot, own, pronoun = match.groups()
        if slot is not None:
            return values[slot]
        return agree(own, plural=plural) if own is not None else agree(pronoun, plural=voice.plural)

    return _SLOT.sub(replace, template)


def with_article(noun_phrase: str) -> str:
    """`an old man`, `a unicorn`, `an hour`: by sound as far as spelling tells it."""
    lowered = noun_phrase.lower()
    vowel = lowered.startswith(("a", "e", "i", "o", "u")) and not lowered.startswith(_YOO)
    return f"{'an' if vowel or lowered.startswith(_SILENT_H) else 'a'} {noun_phrase}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """One sentence: a capital letter before, exactly one end mark behind."""
    text = re.sub(r",(?=[:;,.!?]|$)", "", capital(text.strip(" ,;:")))
    closed = text.rstrip("”\"')»").endswith(_ENDS)
    return text if closed else f"{text}."


def clean(text: str) -> str:
    """A user's text on one line: no control characters, no runs of spaces or full stops, quotes unified."""
    kept = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    kept = re.sub(r"\.{2,}", "…", re.sub(r"\s+", " ", kept))
    return re.sub(r"\s+([,.;:!?])(?=\s|$)", r"\1", kept).strip()


def listing(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def shortened(text: str, *, limit: int) -> str:
    """`text` cut before `limit` characters at a comma if there is one late enough, else at a word."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    comma = max(head.rfind(mark) for mark in (",", ";", ".", "，", "。"))
    space = head.rfind(" ")
    cut = next((at for at in (comma, space) if at > limit // 2), limit)
    return head[:cut].rstrip(" ,;:.-–—")
