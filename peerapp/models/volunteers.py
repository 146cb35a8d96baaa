"""Volunteers: profile, onboarding state, gates and training."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CheckLevel, GateItem, Gender, VolunteerState, Workforce
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, WordSet
from peerapp.models.checks import Certificate
from peerapp.models.people import Account
from peerapp.models.schemes import Locality, Scheme


class Volunteer(SchemeOwned, Created, Base):
    """A volunteer; a *coach* once matchable (see ``domain.vetting``)."""

    __tablename__ = "volunteer"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="RESTRICT"), unique=True
    )
    locality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"), index=True)
    supervisor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[VolunteerState] = mapped_column(
        EnumText(VolunteerState), default=VolunteerState.ENQUIRY, index=True
    )
    state_before: Mapped[VolunteerState | None] = mapped_column(EnumText(VolunteerState))
    state_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80), default="")
    date_of_birth: Mapped[date | None]
    phone: Mapped[str] = mapped_column(String(40), default="")
    gender: Mapped[Gender | None] = mapped_column(EnumText(Gender))
    postcode: Mapped[str] = mapped_column(String(8), default="")
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    max_distance_m: Mapped[int | None]
    slots: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    experience: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    lived_experience: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    languages: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    offers_remote: Mapped[bool | None]
    avoids: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    capacity: Mapped[int | None]
    shares: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    scheme_phone: Mapped[str] = mapped_column(String(40), default="")
    details_query: Mapped[str] = mapped_column(Text, default="")

    check_level: Mapped[CheckLevel | None] = mapped_column(EnumText(CheckLevel))
    check_workforce: Mapped[Workforce | None] = mapped_column(EnumText(Workforce))
    check_decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    check_decided_on: Mapped[date | None]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    supervisor: Mapped[Account | None] = relationship(foreign_keys=[supervisor_id])
    locality: Mapped[Locality | None] = relationship()
    scheme: Mapped[Scheme] = relationship()
    gate_records: Mapped[list[GateRecord]] = relationship(
        cascade="all, delete-orphan", order_by="GateRecord.item"
    )
    training: Mapped[list[TrainingRecord]] = relationship(
        cascade="all, delete-orphan", order_by="TrainingRecord.course"
    )
    certificates: Mapped[list[Certificate]] = relationship(
        back_populates="volunteer",
        cascade="all, delete-orphan",
        order_by="(Certificate.issue_date, Certificate.created_at)",
    )
    history: Mapped[list[VolunteerEvent]] = relationship(
        cascade="all, delete-orphan",
        order_by="(VolunteerEvent.created_at, VolunteerEvent.id)",
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class GateRecord(SchemeOwned, Created, Base):
    """A fact towards a gate: identity seen, a reference verified, an interview held …"""

    __tablename__ = "gate_record"
    __table_args__ = (UniqueConstraint("volunteer_id", "item"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    item: Mapped[GateItem] = mapped_column(EnumText(GateItem))
    done_on: Mapped[date]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[Account] = relationship()


class TrainingRecord(SchemeOwned, Created, Base):
    """A course that a volunteer completed; in date on ``valid_until`` itself, not after."""

    __tablename__ = "training_record"
    __table_args__ = (UniqueConstraint("volunteer_id", "course"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    course: Mapped[str] = mapped_column(String(40))
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]


class VolunteerEvent(SchemeOwned, Created, Base):
    """One change of state: who, when, why."""

    __tablename__ = "volunteer_event"

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[VolunteerState | None] = mapped_column(EnumText(VolunteerState))
    to_state: Mapped[VolunteerState] = mapped_column(EnumText(VolunteerState))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[Account | None] = relationship()
