"""Rules for the level of a check, and applications

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('to_submit', 'submitted', 'with_dbs', 'issued')")
DRAFT = sa.text("published_at IS NULL")
WORD = sa.String(length=40)


def upgrade() -> None:
    op.add_column(
        "scheme",
        sa.Column("application_flag_days", sa.Integer(), nullable=False, server_default="30"),
    )
    # Nothing needed these but the form that the questionnaire replaces.
    op.drop_column("scheme", "required_check_level")
    op.drop_column("scheme", "required_workforce")
    op.add_column(
        "volunteer",
        sa.Column("coaches_families", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    _create_rules()
    _create_decisions()
    _create_applications()


def _create_rules() -> None:
    op.create_table(
        "check_rule_table",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("check_rule_table"),
        _reference("check_rule_table", "started_by_id", "account"),
        _reference("check_rule_table", "published_by_id", "account"),
        sa.UniqueConstraint(
            "scheme_id", "number", name=op.f("uq_check_rule_table_scheme_id_number")
        ),
    )
    _index("check_rule_table", "scheme_id")
    _unique_where("uq_check_rule_table_draft", "check_rule_table", "scheme_id", DRAFT)
    op.create_table(
        "volunteer_role",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("coaches_families", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        *_owned("volunteer_role"),
        sa.UniqueConstraint("scheme_id", "slug", name=op.f("uq_volunteer_role_scheme_id_slug")),
        sa.UniqueConstraint("scheme_id", "name", name=op.f("uq_volunteer_role_scheme_id_name")),
    )
    _index("volunteer_role", "scheme_id")


def _create_decisions() -> None:
    op.create_table(
        "check_decision",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("level", WORD, nullable=False),
        sa.Column("workforce", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        *_owned("check_decision"),
        _reference("check_decision", "volunteer_id", "volunteer", "CASCADE"),
        _reference("check_decision", "role_id", "volunteer_role"),
        _reference("check_decision", "table_id", "check_rule_table"),
        _reference("check_decision", "decided_by_id", "account"),
    )
    for column in ("scheme_id", "volunteer_id", "role_id", "table_id"):
        _index("check_decision", column)


def _create_applications() -> None:
    op.create_table(
        "check_application",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("level", WORD, nullable=True),
        sa.Column("workforce", WORD, nullable=True),
        sa.Column("is_free", sa.Boolean(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("with_dbs_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_note", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        *_owned("check_application"),
        _reference("check_application", "volunteer_id", "volunteer", "CASCADE"),
        _reference("check_application", "opened_by_id", "account"),
        _reference("check_application", "submitted_by_id", "account"),
        _reference("check_application", "certificate_id", "certificate", "SET NULL"),
    )
    for column in ("scheme_id", "volunteer_id", "state"):
        _index("check_application", column)
    _unique_where("uq_check_application_open", "check_application", "volunteer_id", OPEN)
    op.create_table(
        "fee_decision",
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        *_owned("fee_decision"),
        _reference("fee_decision", "volunteer_id", "volunteer", "CASCADE"),
        _reference("fee_decision", "decided_by_id", "account"),
    )
    for column in ("scheme_id", "volunteer_id"):
        _index("fee_decision", column)


def _owned(table: str) -> list[Any]:
    """Return what each table has: id, scheme and when the row came to be."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        _reference(table, "scheme_id", "scheme", "RESTRICT"),
    ]


def _reference(table: str, column: str, to: str, ondelete: str | None = None) -> Any:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _unique_where(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in (
        "fee_decision",
        "check_application",
        "check_decision",
        "volunteer_role",
        "check_rule_table",
    ):
        op.drop_table(table)
    op.drop_column("volunteer", "coaches_families")
    for name, value in (("check_level", "enhanced_children"), ("workforce", "child")):
        op.add_column(
            "scheme", sa.Column(f"required_{name}", WORD, nullable=False, server_default=value)
        )
    op.drop_column("scheme", "application_flag_days")
