"""Interviews by the scheme's own questions; earlier versions of both are kept."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import InterviewState, Recommendation
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_json, sealed_text


class InterviewTemplate(SchemeOwned, Created, Base):
    """One version of the scheme's questions; a version is never changed.

    ``questions`` is a list of ``{"key", "text", "guidance"}``.
    """

    __tablename__ = "interview_template"
    __table_args__ = (UniqueConstraint("scheme_id", "version"),)

    version: Mapped[int]
    questions: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    edited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    edited_by: Mapped[Account | None] = relationship()


class Interview(SchemeOwned, Created, Base):
    """One version of the record of an interview.

    ``answers`` maps the key of a question to ``{"score": 1…5 or None, "note": text}``.
    ``revision`` counts the saves of a draft, so that nobody overwrites what they have not seen.
    """

    __tablename__ = "interview"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (UniqueConstraint("volunteer_id", "version"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    template_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interview_template.id"))
    version: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[InterviewState] = mapped_column(
        EnumText(InterviewState), default=InterviewState.DRAFT
    )
    held_on: Mapped[date | None]
    answers = sealed_json(dict, erased={})
    summary = sealed_text()
    recommendation: Mapped[Recommendation | None] = mapped_column(EnumText(Recommendation))
    has_conflict: Mapped[bool | None]
    conflict_note = sealed_text()
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]

    template: Mapped[InterviewTemplate] = relationship()
    started_by: Mapped[Account] = relationship(foreign_keys=[started_by_id])
    submitted_by: Mapped[Account | None] = relationship(foreign_keys=[submitted_by_id])
    interviewers: Mapped[list[Interviewer]] = relationship(
        cascade="all, delete-orphan", order_by="Interviewer.account_id"
    )


class Interviewer(SchemeOwned, Base):
    """A member of staff who held an interview."""

    __tablename__ = "interviewer"
    __table_args__ = (UniqueConstraint("interview_id", "account_id"),)

    interview_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interview.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship()
