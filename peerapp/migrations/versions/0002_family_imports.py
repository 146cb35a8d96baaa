"""Imports of families, step-down and reasons to close

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXED = ("account_id", "digest", "expires_at", "scheme_id")


def upgrade() -> None:
    op.add_column("family", sa.Column("step_down_level", sa.Integer(), nullable=True))
    op.add_column("family", sa.Column("step_down_on", sa.Date(), nullable=True))
    op.add_column(
        "family",
        sa.Column("step_down_worker", sa.String(length=160), nullable=False, server_default=""),
    )
    op.add_column("family", sa.Column("close_reason", sa.String(length=40), nullable=True))
    op.create_table(
        "family_import",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_family_import_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["scheme.id"],
            name=op.f("fk_family_import_scheme_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_import")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_family_import_{column}"), "family_import", [column])


def downgrade() -> None:
    op.drop_table("family_import")
    for column in ("close_reason", "step_down_worker", "step_down_on", "step_down_level"):
        op.drop_column("family", column)
