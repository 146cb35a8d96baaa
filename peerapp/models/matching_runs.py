"""Matching runs: the state of the background job, its result, and who was left out."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import RunState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.families import Family
from peerapp.models.people import Account

_OPEN = text("state IN ('queued', 'running')")


class MatchingRun(SchemeOwned, Created, Base):
    """One run of the matcher. The job carries its id only; its state lives here."""

    __tablename__ = "matching_run"
    __table_args__ = (
        Index(
            "uq_matching_run_open",
            "scheme_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    state: Mapped[RunState] = mapped_column(EnumText(RunState), default=RunState.QUEUED, index=True)
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(60), default="")
    progress: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    summary: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    recruitment: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    started_by: Mapped[Account] = relationship()


class UnmatchedFamily(SchemeOwned, Base):
    """A family that a run left out, and why."""

    __tablename__ = "unmatched_family"
    __table_args__ = (UniqueConstraint("run_id", "family_id"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("matching_run.id", ondelete="CASCADE"))
    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(40))
    near_misses: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    suggestion: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    family: Mapped[Family] = relationship()
