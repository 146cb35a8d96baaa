"""Second factors

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _owned(name: str, *, required: bool = True) -> list[sa.SchemaItem]:
    """Return what each table has: an id, its scheme, its account."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=not required),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"],
            name=op.f(f"fk_{name}_scheme_id"), ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"],
            name=op.f(f"fk_{name}_account_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]  # fmt: skip


def _created() -> sa.Column:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "authenticator_app",
        *_owned("authenticator_app"),
        _created(),
        sa.Column("sealed_secret", sa.String(length=255), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "account_id", "in_use", name=op.f("uq_authenticator_app_account_id_in_use")
        ),
    )
    op.create_table(
        "passkey",
        *_owned("passkey"),
        _created(),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint(
            "scheme_id", "credential_id", name=op.f("uq_passkey_scheme_id_credential_id")
        ),
    )
    op.create_table(
        "passkey_challenge",
        *_owned("passkey_challenge", required=False),
        _created(),
        sa.Column("use", sa.String(length=40), nullable=False),
        sa.Column("challenge", sa.String(length=100), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_challenge_challenge")),
    )
    op.create_table(
        "recovery_code",
        *_owned("recovery_code"),
        _created(),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_table(
        "factor_failure",
        *_owned("factor_failure"),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    for table, columns in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
    # Nobody has given a second factor yet: everybody signs in anew.
    op.execute("DELETE FROM login_session")
    with op.batch_alter_table("login_session") as batch:
        batch.add_column(
            sa.Column("factor_due", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch.add_column(sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("factor_failures", sa.Integer(), nullable=False, server_default="0")
        )


INDEXES = (
    ("authenticator_app", ("scheme_id",)),
    ("passkey", ("scheme_id",)),
    ("passkey", ("account_id",)),
    ("passkey_challenge", ("scheme_id",)),
    ("passkey_challenge", ("account_id",)),
    ("passkey_challenge", ("expires_at",)),
    ("recovery_code", ("scheme_id",)),
    ("recovery_code", ("account_id",)),
    ("factor_failure", ("scheme_id",)),
    ("factor_failure", ("account_id", "lane", "at")),
)


def downgrade() -> None:
    # Older code would take a session that owes a second factor for a whole one.
    op.execute("DELETE FROM login_session")
    with op.batch_alter_table("login_session") as batch:
        for column in ("factor_failures", "factor_at", "factor_due"):
            batch.drop_column(column)
    for table in (
        "factor_failure",
        "recovery_code",
        "passkey_challenge",
        "passkey",
        "authenticator_app",
    ):
        op.drop_table(table)
