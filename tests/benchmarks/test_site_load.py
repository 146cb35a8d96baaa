"""What the load test counts as served, turned away, and wrong."""

from __future__ import annotations

import pytest

from benchmarks.site_load import Heard, is_turned_away, is_wrong


@pytest.mark.parametrize(
    ("status", "away", "wrong"),
    [
        (200, False, False),
        (302, False, False),
        (503, True, False),
        (0, False, True),  # no answer
        (422, False, True),
        (429, False, True),
        (500, False, True),
    ],
)
def test_status_is_served_turned_away_or_wrong(status, away, wrong):
    assert (is_turned_away(status), is_wrong(status)) == (away, wrong)


def test_shares_are_of_all_that_was_sent():
    heard = Heard()
    heard.statuses.update({("page", 200): 6, ("page", 503): 3, ("sign-in", 422): 1})
    assert (heard.share(is_turned_away), heard.share(is_wrong)) == (0.3, 0.1)


def test_p95_is_of_one_kind():
    heard = Heard()
    heard.took["page"] = [float(number) for number in range(100)]
    heard.took["sign-in"] = [1000.0]
    assert (heard.p95("page"), heard.p95("sign-in"), heard.p95("sign-up")) == (95.0, 1000.0, 0.0)
