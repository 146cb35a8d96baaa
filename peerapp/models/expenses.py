"""What coaches spent and are paid back, and the files with which it is paid."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import ClaimState, ExpenseKind
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text
from peerapp.models.sessions import CoachingSession
from peerapp.models.volunteers import Volunteer


class ExpenseExport(SchemeOwned, Created, Base):
    """A file of approved claims for whoever pays them; each claim is in one file only."""

    __tablename__ = "expense_export"

    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    claims: Mapped[int]
    total_pence: Mapped[int]
    made_by: Mapped[Account] = relationship()


class ExpenseClaim(SchemeOwned, Created, Base):
    """One claim. Miles are in tenths, money in pence; the rates are those of the day it was sent.

    Attributes
    ----------
    tenths
        Tenths of a mile; None for what is paid by receipt.
    rate_pence
        Pence a mile; None for what is paid by receipt.
    """

    __tablename__ = "expense_claim"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("coaching_session.id", ondelete="SET NULL"), index=True
    )
    kind: Mapped[ExpenseKind] = mapped_column(EnumText(ExpenseKind))
    spent_on: Mapped[date]
    tenths: Mapped[int | None]
    rate_pence: Mapped[int | None]
    amount_pence: Mapped[int]
    purpose = sealed_text()
    state: Mapped[ClaimState] = mapped_column(
        EnumText(ClaimState), default=ClaimState.SENT, index=True
    )
    receipt_seen: Mapped[bool] = mapped_column(default=False)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    return_reason = sealed_text()
    export_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("expense_export.id"), index=True)

    volunteer: Mapped[Volunteer] = relationship()
    session: Mapped[CoachingSession | None] = relationship()
    decided_by: Mapped[Account | None] = relationship()
    export: Mapped[ExpenseExport | None] = relationship()
