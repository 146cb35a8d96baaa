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

from peerapp import clock, create_app, jobs
from peerapp.config import Settings
from peerapp.enums import MessageState, RunState, StatusOutcome
from peerapp.models import (
    FamilyImport,
    Match,
    MatchingRun,
    Message,
    Scheme,
    StatusCheck,
    StatusConsent,
    Subscription,
    Volunteer,
    utc_now,
)
from peerapp.services import matching_runs, messages, status_checks
from tests.factories import TODAY
from tests.scenes import BASE_URL, Scene, scene_in
from tests.support.update_service import StandIn, stand_in

__all__ = ["stand_in"]


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    made = scene_in(database, scheme_id)
    made.add_family()
    made.add_coach()
    return made


@pytest.fixture
def queued(settings: Settings, stand_in: StandIn) -> Settings:
    """Settings of a site with a real queue, and a stand-in for DBS."""
    return dataclasses.replace(settings, job_queue="huey", update_service_url=stand_in.base_url)


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


@pytest.fixture
def asked_about(scene, queued, stand_in):
    """A coach about whom the site may ask the stand-in, and the check as if the button was used."""
    with scene.writing() as session:
        scheme = session.get_one(Scheme, scene.scheme_id)
        scheme.status_organisation, scheme.status_terms_agreed_on = "Wiltshire", TODAY
        scheme.status_checker_forename, scheme.status_checker_surname = "Priya", "Shah"
        scene.coordinator(session).name = "Cora Dale"
        coach = session.scalars(select(Volunteer)).one()
        coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=utc_now()))
        joined = utc_now().date() - timedelta(days=30)
        coach.certificates[0].issue_date = joined - timedelta(days=9)
        coach.certificates[0].seen_on = joined - timedelta(days=3)
        coach.certificates[0].subscription = Subscription(
            joined_on=joined,
            renew_by=joined + timedelta(days=365),
            recorded_by_id=scene.coordinator_id,
        )
        stand_in.know(coach.certificates[0])
        return coach.id


def press(scene, volunteer_id) -> uuid.UUID:
    with scene.writing() as session:
        check = status_checks.check_one(
            session,
            scene.coordinator(session),
            volunteer_id,
            is_on=True,
            now=utc_now(),
            today=clock.today(),
        )
        return check.id


def outcomes(scene) -> list[StatusOutcome]:
    with scene.reading() as session:
        query = select(StatusCheck.outcome).order_by(StatusCheck.created_at, StatusCheck.id)
        return list(session.scalars(query))


def test_question_is_asked_by_a_worker_after_its_commit(scene, site, asked_about):
    queue = site.extensions["jobs"].huey
    check_id = press(scene, asked_about)
    assert outcomes(scene) == [StatusOutcome.ASKED]
    task = queue.dequeue()
    assert (task.name, task.args) == ("check_status", (str(scene.scheme_id), str(check_id)))
    queue.execute(task)
    assert outcomes(scene) == [StatusOutcome.PASSED]


def test_question_that_the_queue_lost_the_minute_finds(scene, site, minute, asked_about):
    press(scene, asked_about)
    site.extensions["jobs"].huey.flush()
    with scene.writing() as session:
        session.scalars(select(StatusCheck)).one().created_at -= timedelta(minutes=1)
    minute.every_minute()
    assert work_off(minute.huey) == 1
    assert outcomes(scene) == [StatusOutcome.PASSED]


def test_those_who_are_due_are_asked_about_by_themselves_once(scene, minute, asked_about):
    minute.check_due()
    minute.check_due()
    assert outcomes(scene) == [StatusOutcome.PASSED]


def test_site_without_an_address_asks_nobody(scene, queued, asked_about):
    off = jobs.Jobs(dataclasses.replace(queued, update_service_url=""), scene.database)
    off.check_due()
    off.huey.storage.close()
    assert outcomes(scene) == []


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
