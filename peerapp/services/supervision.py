"""Supervision calls: planned by the clock, moved with pauses, made and written down by staff."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import supervision as rules
from peerapp.domain.access import may_see_match, works_with_match
from peerapp.enums import CallMood, CallState, MatchState, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Family, Match, Scheme, SupervisionCall, Volunteer
from peerapp.services import audit, messages
from peerapp.services.families import families_of
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import list_active

PAGE = 30


@dataclass(frozen=True)
class CallLine:
    """A call that is to be made; ``is_paused`` while its match stands still."""

    call: SupervisionCall
    is_late: bool
    is_paused: bool


@dataclass(frozen=True)
class CallDetails:
    """What was heard in a call."""

    held_on: date
    spoke_to_coach: bool
    spoke_to_family: bool
    mood: CallMood
    note: str


@dataclass(frozen=True)
class Calls:
    """The calls of one match, latest first, and the one to make next, if it has a day."""

    match: Match
    to_make: SupervisionCall | None
    done: Sequence[SupervisionCall]
    is_late: bool


def list_to_make(
    session: Session, actor: Account, today: date, *, mine: bool, page: int = 1
) -> tuple[list[CallLine], bool]:
    """Return a page of the calls to make, soonest first.

    Parameters
    ----------
    mine
        Only those of coaches whom the actor supervises.
    """
    query = (
        _visible(actor)
        .where(SupervisionCall.state == CallState.PLANNED, Match.state.in_(rules.WITH_CALLS))
        .options(
            joinedload(SupervisionCall.match).joinedload(Match.family),
            joinedload(SupervisionCall.match)
            .joinedload(Match.volunteer)
            .joinedload(Volunteer.supervisor),
        )
        .order_by(SupervisionCall.due_on, SupervisionCall.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    if mine:
        query = query.where(Volunteer.supervisor_id == actor.id)
    found = session.scalars(query).all()
    grace = get_scheme(session).call_grace_days
    return [_line(one, grace, today) for one in found[:PAGE]], len(found) > PAGE


def _visible(actor: Account) -> Select[SupervisionCall]:
    return (
        select(SupervisionCall)
        .join(Match, SupervisionCall.match_id == Match.id)
        .join(Family, Match.family_id == Family.id)
        .join(Volunteer, Match.volunteer_id == Volunteer.id)
        .where(_seen_by(actor))
    )


def _seen_by(actor: Account) -> ColumnElement[bool]:
    return or_(families_of(actor), Volunteer.supervisor_id == actor.id)


def _line(call: SupervisionCall, grace: int, today: date) -> CallLine:
    is_paused = call.match.state == MatchState.PAUSED
    return CallLine(call, rules.is_late(call, grace, today), is_paused)


def may_call(actor: Account, match: Match) -> bool:
    """Coordinators of the family's locality and leads make calls, and the coach's supervisor."""
    if actor.role == Role.COORDINATOR and match.volunteer.supervisor_id == actor.id:
        return True
    return actor.role in {Role.COORDINATOR, Role.SAFEGUARDING_LEAD} and may_see_match(actor, match)


def get_calls(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> Calls:
    """Return the calls of a match with what was heard; that they were read is audited.

    Raises
    ------
    NotFound
        There is no such match, or the actor makes no calls for it.
    """
    match = _find_match(session, actor, match_id)
    calls = _list_calls(session, match)
    planned = [one for one in calls if one.state == CallState.PLANNED]
    audit.record_read(session, actor, "supervision.read", match, fields=("calls", "notes"))
    session.flush()
    grace = get_scheme(session).call_grace_days
    return Calls(
        match=match,
        to_make=planned[0] if planned and match.state in rules.WITH_CALLS else None,
        done=[one for one in reversed(calls) if one.state != CallState.PLANNED],
        is_late=any(rules.is_late(one, grace, today) for one in planned),
    )


def _find_match(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    match = get_row(session, Match, match_id)
    if not may_call(actor, match):
        raise NotFound("there is no such match")
    return match


def _list_calls(session: Session, match: Match) -> Sequence[SupervisionCall]:
    query = (
        select(SupervisionCall)
        .where(SupervisionCall.match_id == match.id)
        .options(joinedload(SupervisionCall.by), joinedload(SupervisionCall.match))
        .order_by(SupervisionCall.number)
    )
    return session.scalars(query).all()


def record(
    session: Session, actor: Account, match_id: uuid.UUID, details: CallDetails, today: date
) -> SupervisionCall:
    """Write down a call that was made; it counts as the next one, early or late.

    Raises
    ------
    Refused
        The match does not run, or something is missing.
    """
    match, call = _lock_next(session, actor, match_id)
    refusals = rules.held_refusals(
        match,
        details.held_on,
        spoke_to_anybody=details.spoke_to_coach or details.spoke_to_family,
        note=details.note,
        today=today,
    )
    if refusals:
        raise Refused(refusals)
    call.state, call.held_on, call.by_id = CallState.HELD, details.held_on, actor.id
    call.spoke_to_coach = details.spoke_to_coach
    call.spoke_to_family = details.spoke_to_family
    call.mood, call.note = details.mood, details.note.strip()
    session.flush()
    audit.record_change(
        session, actor, "supervision.call", call, match_id=match.id, mood=details.mood.value
    )
    plan_next(session, match)
    return call


def skip(
    session: Session, actor: Account, match_id: uuid.UUID, reason: str, today: date
) -> SupervisionCall:
    """Leave a call out, with a reason; the next one keeps its day.

    Raises
    ------
    Refused
        There is no reason, or no call that has a day.
    """
    match, call = _lock_next(session, actor, match_id)
    if not reason.strip():
        raise Refused([Refusal("note", "Say why this call is left out.")])
    call.state, call.held_on, call.by_id = CallState.SKIPPED, today, actor.id
    call.note = reason.strip()
    session.flush()
    audit.record_change(session, actor, "supervision.skip", call, match_id=match.id)
    plan_next(session, match)
    return call


def _lock_next(
    session: Session, actor: Account, match_id: uuid.UUID
) -> tuple[Match, SupervisionCall]:
    _find_match(session, actor, match_id)
    match = lock_row(session, Match, match_id)
    call = plan_next(session, match)
    if call is None:
        message = "This match does not run now: there is no call to make."
        raise Refused([Refusal("no_call", message)])
    return match, call


def plan_next(session: Session, match: Match) -> SupervisionCall | None:
    """Plan the next call of a locked match, or move it; None: it has no day now."""
    scheme = get_scheme(session)
    calls = _list_calls(session, match)
    number, day = rules.next_number(calls), _next_day(scheme, match, calls)
    planned = next((one for one in calls if one.number == number), None)
    if day is None:
        return None
    if planned is None:
        planned = SupervisionCall(match_id=match.id, number=number, due_on=day)
        session.add(planned)
    elif planned.due_on != day:
        planned.due_on, planned.told_on = day, None
    session.flush()
    return planned


def _next_day(scheme: Scheme, match: Match, calls: Sequence[SupervisionCall]) -> date | None:
    started = rules.started_on(match)
    if match.state not in rules.WITH_CALLS or started is None:
        return None
    weeks = rules.weeks_until(scheme, rules.next_number(calls))
    return rules.due_on(started, weeks, rules.pauses_of(match))


def list_due(session: Session, today: date) -> list[uuid.UUID]:
    """Return the matches whose next call is to be planned, moved, or told to who makes it."""
    scheme = get_scheme(session)
    calls = _planned_calls(session)
    found = []
    for match in session.scalars(_running()):
        known = calls.get(match.id, [])
        day = _next_day(scheme, match, known)
        planned = next((one for one in known if one.state == CallState.PLANNED), None)
        if day is None:
            continue
        if planned is None or planned.due_on != day or _is_to_tell(planned, today):
            found.append(match.id)
    return found


def _running() -> Select[Match]:
    return (
        select(Match)
        .where(Match.state.in_(rules.WITH_CALLS))
        .options(
            selectinload(Match.events),
            joinedload(Match.volunteer).selectinload(Volunteer.history),
        )
        .order_by(Match.id)
    )


def _planned_calls(session: Session) -> dict[uuid.UUID, list[SupervisionCall]]:
    query = (
        select(SupervisionCall)
        .join(Match, SupervisionCall.match_id == Match.id)
        .where(Match.state.in_(rules.WITH_CALLS))
        .options(joinedload(SupervisionCall.match))
        .order_by(SupervisionCall.number)
    )
    found: dict[uuid.UUID, list[SupervisionCall]] = {}
    for call in session.scalars(query):
        found.setdefault(call.match_id, []).append(call)
    return found


def _is_to_tell(call: SupervisionCall, today: date) -> bool:
    return call.told_on is None and call.due_on <= today and call.match.state != MatchState.PAUSED


def sweep_match(session: Session, match_id: uuid.UUID, today: date, base_url: str) -> None:
    """Plan or move the next call of a match; on its day, tell whoever makes it, once."""
    match = lock_row(session, Match, match_id)
    call = plan_next(session, match)
    if call is None or not _is_to_tell(call, today):
        return
    call.told_on = today
    for account in _callers(session, match):
        messages.queue_notice(session, account, f"{base_url}/staff/matches/{match.id}/calls")
    session.flush()


def _callers(session: Session, match: Match) -> list[Account]:
    """Return the coach's supervisor, or where there is none the coordinators of the family."""
    supervisor = match.volunteer.supervisor
    if supervisor is not None and supervisor.disabled_at is None:
        return [supervisor]
    coordinators = list_active(session, Role.COORDINATOR)
    return [one for one in coordinators if works_with_match(one, match)]


def count_late(session: Session, actor: Account, today: date) -> int:
    """Return how many calls that the actor may see are overdue."""
    query = (
        _visible(actor)
        .where(
            SupervisionCall.state == CallState.PLANNED,
            Match.state.in_(rules.WITH_CALLS - {MatchState.PAUSED}),
            SupervisionCall.due_on < today,
        )
        .options(joinedload(SupervisionCall.match))
    )
    grace = get_scheme(session).call_grace_days
    return sum(rules.is_late(one, grace, today) for one in session.scalars(query))
