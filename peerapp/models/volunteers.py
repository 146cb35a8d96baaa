"""Volunteers: profile, onboarding state, gates and training."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import (
    CheckLevel,
    DropOutReason,
    GateItem,
    Gender,
    TrainingMethod,
    VolunteerState,
    Workforce,
)
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, WordSet
from peerapp.models.check_applications import CheckApplication, FeeDecision
from peerapp.models.check_rules import CheckDecision
from peerapp.models.checks import Certificate
from peerapp.models.other_names import OtherName
from peerapp.models.panels import PanelDecision
from peerapp.models.people import Account
from peerapp.models.references import Reference
from peerapp.models.schemes import Locality, Scheme
from peerapp.models.sealed import sealed_date, sealed_optional_number, sealed_text
from peerapp.models.status_consents import StatusConsent


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
    date_of_birth = sealed_date()
    phone = sealed_text()
    gender: Mapped[Gender | None] = mapped_column(EnumText(Gender))
    postcode = sealed_text()
    easting = sealed_optional_number()
    northing = sealed_optional_number()
    max_distance_m: Mapped[int | None]
    slots: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    experience: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    lived_experience: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    languages: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    offers_remote: Mapped[bool | None]
    avoids: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    capacity: Mapped[int | None]
    shares: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    scheme_phone = sealed_text()
    details_query = sealed_text()

    check_level: Mapped[CheckLevel | None] = mapped_column(EnumText(CheckLevel))
    check_workforce: Mapped[Workforce | None] = mapped_column(EnumText(Workforce))
    check_decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    check_decided_on: Mapped[date | None]
    coaches_families: Mapped[bool] = mapped_column(default=True, server_default=true())
    probation_review_due: Mapped[date | None]

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    supervisor: Mapped[Account | None] = relationship(foreign_keys=[supervisor_id])
    locality: Mapped[Locality | None] = relationship()
    scheme: Mapped[Scheme] = relationship()
    gate_records: Mapped[list[GateRecord]] = relationship(
        cascade="all, delete-orphan", order_by="GateRecord.item"
    )
    training: Mapped[list[TrainingRecord]] = relationship(
        cascade="all, delete-orphan",
        order_by="(TrainingRecord.course, TrainingRecord.completed_on, TrainingRecord.id)",
    )
    certificates: Mapped[list[Certificate]] = relationship(
        back_populates="volunteer",
        cascade="all, delete-orphan",
        order_by="(Certificate.issue_date, Certificate.created_at)",
    )
    consents: Mapped[list[StatusConsent]] = relationship(
        cascade="all, delete-orphan", order_by="(StatusConsent.given_at, StatusConsent.id)"
    )
    other_names: Mapped[list[OtherName]] = relationship(
        cascade="all, delete-orphan", order_by="(OtherName.created_at, OtherName.id)"
    )
    check_decisions: Mapped[list[CheckDecision]] = relationship(
        cascade="all, delete-orphan",
        order_by="(CheckDecision.created_at, CheckDecision.id)",
    )
    fee_decisions: Mapped[list[FeeDecision]] = relationship(
        cascade="all, delete-orphan",
        order_by="(FeeDecision.created_at, FeeDecision.id)",
    )
    applications: Mapped[list[CheckApplication]] = relationship(
        back_populates="volunteer",
        cascade="all, delete-orphan",
        order_by="(CheckApplication.created_at, CheckApplication.id)",
    )
    references: Mapped[list[Reference]] = relationship(
        back_populates="volunteer",
        cascade="all, delete-orphan",
        order_by="(Reference.created_at, Reference.id)",
    )
    panel_decisions: Mapped[list[PanelDecision]] = relationship(
        cascade="all, delete-orphan",
        order_by="(PanelDecision.created_at, PanelDecision.id)",
    )
    history: Mapped[list[VolunteerEvent]] = relationship(
        cascade="all, delete-orphan",
        order_by="(VolunteerEvent.created_at, VolunteerEvent.id)",
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class GateRecord(SchemeOwned, Created, Base):
    """A fact towards a gate: identity seen, a reference verified, an interview held …

    It counts on ``valid_until`` itself, not after; None: it does not run out.
    """

    __tablename__ = "gate_record"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (UniqueConstraint("volunteer_id", "item"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    item: Mapped[GateItem] = mapped_column(EnumText(GateItem))
    done_on: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    note = sealed_text()
    recorded_by: Mapped[Account] = relationship()


class TrainingRecord(SchemeOwned, Created, Base):
    """A course that a volunteer completed; in date on ``valid_until`` itself, not after.

    There is one for each session that was attended, and one at most that was recorded by hand.
    """

    __tablename__ = "training_record"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (UniqueConstraint("volunteer_id", "course", "session_id"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    course: Mapped[str] = mapped_column(String(40))
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]
    method: Mapped[TrainingMethod] = mapped_column(
        EnumText(TrainingMethod), default=TrainingMethod.ELSEWHERE
    )
    evidence = sealed_text()
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_session.id"))
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class VolunteerEvent(SchemeOwned, Created, Base):
    """One change of state: who, when, why; ``drop_out`` where it closed the record."""

    __tablename__ = "volunteer_event"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (Index("ix_volunteer_event_to_state_created_at", "to_state", "created_at"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[VolunteerState | None] = mapped_column(EnumText(VolunteerState))
    to_state: Mapped[VolunteerState] = mapped_column(EnumText(VolunteerState))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason = sealed_text()
    drop_out: Mapped[DropOutReason | None] = mapped_column(EnumText(DropOutReason))
    by: Mapped[Account | None] = relationship()
