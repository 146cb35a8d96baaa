"""Forms that were sent and taken

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f("fk_sent_form_scheme_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_form")),
        sa.UniqueConstraint(
            "scheme_id", "key_hash", name=op.f("uq_sent_form_scheme_id_key_hash")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_sent_form_expires_at"), "sent_form", ["expires_at"])
    op.create_index(op.f("ix_sent_form_scheme_id"), "sent_form", ["scheme_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sent_form_scheme_id"), table_name="sent_form")
    op.drop_index(op.f("ix_sent_form_expires_at"), table_name="sent_form")
    op.drop_table("sent_form")
