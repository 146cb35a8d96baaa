"""On which days sessions fall, what may be planned, and which links may be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from peerapp.domain.session_plans import (
    PlanDetails,
    first_day,
    holiday_on,
    holiday_refusals,
    plan_refusals,
    session_days,
    slot_start,
    video_link_refusals,
)
from peerapp.enums import SLOTS
from peerapp.models import SchoolHoliday
from tests.factories import TODAY

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)
GOOD = PlanDetails(MONDAY, time(9, 30), 120)


def codes(details: PlanDetails, slot: str = "mon_morning") -> list[str]:
    return [one.code for one in plan_refusals(slot, details, TODAY)]


def test_first_day_of_each_slot_is_its_weekday_and_not_before():
    for number, slot in enumerate(SLOTS):
        day = first_day(slot, TODAY)
        assert day.weekday() == number // 4
        assert TODAY <= day < TODAY + 7 * DAY


def test_first_day_may_be_the_day_itself():
    assert first_day("mon_evening", MONDAY) == MONDAY
    assert first_day("mon_evening", MONDAY + DAY) == MONDAY + 7 * DAY


def test_slots_start_when_pages_say_that_they_do():
    assert [slot_start(slot) for slot in SLOTS[:4]] == [time(9), time(12), time(15), time(18)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"first_on": TODAY - 4 * DAY}, ["first_on"]),
        ({"first_on": MONDAY + DAY}, ["first_on"]),
        ({"first_on": MONDAY + 12 * 7 * DAY}, ["first_on"]),
        ({"at": time(8, 59)}, ["at"]),
        ({"at": time(11, 59)}, []),
        ({"at": time(12)}, ["at"]),
        ({"minutes": 14}, ["minutes"]),
        ({"minutes": 15}, []),
        ({"minutes": 300}, []),
        ({"minutes": 301}, ["minutes"]),
        ({"every_weeks": 3}, ["every_weeks"]),
        ({"video_link": "http://video.example.org/room"}, ["video_link"]),
    ],
)
def test_plan_outside_of_what_both_have_free_is_refused(change, expected):
    assert codes(replace(GOOD, **change)) == expected


def test_every_fault_of_a_plan_is_named_at_once():
    bad = PlanDetails(TODAY - DAY, time(7), 1, 5, True, "no link")
    assert codes(bad) == ["first_on", "at", "minutes", "every_weeks", "video_link"]


@pytest.mark.parametrize(
    ("link", "is_good"),
    [
        ("", True),
        ("https://video.example.org/room/1?x=2", True),
        ("http://video.example.org", False),
        ("javascript:alert(1)", False),
        ("https://localhost/room", False),
        ("https://.", False),
        ("https://me:secret@video.example.org", False),
        ("https://video.example.org/a b", False),
        ("https://[broken", False),
        ("video.example.org", False),
    ],
)
def test_link_that_is_no_whole_https_address_is_refused(link, is_good):
    assert (video_link_refusals(link) == []) == is_good


def test_weekly_days_begin_with_the_first_and_end_with_the_latest():
    days = list(session_days(MONDAY, 1, TODAY, MONDAY + 21 * DAY))
    assert days == [MONDAY, MONDAY + 7 * DAY, MONDAY + 14 * DAY, MONDAY + 21 * DAY]
    assert list(session_days(MONDAY, 1, TODAY, MONDAY - DAY)) == []


def test_days_every_two_weeks_keep_their_rhythm_later_on():
    later = list(session_days(MONDAY, 2, MONDAY + 8 * DAY, MONDAY + 42 * DAY))
    assert later == [MONDAY + 14 * DAY, MONDAY + 28 * DAY, MONDAY + 42 * DAY]


def test_day_that_is_a_session_today_counts_as_to_come():
    assert next(session_days(MONDAY, 1, MONDAY + 7 * DAY, MONDAY + 70 * DAY)) == MONDAY + 7 * DAY


def test_holiday_counts_for_its_council_or_for_all_on_both_its_ends():
    ours = SchoolHoliday(council="Wiltshire", first_on=MONDAY, last_on=MONDAY + 4 * DAY)
    everybody = SchoolHoliday(council="", first_on=MONDAY + 30 * DAY, last_on=MONDAY + 30 * DAY)
    both = [ours, everybody]
    asked = [
        holiday_on(day, council, both)
        for day in (MONDAY - DAY, MONDAY, MONDAY + 4 * DAY, MONDAY + 5 * DAY, MONDAY + 30 * DAY)
        for council in ("Wiltshire", "Central Bedfordshire")
    ]
    assert asked == [None, None, ours, None, ours, None, None, None, everybody, everybody]


@pytest.mark.parametrize(
    ("name", "last", "expected"),
    [
        ("Half-term", MONDAY, []),
        (" ", MONDAY, ["name"]),
        ("Half-term", MONDAY - DAY, ["last_on"]),
        ("Half-term", MONDAY + 100 * DAY, []),
        ("Half-term", MONDAY + 101 * DAY, ["last_on"]),
    ],
)
def test_holiday_that_cannot_be_is_refused(name, last, expected):
    assert [one.code for one in holiday_refusals(name, MONDAY, last)] == expected
