"""Referrals: what was told at the front door, by which links, and what came of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import (
    Danger,
    ReferralDecline,
    ReferralLinkKind,
    ReferralSource,
    ReferralState,
)
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.schemes import Locality
from peerapp.models.sealed import sealed_json, sealed_text

if TYPE_CHECKING:
    from peerapp.models.families import Family


class Referral(SchemeOwned, Created, Base):
    """One request for a coach, page by page, and what was decided on it.

    ``answers`` holds what was typed, by the name of the question. ``form_email`` is where the
    form went when a coordinator asked a professional. ``family`` is the record that the referral
    became, or that it turned out to be about.
    """

    __tablename__ = "referral"
    __table_args__ = (UniqueConstraint("scheme_id", "reference"),)

    reference: Mapped[str] = mapped_column(String(20))
    source: Mapped[ReferralSource] = mapped_column(EnumText(ReferralSource))
    state: Mapped[ReferralState] = mapped_column(
        EnumText(ReferralState), default=ReferralState.DRAFT, index=True
    )
    locality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"), index=True)
    family_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    answers = sealed_json(dict, erased={})
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    form_email = sealed_text()
    form_asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    danger: Mapped[Danger | None] = mapped_column(EnumText(Danger))
    danger_told_at: Mapped[datetime | None]
    danger_reminded_at: Mapped[datetime | None]
    danger_taken_at: Mapped[datetime | None]
    danger_taken_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    danger_note = sealed_text()

    decided_on: Mapped[date | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decline_reason: Mapped[ReferralDecline | None] = mapped_column(EnumText(ReferralDecline))
    decline_note = sealed_text()

    family: Mapped[Family | None] = relationship()
    locality: Mapped[Locality | None] = relationship()
    form_asked_by: Mapped[Account | None] = relationship(foreign_keys=[form_asked_by_id])
    danger_taken_by: Mapped[Account | None] = relationship(foreign_keys=[danger_taken_by_id])
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id])
    links: Mapped[list[ReferralLink]] = relationship(
        back_populates="referral",
        cascade="all, delete-orphan",
        order_by="(ReferralLink.created_at, ReferralLink.id)",
    )
    history: Mapped[list[ReferralEvent]] = relationship(
        cascade="all, delete-orphan",
        order_by="(ReferralEvent.created_at, ReferralEvent.id)",
    )
    differences: Mapped[list[ReferralDifference]] = relationship(
        cascade="all, delete-orphan",
        order_by="(ReferralDifference.created_at, ReferralDifference.id)",
    )

    @property
    def name(self) -> str:
        """The parent or carer, as far as the form has got."""
        given = (self.answers.get(part, "") for part in ("first_name", "last_name"))
        return " ".join(part for part in given if part)


class ReferralLink(SchemeOwned, Created, Base):
    """A secret that opens a draft, a form or an outcome, kept only as a hash."""

    __tablename__ = "referral_link"

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[ReferralLinkKind] = mapped_column(EnumText(ReferralLinkKind))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    referral: Mapped[Referral] = relationship(back_populates="links")


class ReferralEvent(SchemeOwned, Created, Base):
    """One change of a referral: who (None: whoever filled the form in), when, why."""

    __tablename__ = "referral_event"
    __key_owner__ = ("referral_id",)

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    from_state: Mapped[ReferralState | None] = mapped_column(EnumText(ReferralState))
    to_state: Mapped[ReferralState] = mapped_column(EnumText(ReferralState))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason = sealed_text()
    by: Mapped[Account | None] = relationship()


class ReferralDifference(SchemeOwned, Created, Base):
    """Somebody looked at a record that resembles a referral and said: another family."""

    __tablename__ = "referral_difference"
    __table_args__ = (UniqueConstraint("referral_id", "family_id"),)

    referral_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id", ondelete="CASCADE"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Account] = relationship()
