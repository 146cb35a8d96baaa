"""Sessions on days on which a backup coach steps in: theirs alone, and only while they may."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from peerapp.domain.sessions import NoteDetails
from peerapp.enums import (
    AgreementMethod,
    CancelReason,
    CoverState,
    MatchState,
    SessionMood,
    SessionState,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.models import MatchCover, Message
from peerapp.services import (
    match_covers,
    session_changes,
    session_notes,
    session_plans,
    session_watch,
    sessions,
)
from tests.factories import NOW, make_coach
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
from tests.support.volunteers import refused

__all__ = ["first", "match", "plan"]
S, R = SessionState, CancelReason
HELD = NoteDetails(True, minutes=60, mood=SessionMood.WELL)


@pytest.fixture
def backup(session, here, staff):
    return make_coach(session, staff, here, first_name="Bea")


@pytest.fixture
def cover(session, staff, match, backup):
    """The backup steps in on the first two Mondays."""
    cover = MatchCover(
        match_id=match.id,
        volunteer_id=backup.id,
        starts_on=MONDAY,
        ends_on=MONDAY + WEEK,
        coach_agreed_how=AgreementMethod.PHONE,
        family_agreed_how=AgreementMethod.PHONE,
        arranged_by_id=staff.id,
    )
    session.add(cover)
    session.flush()
    session.expire(match)
    return cover


def days(rows):
    return [one.starts_at.date() for one in rows]


def seen(session, match, backup, now=NOW):
    """Return the days that coach, backup and family see, and that stand in their calendars."""
    coach, other, family = match.volunteer.account, backup.account, match.family.account
    pages = [
        [row.session for row in sessions.list_for_coach(session, coach, now).ahead],
        [row.session for row in sessions.list_for_coach(session, other, now).ahead],
        [row.session for row in sessions.list_for_family(session, family, now)],
    ]
    calendars = [
        sessions.list_for_calendar(session, account, now) for account in (coach, other, family)
    ]
    assert [days(rows) for rows in calendars] == [days(rows) for rows in pages]
    return [len(rows) for rows in pages]


def test_backup_meets_the_family_on_days_of_the_cover_and_the_coach_on_others(
    session, match, plan, backup, cover
):
    assert seen(session, match, backup) == [6, 2, 8]


def test_coach_who_is_away_leaves_the_days_of_the_backup_alone(
    session, coach, match, plan, backup, cover
):
    coach.state = VolunteerState.PAUSED
    assert seen(session, match, backup) == [0, 2, 2]
    session_plans.sync(session, plan, NOW)
    assert [one.cancel_reason for one in listed(session)] == [None, None, *[R.ON_HOLD] * 6]
    coach.state = VolunteerState.ACTIVE
    session_plans.sync(session, plan, NOW)
    assert {one.state for one in listed(session)} == {S.PLANNED}


@pytest.mark.parametrize("what", ["suspended", "stopped", "match_paused"])
def test_backup_who_may_not_come_sees_nothing_the_same_second(
    session, match, plan, backup, cover, what
):
    if what == "suspended":
        backup.state = VolunteerState.SUSPENDED
    elif what == "stopped":
        cover.state = CoverState.STOPPED
    else:
        match.state = MatchState.PAUSED
    expected = {"suspended": [6, 0, 6], "stopped": [8, 0, 8], "match_paused": [0, 0, 0]}
    assert seen(session, match, backup) == expected[what]


def test_backup_gets_the_video_link_from_their_first_day_on(session, match, plan, backup, cover):
    match.mode, plan.video_link = "remote", "https://video.example.org/room"

    def links(now):
        rows = sessions.list_for_coach(session, backup.account, now).ahead
        return [row.video_link for row in rows]

    assert links(NOW) == ["", ""]
    assert links(at(MONDAY, 8)) == [plan.video_link] * 2


def test_note_and_reminder_of_a_covered_session_are_the_backups(
    session, match, first, backup, cover
):
    told(session)
    after = first.starts_at + 25 * HOUR
    with pytest.raises(NotFound):
        session_notes.record(session, match.volunteer.account, first.id, HELD, after, URL)
    assert session_watch.sweep(session, after, URL) == 1
    assert session.scalars(select(Message.account_id)).all() == [backup.account_id]
    one = session_notes.record(session, backup.account, first.id, HELD, after, URL)
    assert (one.state, one.notes[0].by_id) == (S.HELD, backup.account_id)


def test_session_that_was_the_backups_stays_so_when_the_cover_stops(
    session, staff, match, first, backup, cover
):
    after = first.starts_at + HOUR
    with time_machine.travel(after):
        match_covers.stop(session, staff, match.id)
    later = first.starts_at + 2 * DAY
    of_coach, of_backup = (
        sessions.list_for_coach(session, one.account, later) for one in (match.volunteer, backup)
    )
    assert (days(of_backup.to_note), days(of_coach.to_note)) == ([MONDAY], [])
    assert (len(of_backup.ahead), len(of_coach.ahead)) == (0, 7)
    assert session_watch.sweep(session, first.starts_at + 25 * HOUR, URL) == 1
    noted = session_notes.record(session, backup.account, first.id, HELD, later, URL)
    assert noted.notes[0].by_id == backup.account_id


def test_backup_whose_cover_stops_in_the_middle_of_a_session_sees_it_no_more(
    session, staff, match, plan, first, backup, cover
):
    match.mode, plan.video_link = "remote", "https://video.example.org/room"
    during = first.starts_at + HOUR / 2
    assert len(sessions.list_for_coach(session, backup.account, during).ahead) == 2
    with time_machine.travel(during):
        match_covers.stop(session, staff, match.id)
    assert seen(session, match, backup, during + HOUR / 4) == [7, 0, 7]


@pytest.mark.parametrize("gap", [0, 14])
def test_days_that_were_the_backups_stay_so_when_they_step_in_again(
    session, staff, match, first, backup, cover, gap
):
    """They go on (0), or come back after some days: of what has been, nothing is handed on."""
    wednesday = MONDAY + 2 * DAY
    again = wednesday + gap * DAY
    given = {"starts_on": again, "ends_on": again + WEEK, "today": wednesday, "base_url": URL}
    with time_machine.travel(at(wednesday)):
        match_covers.step_in(session, staff, match.id, **given)
        match_covers.step_in(session, staff, match.id, **given)
    assert len(match.covers) == 2
    assert match_covers.standing_cover(match).starts_on == again
    later = at(MONDAY + 3 * WEEK, 12)
    of_coach, of_backup = (
        sessions.list_for_coach(session, one.account, later) for one in (match.volunteer, backup)
    )
    theirs = [MONDAY, again + 5 * DAY]
    assert sorted(days(of_backup.to_note)) == theirs
    assert not set(days(of_coach.to_note)) & set(theirs)


def test_family_that_cannot_come_tells_the_backup(session, match, first, backup, cover):
    told(session)
    session_changes.call_off_as_family(session, match.family.account, first.id, NOW, URL)
    accounts = session.scalars(select(Message.account_id)).all()
    assert (backup.account_id in accounts, match.volunteer.account_id in accounts) == (True, False)


def test_session_does_not_move_to_a_day_of_the_other_coach(session, match, first, backup, cover):
    move = session_changes.move, session, backup.account, first.id
    assert refused(*move, at(MONDAY + 8 * DAY), NOW, URL) == ["on"]
    assert move[0](*move[1:], at(MONDAY + 2 * DAY), NOW, URL).is_moved
    last = listed(session)[-1]
    coach = match.volunteer.account
    assert refused(session_changes.move, session, coach, last.id, at(MONDAY), NOW, URL) == ["on"]
