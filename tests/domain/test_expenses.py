"""What miles are worth, and which claims are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peerapp.domain.expenses import (
    ClaimDetails,
    claim_refusals,
    mileage_pence,
    needs_receipt,
    rate_pence,
    tax_year_end,
    tax_year_start,
)
from peerapp.enums import ClaimState, ExpenseKind
from peerapp.models import ExpenseClaim, Scheme
from tests.factories import TODAY

K = ExpenseKind
DAY = timedelta(days=1)
SCHEME = Scheme(
    mileage_pence=45,
    mileage_later_pence=25,
    mileage_limit=10_000,
    motorcycle_pence=24,
    bicycle_pence=20,
)
DRIVE = ClaimDetails(K.CAR, TODAY, tenths=124, purpose="Visit")
TICKET = ClaimDetails(K.PUBLIC_TRANSPORT, TODAY, pence=450, purpose="Bus to the visit")


@pytest.mark.parametrize(
    ("kind", "tenths", "earlier", "pence"),
    [
        (K.CAR, 100, 0, 450),
        (K.CAR, 124, 0, 558),
        (K.CAR, 1, 0, 5),  # 4.5 pence
        (K.CAR, 100, 99_900, 450),
        (K.CAR, 200, 99_900, 450 + 250),
        (K.CAR, 100, 100_000, 250),
        (K.CAR, 100, 120_000, 250),
        (K.MOTORCYCLE, 100, 120_000, 240),
        (K.BICYCLE, 55, 0, 110),
    ],
)
def test_miles_are_paid_at_hmrc_rates(kind, tenths, earlier, pence):
    assert mileage_pence(kind, tenths, earlier, SCHEME) == pence


def test_further_miles_never_earn_more_than_the_first():
    scheme = Scheme(mileage_pence=10, mileage_later_pence=25, mileage_limit=0)
    assert mileage_pence(K.CAR, 100, 0, scheme) == 100


def test_rates_are_those_of_the_scheme_and_only_by_the_mile():
    assert [rate_pence(kind, SCHEME) for kind in K] == [45, 24, 20, None, None, None]
    assert [needs_receipt(kind) for kind in K] == [False, False, False, True, True, True]


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 4, 5), date(2025, 4, 6), date(2026, 4, 5)),
        (date(2026, 4, 6), date(2026, 4, 6), date(2027, 4, 5)),
        (date(2026, 12, 31), date(2026, 4, 6), date(2027, 4, 5)),
        (date(2027, 1, 1), date(2026, 4, 6), date(2027, 4, 5)),
    ],
)
def test_tax_year_begins_on_6_april(day, first, last):
    assert (tax_year_start(day), tax_year_end(day)) == (first, last)


def codes(details, *earlier):
    return [one.code for one in claim_refusals(details, earlier, TODAY, 90)]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (DRIVE, []),
        (TICKET, []),
        (replace(DRIVE, spent_on=TODAY + DAY), ["spent_on"]),
        (replace(DRIVE, spent_on=TODAY - 90 * DAY), []),
        (replace(DRIVE, spent_on=TODAY - 91 * DAY), ["spent_on"]),
        (replace(DRIVE, tenths=None), ["miles"]),
        (replace(DRIVE, tenths=0), ["miles"]),
        (replace(DRIVE, tenths=3001), ["miles"]),
        (replace(TICKET, pence=None), ["amount"]),
        (replace(TICKET, pence=50_001), ["amount"]),
        (replace(TICKET, pence=0, purpose=" "), ["amount", "purpose"]),
    ],
)
def test_claim_that_cannot_be_is_refused(details, expected):
    assert codes(details) == expected


def claim(details, state=ClaimState.SENT, **values):
    given = {
        "kind": details.kind,
        "spent_on": details.spent_on,
        "tenths": details.tenths,
        "amount_pence": details.pence or 558,
        "purpose": details.purpose,
    }
    return ExpenseClaim(state=state, **{**given, **values})


@pytest.mark.parametrize("details", [DRIVE, TICKET])
def test_same_claim_twice_is_refused_while_the_first_stands(details):
    assert codes(details, claim(details)) == ["sent_already"]
    assert codes(details, claim(details, ClaimState.APPROVED)) == ["sent_already"]
    assert codes(details, claim(details, ClaimState.RETURNED)) == []
    assert codes(details, claim(details, ClaimState.WITHDRAWN)) == []
    assert codes(details, claim(details, purpose="Training")) == []


def test_another_distance_or_sum_on_the_same_day_is_another_claim():
    assert codes(DRIVE, claim(DRIVE, tenths=80)) == []
    assert codes(TICKET, claim(TICKET, amount_pence=230)) == []
    assert codes(replace(TICKET, kind=K.PARKING), claim(TICKET)) == []
