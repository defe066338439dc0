"""Words of jobs and productions can be searched: FTS5 on SQLite, a GIN index on PostgreSQL.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from gateway.history.search import searchable

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEARCHED = ("jobs", "productions")
BATCH = 500

ENTER = """
    INSERT INTO search_rows (id) VALUES (NEW.id);
    INSERT INTO search_words (rowid, words) SELECT docid, NEW.search FROM search_rows WHERE id = NEW.id;
"""
REMOVE = """
    INSERT INTO search_words (search_words, rowid, words)
        SELECT 'delete', docid, OLD.search FROM search_rows WHERE id = OLD.id;
    DELETE FROM search_rows WHERE id = OLD.id;
"""
REENTER = """
    INSERT INTO search_rows (id) SELECT NEW.id WHERE NEW.search <> '';
    INSERT INTO search_words (rowid, words) SELECT docid, NEW.search FROM search_rows WHERE id = NEW.id;
"""


def upgrade() -> None:
    for name in SEARCHED:
        fold(name)
    if op.get_bind().dialect.name == "sqlite":
        index_on_sqlite()
    else:
        for name in SEARCHED:
            op.execute(f"CREATE INDEX ix_{name}_words ON {name} USING gin (array_to_tsvector(string_to_array(search, ' ')))")


def fold(name):
    """Texts were kept as they came."""
    rows = sa.table(name, sa.column("id", sa.String), sa.column("search", sa.Text))
    bind = op.get_bind()
    last = ""
    while found := bind.execute(sa.select(rows).where(rows.c.id > last).order_by(rows.c.id).limit(BATCH)).all():
        last = found[-1].id
        for row in found:
            bind.execute(rows.update().where(rows.c.id == row.id).values(search=searchable(row.search)))


def index_on_sqlite() -> None:
    op.execute("CREATE TABLE search_rows (docid INTEGER PRIMARY KEY, id VARCHAR(36) NOT NULL UNIQUE)")
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    for name in SEARCHED:
        op.execute(f"INSERT INTO search_rows (id) SELECT id FROM {name} WHERE search <> '' ORDER BY created_at, id")
        op.execute(
            f"INSERT INTO search_words (rowid, words) SELECT docid, search FROM {name} JOIN search_rows USING (id) ORDER BY docid"
        )
        op.execute(f"CREATE TRIGGER {name}_searched AFTER INSERT ON {name} WHEN NEW.search <> '' BEGIN {ENTER} END")
        op.execute(f"CREATE TRIGGER {name}_forgotten AFTER DELETE ON {name} WHEN OLD.search <> '' BEGIN {REMOVE} END")
        op.execute(f"CREATE TRIGGER {name}_reworded AFTER UPDATE OF search ON {name} BEGIN {REMOVE} {REENTER} END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SEARCHED:
            for happened in ("searched", "forgotten", "reworded"):
                op.execute(f"DROP TRIGGER {name}_{happened}")
        op.execute("DROP TABLE search_words")
        op.execute("DROP TABLE search_rows")
    else:
        for name in SEARCHED:
            op.drop_index(f"ix_{name}_words", name)
