"""API keys, and whose key everything was asked with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ASKED = ("jobs", "orders", "productions", "ledger")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("revoked_at", sa.Float(), nullable=True),
        sa.Column("budget_usd", sa.String(length=24), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("jobs_in_flight", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "tickets",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_tickets"),
    )
    op.create_index("ix_tickets_expires_at", "tickets", ["expires_at"])
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    for table in ASKED:
        op.add_column(table, sa.Column("key_id", sa.String(length=16), nullable=True))
    op.create_index("ix_jobs_key_id_status", "jobs", ["key_id", "status"])
    op.create_index("ix_ledger_key_id_at", "ledger", ["key_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_ledger_key_id_at", "ledger")
    op.drop_index("ix_jobs_key_id_status", "jobs")
    for table in ASKED:
        op.drop_column(table, "key_id")
    op.drop_table("secrets")
    op.drop_table("tickets")
    op.drop_table("api_keys")
