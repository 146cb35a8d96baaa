"""What one person asked for and another agreed to, or did not."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import TwoPersonAct
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class TwoPersonRequest(SchemeOwned, Created, Base):
    """One request. It is done with at ``expires_at``, once refused, or once it was used.

    ``subject_id`` is the row that it is about, if any; ``details`` holds filters and codes of it,
    never anything about a person.
    """

    __tablename__ = "two_person_request"

    act: Mapped[TwoPersonAct] = mapped_column(EnumText(TwoPersonAct), index=True)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason = sealed_text(None)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    note = sealed_text()
    used_at: Mapped[datetime | None]

    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
