"""Lists of one kind or one project read the rows they show; SQLite's index of words knows what most lists filter by.

Those who wait are counted in an index of their own: every order asks for its place in the line.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BY = ("kind", "project")
"""In this order: of several indexes that serve, SQLite takes the newest, and projects are smaller than kinds."""

QUEUED = sa.text("status = 'queued'")

KNOWN = {
    "space": "VARCHAR(64) NOT NULL DEFAULT ''",
    "kind": "VARCHAR(40) NOT NULL DEFAULT ''",
    "project": "VARCHAR(200)",
    "created_at": "FLOAT NOT NULL DEFAULT 0",
}
SEARCHED = {
    "jobs": {name: name for name in KNOWN},
    "productions": {"space": "space", "kind": "'production'", "project": "project", "created_at": "created_at"},
}
"""What a row of the index knows, and how its own row tells it."""


def upgrade() -> None:
    for column in BY:
        op.create_index(f"ix_jobs_space_{column}_created_at", "jobs", ["space", column, "created_at"])
    op.create_index(
        "ix_jobs_queued",
        "jobs",
        ["space", "kind", "created_at", "id"],
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    )
    if op.get_bind().dialect.name == "sqlite":
        for column, kind in KNOWN.items():
            op.execute(f"ALTER TABLE search_rows ADD COLUMN {column} {kind}")
        for name, told in SEARCHED.items():
            values = ", ".join(told.values())
            op.execute(
                f"UPDATE search_rows SET ({', '.join(told)}) = (SELECT {values} FROM {name} WHERE id = search_rows.id)"
                f" WHERE id IN (SELECT id FROM {name})"
            )
            keep_by_triggers(name, told)


def keep_by_triggers(name, told) -> None:
    new = ", ".join(("NEW.id", *(value if value.startswith("'") else f"NEW.{value}" for value in told.values())))
    enter = f"""
        INSERT INTO search_rows ({", ".join(("id", *told))}) SELECT {new} WHERE NEW.search <> '';
        INSERT INTO search_words (rowid, words) SELECT docid, NEW.search FROM search_rows WHERE id = NEW.id;
    """
    remove = """
        INSERT INTO search_words (search_words, rowid, words)
            SELECT 'delete', docid, OLD.search FROM search_rows WHERE id = OLD.id;
        DELETE FROM search_rows WHERE id = OLD.id;
    """
    changed = ", ".join(("search", *(value for value in told.values() if not value.startswith("'"))))
    for happened in ("searched", "reworded"):
        op.execute(f"DROP TRIGGER {name}_{happened}")
    op.execute(f"CREATE TRIGGER {name}_searched AFTER INSERT ON {name} WHEN NEW.search <> '' BEGIN {enter} END")
    op.execute(f"CREATE TRIGGER {name}_reworded AFTER UPDATE OF {changed} ON {name} BEGIN {remove} {enter} END")


def downgrade() -> None:
    op.drop_index("ix_jobs_queued", "jobs")
    if op.get_bind().dialect.name == "sqlite":
        for name in SEARCHED:
            keep_by_triggers(name, {})
        for column in KNOWN:
            op.drop_column("search_rows", column)
    for column in BY:
        op.drop_index(f"ix_jobs_space_{column}_created_at", "jobs")
