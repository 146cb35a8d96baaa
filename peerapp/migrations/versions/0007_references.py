"""References, identity, interviews and panels

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEME = {
    "reference_link_days": "30",
    "reference_reminder_days": "5",
    "reference_second_reminder_days": "10",
    "reference_flag_days": "14",
    "panel_members": "2",
}
INDEXED = {
    "reference": ("scheme_id", "state", "volunteer_id"),
    "reference_link": ("reference_id", "scheme_id"),
    "reference_event": ("reference_id", "scheme_id"),
    "identity_check": ("scheme_id", "volunteer_id"),
    "identity_document": ("scheme_id",),
    "interview_template": ("scheme_id",),
    "interview": ("scheme_id",),
    "interviewer": ("scheme_id",),
    "panel_decision": ("scheme_id", "volunteer_id"),
    "panel_member": ("scheme_id",),
}


def upgrade() -> None:
    for name, default in SCHEME.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("scheme", column)
    _create_references()
    _create_identity_checks()
    _create_interviews()
    _create_panels()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("reference_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_message_reference_id"), "reference", ["reference_id"], ["id"],
            ondelete="CASCADE",
        )  # fmt: skip
        batch.create_index(op.f("ix_message_reference_id"), ["reference_id"])


def _create_references() -> None:
    _create(
        "reference",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        _word("relation"),
        sa.Column("known_how", sa.Text(), nullable=False),
        sa.Column("known_years", sa.Integer(), nullable=False),
        _word("state"),
        _time("asked_at"),
        _time("reminded_at", nullable=True),
        _time("reminded_again_at", nullable=True),
        _time("flagged_at", nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        _time("answered_at", nullable=True),
        _word("verified_how", nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        _word("item", nullable=True),
        _time("created_at"),
        _key("reference", "volunteer_id", "volunteer", "CASCADE"),
        _key("reference", "decided_by_id", "account"),
    )
    _create(
        "reference_link",
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _time("expires_at"),
        _time("ended_at", nullable=True),
        _time("created_at"),
        _key("reference_link", "reference_id", "reference", "CASCADE"),
        _unique("reference_link", "token_hash"),
    )
    _create(
        "reference_event",
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        _word("from_state", nullable=True),
        _word("to_state"),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _time("created_at"),
        _key("reference_event", "reference_id", "reference", "CASCADE"),
        _key("reference_event", "by_id", "account"),
    )


def _create_identity_checks() -> None:
    _create(
        "identity_check",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        _word("route"),
        sa.Column("route_reason", sa.Text(), nullable=False),
        _word("seen_how"),
        sa.Column("external_check", sa.Boolean(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        _time("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        _time("created_at"),
        _key("identity_check", "volunteer_id", "volunteer", "CASCADE"),
        _key("identity_check", "checked_by_id", "account"),
        _key("identity_check", "withdrawn_by_id", "account"),
    )
    _create(
        "identity_document",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        _word("kind"),
        sa.Column("seen_on", sa.Date(), nullable=False),
        _key("identity_document", "check_id", "identity_check", "CASCADE"),
        _unique("identity_document", "check_id", "kind"),
    )


def _create_interviews() -> None:
    _create(
        "interview_template",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=True),
        _time("created_at"),
        _key("interview_template", "edited_by_id", "account"),
        _unique("interview_template", "scheme_id", "version"),
    )
    _create(
        "interview",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _word("state"),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        _word("recommendation", nullable=True),
        sa.Column("has_conflict", sa.Boolean(), nullable=True),
        sa.Column("conflict_note", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        _time("submitted_at", nullable=True),
        _time("created_at"),
        _key("interview", "volunteer_id", "volunteer", "CASCADE"),
        _key("interview", "template_id", "interview_template"),
        _key("interview", "started_by_id", "account"),
        _key("interview", "submitted_by_id", "account"),
        _unique("interview", "volunteer_id", "version"),
    )
    _create(
        "interviewer",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _key("interviewer", "interview_id", "interview", "CASCADE"),
        _key("interviewer", "account_id", "account"),
        _unique("interviewer", "interview_id", "account_id"),
    )


def _create_panels() -> None:
    _create(
        "panel_decision",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        _time("panel_since"),
        _word("outcome"),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("other_members", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _key("panel_decision", "volunteer_id", "volunteer", "CASCADE"),
        _key("panel_decision", "decided_by_id", "account"),
    )
    _create(
        "panel_member",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _key("panel_member", "decision_id", "panel_decision", "CASCADE"),
        _key("panel_member", "account_id", "account"),
        _unique("panel_member", "decision_id", "account_id"),
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
        batch.drop_index(op.f("ix_message_reference_id"))
        batch.drop_constraint(op.f("fk_message_reference_id"), type_="foreignkey")
        batch.drop_column("reference_id")
    for table in reversed(INDEXED):
        op.drop_table(table)
    with op.batch_alter_table("scheme") as batch:
        for name in SCHEME:
            batch.drop_column(name)
