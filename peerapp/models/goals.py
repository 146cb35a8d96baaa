"""Goals in the family's own words, how near they are, and totals of outside measures."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import GoalState, Occasion, Role
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.families import Family
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class Goal(SchemeOwned, Created, Base):
    """What a family wants, in its words; its coach reads it only where the family said so."""

    __tablename__ = "goal"
    __key_owner__ = ("family_id",)

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    words = sealed_text(None)
    state: Mapped[GoalState] = mapped_column(EnumText(GoalState), default=GoalState.OPEN)
    closed_on: Mapped[date | None]
    is_shared: Mapped[bool] = mapped_column(default=False)
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    family: Mapped[Family] = relationship()
    scores: Mapped[list[GoalScore]] = relationship(
        cascade="all, delete-orphan",
        order_by="(GoalScore.scored_on, GoalScore.created_at, GoalScore.id)",
    )


class GoalScore(SchemeOwned, Created, Base):
    """How near a goal is, from 0 (far away) to 10 (there), as the family says; one a day."""

    __tablename__ = "goal_score"
    __table_args__ = (UniqueConstraint("goal_id", "scored_on"),)

    goal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    score: Mapped[int]
    scored_on: Mapped[date]
    occasion: Mapped[Occasion] = mapped_column(EnumText(Occasion))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    recorded_role: Mapped[Role] = mapped_column(EnumText(Role))


class Measure(SchemeOwned, Created, Base):
    """An outside questionnaire by its name and the range of its total; its items are not here."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("scheme_id", "name"),)

    name: Mapped[str] = mapped_column(String(120))
    lowest: Mapped[int]
    highest: Mapped[int]
    higher_is_better: Mapped[bool]
    is_used: Mapped[bool] = mapped_column(default=True)


class MeasureTotal(SchemeOwned, Created, Base):
    """The total of an outside measure on a day."""

    __tablename__ = "measure_total"
    __table_args__ = (UniqueConstraint("family_id", "measure_id", "taken_on"),)

    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id", ondelete="CASCADE"))
    measure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("measure.id"), index=True)
    total: Mapped[int]
    taken_on: Mapped[date]
    occasion: Mapped[Occasion] = mapped_column(EnumText(Occasion))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))

    measure: Mapped[Measure] = relationship()
    recorded_by: Mapped[Account] = relationship()
