"""A web worker killed at any moment: what was acknowledged is there, else all or nothing.

Each kind of deed is sent again and again, and its worker killed one moment later each time, until
it lives through. By then every moment between two words with the database has been met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine

from peerapp.services import audit_heads
from tests.faults.deeds import DAY, NAMES, Deeds, Rows, made
from tests.faults.killed import ALIVE, Outcome, commit_each, commit_nothing, send_and_die
from tests.scenes import scene_in

POINTS = 500


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(DAY):
        yield


@pytest.fixture
def scene(app, database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def deeds(app, scene, sign_in):
    return Deeds(app, scene, sign_in)


class Walk:
    """Kills workers, and looks each time at what they have left."""

    def __init__(self, app, scene, deeds: Deeds) -> None:
        self.site, self.scene, self.deeds = app.extensions["database"], scene, deeds
        self.seen: Counter[str] = Counter()
        self.name = ""

    def whole(self, name: str) -> Rows:
        """Return what a deed makes whose worker lives."""
        deed = self.deeds.make(name)
        before = self.deeds.rows()
        assert send_and_die(self.site, deed, 10**9).how == ALIVE
        return made(before, self.deeds.rows())

    def through(self, name: str, step: int = 1) -> None:
        """Kill at each moment of a deed, or at every so-manieth."""
        moment = 1
        while self.once(name, moment).how != ALIVE:
            self.seen["points"] += 1
            moment += step

    def once(self, name: str, moment: int, spoil=None) -> Outcome:
        """Kill at one moment; the deed is the last one, as long as nothing came of that."""
        if self.name != name:
            self.name, self.wanted, self.deed = name, self.whole(name), self.deeds.make(name)
        before = self.deeds.rows()
        outcome = send_and_die(self.site, self.deed, moment, spoil)
        left = made(before, self.deeds.rows())
        self._look(outcome, left, self.wanted)
        if left and spoil is None:
            self.deed = self.deeds.make(name)
        return outcome

    def _look(self, outcome: Outcome, left: Rows, whole: Rows) -> None:
        """Count what is wrong: an acknowledgement that was lost, or half a deed."""
        self.seen["lost"] += outcome.acknowledged and left != whole
        self.seen["partial"] += left not in ({}, whole)
        self.seen["nothing" if left == {} else "all"] += 1
        with self.scene.reading() as session:
            self.seen["broken chains"] += audit_heads.check(session).faults != ()


@pytest.fixture
def walk(app, scene, deeds):
    return Walk(app, scene, deeds)


@pytest.mark.scorecard("2.3.3")
def test_worker_killed_around_the_commit_leaves_all_or_nothing(walk):
    walk.through("approval", step=29)
    assert (walk.seen["lost"], walk.seen["partial"], walk.seen["broken chains"]) == (0, 0, 0)
    assert min(walk.seen["points"], walk.seen["nothing"], walk.seen["all"]) > 0


@pytest.mark.scorecard("2.3.3")
def test_sign_up_whose_workers_were_killed_is_saved_once_it_is_acknowledged(walk):
    walk.once("sign_up", 1)
    moments = range(2, 60, 4)
    for moment in moments:  # more often than links may be mailed to one address
        walk.once("sign_up", moment)
    walk.once("sign_up", 10**9)
    assert (walk.seen["lost"], walk.seen["partial"]) == (0, 0)
    assert walk.seen["nothing"] > 3


@pytest.mark.scorecard("2.3.3", control=True)
def test_acknowledgement_of_what_was_never_committed_is_noticed(walk):
    walk.once("expense", 10**9, commit_nothing)
    assert walk.seen["lost"] == 1


@pytest.mark.scorecard("2.3.3", control=True)
def test_half_a_deed_is_noticed_where_each_statement_stands_by_itself(walk):
    for moment in range(1, 200, 4):
        walk.once("expense", moment, commit_each)
        if walk.seen["partial"]:
            break
    assert walk.seen["partial"] == 1


@pytest.mark.long
@pytest.mark.scorecard("2.3.3")
def test_worker_killed_at_every_moment_of_every_deed_loses_nothing(walk, record_property):
    for name in NAMES:
        walk.through(name)
    assert walk.seen["points"] >= POINTS
    assert (walk.seen["lost"], walk.seen["partial"], walk.seen["broken chains"]) == (0, 0, 0)
    record_property("scorecard_note", f"workers killed at {walk.seen['points']} moments: 0 lost")
