"""Sessions as the two see them: only while contact is open, moved and called off by each."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import event, update

from peerapp.enums import AgreementMethod, CancelReason, MatchState, SessionState, VolunteerState
from peerapp.errors import NotFound
from peerapp.models import Match, MatchCover
from peerapp.services import (
    calendar_addresses,
    calendars,
    match_life,
    session_changes,
    session_plans,
    sessions,
)
from tests.factories import (
    NOW,
    make_coach,
    make_family,
    make_family_account,
    make_match,
)
from tests.services.session_scenes import (
    DAY,
    DETAILS,
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
S, R, M = SessionState, CancelReason, MatchState


def shown(session, match, now=NOW):
    """Return how many sessions coach, family and both calendars show."""
    family, coach = match.family.account, match.volunteer.account
    return (
        len(sessions.list_for_coach(session, coach, now).ahead),
        len(sessions.list_for_family(session, family, now)),
        len(sessions.list_for_calendar(session, family, now)),
        len(sessions.list_for_calendar(session, coach, now)),
    )


@pytest.mark.parametrize(
    ("state", "count"),
    [
        (M.APPROVED, 0),
        (M.INTRODUCED, 8),
        (M.ACTIVE, 8),
        (M.PAUSED, 0),
        (M.ENDED, 0),
        (M.WITHDRAWN, 0),
    ],
)
def test_sessions_are_shown_while_contact_is_open_before_any_sweep(
    session, match, plan, state, count
):
    match.state = state
    assert shown(session, match) == (count,) * 4


def test_suspension_takes_sessions_from_every_page_the_same_second(session, match, plan):
    assert shown(session, match) == (8,) * 4
    match.volunteer.state = VolunteerState.SUSPENDED
    assert shown(session, match) == (0,) * 4
    assert {one.state for one in listed(session)} == {S.PLANNED}


def test_session_that_runs_is_still_ahead_and_then_to_be_noted(session, match, first):
    during, after = first.starts_at + HOUR, first.ends_at
    assert shown(session, match, during)[:2] == (8, 8)
    assert shown(session, match, after)[:2] == (7, 7)
    mine = sessions.list_for_coach(session, match.volunteer.account, after)
    assert [one.id for one in mine.to_note] == [first.id]


def test_note_is_asked_for_even_while_the_match_is_on_hold(session, staff, match, first):
    match_life.pause(session, staff, match.id)
    mine = sessions.list_for_coach(session, match.volunteer.account, first.ends_at)
    assert (len(mine.ahead), [one.id for one in mine.to_note]) == (0, [first.id])


def test_video_link_is_shown_for_sessions_by_video_only(session, staff, match, plan):
    plan.video_link = "https://video.example.org/room"
    rows = sessions.list_for_family(session, match.family.account, NOW)
    assert {(one.is_remote, one.video_link) for one in rows} == {(False, "")}
    match.mode = "remote"
    rows = sessions.list_for_family(session, match.family.account, NOW)
    assert {(one.is_remote, one.video_link) for one in rows} == {(True, plan.video_link)}


def test_holiday_is_shown_and_a_changed_plan_is_not(session, match, plan):
    rows = listed(session)
    rows[0].state, rows[0].cancel_reason = S.CANCELLED, R.SCHOOL_HOLIDAY
    rows[1].state, rows[1].cancel_reason = S.CANCELLED, R.PLAN_CHANGED
    session.flush()
    assert shown(session, match) == (7, 7, 6, 6)


def test_coach_moves_a_session_and_the_family_is_told(session, match, first):
    told(session)
    coach = match.volunteer.account
    moved = session_changes.move(session, coach, first.id, at(MONDAY + DAY), NOW, URL)
    assert (moved.starts_at, moved.is_moved, moved.sequence) == (at(MONDAY + DAY), True, 1)
    assert (moved.changed_by_id, told(session)) == (coach.id, ["family"])
    assert len(audited(session, "session.move")) == 1
    session_changes.move(session, coach, first.id, at(MONDAY + DAY), NOW, URL)
    assert (len(audited(session, "session.move")), told(session)) == (1, [])


def test_session_does_not_move_onto_one_with_another_family(session, here, staff, match, first):
    other = make_family(session, staff, here)
    make_family_account(session, other)
    second = make_match(session, other, match.volunteer, state=M.ACTIVE, slot="tue_evening")
    tuesday = MONDAY + DAY
    details = replace(DETAILS, first_on=tuesday, at=time(18))
    session_plans.save_plan(session, staff, second.id, details, NOW, URL)
    move = session_changes.move, session, match.volunteer.account, first.id
    assert refused(*move, at(tuesday, 19), NOW, URL) == ["at"]
    assert refused(*move, NOW - HOUR, NOW, URL) == ["on"]


def test_family_calls_off_and_coach_and_coordinator_are_told(session, staff, match, first):
    told(session)
    family = match.family.account
    one = session_changes.call_off_as_family(session, family, first.id, NOW, URL)
    assert (one.state, one.cancel_reason) == (S.CANCELLED, R.FAMILY_CANNOT)
    assert told(session) == ["coordinator", "volunteer"]
    session_changes.call_off_as_family(session, family, first.id, NOW, URL)
    assert told(session) == []
    (row,) = audited(session, "session.call_off")
    assert (row.actor_id, row.detail) == (family.id, {"reason": "family_cannot"})


def test_coach_calls_off_and_the_family_is_told(session, match, first):
    told(session)
    call = session_changes.call_off_as_coach, session, match.volunteer.account, first.id
    assert refused(*call, R.SCHOOL_HOLIDAY, NOW, URL) == ["reason"]
    call[0](*call[1:], R.COACH_CANNOT, NOW, URL)
    assert told(session) == ["family"]


def test_family_that_has_no_safe_channel_is_not_written_to(session, match, first):
    match.family.safe_contact.channels = ("phone",)
    told(session)
    session_changes.call_off_as_coach(
        session, match.volunteer.account, first.id, R.COACH_CANNOT, NOW, URL
    )
    assert told(session) == []


def test_session_that_has_begun_cannot_be_called_off(session, match, first):
    call = session_changes.call_off_as_family, session, match.family.account, first.id
    assert refused(*call, first.starts_at, URL) == ["has_begun"]


def test_sessions_of_others_do_not_exist(session, here, staff, match, first):
    family = make_family(session, staff, here)
    stranger = make_family_account(session, family)
    other = make_coach(session, staff, here).account
    given = first.id, NOW, URL
    for attempt in (
        lambda: sessions.find_for_coach(session, other, first.id),
        lambda: session_changes.move(session, other, first.id, at(MONDAY), NOW, URL),
        lambda: session_changes.call_off_as_coach(
            session, other, first.id, R.BOTH_AGREED, NOW, URL
        ),
        lambda: session_changes.call_off_as_family(session, stranger, *given),
        lambda: session_changes.call_off_as_family(session, other, *given),
        lambda: sessions.standing_match(session, other, match.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert sessions.list_for_family(session, stranger, NOW) == []
    assert sessions.list_for_coach(session, other, NOW).ahead == ()


def test_sessions_cannot_be_touched_while_contact_is_closed(session, match, first):
    match.state = M.PAUSED
    for attempt in (
        lambda: session_changes.move(
            session, match.volunteer.account, first.id, at(MONDAY + DAY), NOW, URL
        ),
        lambda: session_changes.call_off_as_family(
            session, match.family.account, first.id, NOW, URL
        ),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.fixture
def before_lock(session):
    """Return a function: what it is given happens just before the first row is locked."""

    def once(change):
        changes = [change]

        def listen(state):
            if changes and state.is_select and state.statement._for_update_arg is not None:
                session.execute(changes.pop())

        event.listen(session, "do_orm_execute", listen)

    return once


@pytest.fixture
def named(session, here, staff, match):
    """A backup coach who is named for the match, and steps in on no day yet."""
    how = AgreementMethod.PHONE
    agreed = {"coach_agreed_how": how, "family_agreed_how": how, "arranged_by_id": staff.id}
    match.covers.append(MatchCover(volunteer_id=make_coach(session, staff, here).id, **agreed))
    session.flush()


PAUSES = update(Match).values(state=M.PAUSED), update(Match).values(state=M.ACTIVE)
STEPS_IN = (
    update(MatchCover).values(starts_on=MONDAY, ends_on=MONDAY),
    update(MatchCover).values(starts_on=None, ends_on=None),
)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("move", PAUSES),
        ("move", STEPS_IN),
        ("coach", PAUSES),
        ("coach", STEPS_IN),
        ("family", PAUSES),
        ("link", PAUSES),
    ],
)
def test_what_is_closed_before_the_lock_is_closed_after_it(
    session, match, plan, first, named, before_lock, what, change
):
    coach, family = match.volunteer.account, match.family.account
    when, ids = at(MONDAY + DAY), (match.id, first.id)
    acts = {
        "move": lambda: session_changes.move(session, coach, ids[1], when, NOW, URL),
        "coach": lambda: session_changes.call_off_as_coach(
            session, coach, ids[1], R.BOTH_AGREED, NOW, URL
        ),
        "family": lambda: session_changes.call_off_as_family(session, family, ids[1], NOW, URL),
        "link": lambda: session_plans.set_video_link(
            session, coach, ids[0], "https://video.example.org/", NOW, URL
        ),
    }
    before_lock(change[0])
    with pytest.raises(NotFound):
        acts[what]()
    session.expire_all()
    assert (first.state, first.is_moved, plan.video_link) == (S.PLANNED, False, "")
    session.execute(change[1])
    session.expire_all()
    acts[what]()  # the control: nothing else stood in the way


def test_session_to_come_is_not_there_to_be_noted(session, match, first):
    coach = match.volunteer.account
    for moment in (NOW, first.starts_at - HOUR):
        with pytest.raises(NotFound):
            sessions.find_to_note(session, coach, first.id, moment)
    match.state = M.ENDED
    assert sessions.find_to_note(session, coach, first.id, first.starts_at) is first


def test_lists_ask_no_more_for_thirty_sessions_than_for_one(session, database, match, plan):
    def questions():
        session.flush()
        session.expire_all()
        coach, family = match.volunteer.account, match.family.account
        with counted(database.engine) as sent:
            sessions.list_for_coach(session, coach, NOW)
            sessions.list_for_family(session, family, NOW)
        return len(sent)

    for one in listed(session)[1:]:
        session.delete(one)
    few = questions()
    for week in range(1, 30):
        session_plans.sync(session, plan, NOW + week * WEEK)
    assert len(listed(session)) > 30
    assert questions() == few


def test_calendar_of_a_new_address_ends_the_old_one(session, match, plan):
    family = match.family.account
    old = calendar_addresses.make_address(session, family, NOW)
    assert calendars.read_calendar(session, old, NOW).count(b"BEGIN:VEVENT") == 8
    new = calendar_addresses.make_address(session, family, NOW)
    assert calendars.read_calendar(session, new, NOW).count(b"BEGIN:VEVENT") == 8
    for secret in (old, new[:-1], ""):
        with pytest.raises(NotFound):
            calendars.read_calendar(session, secret, NOW)
    calendar_addresses.revoke_address(session, family, family, NOW)
    assert calendar_addresses.find_feed(session, family) is None
    with pytest.raises(NotFound):
        calendars.read_calendar(session, new, NOW)
    assert [row.action for row in audited(session, "calendar.revoke_address")] == [
        "calendar.revoke_address"
    ]


def test_calendar_is_empty_the_second_contact_is_closed_and_gone_with_the_account(
    session, match, plan
):
    coach = match.volunteer.account
    secret = calendar_addresses.make_address(session, coach, NOW)
    assert calendars.read_calendar(session, secret, NOW).count(b"BEGIN:VEVENT") == 8
    match.volunteer.state = VolunteerState.SUSPENDED
    assert calendars.read_calendar(session, secret, NOW).count(b"BEGIN:VEVENT") == 0
    coach.disabled_at = NOW
    with pytest.raises(NotFound):
        calendars.read_calendar(session, secret, NOW)


def test_calendar_holds_no_word_of_who_or_why(session, match, plan):
    match.mode, plan.video_link = "remote", "https://video.example.org/canary"
    secrets = [
        match.family.last_name,
        match.family.first_name,
        match.volunteer.first_name,
        "canary",
        match.family.reference,
        "Chippenham",
        "coach",
        "session",
        "example.org",
    ]
    for account in (match.family.account, match.volunteer.account):
        secret = calendar_addresses.make_address(session, account, NOW)
        text = calendars.read_calendar(session, secret, NOW).decode().lower()
        assert "appointment" in text
        assert [word for word in secrets if word.lower() in text] == []


def test_called_off_sessions_leave_the_calendar(session, match, first):
    family = match.family.account
    secret = calendar_addresses.make_address(session, family, NOW)
    session_changes.call_off_as_family(session, family, first.id, NOW, URL)
    assert str(first.id).encode() not in calendars.read_calendar(session, secret, NOW)
    assert calendars.read_calendar(session, secret, NOW).count(b"BEGIN:VEVENT") == 7
