"""Consent per purpose, safe contact, and the named worker

A family that had agreed to take part had agreed, with the same words, that its coach is told
about it: that is written down as a consent of its own.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXED = {
    "family_consent_text": ("scheme_id",),
    "family_worker": ("scheme_id", "family_id", "account_id"),
    "family_topic": ("scheme_id",),
}


def upgrade() -> None:
    _create_tables()
    for table, columns in INDEXED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    with op.batch_alter_table("agreement") as batch:
        batch.add_column(
            sa.Column("purpose", sa.String(40), nullable=False, server_default="take_part")
        )
        batch.add_column(sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("text_id", sa.Uuid(), nullable=True))
        _refer(batch, "agreement", "withdrawn_by_id")
        batch.create_foreign_key(
            op.f("fk_agreement_text_id"), "family_consent_text", ["text_id"], ["id"]
        )
    with op.batch_alter_table("safe_contact") as batch:
        batch.add_column(sa.Column("safe_slots", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("answered_by_id", sa.Uuid(), nullable=True))
        _refer(batch, "safe_contact", "answered_by_id")
    with op.batch_alter_table("family") as batch:
        batch.add_column(sa.Column("worker_id", sa.Uuid(), nullable=True))
        _refer(batch, "family", "worker_id")
        batch.create_index(op.f("ix_family_worker_id"), ["worker_id"])
    _split_agreements()


def _refer(batch, table: str, column: str) -> None:
    batch.create_foreign_key(op.f(f"fk_{table}_{column}"), "account", [column], ["id"])


def _create_tables() -> None:
    _create(
        "family_consent_text",
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asks_again", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        _foreign("family_consent_text", "written_by_id", "account"),
        sa.UniqueConstraint(
            "scheme_id", "purpose", "number", "language", "revision",
            name=op.f("uq_family_consent_text_scheme_id_purpose_number_language_revision"),
        ),
    )  # fmt: skip
    _create(
        "family_worker",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        _foreign("family_worker", "family_id", "family", "CASCADE"),
        _foreign("family_worker", "account_id", "account"),
        _foreign("family_worker", "recorded_by_id", "account"),
    )
    _create(
        "family_topic",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("heading", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("talked_on", sa.Date(), nullable=False),
        sa.Column("talked_by_id", sa.Uuid(), nullable=False),
        _foreign("family_topic", "family_id", "family", "CASCADE"),
        _foreign("family_topic", "talked_by_id", "account"),
        sa.UniqueConstraint(
            "family_id", "heading", name=op.f("uq_family_topic_family_id_heading")
        ),
    )


def _create(table: str, *parts) -> None:
    op.create_table(
        table,
        *parts,
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _foreign(table, "scheme_id", "scheme", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _foreign(table: str, column: str, target: str, ondelete: str | None = None):
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _split_agreements() -> None:
    agreement = sa.table(
        "agreement",
        *(
            sa.column(name, kind)
            for name, kind in {
                "id": sa.Uuid(), "scheme_id": sa.Uuid(), "family_id": sa.Uuid(),
                "purpose": sa.String(), "version": sa.String(), "given_by": sa.String(),
                "given_on": sa.Date(), "method": sa.String(), "language": sa.String(),
                "recorded_by_id": sa.Uuid(), "withdrawn_on": sa.Date(),
                "created_at": sa.DateTime(timezone=True),
            }.items()
        ),
    )  # fmt: skip
    bind = op.get_bind()
    standing = sa.select(agreement).where(agreement.c.withdrawn_on.is_(None))
    for row in bind.execute(standing).mappings().all():
        values = {**row, "id": uuid.uuid4(), "purpose": "share_with_coach"}
        bind.execute(agreement.insert().values(**values))


def downgrade() -> None:
    op.execute("DELETE FROM agreement WHERE purpose <> 'take_part'")
    with op.batch_alter_table("family") as batch:
        batch.drop_index(op.f("ix_family_worker_id"))
        batch.drop_constraint(op.f("fk_family_worker_id"), type_="foreignkey")
        batch.drop_column("worker_id")
    with op.batch_alter_table("safe_contact") as batch:
        batch.drop_constraint(op.f("fk_safe_contact_answered_by_id"), type_="foreignkey")
        batch.drop_column("answered_by_id")
        batch.drop_column("safe_slots")
    with op.batch_alter_table("agreement") as batch:
        batch.drop_constraint(op.f("fk_agreement_withdrawn_by_id"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_agreement_text_id"), type_="foreignkey")
        batch.drop_column("text_id")
        batch.drop_column("withdrawn_by_id")
        batch.drop_column("purpose")
    for table in reversed(INDEXED):
        op.drop_table(table)
