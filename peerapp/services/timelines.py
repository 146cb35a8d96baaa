"""A volunteer's timeline for staff: every event in order, with who, when and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Account, Volunteer
from peerapp.services import volunteers
from peerapp.services.timeline_sources import SOURCES, Happening
from peerapp.wording import day_of

PAGE = 40
WITHOUT_NAME = "the volunteer"


@dataclass(frozen=True)
class TimelineEvent:
    """One line; ``recorded_at`` only where it was written down on another day."""

    on: date
    recorded_at: datetime | None
    code: str
    title: str
    who: str
    why: str


@dataclass(frozen=True)
class Timeline:
    """One page, newest first."""

    volunteer: Volunteer
    reference: str
    events: tuple[TimelineEvent, ...]
    pages: int


def get_timeline(
    session: Session, actor: Account, volunteer_id: uuid.UUID, page: int = 1
) -> Timeline:
    """Return a page of what happened to a volunteer's record; the view is audited.

    Raises
    ------
    peerapp.errors.NotFound
        There is none, or the actor may not know of it.
    """
    volunteer = volunteers.get_volunteer(session, actor, volunteer_id, ("timeline",))
    found = [one for source in SOURCES for one in source(session, volunteer)]
    found.sort(key=lambda one: (one.on, one.recorded_at, one.code, one.title), reverse=True)
    shown = found[(page - 1) * PAGE : page * PAGE]
    names = _names(session, {one.by_id for one in shown if one.by_id})
    events = tuple(_event(one, names) for one in shown)
    return Timeline(volunteer, volunteers.reference(volunteer), events, -(-len(found) // PAGE))


def _names(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {row_id: name or WITHOUT_NAME for row_id, name in session.execute(query)}


def _event(one: Happening, names: dict[uuid.UUID, str]) -> TimelineEvent:
    later = one.recorded_at if day_of(one.recorded_at) != one.on else None
    who = names.get(one.by_id, one.by) if one.by_id else one.by
    return TimelineEvent(one.on, later, one.code, one.title, who, one.why)
