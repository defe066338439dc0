"""Full-text search, the same on both databases: texts are kept as folded words, and found by how words begin.

SQLite has them in an FTS5 table kept by triggers, beside what most lists filter by (revisions 0005 and 0008),
PostgreSQL in a GIN index over the column itself (revision 0005).
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Float,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
)

from gateway.history.connection import Connection

LONGEST_WORD = 100
MOST_WORDS_ASKED = 20

PRODUCTION = "production"
"""What stands for a kind in the index of words, where productions are beside jobs."""

COMMON = 5_000
"""Words that so many rows have are common: to look all those up takes longer than to read on until a page is full."""

_search_rows = table(
    "search_rows", *map(column, ("docid", "id", "space", "kind", "project")), column("created_at", Float)
)
_search_words = table("search_words", column("rowid"))

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Kana and Han are written without spaces: each character is a word."""


def words_of(text: str) -> tuple[str, ...]:
    """The different words of `text`, without case and accents, in the order they come."""
    apart = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    spaced = _UNSPACED.sub(lambda found: f" {found[0]} ", apart.casefold())
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(spaced)))


def searchable(*texts: str) -> str:
    """What the column `search` keeps of some texts."""
    return " ".join(words_of("\n".join(texts)))


def about(connection: Connection, row_id: Column[str], search: Column[str], q: str) -> ColumnElement[bool]:
    """Has every word of `q` or one that begins like it; nothing is about a `q` without words."""
    if not (words := _asked(q)):
        return false()
    if connection.dialect.name == "sqlite":
        return row_id.in_(_found_by_fts5(words))
    return _words(search).bool_op("@@")(_tsquery(words))


def reads_like(connection: Connection, search: Column[str], q: str) -> ColumnElement[bool]:
    """The same, by reading the words of one row after the other: quicker where many rows have them.

    Not with LIKE, which PostgreSQL takes for rare: it would sort all rows instead of stopping when the page is full.
    """
    if not (words := _asked(q)):
        return false()
    place_in = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return and_(*(place_in(literal(" ") + search, f" {word}") > 0 for word in words))


def all_about(searched: Table, q: str) -> Subquery:
    """Of every row that is about `q`: id, space, kind, project and created_at, as SQLite's index has them."""
    of_it = _search_rows.c.kind != PRODUCTION if "kind" in searched.c else _search_rows.c.kind == PRODUCTION
    rows = select(_search_rows).join(_search_words, _search_rows.c.docid == _search_words.c.rowid)
    words = _asked(q)
    return rows.where(of_it, _match(words) if words else false()).subquery("found")


async def is_common(connection: Connection, searched: Table, q: str) -> bool:
    """Do so many rows have the words of `q` that they are better read than looked up?"""
    if not (words := _asked(q)):
        return False
    if connection.dialect.name == "sqlite":
        found = select(_search_words.c.rowid).where(_match(words))
    else:
        found = select(searched.c.id).where(_words(searched.c.search).bool_op("@@")(_tsquery(words)))
    some = select(func.count()).select_from(found.limit(COMMON).subquery())
    return int((await connection.execute(some)).scalar_one()) >= COMMON


def _asked(q: str) -> tuple[str, ...]:
    return words_of(q)[:MOST_WORDS_ASKED]


def _found_by_fts5(words: Sequence[str]) -> Select[Any]:
    rows = select(_search_rows.c.id).join(_search_words, _search_rows.c.docid == _search_words.c.rowid)
    return rows.where(_match(words))


def _match(words: Sequence[str]) -> ColumnElement[bool]:
    return literal_column("search_words").bool_op("MATCH")(" ".join(f'"{word}"*' for word in words))


def _words(search: Column[str]) -> ColumnElement[Any]:
    """As the index of revision 0005 has it, to the letter."""
    return func.array_to_tsvector(func.string_to_array(search, literal_column("' '")))


def _tsquery(words: Sequence[str]) -> ColumnElement[Any]:
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- 2 MB that a history on SQLite does not need

    return cast(cast(" & ".join(f"'{word}':*" for word in words), Text), postgresql.TSQUERY)
