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


WARNINGS = {
    "certificate_warning_days": "90",
    "training_warning_days": "90",
    "agreement_warning_days": "14",
}


def upgrade() -> None:
    for column, default in WARNINGS.items():
        op.add_column(
            "scheme", sa.Column(column, sa.Integer(), nullable=False, server_default=default)
        )
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
    with op.batch_alter_table("reference") as batch:
        batch.add_column(
            sa.Column("given_by", sa.String(length=160), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("given_how", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("given_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("entered_by_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_reference_entered_by_id"), "account", ["entered_by_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("reference") as batch:
        batch.drop_constraint(op.f("fk_reference_entered_by_id"), type_="foreignkey")
        for name in ("entered_by_id", "given_on", "given_how", "given_by"):
            batch.drop_column(name)
    op.drop_table("scheme_figure_change")
    with op.batch_alter_table("scheme") as batch:
        for column in WARNINGS:
            batch.drop_column(column)
