"""What a family and its backup coach write to each other

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inside_message") as batch:
        batch.add_column(sa.Column("backup_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_inside_message_backup_id"), "volunteer", ["backup_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("inside_message") as batch:
        batch.drop_constraint(op.f("fk_inside_message_backup_id"), type_="foreignkey")
        batch.drop_column("backup_id")
