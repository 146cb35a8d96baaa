"""The funnel: how many volunteers stand where, who is stuck, why people leave, how long it takes.

A fixed number of queries, however many volunteers there are.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain import csv_text
from peerapp.domain.funnel import CAN_STICK, SHOWN, Spread, hidden, months_until, spread
from peerapp.domain.onboarding import FINAL
from peerapp.enums import DropOutReason, VolunteerState
from peerapp.models import Account, Scheme, Volunteer, VolunteerEvent
from peerapp.services import audit, task_lists, volunteers
from peerapp.services.schemes import get_scheme
from peerapp.services.task_lists import TaskList
from peerapp.vocabulary import label
from peerapp.wording import day_of

PAGE = 25
NOT_SHOWN = "Not shown"
NO_LOCALITY = "Outside all localities"
NOT_RECORDED = "No reason recorded"


@dataclass(frozen=True)
class Filters:
    """Whom to count; ``state`` narrows the list of who is stuck alone."""

    locality_id: uuid.UUID | None = None
    state: VolunteerState | None = None


@dataclass(frozen=True)
class StageRow:
    """Who stands in a state now: for how long so far, and how many of them are stuck."""

    state: VolunteerState
    days: Spread
    stuck: int


@dataclass(frozen=True)
class StuckRow:
    """Somebody who has stood in one state for long, and what the record waits for."""

    tasks: TaskList
    days: int


@dataclass(frozen=True)
class Figures:
    """Everything that is counted.

    Attributes
    ----------
    drop_outs, left_from
        Records closed since ``since``, by reason and by the state before; most first.
    to_active
        Days from enquiry to active of who became active since then, in all, by the month in which
        they did, and by locality.
    """

    since: date
    stuck_days: int
    stages: tuple[StageRow, ...]
    drop_outs: tuple[tuple[str, int], ...]
    left_from: tuple[tuple[VolunteerState, int], ...]
    to_active: Spread
    by_month: tuple[tuple[date, Spread], ...]
    by_locality: tuple[tuple[str, Spread], ...]


@dataclass(frozen=True)
class Funnel:
    """The figures, and one page of who is stuck, oldest first."""

    figures: Figures
    stuck: tuple[StuckRow, ...]
    pages: int


def get_funnel(
    session: Session, actor: Account, filters: Filters, today: date, page: int = 1
) -> Funnel:
    """Return the funnel of the volunteers whom the actor may see."""
    figures = _figures(session, actor, filters, today)
    counted = [one for one in figures.stages if filters.state in {None, one.state}]
    stuck = _stuck(session, actor, filters, figures.stuck_days, today, page)
    return Funnel(figures, stuck, -(-sum(one.stuck for one in counted) // PAGE))


def _figures(session: Session, actor: Account, filters: Filters, today: date) -> Figures:
    scheme, since = get_scheme(session), months_until(today)[0]
    wanted = _wanted(actor, filters)
    passed = list(_became_active(session, wanted, since))
    closed = _closed(session, wanted, since)
    reasons: Counter[str] = Counter()
    states: Counter[VolunteerState] = Counter()
    for reason, before, count in closed:
        reasons[label(reason) if reason else NOT_RECORDED] += count
        states[before or VolunteerState.ENQUIRY] += count
    return Figures(
        since=since,
        stuck_days=scheme.stuck_days,
        stages=tuple(_stages(session, wanted, scheme, today)),
        drop_outs=tuple(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
        left_from=tuple((one, states[one]) for one in SHOWN if states[one]),
        to_active=spread([one.days for one in passed]),
        by_month=tuple(_by_month(passed, today)),
        by_locality=tuple(_by_locality(session, actor, filters, passed)),
    )


def _wanted(actor: Account, filters: Filters) -> list[ColumnElement[bool]]:
    wanted = [volunteers.visible_to(actor)]
    if filters.locality_id is not None:
        wanted.append(Volunteer.locality_id == filters.locality_id)
    return wanted


def _stages(
    session: Session, wanted: Iterable[ColumnElement[bool]], scheme: Scheme, today: date
) -> Iterable[StageRow]:
    query = select(Volunteer.state, Volunteer.state_since).where(
        *wanted, Volunteer.state.not_in(FINAL)
    )
    days: dict[VolunteerState, list[int]] = defaultdict(list)
    for state, since in session.execute(query):
        days[state].append((today - day_of(since)).days)
    for state in SHOWN:
        long = [one for one in days[state] if one >= scheme.stuck_days]
        yield StageRow(state, spread(days[state]), len(long) if state in CAN_STICK else 0)


def _stuck(
    session: Session,
    actor: Account,
    filters: Filters,
    stuck_days: int,
    today: date,
    page: int,
) -> tuple[StuckRow, ...]:
    states = CAN_STICK if filters.state is None else {filters.state} & set(CAN_STICK)
    query = (
        select(Volunteer)
        .where(
            *_wanted(actor, filters),
            Volunteer.state.in_(states),
            Volunteer.state_since < _midnight(today - timedelta(days=stuck_days - 1)),
        )
        .options(*task_lists.loads())
        .order_by(Volunteer.state_since, Volunteer.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = session.scalars(query).all()
    lists = task_lists.list_tasks(session, found, today)
    return tuple(StuckRow(one, (today - day_of(one.volunteer.state_since)).days) for one in lists)


def _midnight(day: date) -> datetime:
    """Return the moment in which a day begins in London."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def _closed(
    session: Session, wanted: Iterable[ColumnElement[bool]], since: date
) -> Sequence[tuple[DropOutReason | None, VolunteerState | None, int]]:
    columns = VolunteerEvent.drop_out, VolunteerEvent.from_state
    query = (
        select(*columns, func.count(VolunteerEvent.id))
        .join(Volunteer, Volunteer.id == VolunteerEvent.volunteer_id)
        .where(
            *wanted,
            VolunteerEvent.to_state.in_(FINAL),
            VolunteerEvent.created_at >= _midnight(since),
        )
        .group_by(*columns)
    )
    return [(reason, before, count) for reason, before, count in session.execute(query)]


