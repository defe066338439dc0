"""Full-text search, the same on both databases: texts are kept as folded words, and found by how words begin.

SQLite has them in an FTS5 table kept by triggers, PostgreSQL in a GIN index over the column itself (revision 0005).
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import Boolean, Column, false, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

LONGEST_WORD = 100
MOST_WORDS_ASKED = 20

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


def about(row_id: Column[str], search: Column[str], q: str) -> ColumnElement[bool]:
    """Has every word of `q` or one that begins like it; nothing is about a `q` without words."""
    words = words_of(q)[:MOST_WORDS_ASKED]
    if not words:
        return false()
    return _HasWords(
        row_id,
        search,
        literal(" ".join(f'"{word}"*' for word in words)),
        literal(" & ".join(f"'{word}':*" for word in words)),
    )


class _HasWords(FunctionElement[bool]):
    """(id, search, query of FTS5, query of tsquery)"""

    inherit_cache = True
    type = Boolean()
    name = "has_words"


@compiles(_HasWords, "sqlite")
def _fts5(element: _HasWords, compiler: SQLCompiler, **options: Any) -> str:
    row_id, query = (compiler.process(clause, **options) for clause in _wanted(element, 0, 2))
    return (
        f"{row_id} IN (SELECT search_rows.id FROM search_words"
        f" JOIN search_rows ON search_rows.docid = search_words.rowid WHERE search_words MATCH {query})"
    )


@compiles(_HasWords, "postgresql")
def _tsvector(element: _HasWords, compiler: SQLCompiler, **options: Any) -> str:
    search, query = (compiler.process(clause, **options) for clause in _wanted(element, 1, 3))
    return f"array_to_tsvector(string_to_array({search}, ' ')) @@ CAST(CAST({query} AS TEXT) AS TSQUERY)"


def _wanted(element: _HasWords, *positions: int) -> list[ColumnElement[Any]]:
    clauses = list(element.clauses)
    return [clauses[position] for position in positions]
