"""Task lists of volunteers: loaded for one page or for many, with a fixed number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.clock import LONDON
from peerapp.domain import courses as rules
from peerapp.domain.gate_steps import Around, GateStep, gate_steps
from peerapp.domain.waiting import Wait, list_waits
from peerapp.enums import BookingState, InterviewState
from peerapp.models import (
    AgreementText,
    Certificate,
    CourseSession,
    Interview,
    Reference,
    Volunteer,
)
from peerapp.wording import day_of


@dataclass(frozen=True)
class TaskList:
    """A volunteer's gates today, and what the record waits for, longest first."""

    volunteer: Volunteer
    steps: tuple[GateStep, ...]
    waits: tuple[Wait, ...]


def loads() -> tuple[Any, ...]:
    """Return what a query for many volunteers has to load for ``list_tasks``."""
    return (
        joinedload(Volunteer.scheme),
        joinedload(Volunteer.account),
        joinedload(Volunteer.locality),
        selectinload(Volunteer.gate_records),
        selectinload(Volunteer.training),
        selectinload(Volunteer.certificates).selectinload(Certificate.subscription),
        selectinload(Volunteer.consents),
        selectinload(Volunteer.applications),
        selectinload(Volunteer.references).selectinload(Reference.history),
        selectinload(Volunteer.panel_decisions),
        selectinload(Volunteer.history),
    )


def get_tasks(session: Session, volunteer: Volunteer, today: date) -> TaskList:
    """Return one volunteer's task list; who may see it is for the caller to say."""
    return list_tasks(session, [volunteer], today)[0]


def get_around(session: Session, volunteer: Volunteer, today: date) -> Around:
    """Return what lies beside one volunteer's record, for ``progress.get_progress``."""
    return _around(session, [volunteer.id], today)[volunteer.id]


def list_tasks(session: Session, found: Sequence[Volunteer], today: date) -> list[TaskList]:
    """Return the task lists of volunteers, in their order.

    Three queries besides those for what ``loads`` names, however many volunteers there are.
    """
    around = _around(session, [one.id for one in found], today)
    lists = []
    for volunteer in found:
        steps = gate_steps(volunteer, around[volunteer.id], today)
        lists.append(TaskList(volunteer, tuple(steps), tuple(list_waits(volunteer, steps))))
    return lists


def _around(
    session: Session, volunteer_ids: Sequence[uuid.UUID], today: date
) -> dict[uuid.UUID, Around]:
    begun = _interviews_begun(session, volunteer_ids)
    coming = _coming(session, today)
    offered: dict[str, date] = {}
    places: dict[uuid.UUID, dict[str, date]] = defaultdict(dict)
    for one in coming:
        day = day_of(one.starts_at)
        if rules.count_taken(one) < one.places and not rules.waiting_list(one):
            offered.setdefault(one.course, day)
        for booking in one.bookings:
            if booking.state == BookingState.BOOKED:
                places[booking.volunteer_id].setdefault(one.course, day)
    has_text = session.scalar(select(func.count(AgreementText.id)))
    return {
        one: Around(begun.get(one), places[one], offered, has_text=bool(has_text))
        for one in volunteer_ids
    }


def _interviews_begun(
    session: Session, volunteer_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, date]:
    query = select(Interview.volunteer_id, Interview.created_at).where(
        Interview.volunteer_id.in_(volunteer_ids), Interview.state == InterviewState.DRAFT
    )
    return {volunteer_id: day_of(at) for volunteer_id, at in session.execute(query)}


def _coming(session: Session, today: date) -> Sequence[CourseSession]:
    """Return the sessions from today on that are not cancelled, in order."""
    midnight = datetime.combine(today, time(), LONDON).astimezone(UTC)
    query = (
        select(CourseSession)
        .where(CourseSession.starts_at >= midnight, CourseSession.cancelled_at.is_(None))
        .options(selectinload(CourseSession.bookings))
        .order_by(CourseSession.starts_at, CourseSession.id)
    )
    return session.scalars(query).all()
