"""Figures of the funnel, against figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.funnel import Spread, hidden, months_until, spread


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], Spread(0, None, None, None)),
        ([7], Spread(1, 7, 7, 7)),
        ([9, 1], Spread(2, 1, 9, 9)),
        ([3, 1, 2], Spread(3, 2, 3, 3)),
        (list(range(1, 11)), Spread(10, 5, 9, 10)),
        (list(range(100, 0, -1)), Spread(100, 50, 90, 100)),
        ([0] * 9 + [40], Spread(10, 0, 0, 40)),
    ],
)
def test_spread_is_by_nearest_rank(days, expected):
    assert spread(days) == expected


@given(st.lists(st.integers(0, 400), min_size=1))
def test_spread_keeps_its_word(days):
    found = spread(days)
    for limit, per_cent in ((found.median, 50), (found.ninety, 90)):
        within = sum(one <= limit for one in days)
        fewer = sum(one < limit for one in days)
        assert (100 * within >= per_cent * len(days), 100 * fewer < per_cent * len(days)) == (
            True,
            True,
        )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, set()),
        ({"a": 5, "b": 6}, set()),
        ({"a": 4, "b": 6, "c": 9}, {"a", "b"}),
        ({"a": 0, "b": 6, "c": 9}, {"a", "b"}),
        ({"a": 4, "b": 0, "c": 9}, {"a", "b", "c"}),
        ({"a": 4, "b": 1, "c": 9}, {"a", "b"}),
        ({"a": 0, "b": 0, "c": 9}, {"a", "b"}),
        ({"a": 3}, {"a"}),
    ],
)
def test_hidden_are_small_counts_and_what_would_tell_a_single_one(counts, expected):
    assert hidden(counts) == expected


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), min_size=2))
def test_hidden_never_leaves_one_count_alone(counts):
    away = hidden(counts)
    assert len(away) != 1
    assert [key for key, count in counts.items() if count < 5 and key not in away] == []


def test_months_are_the_last_twelve_across_a_year():
    months = months_until(date(2026, 2, 28))
    assert (len(months), months[0], months[-1]) == (12, date(2025, 3, 1), date(2026, 2, 1))
