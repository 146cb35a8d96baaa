"""Figures of the scheme that managers set, and references by phone

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheme_figure_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figure", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f("fk_scheme_figure_change_scheme_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"],
            name=op.f("fk_scheme_figure_change_changed_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_figure_change")),
    )  # fmt: skip
    name = op.f("ix_scheme_figure_change_scheme_id")
    op.create_index(name, "scheme_figure_change", ["scheme_id"])


def downgrade() -> None:
    op.drop_table("scheme_figure_change")
