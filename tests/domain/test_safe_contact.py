from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from peerapp.domain.family_records import SafeContactAnswers, safe_contact_faults
from peerapp.domain.safe_contact import (
    email_refusals,
    introduction_refusals,
    next_safe_moment,
    safe_channels,
)
from peerapp.enums import Channel
from peerapp.models import SafeContact
from tests.domain.families import a_family

TODAY = date(2026, 11, 20)


def test_safe_channels_are_none_until_the_family_has_answered() -> None:
    assert safe_channels(a_family(safe_contact=None)) == frozenset()


def test_safe_channels_are_those_that_the_family_named() -> None:
    contact = SafeContact(channels=("sms", "letter"))
    assert safe_channels(a_family(safe_contact=contact)) == {Channel.SMS, Channel.LETTER}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"safe_contact": SafeContact(channels=("email",))}, []),
        ({"safe_contact": SafeContact(channels=("email",)), "email": ""}, ["no_email"]),
        ({"safe_contact": SafeContact(channels=("phone",))}, ["email_unsafe"]),
        ({"safe_contact": SafeContact(channels=())}, ["email_unsafe"]),
        ({"safe_contact": None}, ["email_unsafe"]),
    ],
)
def test_email_refusals_ask_for_an_address_that_is_called_safe(
    values: dict[str, Any], expected: list[str]
) -> None:
    assert [one.code for one in email_refusals(a_family(**values))] == expected


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (SafeContact(channels=("phone",)), []),
        (SafeContact(channels=()), ["safe_contact_missing"]),
        (None, ["safe_contact_missing"]),
    ],
)
def test_introduction_refusals_ask_for_one_safe_channel(
    contact: SafeContact | None, expected: list[str]
) -> None:
    family = a_family(safe_contact=contact)
    assert [one.code for one in introduction_refusals(family)] == expected


def test_answers_are_careful_where_nothing_is_said() -> None:
    answers = SafeContactAnswers(TODAY)
    assert (answers.channels, answers.no_voicemail) == ((), True)
    assert (answers.shared_device, answers.withheld_address) == (True, True)


@pytest.mark.parametrize(
    ("channels", "phone", "email", "faults"),
    [
        (("phone", "sms", "email", "letter"), "07700 900123", "a@example.org", 0),
        (("phone", "sms"), "", "a@example.org", 2),
        (("email",), "07700 900123", "", 1),
        ((), "", "", 0),
        (("letter",), "", "", 0),
    ],
)
def test_safe_contact_faults_name_channels_without_a_number(
    channels: tuple[str, ...], phone: str, email: str, faults: int
) -> None:
    found = safe_contact_faults(SafeContactAnswers(TODAY, channels), phone, email, TODAY)
    assert [fault.field for fault in found] == ["channels"] * faults


def test_safe_contact_faults_refuse_an_answer_from_the_future() -> None:
    found = safe_contact_faults(SafeContactAnswers(date(2026, 11, 21)), "", "", TODAY)
    assert [fault.field for fault in found] == ["answered_on"]


LONDON = ZoneInfo("Europe/London")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time in November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("slots", "asked", "expected"),
    [
        ((), at(20, 3), at(20, 3)),
        (("fri_morning",), at(20, 9), at(20, 9)),
        (("fri_morning",), at(20, 11, 49), at(20, 11, 49)),
        (("fri_morning",), at(20, 11, 50), at(27, 9)),
        (("fri_morning",), at(20, 8, 59), at(20, 9)),
        (("fri_afternoon", "mon_evening"), at(20, 15), at(23, 18)),
        (("thu_evening",), at(20, 9), at(26, 18)),
        (("fri_after_school",), at(20, 9), at(20, 15)),
    ],
)
def test_next_safe_moment_is_now_or_the_start_of_the_next_safe_time(slots, asked, expected):
    family = a_family(safe_contact=SafeContact(channels=("email",), safe_slots=slots))
    assert next_safe_moment(family, asked) == expected


def test_next_safe_moment_follows_the_clocks_when_they_change():
    family = a_family(safe_contact=SafeContact(channels=("email",), safe_slots=("mon_morning",)))
    friday = datetime(2026, 10, 23, 18, tzinfo=LONDON)  # the clocks go back on Sunday
    found = next_safe_moment(family, friday)
    assert found.astimezone(UTC) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_next_safe_moment_of_a_family_that_has_not_answered_is_now():
    assert next_safe_moment(a_family(safe_contact=None), at(20, 3)) == at(20, 3)
