"""A small noun finder: the phrases of an idea that name something.

It reads English by word lists and endings, knows no grammar book, and errs towards too many nouns rather than too few:
every word that is neither a function word nor an adverb nor a verb in its place counts as part of a noun phrase.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scene_svc.grammar import lexicon
from scene_svc.grammar.language import words

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[^\s]")
_NOT_PARTICIPLES = words(
    """
    morning evening spring string king ring thing something nothing everything anything wedding building ceiling
    lightning wing sting swing painting being feeling darling clothing ending beginning bed red seed weed speed
    need hundred sacred naked wicked shed sled bleed breed deed feed creed greed steed blood-red viking duckling
    sibling earring offspring wellbeing human-being recording meeting crossing calling longing
    """
)


@dataclass(frozen=True)
class Phrase:
    """Neighbouring words that name one thing, as the idea wrote them, and the article before them ("" if none)."""

    words: tuple[str, ...]
    article: str = ""
    opens_sentence: bool = False


def nouns_of(text: str) -> list[str]:
    """Every word of every noun phrase in `text`, in order, each once."""
    return list(dict.fromkeys(word for phrase in phrases_of(text) for word in phrase.words))


def verbs_of(text: str) -> list[str]:
    """The base forms of the verbs in `text`, as far as the lists know them."""
    words = (token.casefold() for token in _TOKEN.findall(text))
    known = (base for word in words for base in bases(word) if base in lexicon.VERBS | lexicon.NOUN_OR_VERB)
    return list(dict.fromkeys(known))


def phrases_of(text: str) -> list[Phrase]:
    """The noun phrases of `text` in order; a phrase that comes again is left out."""
    reader = _Reader(_TOKEN.findall(text.replace("’", "'")))
    unique: dict[tuple[str, ...], Phrase] = {}
    for phrase in reader.read():
        unique.setdefault(tuple(word.casefold() for word in phrase.words), phrase)
    return list(unique.values())


def bases(word: str) -> set[str]:
    """The forms a word may come from: `dances`, `danced` and `dancing` from `dance`."""
    found = {word}
    for ending, additions in (
        ("ies", ("y",)),
        ("ied", ("y",)),
        ("es", ("", "e")),
        ("s", ("",)),
        ("ed", ("", "e")),
        ("ing", ("", "e")),
    ):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            found |= {stem + addition for addition in additions}
            found |= {stem[:-1]} if stem[-1:] == stem[-2:-1] else set()
    return found


def is_adjective(word: str) -> bool:
    lowered = word.casefold()
    return lowered in lexicon.ADJECTIVES or (len(lowered) > 5 and lowered.endswith(lexicon.ADJECTIVE_ENDINGS))


def is_plural(word: str) -> bool:
    lowered = word.casefold()
    if lowered in lexicon.IRREGULAR_PLURALS:
        return True
    return (
        lowered.endswith("s")
        and not lowered.endswith(("ss", "us", "'s"))
        and lowered not in lexicon.NOT_PLURAL
        and len(lowered) > 3
    )


@dataclass
class _Reader:
    """Walks over the tokens once; a run of words grows until something ends it."""

    tokens: list[str]
    run: list[str] = field(default_factory=list)
    article: str = ""
    opens: bool = True
    begins: bool = True
    subjects: int = 0
    verb_seen: bool = False

    def read(self) -> Iterator[Phrase]:
        for at, token in enumerate(self.tokens):
            word = token.casefold()
            if word in lexicon.FUNCTION_WORDS or _is_adverb(word):
                yield from self._end()
                self.article = word if word in lexicon.ARTICLES else ""
                self.begins = False
            elif not _is_word(token):
                yield from self._end()
                self._after_mark(token)
            elif self._is_verb(word, at):
                yield from self._end()
                self.verb_seen, self.begins = True, False
            else:
                self.opens = self.begins if not self.run else self.opens
                self.run.append(token)
                self.begins = False
        yield from self._end()

    def _end(self) -> Iterator[Phrase]:
        if self.run:
            self.subjects += 1
            yield Phrase(tuple(self.run), self.article, self.opens)
        self.run, self.article = [], ""

    def _after_mark(self, mark: str) -> None:
        if mark in ".!?…:":
            self.begins, self.subjects, self.verb_seen = True, 0, False

    def _is_verb(self, word: str, at: int) -> bool:
        origins = bases(word)
        if _is_participle(word):
            return not self._modifies(at)
        if self.article and not self.run:
            return False
        if origins & lexicon.VERBS and not origins & lexicon.NOUN_OR_VERB:
            return True
        return bool(origins & lexicon.NOUN_OR_VERB) and self._acts(word, at)

    def _modifies(self, at: int) -> bool:
        """ "a lost song", "with burning eyes"; but not "Chasing ghosts" nor "a girl losing time"."""
        led_in = bool(self.article or self.run or not self.begins)
        return led_in and not self._has_noun() and self._content_follows(at)

    def _acts(self, word: str, at: int) -> bool:
        """Whether a word that can be both is the verb here."""
        before = next((one.casefold() for one in reversed(self.tokens[:at]) if not _is_adverb(one.casefold())), "")
        if before in lexicon.PRONOUNS_AND_MODALS - {"and"}:
            return True
        if not self._has_noun() or (self._content_follows(at) and self.article not in {"a", "an"}):
            return False
        if is_plural(self.run[-1]) and not word.endswith("s"):
            return True
        if word.endswith("s"):
            return self.article in {"a", "an"} or not self._follows(at, "of")
        return not self.verb_seen and self.subjects > 0

    def _has_noun(self) -> bool:
        return any(not is_adjective(word) and not _is_participle(word.casefold()) for word in self.run)

    def _content_follows(self, at: int) -> bool:
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else ""
        return (
            _is_word(following)
            and following.casefold() not in lexicon.FUNCTION_WORDS
            and not _is_adverb(following.casefold())
        )

    def _follows(self, at: int, word: str) -> bool:
        return at + 1 < len(self.tokens) and self.tokens[at + 1].casefold() == word


def _is_word(token: str) -> bool:
    """Letters or figures; a single Latin letter is none."""
    return token[:1].isalnum() and (len(token) > 1 or token.isdigit() or not token.isascii())


def _is_adverb(word: str) -> bool:
    if word in lexicon.ADVERBS_NOT_IN_LY:
        return True
    return len(word) > 4 and word.endswith("ly") and word not in lexicon.NOT_ADVERBS


def _is_participle(word: str) -> bool:
    if word in lexicon.IRREGULAR_VERB_FORMS:
        return True
    return len(word) > 4 and word.endswith(("ing", "ed")) and word not in _NOT_PARTICIPLES
