"""What happens beside onboarding: breaks, and reviews of the time on probation."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import PauseReason, PauseState, ReviewOutcome
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text
from peerapp.models.volunteers import Volunteer


class VolunteerPause(SchemeOwned, Created, Base):
    """A break from ``starts_on`` to ``ends_on``, both days in it; None: until somebody ends it."""

    __tablename__ = "volunteer_pause"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[PauseReason] = mapped_column(EnumText(PauseReason))
    note = sealed_text()
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    state: Mapped[PauseState] = mapped_column(EnumText(PauseState), index=True)
    held_back_on: Mapped[date | None]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    volunteer: Mapped[Volunteer] = relationship()
    asked_by: Mapped[Account] = relationship()


class ProbationReview(SchemeOwned, Created, Base):
    """How a coach's first time was found to have gone, by whom, and what was decided."""

    __tablename__ = "probation_review"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    due_on: Mapped[date]
    held_on: Mapped[date]
    outcome: Mapped[ReviewOutcome] = mapped_column(EnumText(ReviewOutcome))
    reason = sealed_text(None)
    extended_to: Mapped[date | None]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    by: Mapped[Account] = relationship()
