"""Sealed values

What is personal is sealed in place, row by row, under keys of persons that are made on the way.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from peerapp.migrations.sealing import SealedTable, register_keys, seal_tables, unseal_tables

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TEXT, DATE, JSON = sa.Text(), sa.Date(), sa.JSON()
SEALED: tuple[SealedTable, ...] = (
    SealedTable(
        "agreement",
        "family_id",
        {
            "given_by": sa.String(160),
        },
    ),
    SealedTable(
        "family",
        "id",
        {
            "phone": sa.String(40),
            "email": sa.String(254),
            "address": TEXT,
            "postcode": sa.String(8),
            "easting": sa.Integer(),
            "northing": sa.Integer(),
            "lead_practitioner": sa.String(160),
            "step_down_worker": sa.String(160),
            "details_query": TEXT,
        },
    ),
    SealedTable(
        "family_child",
        "family_id",
        {
            "name": sa.String(160),
            "born_from": sa.Integer(),
            "born_to": sa.Integer(),
        },
    ),
    SealedTable(
        "family_topic",
        "family_id",
        {
            "words": TEXT,
        },
    ),
    SealedTable(
        "family_worker",
        "family_id",
        {
            "note": TEXT,
        },
    ),
    SealedTable(
        "safe_contact",
        "family_id",
        {
            "times": sa.String(200),
            "alias": sa.String(80),
            "must_not_be_told": TEXT,
        },
    ),
)


def upgrade() -> None:
    op.create_table(
        "scheme_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("is_index", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_key")),
    )
    op.create_index(
        "uq_scheme_key_active",
        "scheme_key",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "person_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.Text(), nullable=True),
        sa.Column("scheme_key_id", sa.Uuid(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f("fk_person_key_scheme_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_key_id"], ["scheme_key.id"],
            name=op.f("fk_person_key_scheme_key_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_key")),
        sa.UniqueConstraint("owner_id", name=op.f("uq_person_key_owner_id")),
    )
    op.create_index(op.f("ix_person_key_scheme_id"), "person_key", ["scheme_id"])
    op.create_index(op.f("ix_person_key_scheme_key_id"), "person_key", ["scheme_key_id"])
    register_keys()
    seal_tables(SEALED)


def downgrade() -> None:
    unseal_tables(SEALED)
    op.drop_table("person_key")
    op.drop_table("scheme_key")
