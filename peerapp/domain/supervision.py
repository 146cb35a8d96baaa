"""Supervision calls: when each is due, however often the match is paused, and when it is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from peerapp.enums import CallState, MatchState, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Account, Match, Scheme, SupervisionCall

M = MatchState
WITH_CALLS = frozenset({M.INTRODUCED, M.ACTIVE, M.PAUSED})
"""States of a match in which coach and family are asked how it goes."""

LONDON = ZoneInfo("Europe/London")

CAPACITY = "supervisor_capacity"
"""Key in the scheme's matching settings: matches that one supervisor can carry; absent: any."""


@dataclass(frozen=True)
class Pause:
    """When a match stood still: from ``starts`` to before ``ends``; None: it still does."""

    starts: date
    ends: date | None


def weeks_until(scheme: Scheme, number: int) -> int:
    """Return after how many weeks of a match its ``number``-th call is due, counted from 1."""
    first = (scheme.call_first_weeks, scheme.call_second_weeks, scheme.call_third_weeks)
    if number <= len(first):
        return first[number - 1]
    return first[-1] + (number - len(first)) * scheme.call_every_weeks


def due_on(started_on: date, weeks: int, pauses: Sequence[Pause]) -> date | None:
    """Return the day that is ``weeks`` of running time after the start.

    A pause moves what was still to come by as many days as it lasts. While one lasts, nothing
    after its beginning has a day: None.
    """
    day = started_on + timedelta(weeks=weeks)
    for pause in merged(pauses):
        if pause.starts >= day:
            break
        if pause.ends is None:
            return None
        day += max(timedelta(0), pause.ends - max(pause.starts, started_on))
    return day


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Return the same days as pauses that neither overlap nor touch, in order."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.starts):
        last = found[-1] if found else None
        if last is None or (last.ends is not None and last.ends < pause.starts):
            found.append(pause)
        elif last.ends is not None:
            ends = None if pause.ends is None else max(last.ends, pause.ends)
            found[-1] = Pause(last.starts, ends)
    return found


def pauses_of(match: Match) -> list[Pause]:
    """Return when the match was paused, or its coach took a break."""
    steps = [(event.created_at, event.to_state == M.PAUSED) for event in match.events]
    breaks = [
        (event.created_at, event.to_state == VolunteerState.PAUSED)
        for event in match.volunteer.history
    ]
    return [*_spans(steps), *_spans(breaks)]


def _spans(steps: Iterable[tuple[datetime, bool]]) -> list[Pause]:
    found: list[Pause] = []
    begun: date | None = None
    for moment, stands_still in sorted(steps):
        day = moment.astimezone(LONDON).date()
        if stands_still and begun is None:
            begun = day
        elif not stands_still and begun is not None:
            found.append(Pause(begun, day))
            begun = None
    return [*found, Pause(begun, None)] if begun is not None else found


def started_on(match: Match) -> date | None:
    """Return the day of the first visit, or that on which the two were introduced."""
    if match.first_visit_on is not None:
        return match.first_visit_on
    days = [
        event.created_at.astimezone(LONDON).date()
        for event in match.events
        if event.to_state == M.INTRODUCED
    ]
    return days[0] if days else None


def next_number(calls: Iterable[SupervisionCall]) -> int:
    """Return the number of the call to make next."""
    done = [call.number for call in calls if call.state != CallState.PLANNED]
    return max(done, default=0) + 1


def is_late(call: SupervisionCall, grace_days: int, today: date) -> bool:
    """Say whether a call should have been made; never while the match stands still."""
    return (
        call.state == CallState.PLANNED
        and call.match.state in WITH_CALLS - {M.PAUSED}
        and call.due_on + timedelta(days=grace_days) < today
    )


def held_refusals(
    match: Match, held_on: date, *, spoke_to_anybody: bool, note: str, today: date
) -> list[Refusal]:
    """Say why a call cannot be recorded; the codes name the fields of its form."""
    refusals = []
    if held_on > today:
        refusals.append(Refusal("held_on", "The call must be today or in the past."))
    start = started_on(match)
    if start is not None and held_on < start:
        refusals.append(Refusal("held_on", "The call must be after the first visit."))
    if not spoke_to_anybody:
        refusals.append(Refusal("spoke_to", "Say whom you spoke to."))
    if not note.strip():
        refusals.append(Refusal("note", "Write a line about what you heard."))
    return refusals


def supervisor_capacity(supervisor: Account | None, scheme: Scheme) -> int | None:
    """Return how many matches a supervisor can carry; None: nobody has set a limit.

    A supervisor's own figure goes before the scheme's.
    """
    if supervisor is None:
        return None
    if supervisor.supervises_up_to is not None:
        return supervisor.supervises_up_to
    return (scheme.matching_settings or {}).get(CAPACITY)
