"""Answers of the Update Service

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = {"status_organisation": 120, "status_checker_forename": 80, "status_checker_surname": 80}
INDEXED = ("scheme_id", "volunteer_id", "certificate_id", "outcome", "next_at")


def upgrade() -> None:
    for name, length in TEXTS.items():
        op.add_column(
            "scheme", sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        )
    op.add_column("scheme", sa.Column("status_terms_agreed_on", sa.Date(), nullable=True))
    days = sa.Column("status_check_days", sa.Integer(), nullable=False, server_default="30")
    op.add_column("scheme", days)
    _make_status_checks()


def _make_status_checks() -> None:
    op.create_table(
        "status_check",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _key("volunteer_id", "volunteer", "CASCADE"),
        _key("certificate_id", "certificate", "CASCADE"),
        _key("asked_by_id", "account"),
        _key("scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_check")),
    )
    for column in INDEXED:
        op.create_index(op.f(f"ix_status_check_{column}"), "status_check", [column])


def _key(column: str, table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_status_check_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.drop_table("status_check")
    with op.batch_alter_table("scheme") as scheme:
        for name in (*TEXTS, "status_terms_agreed_on", "status_check_days"):
            scheme.drop_column(name)
