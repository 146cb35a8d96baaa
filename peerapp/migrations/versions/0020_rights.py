"""Rights over one's record

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIGURES = {
    "keep_applications_months": "12",
    "keep_volunteers_months": "72",
    "keep_families_months": "72",
    "keep_referrals_months": "12",
    "keep_notes_months": "36",
    "keep_snapshots_months": "12",
    "keep_claims_months": "84",
    "keep_mail_days": "90",
}
INDEXED = {
    "rights_request": ("scheme_id", "kind", "volunteer_id", "family_id", "state"),
    "rights_event": ("scheme_id", "request_id"),
    "legal_hold": ("scheme_id", "volunteer_id", "family_id"),
    "erasure": ("scheme_id", "person_id"),
    "retention_run": ("scheme_id",),
}


def upgrade() -> None:
    with op.batch_alter_table("scheme") as batch:
        for name, default in FIGURES.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=default))
    _create_requests()
    _create(
        "legal_hold",
        _row("volunteer_id", nullable=True),
        _row("family_id", nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        _row("set_by_id"),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        _row("lifted_by_id", nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        _created(),
        _to("legal_hold", "volunteer_id", "volunteer", "RESTRICT"),
        _to("legal_hold", "family_id", "family", "RESTRICT"),
        _to("legal_hold", "set_by_id", "account"),
        _to("legal_hold", "lifted_by_id", "account"),
        sa.CheckConstraint(
            "(family_id IS NULL) <> (volunteer_id IS NULL)", name=op.f("ck_legal_hold_one_person")
        ),
    )
    _create(
        "erasure",
        _row("person_id"),
        sa.Column("is_family", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
    _create(
        "retention_run",
        sa.Column("run_on", sa.Date(), nullable=False),
        _row("started_by_id", nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        _created(),
        _to("retention_run", "started_by_id", "account"),
    )
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_requests() -> None:
    _create(
        "rights_request",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        _row("volunteer_id", nullable=True),
        _row("family_id", nullable=True),
        sa.Column("who", sa.String(length=160), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("included", sa.JSON(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        _created(),
        _to("rights_request", "volunteer_id", "volunteer", "CASCADE"),
        _to("rights_request", "family_id", "family", "CASCADE"),
    )
    _create(
        "rights_event",
        _row("request_id"),
        sa.Column("step", sa.String(length=40), nullable=False),
        _row("by_id", nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        _created(),
        _to("rights_event", "request_id", "rights_request", "CASCADE"),
        _to("rights_event", "by_id", "account"),
    )


def _create(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        *parts,
        _to(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def _row(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.schema.SchemaItem:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)


def downgrade() -> None:
    for table in ("retention_run", "erasure", "legal_hold", "rights_event", "rights_request"):
        op.drop_table(table)
    with op.batch_alter_table("scheme") as batch:
        for name in FIGURES:
            batch.drop_column(name)
