"""Who stands by a family, and what was talked about with it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import Heading, WorkerChange
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class FamilyWorker(SchemeOwned, Created, Base):
    """A time in which somebody was a family's named worker; ``until_on`` None: still is."""

    __tablename__ = "family_worker"
    __key_owner__ = ("family_id",)

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[WorkerChange] = mapped_column(EnumText(WorkerChange))
    note = sealed_text()
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    recorded_by: Mapped[Account | None] = relationship(foreign_keys=[recorded_by_id])


class FamilyTopic(SchemeOwned, Created, Base):
    """What a family said on one of the ten headings, in its own words; for staff only."""

    __tablename__ = "family_topic"
    __key_owner__ = ("family_id",)
    __table_args__ = (UniqueConstraint("family_id", "heading"),)

    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id", ondelete="CASCADE"))
    heading: Mapped[Heading] = mapped_column(EnumText(Heading))
    words = sealed_text()
    talked_on: Mapped[date]
    talked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    talked_by: Mapped[Account] = relationship()
