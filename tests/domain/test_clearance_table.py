"""The gate against a table written for itself: every state, level, workforce and edge of a date.

Nothing here asks the code under test what is right. Days are counted by hand, levels and
workforces stand as crosses in two grids, and the answer is put together in another way.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
import time_machine

from peerapp.clock import today
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CertificateStatus, CheckLevel, RiskDecision, VolunteerState, Workforce
from tests.domain.volunteers import certificate, cleared_coach, codes

ON = date(2026, 11, 20)

STATES = {
    "enquiry": "not_active",
    "applied": "not_active",
    "screening": "not_active",
    "interviewed": "not_active",
    "vetting": "not_active",
    "training": "not_active",
    "panel": "not_active",
    "probation": "",
    "active": "",
    "paused": "paused",
    "suspended": "suspended",
    "declined": "not_active",
    "withdrawn": "not_active",
    "left": "not_active",
}
"""What the state alone says."""

LEVELS = """
needed             basic standard enhanced children adults both
basic              x     x        x        x        x      x
standard           .     x        x        x        x      x
enhanced           .     .        x        x        x      x
enhanced_children  .     .        .        x        .      x
enhanced_adults    .     .        .        .        x      x
enhanced_both      .     .        .        .        .      x
"""
HELD_LEVELS = (
    "basic",
    "standard",
    "enhanced",
    "enhanced_children",
    "enhanced_adults",
    "enhanced_both",
)

WORKFORCES = """
needed           child adult child_and_adult other
child            x     .     x               .
adult            .     x     x               .
child_and_adult  .     .     x               .
other            .     .     .               x
"""
HELD_WORKFORCES = ("child", "adult", "child_and_adult", "other")

STATUSES = {
    "recorded": ("certificate_recorded",),
    "accepted": (),
    "new_information": ("certificate_new_information",),
    "unverified": ("certificate_unverified",),
    "revoked": ("certificate_revoked",),
}
"""What a certificate's status alone says; one that was replaced is no certificate at all."""

# Issued, re-check months, and the first day on which it no longer counts, counted by hand.
FIRST_DAY_WITHOUT = [
    (date(2023, 11, 20), 36, date(2026, 11, 20)),
    (date(2024, 2, 29), 36, date(2027, 2, 28)),
    (date(2024, 2, 28), 36, date(2027, 2, 28)),
    (date(2024, 3, 1), 36, date(2027, 3, 1)),
    (date(2024, 2, 29), 48, date(2028, 2, 29)),
    (date(2024, 2, 29), 24, date(2026, 2, 28)),
    (date(2025, 2, 28), 36, date(2028, 2, 28)),
    (date(2024, 1, 31), 1, date(2024, 2, 29)),
    (date(2025, 1, 31), 1, date(2025, 2, 28)),
    (date(2024, 12, 31), 36, date(2027, 12, 31)),
    (date(2024, 8, 31), 18, date(2026, 2, 28)),
    (date(2024, 3, 31), 36, date(2027, 3, 31)),
    (date(2024, 10, 27), 36, date(2027, 10, 27)),
    (date(2024, 3, 28), 36, date(2027, 3, 28)),
    (date(2024, 10, 31), 36, date(2027, 10, 31)),
]


def crosses(grid, held):
    """Read a grid: which certificates satisfy which need."""
    rows = [line.split() for line in grid.strip().splitlines()[1:]]
    return {
        (row[0], name)
        for row in rows
        for name, mark in zip(held, row[1:], strict=True)
        if mark == "x"
    }


GOOD_LEVELS = crosses(LEVELS, HELD_LEVELS)
GOOD_WORKFORCES = crosses(WORKFORCES, HELD_WORKFORCES)


def coach_with(issued=date(2026, 3, 1), seen=None, months=36, **values):
    """Return a coach whose courses do not run out, with one certificate."""
    held = {name: values.pop(name) for name in list(values) if name in HELD_NAMES}
    one = certificate(issue_date=issued, seen_on=seen or issued, **held)
    coach = cleared_coach(certificates=[one], **values)
    coach.scheme.recheck_months = months
    for record in coach.training:
        record.completed_on, record.valid_until = date(2020, 1, 1), None
    return coach


HELD_NAMES = {
    "level",
    "workforce",
    "status",
    "name_matches",
    "has_content",
    "risk_decision",
    "risk_review_on",
}


def test_the_table_names_every_member():
    assert set(STATES) == set(VolunteerState)
    assert set(HELD_LEVELS) == set(CheckLevel)
    assert set(HELD_WORKFORCES) == set(Workforce)
    assert {*STATUSES, "superseded"} == set(CertificateStatus)
    assert (len(GOOD_LEVELS), len(GOOD_WORKFORCES)) == (6 + 5 + 4 + 2 + 2 + 1, 2 + 2 + 1 + 1)


