"""The queue: what is committed is offered to a worker, what is lost is found again."""

from __future__ import annotations

import dataclasses
import multiprocessing
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from huey import PostgresHuey, SqliteHuey
from sqlalchemy import select

from peerapp import create_app, jobs
from peerapp.config import Settings
from peerapp.enums import MessageState, RunState
from peerapp.models import FamilyImport, Match, MatchingRun, Message, utc_now
from peerapp.services import matching_runs, messages
from tests.scenes import BASE_URL, Scene, scene_in


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    made = scene_in(database, scheme_id)
    made.add_family()
    made.add_coach()
    return made


@pytest.fixture
def queued(settings: Settings) -> Settings:
    """Settings of a site with a real queue."""
    return dataclasses.replace(settings, job_queue="huey")


@pytest.fixture
def site(queued: Settings, scene: Scene) -> Iterator[Any]:
    app = create_app(queued)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield app
    app.extensions["jobs"].huey.storage.close()
    app.extensions["database"].engine.dispose()


@pytest.fixture
def queue(queued: Settings) -> Iterator[Any]:
    made = jobs.make_huey(queued)
    yield made
    made.storage.close()


@pytest.fixture
def minute(queued: Settings, scene: Scene) -> Iterator[jobs.Jobs]:
    """The jobs of a worker, whose minute has come."""
    made = jobs.Jobs(queued, scene.database)
    yield made
    made.huey.storage.close()


def start(scene: Scene) -> uuid.UUID:
    with scene.writing() as session:
        return matching_runs.start(session, scene.coordinator(session)).id


def state_of(scene: Scene, run_id: uuid.UUID) -> RunState:
    with scene.reading() as session:
        return session.get_one(MatchingRun, run_id).state


def work_off(queue: Any) -> int:
    """Do what waits in the queue; return how many jobs there were."""
    done = 0
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
        done += 1
    return done


def test_the_queue_stands_beside_the_database(queued, queue):
    expected = SqliteHuey if queued.database_url.startswith("sqlite") else PostgresHuey
    assert type(queue) is expected


def test_a_queue_that_somebody_else_wrote_into_is_not_obeyed(queue):
    queue.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.:0000")
    with pytest.raises(ValueError, match="mismatch"):
        queue.dequeue()


def test_a_run_is_offered_after_its_commit_and_only_then(scene, site):
    queue = site.extensions["jobs"].huey
    with scene.database.session(scene.scheme_id, "all") as session:
        matching_runs.start(session, scene.coordinator(session))
        assert queue.pending_count() == 0
        session.rollback()
    assert queue.pending_count() == 0
    run_id = start(scene)
    assert queue.pending_count() == 1
    assert work_off(queue) == 1
    assert state_of(scene, run_id) == RunState.FINISHED


def test_a_job_carries_ids_only(scene, site):
    run_id = start(scene)
    task = site.extensions["jobs"].huey.dequeue()
    assert (task.args, task.kwargs) == ((str(scene.scheme_id), str(run_id)), {})


def test_what_the_queue_lost_the_minute_finds(scene, site, minute):
    run_id = start(scene)
    site.extensions["jobs"].huey.flush()
    with scene.writing() as session:
        session.get_one(MatchingRun, run_id).created_at = utc_now() - timedelta(minutes=2)
    minute.every_minute()
    assert work_off(minute.huey) == 1
    assert state_of(scene, run_id) == RunState.FINISHED


def test_the_minute_gives_dead_runs_up(scene, minute):
    run_id = start(scene)
    with scene.writing() as session:
        assert matching_runs.claim(session, run_id)
        run = session.get_one(MatchingRun, run_id)
        run.heartbeat_at = utc_now() - timedelta(hours=1)
    minute.every_minute()
    assert state_of(scene, run_id) == RunState.FAILED


def test_the_minute_forgets_uploads_that_nobody_confirmed(scene, minute):
    late, fresh = utc_now() - timedelta(seconds=1), utc_now() + timedelta(hours=1)
    with scene.writing() as session:
        for digest, expires_at in (("late", late), ("fresh", fresh)):
            session.add(
                FamilyImport(
                    account_id=scene.coordinator_id,
                    content=b"reference",
                    digest=digest,
                    expires_at=expires_at,
                )
            )
    minute.every_minute()
    with scene.reading() as session:
        assert session.scalars(select(FamilyImport.digest)).all() == ["fresh"]


def test_a_queue_that_is_down_does_not_undo_what_was_committed(scene, site, monkeypatch):
    def down(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(site.extensions["jobs"].huey.storage, "enqueue", down)
    run_id = start(scene)
    assert state_of(scene, run_id) == RunState.QUEUED


def test_a_message_is_offered_after_its_commit_and_leaves(scene, site, queued):
    with scene.writing() as session:
        messages.queue_notice(session, scene.coordinator(session), BASE_URL)
    assert work_off(site.extensions["jobs"].huey) == 1
    with scene.reading() as session:
        assert session.scalars(select(Message.state)).all() == [MessageState.SENT]
    assert len(list(queued.mail_outbox.glob("*.eml"))) == 1


def test_inline_jobs_are_done_when_the_commit_is(scene, settings):
    app = create_app(settings)
    with app.app_context():
        run_id = start(scene)
    assert state_of(scene, run_id) == RunState.FINISHED
    with pytest.raises(ValueError, match="inline"):
        jobs.run_worker(settings)
    app.extensions["database"].engine.dispose()


def wait_for(scene: Scene, run_id: uuid.UUID, *states: RunState) -> RunState:
    deadline = time.monotonic() + 60
    while (state := state_of(scene, run_id)) not in states and time.monotonic() < deadline:
        time.sleep(0.05)
    return state


@pytest.fixture
def worker(queued: Settings) -> Iterator[Any]:
    process = multiprocessing.get_context("spawn").Process(target=jobs.run_worker, args=(queued,))
    process.start()
    yield process
    process.kill()
    process.join()


def test_a_worker_process_carries_out_what_the_site_queues(scene, site, worker):
    run_id = start(scene)
    assert wait_for(scene, run_id, RunState.FINISHED, RunState.FAILED) == RunState.FINISHED
    with scene.reading() as session:
        assert [m.run_id for m in session.scalars(select(Match))] == [run_id]
