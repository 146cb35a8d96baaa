"""Status checks: each time DBS was asked whether a certificate is still current."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import StatusFailure, StatusOutcome
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.checks import Certificate
from peerapp.models.people import Account


class StatusCheck(SchemeOwned, Created, Base):
    """One attempt: asked by whom (None: by the schedule), when, what came of it.

    What DBS answered is not kept beyond its meaning: no name, no date. ``next_at`` is when the
    certificate may be asked about again by itself; only the newest row of a certificate has it,
    and while a question is open it is the end of the worker's time. ``attempt`` counts questions
    in a row that had no answer.
    """

    __tablename__ = "status_check"

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("certificate.id", ondelete="CASCADE"), index=True
    )
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[StatusOutcome] = mapped_column(
        EnumText(StatusOutcome), default=StatusOutcome.ASKED, index=True
    )
    failure: Mapped[StatusFailure | None] = mapped_column(EnumText(StatusFailure))
    started_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    is_flagged: Mapped[bool] = mapped_column(default=False)

    certificate: Mapped[Certificate] = relationship()
    asked_by: Mapped[Account | None] = relationship()
