"""The tenant: a scheme, its localities and the settings that a council may change."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CORE_COURSES
from peerapp.models.base import Base, Created, SchemeOwned, WordSet

if TYPE_CHECKING:
    from peerapp.models.courses import TrainingCourse


class Scheme(Base, Created):
    """One council's scheme. Figures that the law or a council may change are columns here."""

    __tablename__ = "scheme"

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    council: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    danger_text: Mapped[str] = mapped_column(Text, default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    recheck_months: Mapped[int] = mapped_column(default=36)
    core_courses: Mapped[tuple[str, ...]] = mapped_column(WordSet, default=CORE_COURSES)
    minimum_age: Mapped[int] = mapped_column(default=16)
    application_flag_days: Mapped[int] = mapped_column(default=30, server_default="30")
    probation_families: Mapped[int] = mapped_column(default=1)
    probation_weeks: Mapped[int] = mapped_column(default=12)
    agreement_grace_days: Mapped[int] = mapped_column(default=28)
    reapply_months: Mapped[int] = mapped_column(default=6)
    stale_gate_months: Mapped[int] = mapped_column(default=12)
    family_cooling_off_months: Mapped[int] = mapped_column(default=6)
    cool_off_days: Mapped[int] = mapped_column(default=90)
    invitation_days: Mapped[int] = mapped_column(default=7)
    agreement_version: Mapped[str] = mapped_column(String(20), default="2026-1")
    join_days: Mapped[int] = mapped_column(default=30)
    risk_text_months: Mapped[int] = mapped_column(default=6)
    consent_from_version: Mapped[int] = mapped_column(default=1)
    day_swept_on: Mapped[date | None]
    reference_link_days: Mapped[int] = mapped_column(default=30)
    reference_reminder_days: Mapped[int] = mapped_column(default=5)
    reference_second_reminder_days: Mapped[int] = mapped_column(default=10)
    reference_flag_days: Mapped[int] = mapped_column(default=14)
    panel_members: Mapped[int] = mapped_column(default=2)
    certificate_warning_days: Mapped[int] = mapped_column(default=90, server_default="90")
    training_warning_days: Mapped[int] = mapped_column(default=90, server_default="90")
    agreement_warning_days: Mapped[int] = mapped_column(default=14, server_default="14")
    stuck_days: Mapped[int] = mapped_column(default=28, server_default="28")
    offer_days: Mapped[int] = mapped_column(default=7, server_default="7")
    offer_reminder_days: Mapped[int] = mapped_column(default=3, server_default="3")
    no_answer_days: Mapped[int] = mapped_column(default=14, server_default="14")
    ending_notice_days: Mapped[int] = mapped_column(default=28, server_default="28")
    staff_record_answers: Mapped[bool] = mapped_column(default=True, server_default=true())
    status_organisation: Mapped[str] = mapped_column(String(120), default="")
    status_checker_forename: Mapped[str] = mapped_column(String(80), default="")
    status_checker_surname: Mapped[str] = mapped_column(String(80), default="")
    status_terms_agreed_on: Mapped[date | None]
    status_check_days: Mapped[int] = mapped_column(default=30)
    session_minutes: Mapped[int] = mapped_column(default=120, server_default="120")
    note_reminder_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    note_flag_days: Mapped[int] = mapped_column(default=3, server_default="3")
    missed_in_row: Mapped[int] = mapped_column(default=2, server_default="2")
    mileage_pence: Mapped[int] = mapped_column(default=45, server_default="45")
    mileage_later_pence: Mapped[int] = mapped_column(default=25, server_default="25")
    mileage_limit: Mapped[int] = mapped_column(default=10000, server_default="10000")
    motorcycle_pence: Mapped[int] = mapped_column(default=24, server_default="24")
    bicycle_pence: Mapped[int] = mapped_column(default=20, server_default="20")
    claim_days: Mapped[int] = mapped_column(default=90, server_default="90")
    concern_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    concern_danger_hours: Mapped[int] = mapped_column(default=1, server_default="1")
    goal_review_weeks: Mapped[int] = mapped_column(default=6, server_default="6")
    call_first_weeks: Mapped[int] = mapped_column(default=3, server_default="3")
    call_second_weeks: Mapped[int] = mapped_column(default=10, server_default="10")
    call_third_weeks: Mapped[int] = mapped_column(default=18, server_default="18")
    call_every_weeks: Mapped[int] = mapped_column(default=4, server_default="4")
    call_grace_days: Mapped[int] = mapped_column(default=7, server_default="7")
    inside_message_months: Mapped[int] = mapped_column(default=6, server_default="6")
    level_labels: Mapped[list[str]] = mapped_column(
        JSON, default=lambda: ["Universal", "Additional", "Targeted", "Statutory"]
    )
    level_colours: Mapped[list[str]] = mapped_column(
        JSON, default=lambda: ["green", "blue", "orange", "red"]
    )
    referral_draft_days: Mapped[int] = mapped_column(default=7, server_default="7")
    referral_form_days: Mapped[int] = mapped_column(default=21, server_default="21")
    referral_outcome_days: Mapped[int] = mapped_column(default=400, server_default="400")
    danger_reminder_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    plan_override_days: Mapped[int] = mapped_column(default=90, server_default="90")
    duty_cover_hours: Mapped[int] = mapped_column(default=4, server_default="4")
    second_person_days: Mapped[int] = mapped_column(default=7, server_default="7")
    export_hours: Mapped[int] = mapped_column(default=24, server_default="24")
    second_person_manager: Mapped[bool] = mapped_column(default=True, server_default=true())
    second_person_coordinator: Mapped[bool] = mapped_column(default=False, server_default=false())
    keep_applications_months: Mapped[int] = mapped_column(default=12, server_default="12")
    keep_volunteers_months: Mapped[int] = mapped_column(default=72, server_default="72")
    keep_families_months: Mapped[int] = mapped_column(default=72, server_default="72")
    keep_referrals_months: Mapped[int] = mapped_column(default=12, server_default="12")
    keep_notes_months: Mapped[int] = mapped_column(default=36, server_default="36")
    keep_snapshots_months: Mapped[int] = mapped_column(default=12, server_default="12")
    keep_claims_months: Mapped[int] = mapped_column(default=84, server_default="84")
    keep_mail_days: Mapped[int] = mapped_column(default=90, server_default="90")
    matching_settings: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    training_courses: Mapped[list[TrainingCourse]] = relationship(viewonly=True)


class Locality(SchemeOwned, Base):
    """A part of the scheme's area: a list of postcode sectors in which staff work."""

    __tablename__ = "locality"
    __table_args__ = (UniqueConstraint("scheme_id", "name"),)

    name: Mapped[str] = mapped_column(String(80))
    council: Mapped[str] = mapped_column(String(80), default="")
    sectors: Mapped[list[LocalitySector]] = relationship(
        back_populates="locality",
        cascade="all, delete-orphan",
        order_by="LocalitySector.sector",
    )


class LocalitySector(SchemeOwned, Base):
    """One postcode sector; it lies in one locality of a scheme at most."""

    __tablename__ = "locality_sector"
    __table_args__ = (UniqueConstraint("scheme_id", "sector"),)

    locality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("locality.id", ondelete="CASCADE"))
    sector: Mapped[str] = mapped_column(String(8))
    locality: Mapped[Locality] = relationship(back_populates="sectors")
