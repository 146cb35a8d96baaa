"""Courses, agreements, pauses and endings

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SCHEME = {
    "probation_weeks": "12",
    "agreement_grace_days": "28",
    "reapply_months": "6",
    "stale_gate_months": "12",
    "family_cooling_off_months": "6",
}
UNIQUE_BEFORE = "uq_training_record_volunteer_id_course"
UNIQUE_NOW = "uq_training_record_volunteer_id_course_session_id"
INDEXED = {
    "training_course": ("scheme_id",),
    "course_session": ("scheme_id", "starts_at"),
    "course_booking": ("scheme_id", "volunteer_id"),
    "agreement_text": ("scheme_id",),
    "agreement_signature": ("scheme_id", "volunteer_id"),
    "volunteer_pause": ("scheme_id", "volunteer_id", "state"),
    "probation_review": ("scheme_id", "volunteer_id"),
}


def upgrade() -> None:
    for name, default in SCHEME.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("scheme", column)
    op.add_column("volunteer", sa.Column("probation_review_due", sa.Date(), nullable=True))
    op.add_column("volunteer_event", sa.Column("drop_out", sa.String(length=40), nullable=True))
    op.add_column("gate_record", sa.Column("valid_until", sa.Date(), nullable=True))
    _create_courses()
    _create_agreements()
    _create_coaching_life()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _change_training_records()


def _create_courses() -> None:
    _create(
        "training_course",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        _created(),
        _unique("training_course", "scheme_id", "code"),
    )
    _create(
        "course_session",
        sa.Column("course", sa.String(length=40), nullable=False),
        _time("starts_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("video_link", sa.String(length=500), nullable=False),
        sa.Column("trainer", sa.String(length=160), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        _time("cancelled_at", nullable=True),
        _created(),
        _key("course_session", "created_by_id", "account"),
    )
    _create(
        "course_booking",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        _time("asked_at"),
        sa.Column("marked_by_id", sa.Uuid(), nullable=True),
        _created(),
        _key("course_booking", "session_id", "course_session", "CASCADE"),
        _key("course_booking", "volunteer_id", "volunteer", "CASCADE"),
        _key("course_booking", "marked_by_id", "account"),
        _unique("course_booking", "session_id", "volunteer_id"),
    )


def _create_agreements() -> None:
    _create(
        "agreement_text",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("old_counts_until", sa.Date(), nullable=True),
        _created(),
        _key("agreement_text", "published_by_id", "account"),
        _unique("agreement_text", "scheme_id", "number"),
    )
    _create(
        "agreement_signature",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("typed_name", sa.String(length=160), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        _time("recorded_at"),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        _time("taken_back_at", nullable=True),
        sa.Column("taken_back_by_id", sa.Uuid(), nullable=True),
        _key("agreement_signature", "volunteer_id", "volunteer", "CASCADE"),
        _key("agreement_signature", "text_id", "agreement_text"),
        _key("agreement_signature", "recorded_by_id", "account"),
        _key("agreement_signature", "taken_back_by_id", "account"),
    )


def _create_coaching_life() -> None:
    _create(
        "volunteer_pause",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("held_back_on", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("volunteer_pause", "volunteer_id", "volunteer", "CASCADE"),
        _key("volunteer_pause", "asked_by_id", "account"),
    )
    _create(
        "probation_review",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("probation_review", "volunteer_id", "volunteer", "CASCADE"),
        _key("probation_review", "by_id", "account"),
    )


def _change_training_records() -> None:
    """Let one course be recorded once by hand and once for each session that was attended."""
    with op.batch_alter_table("training_record") as batch:
        batch.add_column(
            sa.Column("method", sa.String(length=40), nullable=False, server_default="elsewhere")
        )
        batch.add_column(
            sa.Column("evidence", sa.String(length=300), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("session_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("recorded_by_id", sa.Uuid(), nullable=True))
        batch.drop_constraint(batch.f(UNIQUE_BEFORE), type_="unique")
        batch.create_unique_constraint(
            batch.f(UNIQUE_NOW), ["volunteer_id", "course", "session_id"]
        )
        for column, table in (("session_id", "course_session"), ("recorded_by_id", "account")):
            name = batch.f(f"fk_training_record_{column}")
            batch.create_foreign_key(name, table, [column], ["id"])


def downgrade() -> None:
    # What sessions left would break the old rule of one record for each course: it goes first.
    op.execute("DELETE FROM training_record WHERE session_id IS NOT NULL")
    with op.batch_alter_table("training_record") as batch:
        for column in ("session_id", "recorded_by_id"):
            batch.drop_constraint(batch.f(f"fk_training_record_{column}"), type_="foreignkey")
        batch.drop_constraint(batch.f(UNIQUE_NOW), type_="unique")
        for column in ("recorded_by_id", "session_id", "evidence", "method"):
            batch.drop_column(column)
        batch.create_unique_constraint(batch.f(UNIQUE_BEFORE), ["volunteer_id", "course"])
    for table in ("probation_review", "volunteer_pause", "agreement_signature", "agreement_text"):
        op.drop_table(table)
    for table in ("course_booking", "course_session", "training_course"):
        op.drop_table(table)
    op.drop_column("gate_record", "valid_until")
    op.drop_column("volunteer_event", "drop_out")
    op.drop_column("volunteer", "probation_review_due")
    for name in reversed(SCHEME):
        op.drop_column("scheme", name)


def _create(table: str, *parts: Any) -> None:
    """Create a table of a scheme."""
    op.create_table(
        table,
        *parts,
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _time(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _created() -> sa.Column[Any]:
    return _time("created_at")


def _key(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))
