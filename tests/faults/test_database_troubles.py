"""The database is full, busy or out of connections: an error page soon, and then all is well."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from peerapp.models import Volunteer
from peerapp.services import audit_heads
from tests.scenes import scene_in

FULL = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$",
    "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON volunteer "
    "FOR EACH ROW EXECUTE FUNCTION no_room()",
)


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


def change(browser, coach_id, number="01632 960888"):
    path = f"/staff/volunteers/{coach_id}/scheme-phone"
    return browser.post(path, data={"scheme_phone": number})


def phone_of(scene, coach_id):
    with scene.reading() as session:
        assert audit_heads.check(session).faults == ()
        return session.get_one(Volunteer, coach_id).scheme_phone


@contextmanager
def full_disk(site):
    """Let the database grow no further."""
    if not site.is_sqlite:
        with site.writer.begin() as connection:
            for statement in FULL:
                connection.execute(text(statement))
        yield
        with site.writer.begin() as connection:
            connection.execute(text("DROP TRIGGER no_room ON volunteer"))
        return
    with site.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(site.engine, "begin", limit)
    yield
    event.remove(site.engine, "begin", limit)
    event.listen(
        site.engine, "begin", lambda one: one.exec_driver_sql("PRAGMA max_page_count = 1000000")
    )


@pytest.mark.scorecard("16.5")
def test_full_disk_is_an_error_page_reads_go_on_and_it_recovers(scene, site, browser, coach_id):
    last = "01632 960101"
    with full_disk(site):
        for number in range(100, 200):  # the last pages of SQLite's file have some room left
            answer = change(browser, coach_id, f"01632 960{number}")
            if answer.status_code != 302:
                break
            last = f"01632 960{number}"
        assert answer.status_code == 503
        assert "Traceback" not in answer.text
        assert browser.get("/staff/volunteers/").status_code == 200
        assert phone_of(scene, coach_id) == last  # what was acknowledged, and no more
    assert change(browser, coach_id).status_code == 302
    assert phone_of(scene, coach_id) == "01632 960888"


@pytest.mark.scorecard("16.5")
def test_no_connection_left_is_an_error_page_soon_and_it_recovers(scene, site, browser, coach_id):
    pool = site.engine.pool
    pool._timeout = 0.2
    held = []
    try:
        for _ in range(pool.size() + pool._max_overflow):
            held.append(site.engine.connect())
        started = time.monotonic()
        answers = [browser.get("/staff/volunteers/").status_code, change(browser, coach_id)]
        seconds = time.monotonic() - started
    finally:
        for connection in held:
            connection.close()
    assert (answers[0], answers[1].status_code) == (503, 503)
    assert seconds < 8
    assert change(browser, coach_id).status_code == 302
    assert phone_of(scene, coach_id) == "01632 960888"


@pytest.mark.postgres  # SQLite has no row locks; its writers queue for fifteen seconds
@pytest.mark.scorecard("16.5")
def test_lock_that_is_not_let_go_is_an_error_page_and_it_recovers(scene, site, browser, coach_id):
    with site.engine.connect() as connection:
        name = connection.engine.url.database
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET lock_timeout = 300'))
    holder = scene.database.engine.connect()
    holder.execute(text("SELECT id FROM volunteer FOR UPDATE"))
    try:
        started = time.monotonic()
        status = change(browser, coach_id).status_code
        seconds = time.monotonic() - started
    finally:
        holder.rollback()
        holder.close()
    assert status == 503
    assert seconds < 15
    assert change(browser, coach_id).status_code == 302
    assert phone_of(scene, coach_id) == "01632 960888"


WRITERS, EACH = 4, 4


@pytest.mark.scorecard("2.3.4")
def test_no_lock_error_reaches_anybody_under_concurrent_writers(app, scene, sign_in, coach_id):
    statuses = []
    with scene.reading() as session:
        browsers = [sign_in(scene.coordinator(session)) for _ in range(WRITERS)]

    def work(browser, number):
        for turn in range(EACH):
            phone = f"01632 960{number}{turn}0"
            statuses.append(change(browser, coach_id, phone).status_code)

    threads = [
        threading.Thread(target=work, args=(browser, number))
        for number, browser in enumerate(browsers, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert statuses == [302] * WRITERS * EACH
    assert phone_of(scene, coach_id).startswith("01632 960")
