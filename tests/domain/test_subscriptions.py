"""The Update Service: thirty days to join, a year to renew."""

from __future__ import annotations

from datetime import date

import pytest

from peerapp.domain import subscriptions as rules
from peerapp.enums import CheckLevel
from peerapp.models import Subscription
from tests.domain.volunteers import certificate, codes

ISSUED = date(2026, 3, 1)
LAST = date(2026, 3, 31)


def subscription(**values):
    given = {"joined_on": date(2026, 3, 5), "renew_by": date(2027, 3, 5), "ended_on": None}
    return Subscription(**{**given, **values})


@pytest.mark.parametrize(
    ("today", "left", "is_open"),
    [
        (ISSUED, 30, True),
        (date(2026, 3, 30), 1, True),
        (LAST, 0, True),
        (date(2026, 4, 1), -1, False),
    ],
)
def test_window_counts_down_to_its_last_day(today, left, is_open):
    window = rules.join_window(certificate(issue_date=ISSUED), 30, today)
    assert (window.last_day, window.days_left, window.is_open) == (LAST, left, is_open)


@pytest.mark.parametrize("level", list(CheckLevel))
def test_window_is_for_every_level_but_basic(level):
    window = rules.join_window(certificate(level=level), 30, ISSUED)
    assert (window is None) is (level == CheckLevel.BASIC)


def test_window_follows_the_schemes_setting():
    window = rules.join_window(certificate(issue_date=ISSUED), 19, LAST)
    assert (window.last_day, window.is_open) == (date(2026, 3, 20), False)


@pytest.mark.parametrize(
    ("joined_on", "today", "expected"),
    [
        (LAST, LAST, []),
        (LAST, date(2026, 11, 20), []),
        (date(2026, 4, 1), date(2026, 4, 1), ["joined_on"]),
        (date(2026, 3, 10), date(2026, 3, 9), ["joined_on"]),
        (date(2024, 1, 5), LAST, []),
        (date(2013, 6, 17), LAST, []),
        (date(2013, 6, 16), LAST, ["joined_on"]),
    ],
)
def test_day_of_joining_must_be_possible(joined_on, today, expected):
    held = certificate(issue_date=ISSUED)
    assert codes(rules.joining_refusals(held, joined_on, 30, today)) == expected


def test_basic_certificate_never_joins():
    held = certificate(issue_date=ISSUED, level=CheckLevel.BASIC)
    assert codes(rules.joining_refusals(held, ISSUED, 30, LAST)) == ["joined_on"]


@pytest.mark.parametrize(
    ("change", "today", "expected"),
    [
        ({}, date(2026, 3, 4), False),
        ({}, date(2026, 3, 5), True),
        ({}, date(2027, 3, 4), True),
        ({}, date(2027, 3, 5), False),
        ({"ended_on": date(2026, 9, 1)}, date(2026, 8, 31), True),
        ({"ended_on": date(2026, 9, 1)}, date(2026, 9, 1), False),
    ],
)
def test_subscription_stands_from_joining_until_its_end(change, today, expected):
    held = certificate(subscription=subscription(**change))
    assert rules.is_subscribed(held, today) is expected
    assert rules.is_subscribed(certificate(), today) is False


@pytest.mark.parametrize(
    ("joined_on", "today", "expected"),
    [
        (date(2026, 3, 5), date(2026, 3, 5), date(2027, 3, 5)),
        (date(2026, 3, 5), date(2027, 3, 4), date(2027, 3, 5)),
        (date(2026, 3, 5), date(2027, 3, 5), date(2028, 3, 5)),
        (date(2024, 2, 29), date(2024, 6, 1), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2027, 6, 1), date(2028, 2, 29)),
    ],
)
def test_next_renewal_comes_each_year_from_the_day_of_joining(joined_on, today, expected):
    assert rules.renewal_after(joined_on, today) == expected


@pytest.mark.parametrize(
    ("held", "today", "expected"),
    [
        (None, LAST, ["not_subscribed"]),
        (subscription(ended_on=date(2026, 9, 1)), date(2027, 3, 1), ["not_subscribed"]),
        (subscription(), date(2027, 2, 2), ["too_early"]),
        (subscription(), date(2027, 2, 3), []),
        (subscription(), date(2027, 3, 4), []),
        (subscription(), date(2027, 3, 5), ["subscription_over"]),
    ],
)
def test_renewal_is_for_the_last_thirty_days(held, today, expected):
    assert codes(rules.renewal_refusals(held, today)) == expected
