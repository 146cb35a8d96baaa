from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from peerapp.domain.family_records import SafeContactAnswers, safe_contact_faults
from peerapp.domain.safe_contact import email_refusals, introduction_refusals, safe_channels
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
