from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from peerapp.domain.eligibility import (
    acceptance_refusals,
    default_priority,
    matching_refusals,
    required_training,
    standing_agreement,
    support_refusals,
)
from peerapp.enums import FamilyState, Need
from peerapp.models import FamilyNeed
from tests.domain.families import a_family, an_agreement

TODAY = date(2026, 6, 1)

WITHDRAWN = date(2026, 10, 1)


def codes(refusals: list[Any]) -> list[str]:
    return [refusal.code for refusal in refusals]


def test_support_refusals_of_a_family_in_order_are_empty() -> None:
    assert support_refusals(a_family(), TODAY) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": FamilyState.REFERRED}, "family_not_open"),
        ({"state": FamilyState.CLOSED}, "family_not_open"),
        ({"agreements": []}, "no_agreement"),
        ({"agreements": [an_agreement(WITHDRAWN)]}, "no_agreement"),
        ({"section_47_open": True}, "section_47"),
        ({"child_protection_plan": True}, "child_protection"),
        ({"level": 4}, "no_lead_practitioner"),
    ],
)
def test_support_refusals_name_each_reason(values: dict[str, Any], code: str) -> None:
    assert codes(support_refusals(a_family(**values), TODAY)) == [code]


def test_support_refusals_name_all_reasons_at_once() -> None:
    family = a_family(
        state=FamilyState.CLOSED,
        agreements=[],
        section_47_open=True,
        child_protection_plan=True,
        level=4,
    )
    assert codes(support_refusals(family, TODAY)) == [
        "family_not_open",
        "no_agreement",
        "section_47",
        "child_protection",
        "no_lead_practitioner",
    ]


def test_support_refusals_of_level_4_with_a_lead_practitioner_are_empty() -> None:
    assert support_refusals(a_family(level=4, lead_practitioner="Jo Field"), TODAY) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"state": FamilyState.MATCHED}, ["already_matched"]),
        ({"details_query": "The phone number"}, ["details_query"]),
    ],
)
def test_matching_refusals_add_what_only_matching_asks(
    values: dict[str, Any], expected: list[str]
) -> None:
    assert codes(matching_refusals(a_family(**values), TODAY)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"level": 4}, []),
        ({"state": FamilyState.WAITING}, ["not_referred"]),
        ({"agreements": []}, ["no_agreement"]),
        ({"section_47_open": True}, ["section_47"]),
        ({"child_protection_plan": True}, ["child_protection"]),
    ],
)
def test_acceptance_refusals_ask_for_agreement_and_no_block(
    values: dict[str, Any], expected: list[str]
) -> None:
    family = a_family(**{"state": FamilyState.REFERRED, **values})
    assert codes(acceptance_refusals(family, TODAY)) == expected


def test_standing_agreement_is_the_newest_that_was_not_withdrawn() -> None:
    older, newer = an_agreement(version="1"), an_agreement(version="2")
    withdrawn = an_agreement(WITHDRAWN, version="3")
    assert standing_agreement(a_family(agreements=[older, newer, withdrawn])) is newer


def test_required_training_follows_from_sensitive_needs_only() -> None:
    needs = [
        FamilyNeed(need=Need.DOMESTIC_ABUSE, weight=3),
        FamilyNeed(need=Need.CRIME, weight=1),
        FamilyNeed(need=Need.SEND, weight=2),
    ]
    assert required_training(a_family(needs=needs)) == {"domestic_abuse", "crime"}


def test_default_priority_is_most_urgent_at_the_highest_level() -> None:
    assert [default_priority(level) for level in (1, 2, 3, 4)] == [4, 3, 2, 1]
