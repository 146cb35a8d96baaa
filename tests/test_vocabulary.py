"""Every member of every enum has a name for people."""

from __future__ import annotations

from enum import StrEnum

import pytest

from peerapp import enums, vocabulary

KINDS = sorted(
    (
        kind
        for kind in vars(enums).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
    ),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_an_enum_cover_its_members_and_nothing_else(kind):
    assert set(vocabulary.LABELS[kind]) == {member.value for member in kind}


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_an_enum_differ_from_each_other(kind):
    labels = list(vocabulary.LABELS[kind].values())
    assert sorted(set(labels)) == sorted(labels)


def test_label_of_equal_values_follows_the_enum():
    assert vocabulary.label(enums.Course.SEND) != vocabulary.label(enums.Need.SEND)


def test_labels_of_stored_values_come_in_the_order_of_the_enum():
    stored = ("send", "attendance")
    assert vocabulary.labels(enums.Need, stored) == [
        "Getting to school",
        "Special educational needs or a disability",
    ]


def test_languages_of_codes_start_with_english_and_keep_unknown_codes():
    assert vocabulary.languages(("pl", "en", "xx")) == ["English", "Polish", "xx"]
