"""A thousand races on each database, none with two winners; and as many without any lock.

What PostgreSQL's row locks do on the one, the single writing transaction does on SQLite: so without
locks means on SQLite that each statement stands by itself. The audit trail alone is still linked in
a transaction, as two who link at once would end in an error that says nothing of the race.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import time_machine
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from peerapp import chain
from peerapp.models import AuditHead
from peerapp.services import match_steps, rows
from tests.factories import NOW
from tests.faults import test_approval_races as approvals
from tests.faults import test_booking_races as bookings
from tests.faults import test_code_races as codes
from tests.scenes import Scene, make_scene

RACES = {
    "approve while revoked": (approvals, approvals.race_to_revoke),
    "the last place of a coach": (approvals, approvals.race_for_the_last_place),
    "the last place of a course": (bookings, bookings.race_for_the_last_place),
    "one code in two browsers": (codes, codes.race_with_one_code),
}
EACH = 250
FEW = 20


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


def violations(name: str, scene: Scene, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a race so often; return how often both have won."""
    module, race = RACES[name]
    monkeypatch.setattr(module, "ROUNDS", count)
    return race(scene)


def at_any_cost(scene: Scene, *works: Any) -> list[Any]:
    """Run each work as `at_once` does, whatever error ends it."""
    outcomes: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        try:
            with scene.writing() as session:
                outcomes[number] = works[number](session)
        except Exception as error:
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@contextmanager
def lock_free(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take every lock out."""
    real = rows.lock_row
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "lock_row", None) is real:
            monkeypatch.setattr(loaded, "lock_row", rows.get_row)
    monkeypatch.setattr(match_steps, "_lock_accounts", lambda *_: None)
    if not scene.database.is_sqlite:
        yield
        return

    lock_head = chain._lock_head

    def end_at_once(connection: Connection) -> None:
        connection.exec_driver_sql("COMMIT")

    def begin_to_link(session: Session) -> AuditHead:
        session.connection().exec_driver_sql("BEGIN IMMEDIATE")
        return lock_head(session)

    monkeypatch.setattr(chain, "_lock_head", begin_to_link)
    event.listen(scene.database.engine, "begin", end_at_once)
    yield
    event.remove(scene.database.engine, "begin", end_at_once)


def without_locks(name: str, scene: Scene, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a race so often with every lock taken out; return how often both have won."""
    module, race = RACES[name]
    monkeypatch.setattr(approvals, "MEET_SECONDS", 20)  # nothing keeps them from meeting
    monkeypatch.setattr(module, "at_once", at_any_cost)
    monkeypatch.setattr(module, "ROUNDS", 1)
    both = 0
    with lock_free(scene, monkeypatch):
        for _ in range(count):
            with suppress(Exception):
                both += race(scene)  # one that only one has won may have ended in any way
    return both


@pytest.mark.long
@pytest.mark.scorecard("2.3.4")
@pytest.mark.parametrize("name", RACES)
def test_race_that_is_run_hundreds_of_times_has_one_winner(
    name, scene, monkeypatch, record_property
):
    assert violations(name, scene, EACH, monkeypatch) == 0
    record_property("scorecard_note", f"races, {name}: {EACH} runs, 0 violations")


@pytest.mark.long
@pytest.mark.scorecard("2.3.4", control=True)
@pytest.mark.parametrize("name", RACES)
def test_race_goes_wrong_nearly_each_of_hundreds_of_times_without_locks(
    name, scene, monkeypatch, record_property
):
    wrong = without_locks(name, scene, EACH, monkeypatch)
    assert wrong >= 0.9 * EACH
    record_property("scorecard_note", f"races without locks, {name}: {wrong} of {EACH} wrong")


@pytest.mark.scorecard("2.3.4", control=True)
def test_race_goes_wrong_nearly_each_time_without_locks(scene, monkeypatch):
    name = "one code in two browsers"
    assert without_locks(name, scene, FEW, monkeypatch) >= 0.9 * FEW
