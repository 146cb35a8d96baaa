"""Two reminders and a flag, each once, by London's days, whatever the sweep has missed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from peerapp.enums import MessageState, ReferenceState, VolunteerState
from peerapp.models import Message
from peerapp.services import reference_reminders
from tests.factories import NOW, make_volunteer
from tests.support.references import SAM, URL, answer, links_of, name
from tests.support.volunteers import audited

DAYS = timedelta(days=1)
ASKED = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.VETTING)


@pytest.fixture
def asked(session, volunteer, staff):
    return name(session, volunteer)


def sweep(session, days):
    return reference_reminders.sweep_reminders(session, NOW + days * DAYS, URL)


def mails(session, reference):
    return len(links_of(session, reference))


def steps(session):
    actions = ("reference.remind", "reference.remind_again", "reference.flag")
    return [len(audited(session, action)) for action in actions]


def notices(session, account):
    query = select(Message).where(Message.account_id == account.id, Message.template == "notice")
    return session.scalars(query).all()


def test_reminders_come_after_5_and_10_days_and_the_flag_after_14_each_once(session, asked, staff):
    sent = {day: (sweep(session, day), sweep(session, day)) for day in range(31)}
    done = {day: count for day, count in sent.items() if count != (0, 0)}
    assert done == {5: (1, 0), 10: (1, 0), 14: (1, 0)}
    assert mails(session, asked) == 3
    assert steps(session) == [1, 1, 1]
    assert len(notices(session, staff)) == 1


def test_reminder_carries_a_new_link_and_the_first_goes_on_working(session, asked):
    sweep(session, 5)
    first, second = links_of(session, asked)
    assert first != second
    answer(session, first, NOW + 6 * DAYS)
    assert asked.state == ReferenceState.RECEIVED
    assert [link.ended_at for link in asked.links] == [NOW + 6 * DAYS] * 2


def test_sweep_that_is_late_sends_one_mail_and_then_flags(session, asked):
    assert [sweep(session, 20) for _ in range(3)] == [1, 1, 0]
    assert mails(session, asked) == 2
    assert steps(session) == [0, 1, 1]


@pytest.mark.parametrize("state", ["received", "verified", "rejected", "declined", "cancelled"])
def test_nobody_is_reminded_who_is_not_asked_any_more(session, asked, state):
    asked.state = ReferenceState(state)
    assert sweep(session, 20) == 0


@pytest.mark.parametrize("state", ["withdrawn", "declined", "left", "suspended"])
def test_referees_of_a_closed_or_suspended_volunteer_are_left_in_peace(
    session, volunteer, asked, state
):
    volunteer.state = VolunteerState(state)
    assert sweep(session, 20) == 0
    volunteer.state = VolunteerState.VETTING
    assert sweep(session, 20) == 1


def test_days_begin_at_midnight_in_london(session, volunteer, staff):
    asked_late = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # 23:30 in London: still 1 June
    name(session, volunteer, now=asked_late)
    before = datetime(2026, 6, 5, 22, 59, tzinfo=UTC)
    assert reference_reminders.sweep_reminders(session, before, URL) == 0
    assert reference_reminders.sweep_reminders(session, before + timedelta(minutes=1), URL) == 1


def test_days_across_the_change_of_the_clock_are_days(session, volunteer, staff):
    name(session, volunteer, now=datetime(2026, 10, 22, 22, 30, tzinfo=UTC))  # 23:30, summer time
    before = datetime(2026, 10, 26, 23, 59, tzinfo=UTC)
    assert reference_reminders.sweep_reminders(session, before, URL) == 0
    assert reference_reminders.sweep_reminders(session, before + timedelta(minutes=1), URL) == 1


def test_scheme_sets_its_own_days(session, volunteer, asked):
    volunteer.scheme.reference_reminder_days = 2
    session.flush()
    assert (sweep(session, 1), sweep(session, 2)) == (0, 1)


def test_sweep_goes_batch_by_batch(session, here, staff, monkeypatch):
    monkeypatch.setattr(reference_reminders, "BATCH", 2)
    for _ in range(3):
        name(session, make_volunteer(session, here, state=VolunteerState.VETTING))
    assert [sweep(session, 5) for _ in range(3)] == [2, 1, 0]


def test_one_referee_who_answered_does_not_keep_the_other_from_being_reminded(
    session, volunteer, asked
):
    other = name(session, volunteer, SAM)
    answer(session, links_of(session, asked)[0])
    assert sweep(session, 5) == 1
    states = session.scalars(select(Message.state).where(Message.reference_id == other.id)).all()
    assert states == [MessageState.QUEUED] * 2


MARKS = ("reminded_at", "reminded_again_at", "flagged_at")


@pytest.mark.parametrize(
    ("now", "figures"),
    [
        (NOW, (5, 10, 14)),
        (ASKED, (1, 1, 1)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), (9, 3, 2)),
    ],
)
def test_the_database_and_the_rule_agree_on_whose_time_has_come(
    session, volunteer, asked, monkeypatch, now, figures
):
    monkeypatch.setattr(reference_reminders, "BATCH", 1000)
    scheme = volunteer.scheme
    scheme.reference_reminder_days, scheme.reference_second_reminder_days = figures[:2]
    scheme.reference_flag_days = figures[2]
    due, found = [], []
    for hours in range(0, 16 * 24, 13):
        for marks in itertools.product((None, now), repeat=3):
            asked.asked_at = now - timedelta(hours=hours)
            for mark, value in zip(MARKS, marks, strict=True):
                setattr(asked, mark, value)
            session.flush()
            due.append(bool(reference_reminders._next_step(asked, scheme, now)))
            found.append(asked.id in reference_reminders._list_due(session, scheme, now))
    assert found == due
    assert {True, False} == set(due)
