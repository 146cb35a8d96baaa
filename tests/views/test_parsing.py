"""Numbers and values in addresses, as anybody may type them."""

from __future__ import annotations

import uuid

import pytest

from peerapp.views.parsing import LAST_PAGE, edition_number, page_number, uuid_or_none


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (None, 1),
        ("", 1),
        ("0", 1),
        ("1", 1),
        ("12", 12),
        ("-3", 1),
        ("two", 1),
        ("²", 1),
        ("٣", 1),
        ("1e3", 1),
        ("9" * 30, LAST_PAGE),
        ("9" * 5000, LAST_PAGE),
    ],
)
def test_page_number_is_one_that_a_database_takes(text, number):
    assert page_number(text) == number


@pytest.mark.parametrize("kept", [1, uuid.UUID(int=1), None, ["1"]])
def test_what_was_not_sent_counts_as_nothing(kept):
    """A hidden field left out keeps the value that the form was made with."""
    assert (page_number(kept), edition_number(kept), uuid_or_none(kept)) == (1, 0, None)
