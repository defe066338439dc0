"""Every version of a scene with what its clip asks of its own, and links that films are shared by."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scenes", sa.Column("asks", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("scenes", sa.Column("wanted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("scenes", sa.Column("basis", sa.Integer(), nullable=True))
    op.create_table(
        "shares",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("production_id", sa.String(length=36), nullable=False),
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("token_hash", name="uq_shares_token_hash"),
    )
    op.create_index("ix_shares_production_id", "shares", ["production_id"])


def downgrade() -> None:
    op.drop_index("ix_shares_production_id", "shares")
    op.drop_table("shares")
    for column in ("basis", "wanted", "asks"):
        op.drop_column("scenes", column)
