"""Notes of sessions: what is kept, who reads it, who is told, and what nobody said."""

from __future__ import annotations

import pytest

from peerapp.domain.sessions import NoteDetails, missed_in_row
from peerapp.enums import (
    CancelReason,
    MatchState,
    NotHeldReason,
    Role,
    SessionMood,
    SessionState,
)
from peerapp.errors import NotFound
from peerapp.services import session_notes, session_watch
from peerapp.services.schemes import get_scheme
from tests.factories import NOW, make_account, make_coach, make_locality
from tests.services.session_scenes import (
    DAY,
    HOUR,
    MONDAY,
    URL,
    WEEK,
    at,
    first,
    listed,
    match,
    plan,
    told,
)
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

__all__ = ["first", "match", "plan"]
S = SessionState
HELD = NoteDetails(True, minutes=90, mood=SessionMood.WELL, text="The canary sang.")
MISSED = NoteDetails(False, reason=NotHeldReason.FAMILY_NOT_THERE)


def note(session, match, one, details=HELD, now=None):
    coach = match.volunteer.account
    return session_notes.record(session, coach, one.id, details, now or one.ends_at, URL)


def test_note_is_kept_with_who_and_when(session, match, first):
    one = note(session, match, first)
    (row,) = one.notes
    assert (one.state, row.minutes, row.mood, row.text) == (
        S.HELD,
        90,
        SessionMood.WELL,
        "The canary sang.",
    )
    assert (row.by_id, row.created_at) == (match.volunteer.account_id, first.ends_at)
    (event,) = audited(session, "session.note")
    assert event.detail == {"happened": True, "corrects": False, "has_text": True}


def test_correction_is_another_note_and_keeps_words_that_are_not_given_again(session, match, first):
    note(session, match, first)
    one = note(session, match, first, MISSED, first.ends_at + DAY)
    assert [(row.position, row.happened, row.text) for row in one.notes] == [
        (1, True, "The canary sang."),
        (2, False, "The canary sang."),
    ]
    assert (one.state, one.notes[1].minutes, one.notes[1].mood) == (S.NOT_HELD, 0, None)
    late = first.ends_at + 8 * DAY
    assert refused(note, session, match, first, HELD, late) == ["too_late"]


def test_note_of_another_coach_is_refused_as_not_there(session, here, staff, first):
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        session_notes.record(session, other.account, first.id, HELD, first.ends_at, URL)


def test_words_are_for_coordinators_of_the_locality_alone(session, staff, lead, match, first):
    note(session, match, first)
    manager = make_account(session, Role.MANAGER)
    stranger = make_account(
        session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),)
    )

    def seen(actor):
        return session_notes.get_match_sessions(session, actor, match.id, first.ends_at).reads_notes

    assert [seen(one) for one in (staff, lead, manager)] == [True, False, False]
    with pytest.raises(NotFound):
        seen(stranger)
    assert [row.fields for row in audited(session, "session.read")] == [
        ("notes", "sessions"),
        ("sessions",),
        ("sessions",),
    ]


def test_totals_count_what_was_held(session, staff, match, plan):
    rows = listed(session)
    note(session, match, rows[0])
    note(session, match, rows[1], MISSED)
    found = session_notes.get_match_sessions(session, staff, match.id, rows[2].ends_at)
    assert (found.held, found.minutes, found.missed_in_row) == (1, 90, 1)
    assert [one.id for one in found.past] == [one.id for one in reversed(rows[:3])]
    assert [one.id for one in found.ahead] == [one.id for one in rows[3:]]


def test_coordinators_are_told_once_when_a_row_of_missed_sessions_is_long(session, match, plan):
    rows = listed(session)
    told(session)
    heard = []
    for one in rows[:4]:
        note(session, match, one, MISSED)
        heard.append(told(session))
    assert heard == [[], ["coordinator"], [], []]


def test_note_can_be_written_while_the_match_is_on_hold_or_over(session, match, plan):
    rows = listed(session)
    for one, state in zip(rows, (MatchState.PAUSED, MatchState.ENDED), strict=False):
        match.state = state
        assert note(session, match, one).state == S.HELD


