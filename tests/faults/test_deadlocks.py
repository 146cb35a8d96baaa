"""Transactions that the database gives up for each other's sake: replayed, or a 503 in the end."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text

from peerapp import replays
from peerapp.models import AuditEvent
from tests.faults.test_database_troubles import change, phone_of
from tests.scenes import scene_in

OLD, NEW = "01632 960101", "01632 960888"


@pytest.fixture
def scene(app, database, scheme_id):
    return scene_in(database, scheme_id)


@pytest.fixture
def coach_id(scene):
    return scene.add_coach()


@pytest.fixture
def browser(scene, sign_in, coach_id):
    with scene.reading() as session:
        return sign_in(scene.coordinator(session))


@pytest.fixture
def site(app):
    return app.extensions["database"]


@pytest.fixture
def once(monkeypatch):
    """The control: no request is replayed."""
    monkeypatch.setattr(replays, "ATTEMPTS", 1)


@contextmanager
def changing(browser, coach_id):
    """Change the coach's phone in a thread; gives where its answer will be."""
    answers = []
    thread = threading.Thread(target=lambda: answers.append(change(browser, coach_id, NEW)))
    thread.start()
    yield answers
    thread.join(60)


def until_somebody_waits(scene):
    """Wait until a transaction waits for a lock."""
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 30
    with scene.database.engine.connect() as connection:
        while not connection.execute(waits).scalar_one() and time.monotonic() < deadline:
            time.sleep(0.01)


def changes_of(scene):
    action = AuditEvent.action == "volunteer.set_scheme_phone"
    with scene.reading() as session:
        return session.scalar(select(func.count(AuditEvent.id)).where(action))


def deadlock(scene, browser, coach_id):
    """Close a circle with a request; the database gives the request up. Returns its answer."""
    with scene.database.engine.connect() as other:
        other.execute(text("SET deadlock_timeout = '1min'"))  # so that it is not given up itself
        other.execute(text("SELECT id FROM account FOR UPDATE"))
        with changing(browser, coach_id) as answers:
            until_somebody_waits(scene)
            other.execute(text("SELECT id FROM volunteer FOR UPDATE"))
            other.rollback()
    return answers[0]


@pytest.mark.postgres
@pytest.mark.scorecard("16.5")
def test_request_given_up_in_a_deadlock_is_carried_out_once(scene, browser, coach_id):
    assert deadlock(scene, browser, coach_id).status_code == 302
    assert (phone_of(scene, coach_id), changes_of(scene)) == (NEW, 1)


@pytest.mark.postgres
def test_request_given_up_in_a_deadlock_is_a_503_without_replays(scene, browser, coach_id, once):
    answer = deadlock(scene, browser, coach_id)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (phone_of(scene, coach_id), changes_of(scene)) == (OLD, 0)


def collide(scene, site, browser, coach_id):
    """Have the database see that two transactions cannot have come one after the other."""
    strict = text("SET default_transaction_isolation = 'repeatable read'")

    def be_strict(connection, _):
        connection.execute(strict.text)
        connection.commit()

    event.listen(site.engine, "connect", be_strict)
    site.engine.dispose()
    with scene.database.engine.connect() as other:
        other.execute(text("UPDATE volunteer SET version = version + 1"))
        with changing(browser, coach_id) as answers:
            until_somebody_waits(scene)
            other.commit()
    event.remove(site.engine, "connect", be_strict)
    return answers[0]


@pytest.mark.postgres
@pytest.mark.scorecard("16.5")
def test_request_that_cannot_be_serialised_is_carried_out_once(scene, site, browser, coach_id):
    assert collide(scene, site, browser, coach_id).status_code == 302
    assert (phone_of(scene, coach_id), changes_of(scene)) == (NEW, 1)


@pytest.mark.postgres
def test_request_that_cannot_be_serialised_is_a_503_without_replays(
    scene, site, browser, coach_id, once
):
    assert collide(scene, site, browser, coach_id).status_code == 503
    assert (phone_of(scene, coach_id), changes_of(scene)) == (OLD, 0)


def meet_a_writer(scene, site, browser, coach_id):
    """Send a request while another writer holds SQLite's only write lock a little too long."""

    def be_impatient(connection, *_):
        connection.execute("PRAGMA busy_timeout = 50")

    event.listen(site.engine, "checkout", be_impatient)
    with scene.database.writer.connect() as other:
        other.execute(text("SELECT 1"))
        with changing(browser, coach_id) as answers:
            time.sleep(0.15)
            other.rollback()
    event.remove(site.engine, "checkout", be_impatient)
    return answers[0]


@pytest.mark.scorecard("16.5")
def test_request_that_finds_sqlite_busy_is_carried_out_once(scene, site, browser, coach_id):
    if not site.is_sqlite:
        pytest.skip("PostgreSQL lets both write")
    assert meet_a_writer(scene, site, browser, coach_id).status_code == 302
    assert (phone_of(scene, coach_id), changes_of(scene)) == (NEW, 1)


def test_request_that_finds_sqlite_busy_is_a_503_without_replays(
    scene, site, browser, coach_id, once
):
    if not site.is_sqlite:
        pytest.skip("PostgreSQL lets both write")
    assert meet_a_writer(scene, site, browser, coach_id).status_code == 503
    assert (phone_of(scene, coach_id), changes_of(scene)) == (OLD, 0)