@dataclass(frozen=True)
class _Passed:
    on: date
    days: int
    locality_id: uuid.UUID | None


def _became_active(
    session: Session, wanted: Iterable[ColumnElement[bool]], since: date
) -> Iterable[_Passed]:
    """Yield each way from enquiry to active that ended since a day.

    Who comes back from a break has not gone the way again; who started again has, from then.
    """
    event = VolunteerEvent
    again = _started_again(session, wanted)
    query = (
        select(event.volunteer_id, event.created_at, Volunteer.created_at, Volunteer.locality_id)
        .join(Volunteer, Volunteer.id == event.volunteer_id)
        .where(
            *wanted,
            event.to_state == VolunteerState.ACTIVE,
            event.from_state == VolunteerState.PROBATION,
            event.created_at >= _midnight(since),
        )
    )
    for volunteer_id, at, first, locality_id in session.execute(query):
        enquired = max([one for one in again[volunteer_id] if one <= at], default=first)
        on = day_of(at)
        yield _Passed(on, max(0, (on - day_of(enquired)).days), locality_id)


def _started_again(
    session: Session, wanted: Iterable[ColumnElement[bool]]
) -> dict[uuid.UUID, list[datetime]]:
    """Return when closed records were opened again, by volunteer; these are few."""
    query = (
        select(VolunteerEvent.volunteer_id, VolunteerEvent.created_at)
        .join(Volunteer, Volunteer.id == VolunteerEvent.volunteer_id)
        .where(
            *wanted,
            VolunteerEvent.to_state == VolunteerState.ENQUIRY,
            VolunteerEvent.from_state.in_(FINAL),
        )
    )
    found: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    for volunteer_id, at in session.execute(query):
        found[volunteer_id].append(at)
    return found


def _by_month(passed: Sequence[_Passed], today: date) -> Iterable[tuple[date, Spread]]:
    days: dict[date, list[int]] = defaultdict(list)
    for one in passed:
        days[one.on.replace(day=1)].append(one.days)
    for month in months_until(today):
        yield month, spread(days[month])


def _by_locality(
    session: Session, actor: Account, filters: Filters, passed: Sequence[_Passed]
) -> Iterable[tuple[str, Spread]]:
    places = volunteers.list_localities(session, actor)
    names = [(one.id, one.name) for one in places if filters.locality_id in {None, one.id}]
    outside = [(None, NO_LOCALITY)] if filters.locality_id is None else []
    days: dict[uuid.UUID | None, list[int]] = defaultdict(list)
    for one in passed:
        days[one.locality_id].append(one.days)
    for locality_id, name in [*names, *outside]:
        if days[locality_id]:
            yield name, spread(days[locality_id])


HEADER = ("Figure", "Group", "People", "Half within days", "90 % within days")


def export(session: Session, actor: Account, today: date) -> str:
    """Return the figures as a CSV file without small counts; that it was made is audited.

    Always of everybody whom the actor may see: files of parts could be subtracted from each other.
    """
    figures = _figures(session, actor, Filters(), today)
    lines = [
        *_lines("In this state now", {label(one.state): one.days for one in figures.stages}),
        *_lines("Closed in 12 months, by reason", _counts(figures.drop_outs)),
        *_lines(
            "Closed in 12 months, by the state before",
            _counts([(label(state), count) for state, count in figures.left_from]),
        ),
        *_lines(
            "Enquiry to active, by month",
            {f"{month:%Y-%m}": days for month, days in figures.by_month},
        ),
        *_lines("Enquiry to active, by locality", dict(figures.by_locality)),
    ]
    audit.record_read(session, actor, "funnel.export", get_scheme(session), lines=len(lines))
    session.flush()
    return csv_text.write_rows(HEADER, lines)


def _counts(counted: Iterable[tuple[str, int]]) -> dict[str, Spread]:
    return {name: Spread(count, None, None, None) for name, count in counted}


def _lines(figure: str, groups: dict[str, Spread]) -> list[list[str]]:
    """Return a line for each group; where the count is not shown, the days are not either."""
    away = hidden({name: one.count for name, one in groups.items()})
    return [
        [figure, name, NOT_SHOWN, "", ""]
        if name in away
        else [figure, name, str(one.count), _number(one.median), _number(one.ninety)]
        for name, one in groups.items()
    ]


def _number(days: int | None) -> str:
    return "" if days is None else str(days)
