"""Whether a printed name is a volunteer's: capitals and accents do not matter, other names do."""

from __future__ import annotations

import pytest

from peerapp.domain.names import is_name_of, is_printed_name, same_words, words
from peerapp.enums import NameReason
from peerapp.models import OtherName
from tests.domain.volunteers import cleared_coach


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("  Ama   Mensah ", ("ama", "mensah")),
        ("Mrs AMA MENSAH", ("ama", "mensah")),
        ("Zoë Smith-Jones", ("zoe", "smith", "jones")),
        ("Niamh O’Neill", ("niamh", "oneill")),
        ("Łukasz Groß", ("lukasz", "gross")),
        ("", ()),
    ],
)
def test_words_of_a_name_are_plain(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(
    ("printed", "first", "last", "expected"),
    [
        ("AMA MENSAH", "Ama", "Mensah", True),
        ("MENSAH, AMA", "Ama", "Mensah", True),
        ("MENSAH, AMA JOY", "Ama", "Mensah", True),
        ("AMA JOY MENSAH", "Ama", "Mensah", True),
        ("MS NIAMH ONEILL", "Niamh", "O'Neill", True),
        ("ANNA-MARIA VAN DER BERG", "Anna Maria", "van der Berg", True),
        ("AMA MENSAH OWUSU", "Ama", "Mensah", False),
        ("MENSAH AMA", "Ama", "Mensah", False),
        ("JOY AMA MENSAH", "Ama", "Mensah", False),
        ("AMA", "Ama", "Mensah", False),
        ("AMA MENSA", "Ama", "Mensah", False),
        ("AMA MENSAH", "Ama Joy", "Mensah", False),
        ("MENSAH, JOY", "Ama", "Mensah", False),
        ("OWUSU, AMA", "Ama", "Mensah", False),
        ("AMA", "Ama", "Ama", False),
        ("AMA MENSAH", "", "", False),
        ("AMA MENSAH", "Ama", "", False),
    ],
)
def test_printed_name_is_that_of_a_person(printed, first, last, expected):
    assert is_printed_name(printed, first, last) is expected


def test_names_in_another_order_are_not_the_same():
    assert same_words("Ama Mensah", "AMA  MENSAH")
    assert not same_words("Ama Mensah", "Mensah Ama")


def test_other_name_that_was_shown_to_be_theirs_counts():
    coach = cleared_coach()
    assert not is_name_of(coach, "AMA OWUSU")
    coach.other_names = [
        OtherName(name="Ama Owusu", reason=NameReason.MARRIAGE, evidence="Marriage certificate")
    ]
    assert is_name_of(coach, "AMA OWUSU")
    assert not is_name_of(coach, "AMA BOATENG")
