"""The audit trail: who changed what, and who saw what."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import AuditKind, Role
from peerapp.models.base import Base, EnumText, SchemeOwned, WordSet, utc_now


class AuditEvent(SchemeOwned, Base):
    """One audited act. Ids and field names only: no personal data, no foreign keys to lose."""

    __tablename__ = "audit_event"

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
