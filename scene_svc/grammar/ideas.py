"""An idea, read: the things, places and hours it names, or the passages it falls into."""

import re
from dataclasses import dataclass, replace

from scene_svc.grammar import lexicon
from scene_svc.grammar.indoors import ATLAS, ROUTES
from scene_svc.grammar.language import clean, words
from scene_svc.grammar.motifs import Sort
from scene_svc.grammar.nouns import Phrase, bases, is_adjective, is_plural, phrases_of
from scene_svc.grammar.places import foreign_kinds, kind_of
from scene_svc.grammar.times import HOUR_WORDS

LONGEST_TOLD_CHARS = 320
"""A longer idea is followed passage by passage instead of being taken apart."""
_SIGNS = re.compile(r"[{}<>%$\\\\^~|=]")
_NO_PLACE_TO_STAND = lexicon.VEHICLES | words(
    "concert festival opera school shop wave waves traffic tree trees wheat water crowd sunflowers sand sail"
)


@dataclass(frozen=True)
class Thing:
    """One thing of the idea. `bare` are its words as written, `it` the same with its article."""

    bare: str
    it: str
    sort: Sort
    plural: bool = False
    kind: str | None = None
    """The kind of place its words name, if any."""
    is_hint: bool = False
    """It belongs to such a place but is none: a train, the waves."""
    is_place: bool = False
    """It is a place itself, so that a scene can happen there."""
    hour: str | None = None
    clause: str = ""
    """What the idea says of a place right behind it: ` where the lost song was born`."""


@dataclass(frozen=True)
class Idea:
    """`things` in the order of the text; `passages` instead of them where the text is foreign or long."""

    text: str
    things: tuple[Thing, ...] = ()
    passages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of place that suit it, from its words or its themes."""


def read_idea(text: str) -> Idea:
    """Reads any text; what it cannot take apart it quotes."""
    text = clean(text)
    phrases = phrases_of(text)
    things = _with_clauses(tuple(_thing(phrase, text) for phrase in phrases), text)
    if not things or not is_english(text) or len(text) > LONGEST_TOLD_CHARS or _SIGNS.search(text):
        return Idea(text, passages=tuple(passages_of(text)), kinds=_kinds(text, things))
    return Idea(text, things=things, kinds=_kinds(text, things))


def _with_clauses(things: tuple[Thing, ...], text: str) -> tuple[Thing, ...]:
    return tuple(replace(thing, clause=_clause(thing, things, text)) if thing.is_place else thing for thing in things)


def _clause(place: Thing, things: tuple[Thing, ...], text: str) -> str:
    """A short "where ..." behind a place, its "it" replaced by what it stands for."""
    found = re.search(rf"\b{re.escape(place.bare)} (where [^,.;:!?…\"“”]{{4,40}})$", text, re.IGNORECASE)
    if not found or any(kind_of(word, ATLAS) for word in found[1].split()):
        return ""
    subject = next((thing.it for thing in things if thing.sort != "person" and not thing.is_place), "it")
    told = re.sub(r"\bit\b", lambda _: subject, found[1], count=1)
    return f" {told}"


def is_english(text: str) -> bool:
    """English, or too short to say: no other script, and not more small words of another language than of English."""
    letters = [char for char in text if char.isalpha()]
    if sum(not _is_latin(char) for char in letters) * 4 > len(letters):
        return False
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    english = sum(word in lexicon.FUNCTION_WORDS for word in words)
    foreign = sum(word in lexicon.FOREIGN_MARKERS - lexicon.FUNCTION_WORDS for word in words)
    return foreign <= english


def passages_of(text: str) -> list[str]:
    """The text in readable pieces: sentences, long ones cut at a comma or at words. Nothing is lost."""
    sentences = re.split(r"(?<=[.!?…;])\s+|(?<=[。！？；])", text)
    return [piece for one in sentences for piece in _pieces(one.strip()) if piece]


def _pieces(text: str, *, limit: int = 150) -> list[str]:
    if len(text) <= limit:
        return [text]
    head = text[:limit]
    cut = next((at for at in (head.rfind(", ") + 1, head.rfind(" "), head.rfind("，") + 1) if at > limit // 3), limit)
    return [text[:cut].strip(), *_pieces(text[cut:].strip(), limit=limit)]


def _is_latin(char: str) -> bool:
    return ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00


def _kinds(text: str, things: tuple[Thing, ...]) -> tuple[str, ...]:
    named = [thing.kind for thing in things if thing.kind]
    return tuple(dict.fromkeys([*foreign_kinds(text, ATLAS), *theme_kinds(text), *named]))


def theme_kinds(text: str) -> list[str]:
    """Where films about this usually go; nothing when no theme is known."""
    words = {base for word in re.findall(r"[^\W_]+", text.casefold()) for base in bases(word)}
    routes = [route for theme, route in ROUTES if words & set(theme.split())]
    return [kind for route in routes[:2] for kind in route.split()]


def _thing(phrase: Phrase, text: str) -> Thing:
    words = _lowered(phrase, text)
    head = words[-1]
    kinds = {word: kind_of(word, ATLAS) for word in words}
    kind = kinds[head] or next((kind for kind in kinds.values() if kind), None)
    plural = is_plural(head) and not _is_name(words[-1])
    bare = " ".join(words)
    sort = _sort(words, phrase)
    is_place = kinds[head] is not None and head.casefold() not in _NO_PLACE_TO_STAND
    return Thing(
        bare=bare,
        it=_definite(bare, phrase, sort, plural),
        sort=sort,
        plural=plural,
        kind=kind,
        is_hint=kinds[head] is not None and not is_place,
        is_place=is_place,
        hour=_hour(words),
    )


def _lowered(phrase: Phrase, text: str) -> list[str]:
    """The words without capitals that only the start of a sentence, or shouting, gave them."""
    if text.isupper():
        return [word.lower() for word in phrase.words]
    first, *rest = phrase.words
    names = [first.lower() if phrase.opens_sentence and is_known(first) else first, *rest]
    if len(names) > 1 and all(word.istitle() and is_known(word) for word in phrase.words):
        return [word.lower() for word in names]
    return names


def is_known(word: str) -> bool:
    """A common English word by our lists, so that its capital is no name's capital."""
    lists = (
        lexicon.PEOPLE | lexicon.ANIMALS | lexicon.SOUNDS | lexicon.VEHICLES | lexicon.SKY_AND_NATURE | lexicon.ABSTRACT
        | lexicon.MASS_NOUNS | lexicon.VERBS | lexicon.NOUN_OR_VERB
    )  # fmt: skip
    lowered = word.casefold()
    return (
        bool(bases(lowered) & lists)
        or is_adjective(word)
        or kind_of(word, ATLAS) is not None
        or lowered.endswith(("ing", "ed"))
    )