@pytest.mark.parametrize("state", list(VolunteerState))
@pytest.mark.parametrize("status", list(CertificateStatus))
def test_clearance_follows_the_table_for_every_level_and_workforce(state, status):
    """14 states, 6 statuses, 36 pairs of levels, 16 of workforces, 3 days around the end."""
    by_state = [STATES[state.value]] if STATES[state.value] else []
    coach, end, asked = coach_with(state=state, status=status), date(2029, 3, 1), 0
    held = coach.certificates[0]
    pairs = itertools.product(CheckLevel, CheckLevel, Workforce, Workforce)
    for needed, level, wanted, workforce in pairs:
        coach.check_level, coach.check_workforce = needed, wanted
        held.level, held.workforce = level, workforce
        misfits = []
        if (needed.value, level.value) not in GOOD_LEVELS:
            misfits.append("certificate_level")
        if (wanted.value, workforce.value) not in GOOD_WORKFORCES:
            misfits.append("certificate_workforce")
        for offset in (-1, 0, 1):
            lapsed = ["certificate_lapsed"] if offset >= 0 else []
            expected = [*by_state, "certificate_missing"]
            if status != "superseded":
                expected = [*by_state, *STATUSES[status.value], *misfits, *lapsed]
            found = codes(clearance_refusals(coach, end + timedelta(days=offset)))
            assert found == expected, (needed, level, wanted, workforce, offset)
            asked += 1
    assert asked == 36 * 16 * 3


@pytest.mark.parametrize(("issued", "months", "first_day"), FIRST_DAY_WITHOUT)
@pytest.mark.parametrize("state", list(VolunteerState))
def test_certificate_counts_until_the_day_before(state, issued, months, first_day):
    coach = coach_with(issued=issued, months=months, state=state)
    by_state = [STATES[state.value]] if STATES[state.value] else []
    answers = {
        issued - timedelta(days=1): ["certificate_future"],
        issued: [],
        first_day - timedelta(days=1): [],
        first_day: ["certificate_lapsed"],
        first_day + timedelta(days=1): ["certificate_lapsed"],
        date(2999, 1, 1): ["certificate_lapsed"],
    }
    found = {day: codes(clearance_refusals(coach, day)) for day in answers}
    assert found == {day: [*by_state, *expected] for day, expected in answers.items()}


def test_every_day_of_ten_years_has_a_first_day_without():
    """Counted again from the calendar: the same day of the month, or the last that there is."""
    day, last, coach = date(2019, 1, 1), date(2029, 1, 1), coach_with()
    while day < last:
        try:
            first_day = day.replace(year=day.year + 3)
        except ValueError:
            first_day = date(day.year + 3, 2, 28)
        coach.certificates[0].issue_date = coach.certificates[0].seen_on = day
        assert codes(clearance_refusals(coach, first_day - timedelta(days=1))) == [], day
        assert codes(clearance_refusals(coach, first_day)) == ["certificate_lapsed"], day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [(ON - timedelta(days=1), []), (ON, []), (ON + timedelta(days=1), ["certificate_unseen"])],
)
def test_original_must_have_been_seen_by_today(seen, expected):
    assert codes(clearance_refusals(coach_with(seen=seen), ON)) == expected


@pytest.mark.parametrize("matches", [True, False])
@pytest.mark.parametrize("content", [True, False])
@pytest.mark.parametrize("decision", [None, *RiskDecision])
@pytest.mark.parametrize("review", [None, -1, 0, 1])
def test_name_and_content_have_a_say_of_their_own(matches, content, decision, review):
    review_on = None if review is None else ON + timedelta(days=review)
    coach = coach_with(
        name_matches=matches,
        has_content=content,
        risk_decision=decision,
        risk_review_on=review_on,
    )
    expected = [] if matches else ["certificate_name"]
    if content and decision != "favourable":
        expected.append("certificate_risk")
    elif content and review not in (0, 1):
        expected.append("certificate_review")
    assert codes(clearance_refusals(coach, ON)) == expected


@pytest.mark.parametrize(
    ("first_day", "still", "over"),
    [
        # London is on UTC in winter and an hour ahead in summer.
        (date(2026, 11, 20), "2026-11-19T23:59:59+00:00", "2026-11-20T00:00:00+00:00"),
        (date(2027, 7, 1), "2027-06-30T22:59:59+00:00", "2027-06-30T23:00:00+00:00"),
        # The clocks go forward at 1am on 28 March 2027 …
        (date(2027, 3, 28), "2027-03-27T23:59:59+00:00", "2027-03-28T00:00:00+00:00"),
        (date(2027, 3, 29), "2027-03-28T22:59:59+00:00", "2027-03-28T23:00:00+00:00"),
        # … and back at 2am on 31 October 2027.
        (date(2027, 10, 31), "2027-10-30T22:59:59+00:00", "2027-10-30T23:00:00+00:00"),
        (date(2027, 11, 1), "2027-10-31T23:59:59+00:00", "2027-11-01T00:00:00+00:00"),
        # A machine elsewhere in the world makes no difference.
        (date(2027, 7, 1), "2027-07-01T07:59:59+09:00", "2027-07-01T08:00:00+09:00"),
        # Issued on 29 February 2024: there is no 29 February 2027.
        (date(2027, 2, 28), "2027-02-27T23:59:59+00:00", "2027-02-28T00:00:00+00:00"),
    ],
)
def test_the_day_ends_at_midnight_in_london(first_day, still, over):
    leap = first_day == date(2027, 2, 28)
    issued = date(2024, 2, 29) if leap else first_day.replace(year=first_day.year - 3)
    coach = coach_with(issued=issued)
    with time_machine.travel(datetime.fromisoformat(still), tick=False):
        assert codes(clearance_refusals(coach, today())) == []
    with time_machine.travel(datetime.fromisoformat(over), tick=False):
        assert codes(clearance_refusals(coach, today())) == ["certificate_lapsed"]
