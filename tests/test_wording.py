from __future__ import annotations

import datetime as dt

import pytest

from peerapp import wording
from peerapp.enums import SLOTS

UTC = dt.UTC


def test_date_is_written_out() -> None:
    assert wording.date(dt.date(2026, 11, 2)) == "2 November 2026"


def test_date_of_a_moment_is_the_day_in_london() -> None:
    assert wording.date(dt.datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"
    assert wording.date(dt.datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "31 December 2026"


def test_date_that_is_missing_is_said_in_words() -> None:
    assert wording.date(None) == "Not recorded"
    assert wording.moment(None, "not yet") == "not yet"


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (9, 0, "9am"),
        (12, 0, "midday"),
        (12, 30, "12:30pm"),
        (15, 5, "3:05pm"),
        (23, 59, "11:59pm"),
    ],
)
def test_time_is_written_as_people_say_it(hour: int, minute: int, text: str) -> None:
    assert wording.clock_time(dt.datetime(2026, 1, 2, hour, minute, tzinfo=UTC)) == text


def test_moment_follows_summer_time() -> None:
    summer = dt.datetime(2026, 7, 22, 14, 5, tzinfo=UTC)
    assert wording.moment(summer) == "22 July 2026 at 3:05pm"


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wording.moment(dt.datetime(2026, 7, 22, 14, 5))


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (None, "Not known"),
        (0, "less than 0.1 miles"),
        (80, "less than 0.1 miles"),
        (81, "0.1 miles"),
        (1609, "1 mile"),
        (1770, "1.1 miles"),
        (5472, "3.4 miles"),
        (160_934, "100.0 miles"),
    ],
)
def test_distance_has_one_decimal(metres: int | None, text: str) -> None:
    assert wording.miles(metres) == text


def test_slot_is_said_in_plain_words() -> None:
    assert wording.slot("mon_after_school") == "Monday after school (3pm to 6pm)"
    assert wording.slot("sun_morning") == "Sunday morning (9am to midday)"


def test_every_slot_has_words_of_its_own() -> None:
    assert len({wording.slot(name) for name in SLOTS}) == 28


@pytest.mark.parametrize("name", ["", "mon", "mon_night", "noday_morning"])
def test_slot_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        wording.slot(name)


def test_week_holds_each_slot_once_in_order() -> None:
    assert tuple(slot for _, row in wording.week() for slot, _, _ in row) == SLOTS


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 families"), (1, "1 family"), (1204, "1,204 families")]
)
def test_count_agrees_with_its_noun(number: int, text: str) -> None:
    assert wording.count(number, "family", "families") == text


def test_plural_is_made_with_an_s() -> None:
    assert wording.count(2, "day") == "2 days"
