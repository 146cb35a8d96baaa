"""What makes two records alike enough to ask, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerapp.domain.duplicates import Child, Traces, likenesses
from peerapp.domain.name_variants import alike, slips
from peerapp.enums import Likeness

L = Likeness
ROSA = Traces(
    first_name="Rosa",
    last_name="Novak",
    phone="07700 900456",
    email="rosa@example.org",
    postcode="SN15 1AB",
    address="12 Elm Road",
    children=(Child("Ola", 2019, 2020),),
)
NOBODY = Traces(first_name="Peter", last_name="Smith")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"phone": "+44 7700 900456"}, (L.SAME_PHONE,)),
        ({"email": "Rosa+home@Example.org"}, (L.SAME_EMAIL,)),
        ({"first_name": "Róża", "last_name": "Nowak"}, (L.SAME_NAME,)),
        ({"first_name": "Rosa", "last_name": "Nowak"}, (L.SAME_NAME,)),
        ({"postcode": "sn151ab", "address": "Flat 12, Elm Rd"}, (L.SAME_ADDRESS,)),
        ({"postcode": "SN15 1AB", "address": "14 Elm Road"}, ()),
        ({"postcode": "SN15 1AB", "last_name": "Novák"}, (L.SAME_ADDRESS,)),
        ({"postcode": "SN15 1AB"}, ()),
        ({"children": (Child("Ola Novak", 2020, 2021),)}, (L.SAME_CHILD,)),
        ({"children": (Child("Ola", 2020, 2021),)}, ()),
        ({"children": (Child("Ola", 2020, 2021),), "postcode": "SN15 1ZZ"}, (L.SAME_CHILD,)),
        ({"children": (Child("Ola Novak", 2021, 2022),)}, ()),
        ({"children": (Child("Max Novak", 2019, 2020),)}, ()),
        ({"phone": "456", "email": ""}, ()),
    ],
)
def test_likenesses_of_another_record(other, why):
    record = replace(NOBODY, **other)
    assert likenesses(ROSA, record) == why
    assert likenesses(record, ROSA) == why


def test_empty_records_are_not_alike():
    empty = Traces(first_name="", last_name="")
    assert likenesses(empty, empty) == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Mohammed", "Muhammad", True),
        ("Liz", "Elizabeth", True),
        ("Katherine", "Kathryn", True),
        ("O'Neill", "ONeil", True),
        ("Smith-Jones", "Smith Jones", True),
        ("Smith-Jones", "Jones", True),
        ("MacDonald", "McDonald", True),
        ("Zoë", "Zoe", True),
        ("Sean", "Shaun", False),
        ("Ann", "Ian", False),
        ("Lee", "Leo", False),
        ("Smith", "Jones", False),
        ("", "Jones", False),
    ],
)
def test_names_that_may_be_one(one, other, expected):
    assert alike(one, other) is expected
    assert alike(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("", "", 0), ("abc", "", 3), ("abcd", "acbd", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)],
)
def test_slips_between_words(one, other, expected):
    assert slips(one, other) == expected
