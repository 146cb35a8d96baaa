"""Offers, snapshots, cover and planned endings

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FIGURES = {
    "offer_days": "7",
    "offer_reminder_days": "3",
    "no_answer_days": "14",
    "ending_notice_days": "28",
}
INDEXED = {
    "match_offer": ("scheme_id", "answer"),
    "first_visit": ("scheme_id", "match_id"),
    "match_ending": ("scheme_id", "match_id"),
    "end_survey": ("scheme_id",),
    "match_cover": ("scheme_id", "match_id", "volunteer_id"),
}


def upgrade() -> None:
    for name, default in FIGURES.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("scheme", column)
    asked = sa.Column(
        "staff_record_answers", sa.Boolean(), nullable=False, server_default=sa.true()
    )
    op.add_column("scheme", asked)
    op.add_column("match", sa.Column("snapshot", sa.JSON(), nullable=False, server_default="{}"))
    _create_before()
    _create_after()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_before() -> None:
    _create(
        "match_offer",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        _time("answered_at", nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_how", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _time("created_at"),
        _key("match_offer", "match_id", "match", "CASCADE"),
        _key("match_offer", "made_by_id", "account"),
        _key("match_offer", "answered_by_id", "account"),
        sa.UniqueConstraint("match_id", "side", name=op.f("uq_match_offer_match_id_side")),
    )
    _create(
        "first_visit",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        _time("starts_at"),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _time("created_at"),
        _key("first_visit", "match_id", "match", "CASCADE"),
        _key("first_visit", "staff_id", "account"),
        _key("first_visit", "planned_by_id", "account"),
    )


def _create_after() -> None:
    _create(
        "match_ending",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("last_session_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("family_next", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("short_notice", sa.Text(), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        _time("created_at"),
        _key("match_ending", "match_id", "match", "CASCADE"),
        _key("match_ending", "planned_by_id", "account"),
    )
    _create(
        "end_survey",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("ended_well", sa.Boolean(), nullable=False),
        sa.Column("would_again", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _key("end_survey", "match_id", "match", "CASCADE"),
        _key("end_survey", "answered_by_id", "account"),
        sa.UniqueConstraint("match_id", "side", name=op.f("uq_end_survey_match_id_side")),
    )
    _create(
        "match_cover",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("coach_agreed_how", sa.String(length=40), nullable=False),
        sa.Column("family_agreed_how", sa.String(length=40), nullable=False),
        sa.Column("arranged_by_id", sa.Uuid(), nullable=False),
        _time("stopped_at", nullable=True),
        _time("created_at"),
        _key("match_cover", "match_id", "match", "CASCADE"),
        _key("match_cover", "volunteer_id", "volunteer"),
        _key("match_cover", "arranged_by_id", "account"),
    )


def _create(table: str, *columns: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        *columns,
        _key(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    for table in reversed(INDEXED):
        op.drop_table(table)
    with op.batch_alter_table("match") as batch:
        batch.drop_column("snapshot")
    with op.batch_alter_table("scheme") as batch:
        for name in (*FIGURES, "staff_record_answers"):
            batch.drop_column(name)
