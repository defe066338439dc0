"""Learned paces of accounts, fingerprints of jobs, and indexes for what models took and who paid."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("pace_s", sa.Float(), nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("paced_until", sa.Float(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("fingerprint", sa.String(length=64), nullable=True))
    op.create_index("ix_jobs_space_fingerprint", "jobs", ["space", "fingerprint"])
    op.create_index("ix_orders_model_ended_at", "orders", ["model", "ended_at"])
    op.create_index("ix_ledger_project", "ledger", ["project"])
    op.create_index("ix_ledger_space", "ledger", ["space"])


def downgrade() -> None:
    op.drop_index("ix_ledger_space", "ledger")
    op.drop_index("ix_ledger_project", "ledger")
    op.drop_index("ix_orders_model_ended_at", "orders")
    op.drop_index("ix_jobs_space_fingerprint", "jobs")
    op.drop_column("jobs", "fingerprint")
    op.drop_column("accounts", "paced_until")
    op.drop_column("accounts", "pace_s")
