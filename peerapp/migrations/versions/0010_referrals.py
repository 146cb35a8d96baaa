"""What the front door writes down

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SCHEME = {
    "referral_draft_days": "7",
    "referral_form_days": "21",
    "referral_outcome_days": "400",
    "danger_reminder_minutes": "30",
    "plan_override_days": "90",
}
COLOURS = '["green", "blue", "orange", "red"]'
INDEXED = {
    "referral": ("family_id", "locality_id", "scheme_id", "state"),
    "referral_link": ("referral_id", "scheme_id"),
    "referral_event": ("referral_id", "scheme_id"),
    "referral_difference": ("referral_id", "scheme_id"),
    "family_child": ("family_id", "scheme_id"),
    "plan_override": ("family_id", "scheme_id"),
}


def upgrade() -> None:
    for name, default in SCHEME.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("scheme", column)
    colours = sa.Column("level_colours", sa.JSON(), nullable=False, server_default=COLOURS)
    op.add_column("scheme", colours)
    _create_referrals()
    _create_children()
    _create_overrides()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("referral_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_message_referral_id"), "referral", ["referral_id"], ["id"],
            ondelete="CASCADE",
        )  # fmt: skip
        batch.create_index(op.f("ix_message_referral_id"), ["referral_id"])


def _create_referrals() -> None:
    _create(
        "referral",
        sa.Column("reference", sa.String(length=20), nullable=False),
        _word("source"),
        _word("state"),
        sa.Column("locality_id", sa.Uuid(), nullable=True),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        _time("changed_at"),
        _time("sent_at", nullable=True),
        sa.Column("form_email", sa.String(length=254), nullable=False),
        sa.Column("form_asked_by_id", sa.Uuid(), nullable=True),
        _word("danger", nullable=True),
        _time("danger_told_at", nullable=True),
        _time("danger_reminded_at", nullable=True),
        _time("danger_taken_at", nullable=True),
        sa.Column("danger_taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("danger_note", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        _word("decline_reason", nullable=True),
        sa.Column("decline_note", sa.Text(), nullable=False),
        _time("created_at"),
        _key("referral", "locality_id", "locality"),
        _key("referral", "family_id", "family", "CASCADE"),
        _key("referral", "form_asked_by_id", "account"),
        _key("referral", "danger_taken_by_id", "account"),
        _key("referral", "decided_by_id", "account"),
        _unique("referral", "scheme_id", "reference"),
    )
    _create(
        "referral_link",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        _word("kind"),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _time("expires_at"),
        _time("ended_at", nullable=True),
        _time("created_at"),
        _key("referral_link", "referral_id", "referral", "CASCADE"),
        _unique("referral_link", "token_hash"),
    )
    _create(
        "referral_event",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        _word("from_state", nullable=True),
        _word("to_state"),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _time("created_at"),
        _key("referral_event", "referral_id", "referral", "CASCADE"),
        _key("referral_event", "by_id", "account"),
    )
    _create(
        "referral_difference",
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _key("referral_difference", "referral_id", "referral", "CASCADE"),
        _key("referral_difference", "family_id", "family", "CASCADE"),
        _key("referral_difference", "by_id", "account"),
        _unique("referral_difference", "referral_id", "family_id"),
    )


def _create_children() -> None:
    _create(
        "family_child",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("born_from", sa.Integer(), nullable=False),
        sa.Column("born_to", sa.Integer(), nullable=False),
        _key("family_child", "family_id", "family", "CASCADE"),
    )


def _create_overrides() -> None:
    _create(
        "plan_override",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        _time("agreed_at", nullable=True),
        sa.Column("agreed_note", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _time("ended_at", nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        _time("created_at"),
        _key("plan_override", "family_id", "family", "CASCADE"),
        _key("plan_override", "asked_by_id", "account"),
        _key("plan_override", "agreed_by_id", "account"),
        _key("plan_override", "ended_by_id", "account"),
    )


def _create(table: str, *columns: Any) -> None:
    """Create a table of a scheme."""
    op.create_table(
        table,
        *columns,
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _word(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=40), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, target: str, ondelete: str | None = None) -> Any:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _unique(table: str, *columns: str) -> Any:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def downgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.drop_index(op.f("ix_message_referral_id"))
        batch.drop_constraint(op.f("fk_message_referral_id"), type_="foreignkey")
        batch.drop_column("referral_id")
    for table in reversed(INDEXED):
        op.drop_table(table)
    with op.batch_alter_table("scheme") as batch:
        batch.drop_column("level_colours")
        for name in SCHEME:
            batch.drop_column(name)