def _is_name(word: str) -> bool:
    return word[:1].isupper()


def _definite(bare: str, phrase: Phrase, sort: Sort, plural: bool) -> str:
    """`the lost song`; but `Berlin`, `love`, `somebody's house`."""
    named = _is_name(bare.rsplit(maxsplit=1)[-1]) and not phrase.article
    uncounted = sort in {"abstract", "quality"} and not phrase.article and not plural
    return bare if named or uncounted or bare.casefold() in {"midnight", "noon"} else f"the {bare}"


def _sort(words: list[str], phrase: Phrase) -> Sort:
    head = words[-1].casefold()
    singular = {head, head.removesuffix("s")}
    if all(is_adjective(word) for word in words) and not phrase.article and head not in lexicon.ABSTRACT:
        return "quality"
    if singular & lexicon.PEOPLE or _is_profession(head.removesuffix("s")):
        return "person"
    families: tuple[tuple[Sort, frozenset[str]], ...] = (
        ("animal", lexicon.ANIMALS),
        ("sound", lexicon.SOUNDS),
        ("vehicle", lexicon.VEHICLES),
        ("nature", lexicon.SKY_AND_NATURE),
        ("abstract", lexicon.ABSTRACT),
    )
    known = next((sort for sort, family in families if singular & family), None)
    return known or ("abstract" if len(head) > 5 and head.endswith(lexicon.ABSTRACT_ENDINGS) else "thing")


def _is_profession(word: str) -> bool:
    """`dancer` comes from dancing, `keeper` from keeping; `burger` and `river` come from nothing."""
    if word in lexicon.NOT_PEOPLE:
        return False
    if word.endswith(("er", "or")):
        return bool(bases(f"{word[:-2]}ed") & (lexicon.VERBS | lexicon.NOUN_OR_VERB)) or word.endswith(
            ("keeper", "maker")
        )
    return len(word) > 5 and word.endswith(("ist", "man", "woman", "ian", "smith"))


def _hour(words: list[str]) -> str | None:
    head = words[-1].casefold()
    return next((hour for hour, names in HOUR_WORDS.items() if head in names.split()), None)
