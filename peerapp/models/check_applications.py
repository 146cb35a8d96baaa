"""Applications for DBS checks on their way, and who pays for them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import ApplicationReason, ApplicationState, CheckLevel, Workforce
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.checks import Certificate
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_json, sealed_text

if TYPE_CHECKING:
    from peerapp.models.volunteers import Volunteer

_OPEN = text("state IN ('to_submit', 'submitted', 'with_dbs', 'issued')")


class CheckApplication(SchemeOwned, Created, Base):
    """One application for a DBS check; a volunteer has one open at most.

    Level, workforce and whether it is free are those decided when it was sent off. ``reference``
    is what the umbrella body calls it. ``opened_by`` is nobody where the system opened it.
    """

    __tablename__ = "check_application"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (
        Index(
            "uq_check_application_open",
            "volunteer_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[ApplicationState] = mapped_column(
        EnumText(ApplicationState), default=ApplicationState.TO_SUBMIT, index=True
    )
    reason: Mapped[ApplicationReason] = mapped_column(EnumText(ApplicationReason))
    reference = sealed_text()
    level: Mapped[CheckLevel | None] = mapped_column(EnumText(CheckLevel))
    workforce: Mapped[Workforce | None] = mapped_column(EnumText(Workforce))
    is_free: Mapped[bool | None]
    opened_on: Mapped[date]
    opened_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    submitted_on: Mapped[date | None]
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    with_dbs_on: Mapped[date | None]
    issued_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_note = sealed_text()
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("certificate.id", ondelete="SET NULL")
    )

    volunteer: Mapped[Volunteer] = relationship(back_populates="applications")
    opened_by: Mapped[Account | None] = relationship(foreign_keys=[opened_by_id])
    submitted_by: Mapped[Account | None] = relationship(foreign_keys=[submitted_by_id])
    certificate: Mapped[Certificate | None] = relationship()


class FeeDecision(SchemeOwned, Created, Base):
    """Whether a volunteer's check may be free, by their answers; the last one counts."""

    __tablename__ = "fee_decision"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    answers = sealed_json(erased={})
    is_free: Mapped[bool]
    decided_on: Mapped[date]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    decided_by: Mapped[Account] = relationship()
