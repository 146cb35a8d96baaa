"""What may be done with a session and when, and when sessions count as missed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from peerapp.domain.sessions import (
    NoteDetails,
    cancel_refusals,
    missed_in_row,
    move_refusals,
    note_refusals,
)
from peerapp.enums import CancelReason, NotHeldReason, SessionMood, SessionState
from peerapp.models import CoachingSession, SessionNote
from tests.factories import NOW

S, R = SessionState, CancelReason
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HELD = NoteDetails(True, minutes=90, mood=SessionMood.WELL)


def session(starts_at=NOW + DAY, state=S.PLANNED, reason=None, minutes=120, notes=()):
    return CoachingSession(
        id=uuid.uuid4(),
        starts_at=starts_at,
        minutes=minutes,
        state=state,
        cancel_reason=reason,
        notes=list(notes),
    )


def codes(refusals):
    return [one.code for one in refusals]


def test_session_can_be_called_off_until_it_begins():
    assert codes(cancel_refusals(session(NOW + HOUR), NOW)) == []
    assert codes(cancel_refusals(session(NOW), NOW)) == ["has_begun"]
    assert codes(cancel_refusals(session(state=S.CANCELLED), NOW)) == ["not_planned"]


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (NOW, ["on"]),
        (NOW + HOUR, []),
        (NOW + timedelta(weeks=8), []),
        (NOW + timedelta(weeks=8, hours=1), ["on"]),
    ],
)
def test_session_moves_into_the_near_future_only(to, expected):
    assert codes(move_refusals(session(), to, [], NOW)) == expected


@pytest.mark.parametrize(("hours", "expected"), [(-2, []), (-1, ["at"]), (1, ["at"]), (2, [])])
def test_session_does_not_move_onto_another(hours, expected):
    other = session(NOW + 2 * DAY)
    to = NOW + 2 * DAY + hours * HOUR
    assert codes(move_refusals(session(), to, [other], NOW)) == expected
    other.state = S.CANCELLED
    assert codes(move_refusals(session(), to, [other], NOW)) == []


def test_session_may_move_within_its_own_time():
    one = session()
    assert codes(move_refusals(one, NOW + DAY + HOUR, [one], NOW)) == []


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (HELD, []),
        (NoteDetails(True), ["minutes", "mood"]),
        (NoteDetails(True, minutes=0, mood=SessionMood.HARD), ["minutes"]),
        (NoteDetails(True, minutes=601, mood=SessionMood.HARD), ["minutes"]),
        (NoteDetails(False), ["reason"]),
        (NoteDetails(False, reason=NotHeldReason.OTHER), []),
        (NoteDetails(False, reason=NotHeldReason.OTHER, text="x" * 1001), ["text"]),
    ],
)
def test_note_that_lacks_something_is_refused(note, expected):
    assert codes(note_refusals(session(NOW - HOUR), note, NOW)) == expected


def test_note_of_a_session_that_has_not_begun_or_was_called_off_is_refused():
    assert codes(note_refusals(session(NOW + HOUR), HELD, NOW)) == ["too_early"]
    assert codes(note_refusals(session(NOW - HOUR, S.CANCELLED), HELD, NOW)) == ["not_planned"]


def test_note_can_be_corrected_for_a_week():
    first = SessionNote(created_at=NOW - 7 * DAY)
    noted = session(NOW - 8 * DAY, S.HELD, notes=[first, SessionNote(created_at=NOW)])
    assert codes(note_refusals(noted, HELD, NOW)) == []
    assert codes(note_refusals(noted, HELD, NOW + HOUR)) == ["too_late"]


def test_missed_sessions_are_counted_back_to_the_last_that_was_held():
    newest_first = [
        session(NOW + DAY, S.CANCELLED, R.FAMILY_CANNOT),
        session(NOW - DAY),
        session(NOW - 7 * DAY, S.NOT_HELD),
        session(NOW - 14 * DAY, S.CANCELLED, R.SCHOOL_HOLIDAY),
        session(NOW - 21 * DAY, S.CANCELLED, R.FAMILY_CANNOT),
        session(NOW - 28 * DAY, S.CANCELLED, R.ON_HOLD),
        session(NOW - 35 * DAY, S.HELD),
        session(NOW - 42 * DAY, S.NOT_HELD),
    ]
    assert missed_in_row(newest_first, NOW) == 2
    assert missed_in_row(newest_first[6:], NOW) == 0
    assert missed_in_row([], NOW) == 0
