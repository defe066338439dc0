"""The main character as every description repeats it: who it is, which pronoun, what it carries, what it is like."""

import re
from dataclasses import dataclass

from scene_svc.grammar import lexicon
from scene_svc.grammar.ideas import is_english, is_known
from scene_svc.grammar.language import HE, IT, SHE, THEY, Voice, clean, with_article
from scene_svc.grammar.motifs import PROP_WORDS, PropSort
from scene_svc.grammar.nouns import is_adjective, is_plural

NAME_CHARS = 190
DETAIL_CHARS = 110
MANNER_CHARS = 80
_WOMEN = (
    "she her hers herself woman women girl lady queen princess mother sister daughter wife grandmother grandma actress "
    "heroine goddess witch nun ballerina bride mermaid diva waitress lass widow female"
)
_MEN = (
    "he him his himself man men boy gentleman king prince father brother son husband grandfather grandpa actor monk "
    "wizard guy groom samurai cowboy lad widower male fisherman"
)
_THINGS = "robot android drone machine doll puppet toy car ship train it its scarecrow snowman"
_GROUPS = "they them two three four five six twins couple band pair group siblings crowd duo trio family"
_ENDS_OF_HEAD = re.compile(
    r"\s(?:with|in|wearing|who|whose|of|from|holding|carrying|and|on|at|by|that|made|dressed)\b|[,;:(]"
)
_OPENERS = re.compile(
    r"^(?:(?P<being>(?:she|he|it|they|the (?:main )?character|our hero(?:ine)?)\s*(?:is|are|'s|'re))"
    r"|(?:she|he|it|they)\s+(?:has|have|wears|wear))\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hero:
    """`name` is a noun phrase for every scene; `details` and `manners` are the rest, dealt round the scenes."""

    name: str
    voice: Voice
    plural: bool
    details: tuple[str, ...]
    manners: tuple[str, ...]
    plain_manners: bool
    """The manners are adjectives, so that one can be said to be them."""
    props: tuple[tuple[str, PropSort], ...]
    text: str
    is_animal: bool = False

    def detail(self, scene: int) -> str:
        return self.details[scene % len(self.details)] if self.details else ""

    def manner(self, scene: int) -> str:
        return self.manners[scene % len(self.manners)] if self.manners else ""

    @property
    def subject(self) -> str:
        """The name before a verb: what is set off by a comma is closed by one."""
        first, comma, _ = self.name.partition(", ")
        called = bool(comma) and first[:1].isupper() and len(first.split()) <= 3
        unfinished = bool(comma) and " and " not in self.name.rpartition(", ")[2]
        return f"{self.name}," if called or unfinished else self.name

    def calls_itself(self, words: str) -> bool:
        """Whether the name already says all of `words`."""
        return set(words.casefold().split()) <= set(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", self.name.casefold()))


def read_hero(description: str, characteristics: str, *, scenes: int) -> Hero:
    """Reads any description; nothing of it is lost over `scenes` scenes."""
    text, manner = clean(description), clean(characteristics)
    name, rest = _divided(text)
    traits = [_lowered(part) for part in _parts(manner)]
    adjectives = all(_is_adjectival(part) for part in traits)
    voice, plural = _voice(text), _is_group(text)
    return Hero(
        name=_noun_phrase(name, voice),
        voice=THEY if plural else voice,
        plural=plural,
        details=_portions([_lowered(part) for part in rest], scenes=scenes, limit=DETAIL_CHARS),
        manners=_portions(traits, scenes=scenes, limit=MANNER_CHARS, last=" and " if adjectives else ", "),
        plain_manners=adjectives,
        props=_props(name),
        text=f"{text} {manner}",
        is_animal=_is_animal(text),
    )


def _parts(text: str) -> list[str]:
    """The text at its commas and full stops; a part without any is cut at words."""
    parts = (part.strip(" ,;.。，") for part in re.split(r"(?<=[,;.!?…。，；、\n])\s*", text))
    return [piece for part in parts if part for piece in _words_within(part, limit=NAME_CHARS)]


def _lowered(part: str) -> str:
    """Without the capital that only a sentence gave it."""
    first = part.split(maxsplit=1)[0]
    common = first.casefold() in lexicon.FUNCTION_WORDS or is_known(first)
    return part[0].lower() + part[1:] if common and not first.isupper() and first != "I" else part


def _is_adjectival(part: str) -> bool:
    """ "brave", "quietly stubborn", "shy but kind"; not "loves jazz" nor "a good heart"."""
    words = [word.casefold() for word in part.split()]
    nouns = lexicon.PEOPLE | lexicon.ABSTRACT | lexicon.SOUNDS | lexicon.ANIMALS | lexicon.ARTICLES
    said = [word for word in words if word not in {"and", "but", "very", "a", "little", "bit", "quite"}]
    one_each = all(
        " " not in one.strip() or one.split()[0].endswith("ly") for one in re.split(r"\b(?:and|but)\b", " ".join(said))
    )
    return (
        bool(said)
        and one_each
        and len(said) <= 3
        and not any(
            word in nouns or (word.endswith(("s", "'s")) and not word.endswith(("ous", "less", "ss"))) for word in said
        )
    )


def _words_within(text: str, *, limit: int) -> list[str]:
    if len(text) <= limit:
        return [text]
    cut = text.rfind(" ", 0, limit)
    cut = cut if cut > 0 else limit
    return [text[:cut].strip(), *_words_within(text[cut:].strip(), limit=limit)]


def _divided(text: str) -> tuple[str, list[str]]:
    """What is said in every scene, and the parts that are too much for that."""
    first = re.split(r"(?<=[a-z)\]\"”])[.!?;]\s+(?=[A-Z])|(?<=[。！？])", text, maxsplit=1)
    head, tail = first[0].rstrip(" .,;!?。"), first[1] if len(first) > 1 else ""
    if len(head) <= NAME_CHARS:
        return head or "the main character", _parts(tail)
    parts = _parts(head)
    kept = next((count for count in range(len(parts), 0, -1) if len(", ".join(parts[:count])) <= NAME_CHARS), 1)
    return ", ".join(parts[:kept]), [*parts[kept:], *_parts(tail)]


def _portions(parts: list[str], *, scenes: int, limit: int, last: str = ", ") -> tuple[str, ...]:
    """The parts in as few portions as keep each under `limit`, but never more portions than scenes."""
    portions: list[list[str]] = []
    for part in parts:
        if portions and len(", ".join([*portions[-1], part])) <= limit:
            portions[-1].append(part)
        else:
            portions.append([part])
    if len(portions) > scenes:
        portions = [parts[at * len(parts) // scenes : (at + 1) * len(parts) // scenes] for at in range(scenes)]
    return tuple(last.join(filter(None, (", ".join(portion[:-1]), portion[-1]))) for portion in portions if portion)


def _noun_phrase(name: str, voice: Voice) -> str:
    """The description so that it can be the subject of a sentence."""
    if not is_english(name) or not any(char.isascii() and char.isalpha() for char in name):
        return f"the main character ({name})"
    opener = _OPENERS.match(name)
    if opener:
        rest = name[opener.end() :]
        if opener["being"]:
            return _noun_phrase(rest, voice)
        return f"{ {'she': 'a woman', 'he': 'a man'}.get(voice.they, 'a figure') } with {rest}"
    return _with_its_article(name)


def _with_its_article(name: str) -> str:
    head = _ENDS_OF_HEAD.split(name, maxsplit=1)[0].split() or [name]
    first = head[0].casefold()
    if first in lexicon.ARTICLES | {"two", "three", "four", "five", "six", "all", "several", "someone", "somebody"}:
        return name[0].lower() + name[1:]
    if not name[0].isalpha():
        return f"the main character ({name})"
    if _is_named(name, head):
        return name
    lowered = name[0].lower() + name[1:] if not name[:2].isupper() else name
    if is_plural(head[-1]):
        return lowered
    return f"a character, {lowered}" if _is_only_description(head) else with_article(lowered)


def _is_named(name: str, head: list[str]) -> bool:
    """ "Mira, a fox" and "Captain Hale in grey" begin with a name; "Young woman in grey" does not."""
    if not name[0].isupper():
        return False
    common = any(
        {word.casefold(), word.casefold().removesuffix("s")} & (lexicon.PEOPLE | lexicon.ANIMALS) for word in head
    )
    more = any(word[0].isupper() for word in head[1:])
    return more or not (common or is_adjective(head[0]))


def _is_only_description(head: list[str]) -> bool:
    return all(is_adjective(word) for word in head)


def voice_of(text: str) -> Voice | None:
    """The pronouns the first telling word gives; None where no word tells."""
    families = ((SHE, _WOMEN), (HE, _MEN), (IT, _THINGS))
    for word in re.findall(r"[a-z]+", text.casefold()):
        found = next((voice for voice, names in families if word in names.split()), None)
        if found:
            return found
    return None


def _voice(text: str) -> Voice:
    told = voice_of(text)
    if told:
        return told
    if set(re.findall(r"[a-z]+", text.casefold())) & lexicon.ANIMALS:
        return IT
    foreign = (
        (SHE, "frau mädchen женщин девушк девочк 女 她 femme fille mujer chica"),
        (HE, "mann junge мужчин мальчик старик 男 他 homme garçon hombre chico"),
    )
    return next((voice for voice, stems in foreign if any(stem in text.casefold() for stem in stems.split())), THEY)


def _is_group(text: str) -> bool:
    head = _ENDS_OF_HEAD.split(text, maxsplit=1)[0].casefold().split() or [""]
    if head[0] in {"a", "an"}:
        return False
    return head[0] in _GROUPS.split() or (
        is_plural(head[-1]) and head[-1] not in {"his", "hers"} and not text[:1].isupper()
    )


def _is_animal(text: str) -> bool:
    head = _ENDS_OF_HEAD.split(text.casefold(), maxsplit=1)[0].split()
    return bool(set(head) & lexicon.ANIMALS) and not set(head) & lexicon.PEOPLE


def _props(name: str) -> tuple[tuple[str, PropSort], ...]:
    """What the character wears and holds, with the word before it: `brass lantern`, `long mustard raincoat`."""
    found = []
    for sort, words in PROP_WORDS.items():
        for match in re.finditer(rf"\b([\w-]+ )?({'|'.join(words.split())})\b", name, re.IGNORECASE):
            before = (match[1] or "").strip().casefold()
            usable = before and before not in lexicon.FUNCTION_WORDS
            found.append((f"{before} {match[2].casefold()}" if usable else match[2].casefold(), sort))
    return tuple(found)
