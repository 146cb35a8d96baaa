"""Tens of thousands of senseless requests: no server error, and none that takes long.

Longer than any other test here: `make test-long` sends 100,000 on SQLite, a tenth on PostgreSQL.
"""

from __future__ import annotations

import os

import pytest

from peerapp import create_app
from peerapp.clock import today
from peerapp.demo.county import Builder
from tests.faults.fuzzing import Walk

IS_SQLITE = os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite"
REQUESTS, REACHED = (20_000, 150) if IS_SQLITE else (2_000, 120)


@pytest.fixture
def county(settings, database):
    """A site with the sample county behind it, and the id of its scheme."""
    Builder(database, "default", 1, today(), lambda _: None).build(60, 45)
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app, database.scheme_id("default")
    app.extensions["database"].close()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_every_answer_is_one_that_was_meant(county, database, seed, record_property):
    app, scheme_id = county
    found = Walk(app, database, scheme_id, seed).go(REQUESTS)
    record_property(
        "scorecard_note",
        f"senseless requests, seed {seed}: {found.requests}, {len(found.wrong)} wrong,"
        f" slowest {found.slowest:.2f} s of its own time",
    )
    assert found.wrong == []
    assert len(found.reached) > REACHED
    assert found.statuses[200] > found.requests / 20


@pytest.mark.long
def test_a_view_that_fails_now_and_then_is_found(county, database, monkeypatch):
    app, scheme_id = county
    right = app.view_functions["public.privacy"]
    calls = iter(range(10**9))

    def fails_at_times():
        if next(calls) % 3 == 2:
            raise KeyError("planted")
        return right()

    monkeypatch.setitem(app.view_functions, "public.privacy", fails_at_times)
    found = Walk(app, database, scheme_id, 1).go(3_000)
    assert {one.split(" as ")[0] for one in found.wrong} == {"status 500: GET /privacy"}
