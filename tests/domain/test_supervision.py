"""When calls are due: weeks of running time, moved by every pause, however pauses overlap."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.supervision import Pause, due_on, merged, weeks_until
from tests.factories import make_scheme

START = date(2026, 3, 2)
DAY = timedelta(days=1)


def day(number):
    return START + number * DAY


def test_calls_come_at_3_10_and_18_weeks_and_then_every_4():
    scheme = make_scheme(
        call_first_weeks=3, call_second_weeks=10, call_third_weeks=18, call_every_weeks=4
    )
    assert [weeks_until(scheme, number) for number in range(1, 7)] == [3, 10, 18, 22, 26, 30]


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], 21),
        ([(5, 12)], 28),
        ([(5, 12), (10, 15)], 31),
        ([(5, 12), (12, 15)], 31),
        ([(20, 30)], 31),
        ([(21, 30)], 21),
        ([(-9, -2)], 21),
        ([(-9, 4)], 25),
        ([(5, 5)], 21),
        ([(3, 10), (27, 30)], 31),
        ([(5, None)], None),
        ([(21, None)], 21),
        ([(5, 12), (27, None)], None),
    ],
)
def test_pause_moves_what_was_still_to_come(pauses, expected):
    given_pauses = [Pause(day(a), None if b is None else day(b)) for a, b in pauses]
    due = due_on(START, 3, given_pauses)
    assert due == (None if expected is None else day(expected))


SPANS = st.lists(
    st.tuples(st.integers(-20, 80), st.integers(0, 20)).map(lambda one: (one[0], sum(one))),
    max_size=6,
)


@given(SPANS, st.integers(1, 8))
def test_due_day_has_just_so_many_running_days_before_it(spans, weeks):
    """The oracle counts day by day, and knows nothing of merging."""
    still = {number for a, b in spans for number in range(max(a, 0), b)}
    left, number = weeks * 7, 0
    while left:
        left -= number not in still
        number += 1
    # A pause that begins on the due day itself does not move it.
    pauses = [Pause(day(a), day(b)) for a, b in spans]
    assert due_on(START, weeks, pauses) == day(number)


@given(SPANS)
def test_merged_pauses_hold_the_same_days_and_never_touch(spans):
    found = merged([Pause(day(a), day(b)) for a, b in spans if b > a])
    days = {number for one in found for number in _numbers(one)}
    assert days == {number for a, b in spans for number in range(a, b)}
    assert all(a.ends < b.starts for a, b in itertools.pairwise(found))


def _numbers(pause):
    return range((pause.starts - START).days, (pause.ends - START).days)