def other(session, match, starts_at, now=NOW):
    coach = match.volunteer.account
    return session_notes.record_other(session, coach, match.id, starts_at, HELD, now, URL)


def test_session_that_no_plan_had_can_be_noted(session, match, plan):
    one = other(session, match, NOW - DAY)
    assert (one.slot_on, one.state, one.minutes) == (None, S.HELD, 90)
    assert refused(other, session, match, NOW - DAY) == ["on"]
    assert refused(other, session, match, NOW + HOUR) == ["on"]
    assert refused(other, session, match, NOW - 13 * WEEK) == ["on"]


def attention(session, actor, now):
    found = session_watch.get_attention(session, actor, now)
    return [
        [one.id for one in found.without_note],
        [(one.match.id, one.count) for one in found.missed],
        [one.id for one in found.without_plan],
    ]


def test_what_nobody_said_and_what_was_missed_comes_to_attention(session, staff, match, plan):
    rows = listed(session)
    assert attention(session, staff, NOW) == [[], [], []]
    for one in rows[1:3]:
        note(session, match, one, MISSED)
    now = rows[2].ends_at
    assert attention(session, staff, now) == [[rows[0].id], [(match.id, 2)], []]
    note(session, match, rows[0])
    note(session, match, rows[3])
    assert attention(session, staff, rows[3].ends_at) == [[], [], []]


@pytest.mark.parametrize(
    "course",
    [
        ("not_held", "not_held"),
        ("not_held", "not_held", "held"),
        ("not_held", "held", "not_held", "family_cannot"),
        ("held", "not_held", "school_holiday", "coach_cannot", "planned"),
        ("family_cannot", "on_hold", "both_agreed", "not_held"),
        ("not_held", "plan_changed", "planned"),
    ],
)
def test_database_counts_missed_sessions_as_the_rule_does(session, staff, match, plan, course):
    rows = listed(session)
    for one, state in zip(rows, course, strict=False):
        if state in set(SessionState):
            one.state = SessionState(state)
        else:
            one.state, one.cancel_reason = S.CANCELLED, CancelReason(state)
    now = rows[len(course) - 1].ends_at
    count = missed_in_row(reversed(rows), now)
    expected = [(match.id, count)] if count >= 2 else []
    assert attention(session, staff, now)[1] == expected
    assert get_scheme(session).missed_in_row == 2


def test_running_match_without_a_plan_comes_to_attention(session, here, staff, match):
    assert attention(session, staff, NOW) == [[], [], [match.id]]
    match.state = MatchState.PAUSED
    assert attention(session, staff, NOW) == [[], [], []]


def test_attention_is_for_the_locality(session, match, plan):
    there = make_locality(session, "Calne", ("SN11 0",))
    stranger = make_account(session, Role.COORDINATOR, (there,))
    manager = make_account(session, Role.MANAGER)
    now = at(MONDAY + WEEK)
    assert attention(session, stranger, now) == [[], [], []]
    assert len(attention(session, manager, now)[0]) == 1


def test_attention_asks_the_same_of_one_session_and_of_many(session, database, staff, match, plan):
    def questions(now):
        session.flush()
        session.expire_all()
        with counted(database.engine) as sent:
            found = session_watch.get_attention(session, staff, now)
            names = [one.match.family.name for one in found.without_note]
        return len(sent), len(names)

    few = questions(at(MONDAY + 4 * DAY))
    many = questions(at(MONDAY + 8 * WEEK))
    assert (few[1], many[1], few[0]) == (1, 8, many[0])


def test_coach_is_reminded_of_forgotten_notes_once(session, match, plan):
    rows = listed(session)
    told(session)
    assert session_watch.sweep(session, rows[0].starts_at + 23 * HOUR, URL) == 0
    late = rows[1].starts_at + 25 * HOUR
    assert session_watch.sweep(session, late, URL) == 1
    assert told(session) == ["volunteer"]
    assert session_watch.sweep(session, late, URL) == 0
    assert [one.reminded_at == late for one in rows] == [True, True, *[False] * 6]
