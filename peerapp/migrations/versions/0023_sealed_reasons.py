"""Sealed reasons, answers and devices; an index key that can be rotated

What people wrote into the tables that came beside the sealing is sealed too. Of the index keys one
is active, as of the scheme keys that wrap. Secrets of authenticator apps get a sealed column:
`peerapp migrate` moves them there, as it alone knows the key that they lie under.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from peerapp.migrations.sealing import SealedTable, seal_tables, unseal_tables

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TEXT, JSON = sa.Text(), sa.JSON()
SEALED: tuple[SealedTable, ...] = (
    SealedTable("access_grant", "id", {"reason": TEXT, "verdict_note": TEXT}),
    SealedTable("check_decision", "volunteer_id", {"answers": JSON, "reason": TEXT}),
    SealedTable("check_rule_table", "id", {"note": TEXT}),
    SealedTable("known_browser", "account_id", {"device": sa.String(80)}),
    SealedTable("legal_hold", "id", {"reason": TEXT, "lifted_why": TEXT}),
    SealedTable("login_session", "account_id", {"device": sa.String(80)}),
    SealedTable("passkey", "account_id", {"name": sa.String(60)}),
    SealedTable("rights_event", "request_id", {"note": TEXT}),
    SealedTable("rights_request", "id", {"who": sa.String(160), "words": TEXT, "outcome": TEXT}),
    SealedTable("scheme_figure_change", "id", {"reason": TEXT}),
    SealedTable("two_person_request", "id", {"reason": TEXT, "note": TEXT}),
)


def upgrade() -> None:
    _index_active_keys("is_index")
    op.execute("UPDATE scheme_key SET is_active = true WHERE is_index")
    with op.batch_alter_table("authenticator_app") as batch:
        batch.add_column(sa.Column("secret", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("authenticator_app") as batch:
        batch.alter_column("secret", existing_type=sa.Text(), server_default=None)
    seal_tables(SEALED)


def downgrade() -> None:
    unseal_tables(SEALED)
    with op.batch_alter_table("login_session") as batch:
        batch.alter_column("device", existing_type=sa.String(80), server_default="")
    # Apps that were set up or moved since cannot be opened by what was before: staff set one up.
    op.execute("DELETE FROM authenticator_app WHERE sealed_secret = ''")
    with op.batch_alter_table("authenticator_app") as batch:
        batch.drop_column("secret")
    op.execute("UPDATE scheme_key SET is_active = false WHERE is_index")
    _index_active_keys("is_active")


def _index_active_keys(column: str) -> None:
    """Let one key at most be active: in all, or of those that wrap and those that index."""
    op.drop_index("uq_scheme_key_active", "scheme_key")
    op.create_index(
        "uq_scheme_key_active",
        "scheme_key",
        [column],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
