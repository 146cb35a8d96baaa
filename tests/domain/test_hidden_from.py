"""Whom a family named as somebody who must not find out is kept apart from it."""

from __future__ import annotations

import uuid

import pytest

from peerapp.domain.hidden_from import pairs_hidden_from
from peerapp.enums import Role
from peerapp.models import Account, Family, OtherName, SafeContact, Volunteer

HIDDEN = uuid.UUID(int=1)
COACH = uuid.UUID(int=2)


def a_family(told: str) -> Family:
    return Family(id=HIDDEN, safe_contact=SafeContact(channels=(), must_not_be_told=told))


def a_volunteer(first="David", last="Slade", phone="07700 900123", names=(), email="d@a.example"):
    return Volunteer(
        id=COACH,
        first_name=first,
        last_name=last,
        phone=phone,
        account=Account(role=Role.VOLUNTEER, email=email),
        other_names=[OtherName(name=name) for name in names],
    )


def is_kept_apart(told: str, **volunteer) -> bool:
    pairs = pairs_hidden_from([a_family(told)], [a_volunteer(**volunteer)])
    assert pairs <= {(str(HIDDEN), str(COACH))}
    return bool(pairs)


@pytest.mark.parametrize(
    "told",
    [
        "David Slade",
        "my ex, David Slade, and his mother",
        "Mr Slade",
        "SLADE",
        "Slaide",
        "David",
        "Dave must never know",
        "the children’s father (David)",
        "david slade",
        "dave",
        "Slade, David",
        "whoever calls from +44 7700 900123",
        "He writes as D@A.example.",
    ],
)
def test_whoever_is_named_is_kept_apart(told):
    assert is_kept_apart(told)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "The children’s father",
        "my ex-partner",
        "David Brown",
        "Darren Slater",
        "Please do not call 07700 900124",
        "e@a.example",
        "[erased]",
        "David-James Brown",
    ],
)
def test_whoever_is_not_named_is_not(told):
    assert not is_kept_apart(told)


def test_a_name_from_before_is_looked_for_too():
    assert is_kept_apart("David Slade", first="Dai", last="Morgan", names=("David Slade",))
    assert not is_kept_apart("David Slade", first="Dai", last="Morgan")


def test_a_last_name_of_two_words_is_named_by_both():
    assert is_kept_apart("Ana van Dyke", first="Tom", last="van Dyke")
    assert is_kept_apart("ana van dyke", first="Tom", last="van Dyke")
    assert not is_kept_apart("Dyke Road School", first="Tom", last="van Dyke")


@pytest.mark.parametrize("told", ["دانيال", "王伟"])
def test_alphabets_without_capitals_name_people_as_well(told):
    assert is_kept_apart(told, first=told, last="Slade")


def test_records_with_nothing_in_them_name_nobody():
    family = Family(id=HIDDEN, safe_contact=None)
    empty = a_volunteer(first="", last="", phone="", email="")
    assert pairs_hidden_from([family, a_family("Nobody 0")], [empty]) == frozenset()
