from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.distances import metres_of, miles_text
from peerapp.domain.family_records import (
    AgreementDetails,
    FamilyDetails,
    agreement_faults,
    details_faults,
)
from peerapp.domain.references import ALPHABET, is_reference, new_reference
from peerapp.enums import AgreementMethod, ReferralSource

TODAY = date(2026, 11, 20)
TOMORROW = date(2026, 11, 21)
GOOD = FamilyDetails("Amina", "Yusuf", "SN15 1AA", TODAY)
STEPPED_DOWN = replace(
    GOOD,
    source=ReferralSource.STEP_DOWN,
    step_down_level=4,
    step_down_on=TODAY,
    step_down_worker="Jo Field",
)


def test_details_in_order_have_no_fault() -> None:
    assert details_faults(GOOD, TODAY) == []
    assert details_faults(STEPPED_DOWN, TODAY) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"phone": "12"}, "phone"),
        ({"phone": "ring me"}, "phone"),
        ({"email": "amina@"}, "email"),
        ({"referred_on": TOMORROW}, "referred_on"),
        ({"waiting_since": TOMORROW}, "waiting_since"),
        ({"level": 0}, "level"),
        ({"level": 5}, "level"),
        ({"priority": 6}, "priority"),
        ({"step_down_level": 4}, "step_down_level"),
        ({"step_down_on": TODAY}, "step_down_on"),
        ({"step_down_worker": "Jo"}, "step_down_worker"),
    ],
)
def test_details_faults_name_the_field(changes: dict[str, Any], field: str) -> None:
    assert [fault.field for fault in details_faults(replace(GOOD, **changes), TODAY)] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"step_down_level": None}, "step_down_level"),
        ({"step_down_level": 9}, "step_down_level"),
        ({"step_down_on": None}, "step_down_on"),
        ({"step_down_on": TOMORROW}, "step_down_on"),
        ({"step_down_worker": ""}, "step_down_worker"),
    ],
)
def test_a_step_down_stores_level_day_and_worker(changes: dict[str, Any], field: str) -> None:
    found = details_faults(replace(STEPPED_DOWN, **changes), TODAY)
    assert [fault.field for fault in found] == [field]


def test_details_faults_name_everything_at_once() -> None:
    details = FamilyDetails("", "", "SN15 1AA", TOMORROW, phone="x", email="y", level=7)
    assert [fault.field for fault in details_faults(details, TODAY)] == [
        "first_name",
        "last_name",
        "phone",
        "email",
        "referred_on",
        "level",
    ]


def test_agreement_faults_name_who_and_when() -> None:
    agreement = AgreementDetails("", TOMORROW, AgreementMethod.PHONE)
    assert [one.field for one in agreement_faults(agreement, TODAY)] == ["given_by", "given_on"]
    right = AgreementDetails("Amina", TODAY, AgreementMethod.PHONE)
    assert agreement_faults(right, TODAY) == []


@pytest.mark.parametrize(("miles", "metres"), [("0", 0), ("0.5", 805), ("1", 1609), ("10", 16093)])
def test_metres_of_miles(miles: str, metres: int) -> None:
    assert metres_of(miles) == metres
    assert miles_text(metres) == miles


@given(st.integers(min_value=0, max_value=1_600_000))
def test_miles_text_makes_the_same_metres_again(metres: int) -> None:
    assert metres_of(miles_text(metres)) == metres


@pytest.mark.parametrize("text", ["", "-1", "one", "1,5", "1.23456", "1000", "٣", "1e2", "."])
def test_metres_of_refuses_what_is_no_number_of_miles(text: str) -> None:
    with pytest.raises(ValueError, match="miles"):
        metres_of(text)


def test_references_have_no_letters_that_look_alike() -> None:
    made = {new_reference(random.Random(seed).choice) for seed in range(500)}
    assert len(made) == 500
    assert set("".join(made)) - set("F-") <= set(ALPHABET)
    assert set(ALPHABET) & set("01OILU") == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F-7KQ2M", True),
        ("A", True),
        ("2026-0001", True),
        ("", False),
        ("-A", False),
        ("A-", False),
        ("f-7kq2m", False),
        ("A B", False),
        ("=A1", False),
        ("A" * 21, False),
        ("A" * 20, True),
    ],
)
def test_is_reference(text: str, expected: bool) -> None:
    assert is_reference(text) is expected
