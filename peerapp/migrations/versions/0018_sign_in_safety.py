"""Safe signing in

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FLAGS = ("signs_in_by_link", "council_only")


def upgrade() -> None:
    op.create_table(
        "throttle",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_throttle_key_hash")),
    )
    op.create_index(op.f("ix_throttle_expires_at"), "throttle", ["expires_at"])
    op.create_table(
        "known_browser",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=80), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"],
            name=op.f("fk_known_browser_account_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f("fk_known_browser_scheme_id"), ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browser")),
        sa.UniqueConstraint(
            "account_id", "token_hash", name=op.f("uq_known_browser_account_id_token_hash")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_known_browser_scheme_id"), "known_browser", ["scheme_id"])
    op.create_index(op.f("ix_known_browser_token_hash"), "known_browser", ["token_hash"])
    with op.batch_alter_table("account") as batch:
        for name in FLAGS:
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        batch.add_column(sa.Column("council_subject", sa.String(length=255), nullable=True))
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(sa.Column("role", sa.String(length=40), nullable=True))
        batch.add_column(
            sa.Column("device", sa.String(length=80), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("known_browser_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_login_session_known_browser_id"), "known_browser",
            ["known_browser_id"], ["id"], ondelete="SET NULL",
        )  # fmt: skip
    with op.batch_alter_table("token") as batch:
        batch.add_column(sa.Column("browser_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("token") as batch:
        batch.drop_column("browser_hash")
    with op.batch_alter_table("login_session") as batch:
        batch.drop_constraint(op.f("fk_login_session_known_browser_id"), type_="foreignkey")
        for name in ("known_browser_id", "device", "role"):
            batch.drop_column(name)
    with op.batch_alter_table("account") as batch:
        for name in ("council_subject", *FLAGS):
            batch.drop_column(name)
    op.drop_table("known_browser")
    op.drop_table("throttle")
