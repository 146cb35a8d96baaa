"""Supervision calls, concerns, goals and messages inside

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SCHEME = {
    "concern_hours": "24",
    "concern_danger_hours": "1",
    "goal_review_weeks": "6",
    "call_first_weeks": "3",
    "call_second_weeks": "10",
    "call_third_weeks": "18",
    "call_every_weeks": "4",
    "call_grace_days": "7",
    "inside_message_months": "6",
}
INDEXED = {
    "concern": (
        "scheme_id",
        "state",
        "raised_by_id",
        "match_id",
        "family_id",
        "volunteer_id",
    ),
    "concern_event": ("scheme_id", "concern_id"),
    "contact_freeze": ("scheme_id", "match_id", "concern_id"),
    "goal": ("scheme_id", "family_id"),
    "goal_score": ("scheme_id",),
    "measure": ("scheme_id",),
    "measure_total": ("scheme_id", "measure_id"),
    "supervision_call": ("scheme_id", "state"),
    "inside_message": ("scheme_id", "match_id"),
}


def upgrade() -> None:
    with op.batch_alter_table("scheme") as batch:
        for name, default in SCHEME.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("supervises_up_to", sa.Integer(), nullable=True))
    _create_concerns()
    _create_goals()
    _create_calls()
    _create_messages()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_concerns() -> None:
    _create(
        "concern",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        _row("raised_by_id"),
        _word("about"),
        _flag("danger_now"),
        _text("words"),
        _word("state"),
        _time("answer_by"),
        _time("escalated_at", nullable=True),
        _time("acknowledged_at", nullable=True),
        _row("acknowledged_by_id", nullable=True),
        _time("closed_at", nullable=True),
        _word("outcome", nullable=True),
        _text("words_back"),
        _row("match_id", nullable=True),
        _row("family_id", nullable=True),
        _row("volunteer_id", nullable=True),
        _key("concern", "raised_by_id", "account"),
        _key("concern", "acknowledged_by_id", "account"),
        _key("concern", "match_id", "match"),
        _key("concern", "family_id", "family"),
        _key("concern", "volunteer_id", "volunteer"),
        _unique("concern", "scheme_id", "reference"),
        _unique("concern", "scheme_id", "form_key"),
    )
    _create(
        "concern_event",
        _row("concern_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _word("step"),
        _row("by_id", nullable=True),
        _text("note"),
        _key("concern_event", "concern_id", "concern", "CASCADE"),
        _key("concern_event", "by_id", "account"),
    )
    _create(
        "contact_freeze",
        _row("match_id"),
        _row("concern_id"),
        _row("stopped_by_id"),
        _time("lifted_at", nullable=True),
        _row("lifted_by_id", nullable=True),
        _key("contact_freeze", "match_id", "match", "CASCADE"),
        _key("contact_freeze", "concern_id", "concern", "CASCADE"),
        _key("contact_freeze", "stopped_by_id", "account"),
        _key("contact_freeze", "lifted_by_id", "account"),
    )


def _create_goals() -> None:
    _create(
        "goal",
        _row("family_id"),
        sa.Column("words", sa.String(length=300), nullable=False),
        _word("state"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        _flag("is_shared"),
        _row("set_by_id"),
        _key("goal", "family_id", "family", "CASCADE"),
        _key("goal", "set_by_id", "account"),
    )
    _create(
        "goal_score",
        _row("goal_id"),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scored_on", sa.Date(), nullable=False),
        _word("occasion"),
        _row("recorded_by_id"),
        _word("recorded_role"),
        _key("goal_score", "goal_id", "goal", "CASCADE"),
        _key("goal_score", "recorded_by_id", "account"),
        _unique("goal_score", "goal_id", "scored_on"),
    )
    _create(
        "measure",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        _flag("higher_is_better"),
        _flag("is_used"),
        _unique("measure", "scheme_id", "name"),
    )
    _create(
        "measure_total",
        _row("family_id"),
        _row("measure_id"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        _word("occasion"),
        _row("recorded_by_id"),
        _key("measure_total", "family_id", "family", "CASCADE"),
        _key("measure_total", "measure_id", "measure"),
        _key("measure_total", "recorded_by_id", "account"),
        _unique("measure_total", "family_id", "measure_id", "taken_on"),
    )


def _create_calls() -> None:
    _create(
        "supervision_call",
        _row("match_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _word("state"),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        _row("by_id", nullable=True),
        _flag("spoke_to_coach"),
        _flag("spoke_to_family"),
        _word("mood", nullable=True),
        _text("note"),
        _key("supervision_call", "match_id", "match", "CASCADE"),
        _key("supervision_call", "by_id", "account"),
        _unique("supervision_call", "match_id", "number"),
    )


def _create_messages() -> None:
    _create(
        "inside_message",
        _row("match_id"),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        _row("sender_id"),
        _word("side"),
        _text("words"),
        _key("inside_message", "match_id", "match", "CASCADE"),
        _key("inside_message", "sender_id", "account"),
        _unique("inside_message", "scheme_id", "form_key"),
    )


def downgrade() -> None:
    for table in reversed(INDEXED):
        op.drop_table(table)
    with op.batch_alter_table("account") as batch:
        batch.drop_column("supervises_up_to")
    with op.batch_alter_table("scheme") as batch:
        for name in reversed(SCHEME):
            batch.drop_column(name)


def _create(table: str, *parts: Any) -> None:
    """Create a table of one scheme's rows that know when they came to be."""
    op.create_table(
        table,
        *parts,
        _row("id"),
        _row("scheme_id"),
        _time("created_at"),
        _key(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _row(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=40), nullable=nullable)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, to: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=on_delete)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
