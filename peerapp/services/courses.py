"""The scheme's courses and their sessions: what there is, and what staff change about it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from peerapp.clock import LONDON
from peerapp.domain import courses as rules
from peerapp.domain.courses import title_of
from peerapp.domain.match_states import HOLDS_PLACE, OPEN_PROPOSAL
from peerapp.domain.vetting import COACHING_STATES, clearance_refusals, courses_in_date
from peerapp.enums import Course, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Match, Scheme, TrainingCourse, Volunteer
from peerapp.services import audit, rows, volunteers
from peerapp.services.schemes import get_scheme, lock_scheme

__all__ = [
    "CourseEntry", "CourseValues", "add_course", "at_london", "change_course", "get_course",
    "list_courses", "list_stopped", "month_bounds", "title_of", "titles",
]  # fmt: skip


@dataclass(frozen=True)
class CourseEntry:
    """A course as it stands: a standard one unchanged, one changed, or one of the scheme's own."""

    code: str
    title: str
    valid_months: int | None
    is_offered: bool
    is_core: bool
    is_standard: bool


@dataclass(frozen=True)
class CourseValues:
    """What a manager says about a course; ``valid_months`` None: it does not run out."""

    title: str
    valid_months: int | None
    is_core: bool
    is_offered: bool = True


def list_courses(session: Session) -> list[CourseEntry]:
    """Return every course: standard ones in their order, then the scheme's own by title."""
    scheme = get_scheme(session)
    changed = {row.code: row for row in session.scalars(select(TrainingCourse))}
    standard = [_entry(scheme, code.value, changed.pop(code.value, None)) for code in Course]
    own = [_entry(scheme, row.code, row) for row in changed.values()]
    return standard + sorted(own, key=lambda one: (one.title.lower(), one.code))


def get_course(session: Session, code: str) -> CourseEntry:
    """Return one course.

    Raises
    ------
    NotFound
        The scheme has no such course.
    """
    for entry in list_courses(session):
        if entry.code == code:
            return entry
    raise NotFound("there is no such course")


def titles(session: Session) -> Mapping[str, str]:
    """Return what each course is called, by its code."""
    return {entry.code: entry.title for entry in list_courses(session)}


def _entry(scheme: Scheme, code: str, row: TrainingCourse | None) -> CourseEntry:
    is_standard = code in rules.STANDARD
    is_core = code in scheme.core_courses
    if row is None:
        months = rules.STANDARD_MONTHS[rules.STANDARD[code]]
        return CourseEntry(code, rules.standard_title(code), months, True, is_core, is_standard)
    return CourseEntry(code, row.title, row.valid_months, row.is_offered, is_core, is_standard)


def add_course(session: Session, actor: Account, values: CourseValues, today: date) -> str:
    """Add a course of the scheme's own, and return its code.

    Raises
    ------
    Refused
        There is one of this name.
    """
    _only_managers(actor)
    code = rules.code_of(values.title)
    if not code or code in {entry.code for entry in list_courses(session)}:
        raise Refused([Refusal("title", "There is a course with this name. Choose another.")])
    _write(session, actor, code, values, today, confirmed=True, action="course.add")
    return code


def change_course(
    session: Session,
    actor: Account,
    code: str,
    values: CourseValues,
    today: date,
    *,
    confirmed: bool,
) -> CourseEntry:
    """Change a course; what was recorded of it before keeps the last day that it was given.

    Raises
    ------
    Refused
        It becomes a core course, which some coaches lack, and that was not ``confirmed``.
    """
    _only_managers(actor)
    get_course(session, code)
    _write(session, actor, code, values, today, confirmed=confirmed, action="course.change")
    return get_course(session, code)


def _write(
    session: Session,
    actor: Account,
    code: str,
    values: CourseValues,
    today: date,
    *,
    confirmed: bool,
    action: str,
) -> None:
    scheme = lock_scheme(session)
    becomes_core = values.is_core and code not in scheme.core_courses
    stopped = list_stopped(session, code, today) if becomes_core else []
    if stopped and not confirmed:
        text = f"Coaches who may not coach from now on until they have done it: {len(stopped)}."
        raise Refused([Refusal("confirmed", f"{text} Tick the box if you want this.")])
    row = session.scalar(select(TrainingCourse).where(TrainingCourse.code == code))
    row = row or _new_row(session, code, values)
    row.title, row.valid_months = values.title.strip(), values.valid_months
    row.is_offered = values.is_offered
    others = tuple(one for one in scheme.core_courses if one != code)
    scheme.core_courses = (*others, code) if values.is_core else others
    audit.record_change(
        session, actor, action, row, is_core=values.is_core, months=values.valid_months
    )
    session.flush()
    for volunteer_id in sorted(_with_matches(session, stopped)):
        volunteer = rows.lock_row(session, Volunteer, volunteer_id)
        volunteers.settle(session, actor, volunteer, today, "training_changed")


def _new_row(session: Session, code: str, values: CourseValues) -> TrainingCourse:
    row = TrainingCourse(code=code, title=values.title, valid_months=values.valid_months)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Refused([Refusal("title", "Somebody else has just added this course.")]) from error
    return row


def list_stopped(session: Session, code: str, today: date) -> list[uuid.UUID]:
    """Return the coaches, cleared today, who would not be if a course became a core course."""
    query = (
        select(Volunteer)
        .where(Volunteer.state.in_(COACHING_STATES))
        .options(
            selectinload(Volunteer.account),
            selectinload(Volunteer.gate_records),
            selectinload(Volunteer.training),
            selectinload(Volunteer.certificates),
        )
        .order_by(Volunteer.id)
    )
    return [
        one.id
        for one in session.scalars(query)
        if code not in courses_in_date(one, today) and not clearance_refusals(one, today)
    ]


def _with_matches(session: Session, volunteer_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    query = select(Match.volunteer_id).where(Match.state.in_(OPEN_PROPOSAL | HOLDS_PLACE))
    return set(session.scalars(query)) & set(volunteer_ids)


def _only_managers(actor: Account) -> None:
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager changes courses")


def at_london(day: date, clock: time) -> datetime:
    """Return the moment at which a clock in London shows a time on a day."""
    return datetime.combine(day, clock, LONDON)


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """Return the first moments of a month and of the next, in London."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return at_london(first, time()), at_london(following, time())
