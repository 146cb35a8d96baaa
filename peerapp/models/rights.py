"""Rights over one's record: requests, legal holds, erasures and what retention deleted."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import RightKind, RightState, RightStep
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, utc_now
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class RightsRequest(SchemeOwned, Created, Base):
    """What somebody asked about data on them, and until when it must be answered.

    ``included`` names, of an answer to a request for access, the values that may tell of somebody
    else and that a person has read and lets out: by table, row and column, without what they say.
    """

    __tablename__ = "rights_request"

    reference: Mapped[str] = mapped_column(String(20))
    kind: Mapped[RightKind] = mapped_column(EnumText(RightKind), index=True)
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    family_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    who = sealed_text()
    field: Mapped[str] = mapped_column(String(60), default="")
    words = sealed_text()
    received_on: Mapped[date]
    due_on: Mapped[date]
    acknowledged_on: Mapped[date | None]
    state: Mapped[RightState] = mapped_column(
        EnumText(RightState), default=RightState.OPEN, index=True
    )
    outcome = sealed_text()
    included: Mapped[list[str]] = mapped_column(JSON, default=list)
    closed_on: Mapped[date | None]
    fetched_at: Mapped[datetime | None]
    events: Mapped[list[RightsEvent]] = relationship(
        cascade="all, delete-orphan", order_by="(RightsEvent.created_at, RightsEvent.id)"
    )


class RightsEvent(SchemeOwned, Created, Base):
    """One step of a request: who, when, what."""

    __tablename__ = "rights_event"
    __key_owner__ = ("request_id",)

    request_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("rights_request.id", ondelete="CASCADE"), index=True
    )
    step: Mapped[RightStep] = mapped_column(EnumText(RightStep))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    note = sealed_text()
    by: Mapped[Account | None] = relationship()


class LegalHold(SchemeOwned, Created, Base):
    """Nothing of this person is deleted or erased while it stands."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(family_id IS NULL) <> (volunteer_id IS NULL)", name="one_person"),
    )

    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="RESTRICT"), index=True
    )
    family_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("family.id", ondelete="RESTRICT"), index=True
    )
    reference: Mapped[str] = mapped_column(String(20))
    reason = sealed_text(None)
    review_on: Mapped[date]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    lifted_why = sealed_text()
    set_by: Mapped[Account] = relationship(foreign_keys=[set_by_id])
    lifted_by: Mapped[Account | None] = relationship(foreign_keys=[lifted_by_id])


class Erasure(SchemeOwned, Base):
    """That somebody was erased: a tombstone by number. ``person_id`` has no row to point at."""

    __tablename__ = "erasure"

    person_id: Mapped[uuid.UUID] = mapped_column(index=True)
    is_family: Mapped[bool]
    erased_at: Mapped[datetime] = mapped_column(default=utc_now)
    why: Mapped[str] = mapped_column(String(40))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class RetentionRun(SchemeOwned, Created, Base):
    """What retention deleted on a day, as counts by class, and how many records it left on hold."""

    __tablename__ = "retention_run"

    run_on: Mapped[date]
    started_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    held: Mapped[int] = mapped_column(default=0)
