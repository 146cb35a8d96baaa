"""References: who was named, by which links they answer, what they wrote, what was decided."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import GateItem, GivenHow, RefereeRelation, ReferenceState, VerifiedHow
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_json, sealed_text

if TYPE_CHECKING:
    from peerapp.models.volunteers import Volunteer


class Reference(SchemeOwned, Created, Base):
    """One referee of a volunteer and what came of asking them.

    ``answers`` is what the referee wrote, half-filled until ``answered_at``: never shown to the
    volunteer. ``item`` is the gate's fact that this reference stands for while it is verified.
    ``entered_by`` typed in what the referee said or wrote elsewhere; else the referee did.
    """

    __tablename__ = "reference"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    name = sealed_text(None)
    email = sealed_text(None)
    phone = sealed_text(None)
    postcode = sealed_text(None)
    relation: Mapped[RefereeRelation] = mapped_column(EnumText(RefereeRelation))
    known_how = sealed_text()
    known_years: Mapped[int]

    state: Mapped[ReferenceState] = mapped_column(
        EnumText(ReferenceState), default=ReferenceState.ASKED, index=True
    )
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    reminded_again_at: Mapped[datetime | None]
    flagged_at: Mapped[datetime | None]
    answers = sealed_json(dict, erased={})
    answered_at: Mapped[datetime | None]
    given_by = sealed_text()
    given_how: Mapped[GivenHow | None] = mapped_column(EnumText(GivenHow))
    given_on: Mapped[date | None]
    entered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    verified_how: Mapped[VerifiedHow | None] = mapped_column(EnumText(VerifiedHow))
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    item: Mapped[GateItem | None] = mapped_column(EnumText(GateItem))

    volunteer: Mapped[Volunteer] = relationship(back_populates="references")
    entered_by: Mapped[Account | None] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
    links: Mapped[list[ReferenceLink]] = relationship(
        back_populates="reference",
        cascade="all, delete-orphan",
        order_by="(ReferenceLink.created_at, ReferenceLink.id)",
    )
    history: Mapped[list[ReferenceEvent]] = relationship(
        cascade="all, delete-orphan",
        order_by="(ReferenceEvent.created_at, ReferenceEvent.id)",
    )


class ReferenceLink(SchemeOwned, Created, Base):
    """A link to a referee's form, kept only as a hash; each mail carries one of its own."""

    __tablename__ = "reference_link"

    reference_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reference.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reference: Mapped[Reference] = relationship(back_populates="links")


class ReferenceEvent(SchemeOwned, Created, Base):
    """One change of a reference: who (None: the referee), when, why."""

    __tablename__ = "reference_event"
    __key_owner__ = ("reference.volunteer_id",)

    reference_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("reference.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[ReferenceState | None] = mapped_column(EnumText(ReferenceState))
    to_state: Mapped[ReferenceState] = mapped_column(EnumText(ReferenceState))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason = sealed_text()
    by: Mapped[Account | None] = relationship()
