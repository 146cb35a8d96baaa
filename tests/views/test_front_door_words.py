"""What a family reads at the front door can be read at nine."""

from __future__ import annotations

import pytest

from tests.support.reading_age import reading_age, sentences_of
from tests.support.referrals import ORDER, PREFIX, fill_in

pytestmark = pytest.mark.usefixtures("on_the_day")

AGE = 9
HARDEST_PAGE = 11
"""A single short page is a small sample: the formula jumps with one long word."""


@pytest.fixture
def pages(client, scheme_id):
    """The sentences of each page that a family meets, by its path."""
    found = {path: client.get(PREFIX + path).text for path in ("/", "/danger")}
    client.post(f"{PREFIX}/danger", data={"danger": "yes"})
    found["/danger-now"] = client.get(f"{PREFIX}/danger-now").text
    fill_in(client, send=False)
    for path in (*(f"/{page}" for page in ORDER), "/saved", "/stop"):
        found[path] = client.get(PREFIX + path).text
    client.post(f"{PREFIX}/check")
    found["/sent"] = client.get(f"{PREFIX}/sent").text
    found["/check"] = client.get(f"{PREFIX}/check").text
    return {path: sentences_of(text) for path, text in found.items()}


def test_front_door_reads_at_nine(pages):
    assert len(pages) == len(ORDER) + 6
    everything = [sentence for page in pages.values() for sentence in page]
    assert len(everything) > 80
    assert reading_age(everything) <= AGE


def test_no_page_of_the_front_door_is_hard(pages):
    ages = {path: round(reading_age(page), 1) for path, page in pages.items() if len(page) > 3}
    assert len(ages) > 8
    assert {path: age for path, age in ages.items() if age > HARDEST_PAGE} == {}
