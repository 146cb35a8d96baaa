"""Families: referral, needs, agreement and how they may safely be reached."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import (
    AgreementMethod,
    CloseReason,
    CoachGender,
    ConsentPurpose,
    FamilyState,
    Need,
    ReferralSource,
)
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, WordSet
from peerapp.models.family_children import FamilyChild
from peerapp.models.people import Account
from peerapp.models.plan_overrides import PlanOverride
from peerapp.models.schemes import Locality, Scheme
from peerapp.models.sealed import sealed_number, sealed_text


class Family(SchemeOwned, Created, Base):
    """A family in or before the scheme. ``reference`` is what staff say on the phone."""

    __tablename__ = "family"
    __table_args__ = (UniqueConstraint("scheme_id", "reference"),)

    reference: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"), unique=True)
    locality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"), index=True)
    worker_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    state: Mapped[FamilyState] = mapped_column(
        EnumText(FamilyState), default=FamilyState.REFERRED, index=True
    )
    state_since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    phone = sealed_text()
    email = sealed_text()
    address = sealed_text()
    postcode = sealed_text(None)
    easting = sealed_number()
    northing = sealed_number()
    children: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())

    source: Mapped[ReferralSource] = mapped_column(
        EnumText(ReferralSource), default=ReferralSource.INTERNAL
    )
    referred_on: Mapped[date]
    level: Mapped[int] = mapped_column(default=2)
    priority: Mapped[int] = mapped_column(default=3)
    lead_practitioner = sealed_text()
    step_down_level: Mapped[int | None]
    step_down_on: Mapped[date | None]
    step_down_worker = sealed_text()
    section_47_open: Mapped[bool] = mapped_column(default=False)
    child_protection_plan: Mapped[bool] = mapped_column(default=False)
    waiting_since: Mapped[date]

    slots: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    languages: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    coach_gender: Mapped[CoachGender] = mapped_column(
        EnumText(CoachGender), default=CoachGender.ANY
    )
    accepts_remote: Mapped[bool] = mapped_column(default=False)
    min_distance_m: Mapped[int] = mapped_column(default=0)
    household: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    details_query = sealed_text()
    close_reason: Mapped[CloseReason | None] = mapped_column(EnumText(CloseReason))

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    worker: Mapped[Account | None] = relationship(foreign_keys=[worker_id])
    locality: Mapped[Locality | None] = relationship()
    scheme: Mapped[Scheme] = relationship()
    needs: Mapped[list[FamilyNeed]] = relationship(
        cascade="all, delete-orphan", order_by="FamilyNeed.need"
    )
    agreements: Mapped[list[Agreement]] = relationship(
        cascade="all, delete-orphan", order_by="(Agreement.created_at, Agreement.id)"
    )
    children_named: Mapped[list[FamilyChild]] = relationship(
        cascade="all, delete-orphan", order_by="FamilyChild.id"
    )
    plan_overrides: Mapped[list[PlanOverride]] = relationship(
        cascade="all, delete-orphan", order_by="(PlanOverride.created_at, PlanOverride.id)"
    )
    safe_contact: Mapped[SafeContact | None] = relationship(
        cascade="all, delete-orphan", back_populates="family"
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class FamilyNeed(SchemeOwned, Base):
    """A need and how much it weighs: 1 some, 2 a good deal, 3 most of all."""

    __tablename__ = "family_need"
    __table_args__ = (UniqueConstraint("family_id", "need"),)

    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id", ondelete="CASCADE"))
    need: Mapped[Need] = mapped_column(EnumText(Need))
    weight: Mapped[int]


class Agreement(SchemeOwned, Created, Base):
    """A family's yes to one purpose: who said it, to which words, how, in which language."""

    __tablename__ = "agreement"
    __key_owner__ = ("family_id",)

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[ConsentPurpose] = mapped_column(
        EnumText(ConsentPurpose), default=ConsentPurpose.TAKE_PART, server_default="take_part"
    )
    version: Mapped[str] = mapped_column(String(20))
    given_by = sealed_text(None)
    given_on: Mapped[date]
    method: Mapped[AgreementMethod] = mapped_column(EnumText(AgreementMethod))
    language: Mapped[str] = mapped_column(String(8), default="en")
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    withdrawn_on: Mapped[date | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    text_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family_consent_text.id"))
    recorded_by: Mapped[Account] = relationship(foreign_keys=[recorded_by_id])
    withdrawn_by: Mapped[Account | None] = relationship(foreign_keys=[withdrawn_by_id])


class SafeContact(SchemeOwned, Base):
    """How the family may be reached. No row, or no channel, means: not at all.

    ``safe_slots`` are the times of the week in which a message may arrive; none: at any time.
    """

    __tablename__ = "safe_contact"
    __key_owner__ = ("family_id",)

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), unique=True
    )
    channels: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=())
    times = sealed_text()
    safe_slots: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=(), server_default="")
    alias = sealed_text()
    no_voicemail: Mapped[bool] = mapped_column(default=True)
    shared_device: Mapped[bool] = mapped_column(default=False)
    withheld_address: Mapped[bool] = mapped_column(default=True)
    must_not_be_told = sealed_text()
    answered_on: Mapped[date]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    family: Mapped[Family] = relationship(back_populates="safe_contact")
