"""A chained audit trail that the database itself keeps append-only

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from peerapp.domain.audit_chain import GENESIS, Link, digest
from peerapp.models.base import UtcDateTime, WordSet

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BATCH = 1000

EVENT = sa.table(
    "audit_event",
    sa.column("id", sa.Uuid()),
    sa.column("scheme_id", sa.Uuid()),
    sa.column("at", UtcDateTime()),
    sa.column("kind", sa.String()),
    sa.column("action", sa.String()),
    sa.column("actor_id", sa.Uuid()),
    sa.column("actor_role", sa.String()),
    sa.column("subject_type", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("match_id", sa.Uuid()),
    sa.column("fields", WordSet()),
    sa.column("detail", sa.JSON()),
    sa.column("seq", sa.BigInteger()),
    sa.column("prev_hash", sa.String()),
    sa.column("hash", sa.String()),
)

SQLITE = (
    """
    CREATE TRIGGER audit_event_keep_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_event_keep_update BEFORE UPDATE ON audit_event
    WHEN OLD.seq IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_head_keep_delete BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_head_keep_update BEFORE UPDATE ON audit_head
    WHEN NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_event_keep_delete BEFORE DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_event_keep_update BEFORE UPDATE ON audit_event
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_event_keep_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_head_keep_delete BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_head_keep_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()
    """,
    """
    CREATE TRIGGER audit_head_keep_update BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash))
    EXECUTE FUNCTION audit_append_only()
    """,
)


def upgrade() -> None:
    with op.batch_alter_table("audit_event") as batch:
        batch.add_column(sa.Column("seq", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("prev_hash", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
        batch.create_unique_constraint(op.f("uq_audit_event_scheme_id_seq"), ["scheme_id", "seq"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("exported_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name=op.f("fk_audit_head_scheme_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("scheme_id", name=op.f("uq_audit_head_scheme_id")),
    )
    op.create_index(op.f("ix_audit_head_scheme_id"), "audit_head", ["scheme_id"])
    for scheme_id, rows in groupby(_rows(), key=lambda row: row.scheme_id):
        seq, last = _link(rows)
        values = {"id": uuid.uuid4(), "scheme_id": scheme_id, "seq": seq, "hash": last}
        op.bulk_insert(head, [values])
    for statement in SQLITE if _is_sqlite() else POSTGRESQL:
        op.execute(statement)


def _rows() -> Iterator[sa.Row]:
    """Yield what is there already, a thousand at a time: each is written to while others wait."""
    order = (EVENT.c.scheme_id, EVENT.c.at, EVENT.c.id)
    after = None
    while True:
        query = sa.select(EVENT).order_by(*order).limit(BATCH)
        if after is not None:
            query = query.where(
                sa.tuple_(*order) > sa.tuple_(*after, types=[one.type for one in order])
            )
        found = op.get_bind().execute(query).all()
        yield from found
        if len(found) < BATCH:
            return
        after = (found[-1].scheme_id, found[-1].at, found[-1].id)


def _link(rows: Iterator[sa.Row]) -> tuple[int, str]:
    seq, last = 0, GENESIS
    for row in rows:
        values = {**row._mapping, "seq": seq + 1, "prev_hash": last, "hash": None}
        seq, last, before = seq + 1, digest(Link(**values)), last
        op.get_bind().execute(
            sa.update(EVENT)
            .where(EVENT.c.id == row.id)
            .values(seq=seq, prev_hash=before, hash=last)
        )
    return seq, last


def downgrade() -> None:
    tables = ("audit_event", "audit_head")
    if _is_sqlite():
        for table in tables:
            for verb in ("delete", "update"):
                op.execute(f"DROP TRIGGER {table}_keep_{verb}")
    else:
        for table in tables:
            for verb in ("delete", "update", "truncate"):
                op.execute(f"DROP TRIGGER {table}_keep_{verb} ON {table}")
        op.execute("DROP FUNCTION audit_append_only()")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event") as batch:
        batch.drop_constraint(op.f("uq_audit_event_scheme_id_seq"), type_="unique")
        for column in ("hash", "prev_hash", "seq"):
            batch.drop_column(column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
