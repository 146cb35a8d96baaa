"""Sessions, notes and expenses

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCHEME = {
    "session_minutes": "120",
    "note_reminder_hours": "24",
    "note_flag_days": "3",
    "missed_in_row": "2",
    "mileage_pence": "45",
    "mileage_later_pence": "25",
    "mileage_limit": "10000",
    "motorcycle_pence": "24",
    "bicycle_pence": "20",
    "claim_days": "90",
}
INDEXED = {
    "session_plan": ("scheme_id", "swept_at"),
    "coaching_session": ("scheme_id", "match_id", "starts_at", "state"),
    "session_note": ("scheme_id",),
    "school_holiday": ("scheme_id", "first_on"),
    "calendar_feed": ("scheme_id", "account_id"),
    "expense_export": ("scheme_id",),
    "expense_claim": ("scheme_id", "volunteer_id", "session_id", "state", "export_id"),
}


def upgrade() -> None:
    for name, default in SCHEME.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("scheme", column)
    _create_sessions()
    _create_calendars()
    _create_expenses()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_sessions() -> None:
    _create(
        "session_plan",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("skips_holidays", sa.Boolean(), nullable=False),
        sa.Column("video_link", sa.String(length=500), nullable=False),
        sa.Column("planned_by_id", sa.Uuid(), nullable=False),
        _time("swept_at", nullable=True),
        _created(),
        _key("session_plan", "match_id", "match", "CASCADE"),
        _key("session_plan", "planned_by_id", "account"),
        _unique("session_plan", "match_id"),
    )
    _create(
        "coaching_session",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("slot_on", sa.Date(), nullable=True),
        _time("starts_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cancel_reason", sa.String(length=40), nullable=True),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        _time("changed_at"),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        _time("reminded_at", nullable=True),
        _created(),
        _key("coaching_session", "match_id", "match", "CASCADE"),
        _key("coaching_session", "changed_by_id", "account"),
        _unique("coaching_session", "match_id", "slot_on"),
    )
    _create(
        "session_note",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("happened", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mood", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("session_note", "session_id", "coaching_session", "CASCADE"),
        _key("session_note", "by_id", "account"),
        _unique("session_note", "session_id", "position"),
    )


def _create_calendars() -> None:
    _create(
        "school_holiday",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("council", sa.String(length=80), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        _created(),
        _key("school_holiday", "recorded_by_id", "account"),
    )
    _create(
        "calendar_feed",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _time("revoked_at", nullable=True),
        _created(),
        _key("calendar_feed", "account_id", "account", "CASCADE"),
        _unique("calendar_feed", "token_hash"),
    )


def _create_expenses() -> None:
    _create(
        "expense_export",
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("total_pence", sa.Integer(), nullable=False),
        _created(),
        _key("expense_export", "made_by_id", "account"),
    )
    _create(
        "expense_claim",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("rate_pence", sa.Integer(), nullable=True),
        sa.Column("amount_pence", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("receipt_seen", sa.Boolean(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        _time("decided_at", nullable=True),
        sa.Column("return_reason", sa.String(length=300), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=True),
        _created(),
        _key("expense_claim", "volunteer_id", "volunteer", "CASCADE"),
        _key("expense_claim", "session_id", "coaching_session", "SET NULL"),
        _key("expense_claim", "decided_by_id", "account"),
        _key("expense_claim", "export_id", "expense_export"),
    )


def downgrade() -> None:
    for table in ("expense_claim", "expense_export", "calendar_feed", "school_holiday"):
        op.drop_table(table)
    for table in ("session_note", "coaching_session", "session_plan"):
        op.drop_table(table)
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
