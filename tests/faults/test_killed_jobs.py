"""A matching job killed by the system at any moment: nothing partial, swept, re-run equal."""

from __future__ import annotations

import multiprocessing
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp.db import Database
from peerapp.enums import MatchState, RunState
from peerapp.models import Match, MatchEvent, MatchingRun, UnmatchedFamily, utc_now
from peerapp.services import matching_jobs, matching_runs
from tests.factories import TODAY
from tests.scenes import Scene, make_scene
from tests.support.keys import KEYRING

FAMILIES = 30
KILLS = 8


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = make_scene(database_url)
    for number in range(FAMILIES):
        made.add_family(easting=392500 + 100 * number)
        if number % 3:
            made.add_coach(easting=392500 + 100 * number, capacity=1)
    yield made
    made.database.engine.dispose()


def work(url: str, scheme_id: uuid.UUID, run_id: uuid.UUID) -> None:
    matching_jobs.execute(Database(url, KEYRING), scheme_id, run_id, TODAY)


def start(scene: Scene) -> uuid.UUID:
    with scene.writing() as session:
        return matching_runs.start(session, scene.coordinator(session)).id


def found(scene: Scene, run_id: uuid.UUID) -> tuple[RunState, int, int, int]:
    with scene.reading() as session:
        events = select(func.count(MatchEvent.id)).join(Match, MatchEvent.match_id == Match.id)
        return (
            session.get_one(MatchingRun, run_id).state,
            session.scalar(select(func.count(Match.id)).where(Match.run_id == run_id)) or 0,
            session.scalar(events.where(Match.run_id == run_id)) or 0,
            session.scalar(
                select(func.count(UnmatchedFamily.id)).where(UnmatchedFamily.run_id == run_id)
            )
            or 0,
        )


def pairs(scene: Scene) -> list[tuple[uuid.UUID, uuid.UUID]]:
    with scene.reading() as session:
        query = select(Match.family_id, Match.volunteer_id).where(
            Match.state == MatchState.PROPOSED
        )
        return sorted((family, coach) for family, coach in session.execute(query))


@pytest.mark.walk
def test_a_job_killed_at_any_moment_leaves_all_or_nothing(scene):
    complete = (RunState.FINISHED, 20, 20, 10)
    nothing = {(RunState.QUEUED, 0, 0, 0), (RunState.RUNNING, 0, 0, 0)}
    seen = set()
    for number in range(KILLS):
        run_id = start(scene)
        job = multiprocessing.get_context("spawn").Process(
            target=work, args=(scene.database.url, scene.scheme_id, run_id)
        )
        job.start()
        wait_until_running(scene, run_id)
        time.sleep(number * 0.03)
        job.kill()
        job.join()
        outcome = found(scene, run_id)
        seen.add(outcome[0])
        assert outcome == complete or outcome in nothing
        with scene.writing() as session:
            later = utc_now() + matching_runs.STALE_AFTER + timedelta(seconds=1)
            swept = matching_runs.sweep_stale(session, later)
        assert swept == ([run_id] if outcome[0] == RunState.RUNNING else [])
    assert RunState.RUNNING in seen, "no kill hit a job at work"
    answers = []
    for _ in range(2):
        run_id = start(scene)
        matching_jobs.execute(scene.database, scene.scheme_id, run_id, TODAY)
        assert found(scene, run_id) == complete
        answers.append(pairs(scene))
    assert answers[0] == answers[1]


def wait_until_running(scene: Scene, run_id: uuid.UUID) -> None:
    deadline = time.monotonic() + 60
    while found(scene, run_id)[0] == RunState.QUEUED and time.monotonic() < deadline:
        time.sleep(0.01)
