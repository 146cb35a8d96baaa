"""Which errors let a request be carried out again, and what becomes of the first answer."""

from __future__ import annotations

import io
import sqlite3

import psycopg.errors
import pytest
from flask import Flask, abort, request
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from peerapp import replays
from peerapp.replays import ATTEMPTS, Replays, is_worth_another


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("made up")
    error.sqlite_errorcode = code
    return error


def wrapped(error: Exception, kind=OperationalError, **values) -> Exception:
    return kind("SELECT 1", None, error, **values)


WORTH = [
    wrapped(psycopg.errors.DeadlockDetected()),
    wrapped(psycopg.errors.SerializationFailure()),
    wrapped(psycopg.errors.UniqueViolation(), IntegrityError),
    wrapped(sqlite_error(5)),
    wrapped(sqlite_error(517)),  # busy: the snapshot is out of date
    wrapped(sqlite_error(6)),
    wrapped(sqlite_error(2067), IntegrityError),
    StaleDataError(),
]
NOT_WORTH = [
    wrapped(psycopg.errors.LockNotAvailable()),  # has waited long enough
    wrapped(psycopg.errors.DiskFull()),
    wrapped(psycopg.errors.AdminShutdown()),
    wrapped(psycopg.errors.ForeignKeyViolation(), IntegrityError),
    wrapped(psycopg.errors.NumericValueOutOfRange(), DataError),
    wrapped(ConnectionResetError()),  # nobody knows whether the commit went through
    wrapped(psycopg.errors.DeadlockDetected(), connection_invalidated=True),
    wrapped(sqlite_error(13)),  # full
    wrapped(sqlite_error(787), IntegrityError),  # a foreign key
    ValueError("ours"),
]


@pytest.mark.parametrize("error", WORTH, ids=lambda one: type(one.__cause__ or one).__name__)
def test_what_the_database_undid_for_another_is_worth_another_try(error):
    assert is_worth_another(error)


@pytest.mark.parametrize("error", NOT_WORTH)
def test_what_would_fail_again_or_may_have_happened_is_not(error):
    assert not is_worth_another(error)


@pytest.fixture
def site(monkeypatch):
    """An application that fails as often as it is told, and tells what it was sent."""
    monkeypatch.setattr(replays, "PAUSE", 0)
    site = Flask("small")
    site.failures, site.bodies, site.stands = 0, [], False

    @site.post("/")
    def page():
        site.bodies.append(request.get_data())
        if len(site.bodies) > site.failures:
            return f"done {len(site.bodies)}"
        if site.stands:
            replays.let_it_stand()
        replays.ask_for_one(WORTH[0])
        return abort(503)

    site.wsgi_app = Replays(site.wsgi_app, longest_body=1000)
    return site


@pytest.mark.parametrize("failures", [0, 1, ATTEMPTS - 1])
def test_replay_sends_the_whole_body_again_and_one_answer(site, failures):
    site.failures = failures
    answer = site.test_client().post("/", data=b"x" * 900)
    assert (answer.status_code, answer.text) == (200, f"done {failures + 1}")
    assert site.bodies == [b"x" * 900] * (failures + 1)


def test_replay_is_bounded(site):
    site.failures = 100
    assert site.test_client().post("/", data=b"x").status_code == 503
    assert len(site.bodies) == ATTEMPTS


def test_nothing_is_replayed_that_stands_already(site):
    site.failures, site.stands = 100, True
    assert site.test_client().post("/", data=b"x").status_code == 503
    assert len(site.bodies) == 1


def test_nothing_is_replayed_that_has_taken_long(site, monkeypatch):
    monkeypatch.setattr(replays, "LONGEST", 0)
    site.failures = 100
    assert site.test_client().post("/", data=b"x").status_code == 503
    assert len(site.bodies) == 1


@pytest.mark.parametrize("length", ["1001", "", "-1", "two"])
def test_body_that_is_long_or_of_unknown_length_is_read_once_and_not_kept(site, length):
    site.failures = 100
    environ = {"wsgi.input": io.BytesIO(b"x" * 1001), "wsgi.input_terminated": True}
    answer = site.test_client().post("/", environ_overrides=environ | {"CONTENT_LENGTH": length})
    assert answer.status_code in {400, 503}
    assert len(site.bodies) <= 1
