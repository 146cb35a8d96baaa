"""What the funnel and the timeline need

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEX = "ix_volunteer_event_to_state_created_at"


def upgrade() -> None:
    with op.batch_alter_table("scheme") as batch:
        batch.add_column(sa.Column("stuck_days", sa.Integer(), nullable=False, server_default="28"))
    op.create_index(INDEX, "volunteer_event", ["to_state", "created_at"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="volunteer_event")
    with op.batch_alter_table("scheme") as batch:
        batch.drop_column("stuck_days")
