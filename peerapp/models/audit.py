"""The audit trail: who changed what, and who saw what."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import AuditKind, Role
from peerapp.models.base import Base, EnumText, SchemeOwned, WordSet, utc_now

READS = "audited_reads"
"""Where a session keeps what its transaction has recorded as read: that stands even where the
rest of the transaction is undone and what was read is on the page all the same."""


class AuditEvent(SchemeOwned, Base):
    """One audited act. Ids and field names only: no personal data, no foreign keys to lose.

    ``seq``, ``prev_hash`` and ``hash`` are set when its transaction commits (``peerapp.chain``);
    from then on the database refuses to change or delete the row.
    """

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("scheme_id", "seq"),)

    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    kind: Mapped[AuditKind] = mapped_column(EnumText(AuditKind))
    action: Mapped[str] = mapped_column(String(60), index=True)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_role: Mapped[Role | None] = mapped_column(EnumText(Role))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    match_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    fields: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    prev_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))


class AuditHead(SchemeOwned, Base):
    """The last row of a scheme's chain; whoever adds to the chain locks it, last of all."""

    __tablename__ = "audit_head"
    __table_args__ = (UniqueConstraint("scheme_id"),)

    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")
    exported_on: Mapped[date | None]
