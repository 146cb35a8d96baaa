"""The routes of DBS, document by document and date by date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from peerapp.domain import identity
from peerapp.domain.identity import ROUTES, RULES, Dated, Shown, ShownDocument
from peerapp.enums import DocumentGroup, DocumentKind, IdentityRoute
from tests.domain.volunteers import TODAY, cleared_coach, codes

D = DocumentKind
BORN = date(1985, 4, 2)
DAY = timedelta(days=1)


def document(kind, dated_on=None):
    """Return a document that counts on TODAY."""
    good = {
        Dated.NONE: None,
        Dated.EXPIRES: TODAY,
        Dated.ISSUED: TODAY - DAY,
        Dated.ISSUED_AT_BIRTH: date(1985, 5, 1),
        Dated.ISSUED_LATER: date(2001, 5, 1),
        Dated.ISSUED_BEFORE_1998: date(1997, 12, 31),
    }
    return ShownDocument(kind, dated_on or good[RULES[kind].dated])


def shown(route, *kinds, **values):
    given = {
        "route": route,
        "route_reason": "No passport and no photocard licence.",
        "documents": [document(kind) for kind in kinds],
        "checked_on": TODAY,
        "name_confirmed": True,
        "birth_confirmed": True,
        "address_confirmed": True,
        "external_check": route == IdentityRoute.ROUTE_2,
    }
    return Shown(**{**given, **values})


ONE = (IdentityRoute.ROUTE_1, D.PASSPORT, D.UTILITY_BILL, D.BANK_STATEMENT)
TWO = (IdentityRoute.ROUTE_2, D.FORCES_CARD, D.UTILITY_BILL, D.BANK_STATEMENT)
THREE = (
    IdentityRoute.ROUTE_3,
    D.LATER_BIRTH_CERTIFICATE,
    D.MARRIAGE_CERTIFICATE,
    D.UTILITY_BILL,
    D.BANK_STATEMENT,
    D.COUNCIL_TAX,
)


def refused(given):
    return codes(identity.identity_refusals(given, cleared_coach(), TODAY))


@pytest.mark.parametrize("given", [ONE, TWO, THREE])
def test_each_route_takes_its_documents(given):
    assert refused(shown(*given)) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ONE[:-1], ["documents_count"]),
        ((ONE[0], D.FORCES_CARD, *ONE[2:]), ["documents_first"]),
        ((TWO[0], D.PASSPORT, *TWO[2:]), ["documents_group", "documents_first"]),
        ((TWO[0], D.PASSPORT, *TWO[1:]), ["documents_group"]),
        ((TWO[0], D.MARRIAGE_CERTIFICATE, *TWO[2:]), ["documents_birth"]),
        (THREE[:-1], ["documents_count"]),
        ((THREE[0], D.FORCES_CARD, *THREE[2:]), ["documents_missing"]),
        (
            (THREE[0], D.LATER_BIRTH_CERTIFICATE, *THREE[3:], D.TAX_LETTER),
            ["documents_first"],
        ),
        ((*ONE, D.PASSPORT), ["documents_twice"]),
        ((*ONE, D.IRISH_PASSPORT_CARD), ["documents_together"]),
    ],
)
def test_wrong_combination_is_named(given, expected):
    assert refused(shown(*given)) == expected


@pytest.mark.parametrize("given", [TWO, THREE])
def test_later_route_needs_its_reason(given):
    assert refused(shown(*given, route_reason="  ")) == ["route_reason"]


def test_first_route_needs_no_reason():
    assert refused(shown(*ONE, route_reason="")) == []


def test_second_route_needs_the_external_check():
    assert refused(shown(*TWO, external_check=False)) == ["external_check"]


@pytest.mark.parametrize("name", ["name_confirmed", "birth_confirmed", "address_confirmed"])
def test_name_birth_and_address_are_confirmed(name):
    assert refused(shown(*ONE, **{name: False})) == [name]


def test_check_of_tomorrow_is_refused():
    assert refused(replace(shown(*ONE[:1], *ONE[1:]), checked_on=TODAY + DAY))[-1:] == [
        "checked_on"
    ]


@pytest.mark.parametrize(
    ("kind", "last", "first_too_late"),
    [
        (D.PASSPORT, date(2026, 5, 20), date(2026, 5, 19)),
        (D.RESIDENCE_PERMIT, date(2025, 5, 20), date(2025, 5, 19)),
        (D.DRIVING_LICENCE, TODAY, TODAY - DAY),
        (D.UTILITY_BILL, date(2026, 8, 20), date(2026, 8, 19)),
        (D.BENEFIT_STATEMENT, date(2025, 11, 20), date(2025, 11, 19)),
        (D.PAPER_DRIVING_LICENCE, date(1997, 12, 31), date(1998, 1, 1)),
        (D.BIRTH_CERTIFICATE, date(1986, 4, 2), date(1986, 4, 3)),
        (D.LATER_BIRTH_CERTIFICATE, date(1986, 4, 3), date(1986, 4, 2)),
    ],
)
def test_limit_of_each_kind_of_date_to_the_day(kind, last, first_too_late):
    volunteer = cleared_coach()
    for day, expected in ((last, []), (first_too_late, [kind.value])):
        found = identity.document_refusals(ShownDocument(kind, day), volunteer, TODAY)
        assert codes(found) == expected


@pytest.mark.parametrize(
    ("issued", "checked_on", "expected"),
    [
        (date(2025, 11, 30), date(2026, 2, 28), []),
        (date(2025, 11, 30), date(2026, 3, 1), ["utility_bill"]),
        (date(2027, 11, 30), date(2028, 2, 29), []),
        (date(2028, 2, 29), date(2028, 5, 29), []),
    ],
)
def test_three_months_end_with_a_short_february(issued, checked_on, expected):
    bill = ShownDocument(D.UTILITY_BILL, issued)
    assert codes(identity.document_refusals(bill, cleared_coach(), checked_on)) == expected


@pytest.mark.parametrize("kind", [kind for kind in D if RULES[kind].dated != Dated.NONE])
def test_document_without_the_date_that_it_needs_is_refused(kind):
    volunteer = cleared_coach(date_of_birth=date(2008, 4, 2))
    missing = identity.document_refusals(ShownDocument(kind), volunteer, TODAY)
    assert codes(missing) == [kind.value]


@pytest.mark.parametrize("kind", [D.UTILITY_BILL, D.BIRTH_CERTIFICATE, D.PAPER_DRIVING_LICENCE])
def test_document_of_tomorrow_is_refused(kind):
    found = identity.document_refusals(ShownDocument(kind, TODAY + DAY), cleared_coach(), TODAY)
    assert codes(found) == [kind.value]


@pytest.mark.parametrize("kind", [D.BIRTH_CERTIFICATE, D.LATER_BIRTH_CERTIFICATE])
def test_birth_certificate_is_not_older_than_the_volunteer(kind):
    found = identity.document_refusals(ShownDocument(kind, BORN - DAY), cleared_coach(), TODAY)
    assert codes(found) == [kind.value]


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(2006, 11, 21), []), (date(2006, 11, 20), ["head_teacher_letter"])],
)
def test_letter_of_a_head_teacher_is_for_those_up_to_19(born, expected):
    letter = ShownDocument(D.HEAD_TEACHER_LETTER, TODAY)
    volunteer = cleared_coach(date_of_birth=born)
    assert codes(identity.document_refusals(letter, volunteer, TODAY)) == expected


def test_every_kind_has_a_rule_and_every_route_offers_its_groups():
    assert set(RULES) == set(D)
    groups = {
        route: {RULES[kind].group for kind in identity.kinds_for(route)} for route in IdentityRoute
    }
    second = {DocumentGroup.GROUP_2A, DocumentGroup.GROUP_2B}
    assert groups == {
        IdentityRoute.ROUTE_1: set(DocumentGroup),
        IdentityRoute.ROUTE_2: second,
        IdentityRoute.ROUTE_3: second,
    }
    assert [ROUTES[route].count for route in IdentityRoute] == [3, 3, 5]
