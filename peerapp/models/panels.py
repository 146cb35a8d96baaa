"""Panels: what was decided on a volunteer, by whom, why."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import PanelOutcome
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class PanelDecision(SchemeOwned, Created, Base):
    """One decision of a panel; never changed.

    ``panel_since`` is when the volunteer came to panel: a decision counts for that time only.
    """

    __tablename__ = "panel_decision"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    panel_since: Mapped[datetime]
    outcome: Mapped[PanelOutcome] = mapped_column(EnumText(PanelOutcome))
    held_on: Mapped[date]
    reasons = sealed_text(None)
    conditions = sealed_text()
    again_on: Mapped[date | None]
    other_members = sealed_text()
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    decided_by: Mapped[Account] = relationship()
    members: Mapped[list[PanelMember]] = relationship(
        cascade="all, delete-orphan", order_by="PanelMember.account_id"
    )


class PanelMember(SchemeOwned, Base):
    """A member of staff who sat on a panel."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("decision_id", "account_id"),)

    decision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("panel_decision.id", ondelete="CASCADE")
    )
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship()
