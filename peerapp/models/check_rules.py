"""Which DBS check a role needs: roles with their answers, the rule table's versions, decisions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CheckLevel, Workforce
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_json, sealed_text

_DRAFT = text("published_at IS NULL")


class CheckRuleTable(SchemeOwned, Created, Base):
    """One version of the scheme's rule table; without ``published_at`` it is the draft.

    A published version is never changed again: decisions point to it. ``rules`` is a list of
    mappings as ``domain.check_rules.rule_to_json`` writes them. ``edition`` counts the changes of
    a draft, so that two people who edit at once do not overwrite each other.
    """

    __tablename__ = "check_rule_table"
    __table_args__ = (
        UniqueConstraint("scheme_id", "number"),
        Index(
            "uq_check_rule_table_draft",
            "scheme_id",
            unique=True,
            sqlite_where=_DRAFT,
            postgresql_where=_DRAFT,
        ),
    )

    number: Mapped[int]
    rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    edition: Mapped[int] = mapped_column(default=1)
    note = sealed_text()
    started_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None]
    started_by: Mapped[Account | None] = relationship(foreign_keys=[started_by_id])
    published_by: Mapped[Account | None] = relationship(foreign_keys=[published_by_id])


class VolunteerRole(SchemeOwned, Created, Base):
    """Something that volunteers of the scheme do, and the answers about it.

    ``coaches_families`` says whether it supports single families, so that they may be matched. It
    never changes: a volunteer's record remembers it.
    """

    __tablename__ = "volunteer_role"
    __table_args__ = (UniqueConstraint("scheme_id", "slug"), UniqueConstraint("scheme_id", "name"))

    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(Text, default="")
    coaches_families: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    edition: Mapped[int] = mapped_column(default=1)
    retired_on: Mapped[date | None]


class CheckDecision(SchemeOwned, Created, Base):
    """Which check a volunteer's role needs: answers and outcome as they were, who, when, by what.

    The last one counts; ``Volunteer.check_level`` and ``check_workforce`` repeat its outcome.
    """

    __tablename__ = "check_decision"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    role_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer_role.id"), index=True)
    table_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("check_rule_table.id"), index=True)
    answers = sealed_json(erased={})
    level: Mapped[CheckLevel] = mapped_column(EnumText(CheckLevel))
    workforce: Mapped[Workforce] = mapped_column(EnumText(Workforce))
    reason = sealed_text(None)
    decided_on: Mapped[date]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[VolunteerRole] = relationship()
    table: Mapped[CheckRuleTable] = relationship()
    decided_by: Mapped[Account] = relationship()
