"""Need to know

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FIGURES = {"duty_cover_hours": "4", "second_person_days": "7", "export_hours": "24"}
SWITCHES = {"second_person_manager": sa.true(), "second_person_coordinator": sa.false()}
INDEXED = {
    "access_grant": ("scheme_id", "account_id", "family_id", "volunteer_id"),
    "two_person_request": ("scheme_id", "act", "subject_id", "asked_by_id"),
}


def upgrade() -> None:
    with op.batch_alter_table("scheme") as batch:
        for name, default in FIGURES.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
        for name, switch in SWITCHES.items():
            batch.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=switch))
    _create(
        "access_grant",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("verdict_note", sa.Text(), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by_id", sa.Uuid(), nullable=True),
        _to("access_grant", "account_id", "account", "CASCADE"),
        _to("access_grant", "family_id", "family", "CASCADE"),
        _to("access_grant", "volunteer_id", "volunteer", "CASCADE"),
        _to("access_grant", "ended_by_id", "account"),
        _to("access_grant", "signed_off_by_id", "account"),
        sa.CheckConstraint(
            "(family_id IS NULL) <> (volunteer_id IS NULL)",
            name=op.f("ck_access_grant_one_record"),
        ),
    )
    _create(
        "two_person_request",
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _to("two_person_request", "asked_by_id", "account"),
        _to("two_person_request", "decided_by_id", "account"),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *parts,
        _to(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.schema.SchemaItem:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    op.drop_table("two_person_request")
    op.drop_table("access_grant")
    with op.batch_alter_table("scheme") as batch:
        for name in (*SWITCHES, *FIGURES):
            batch.drop_column(name)
