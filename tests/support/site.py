"""Fixtures of the site: a scheme in a fresh database, the application on it, signed-in browsers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from peerapp import create_app
from peerapp.config import Settings
from peerapp.db import Database
from peerapp.errors import NotFound
from peerapp.models import Account, LoginSession, utc_now
from peerapp.services import sign_in as sessions
from peerapp.services.tokens import token_hash
from tests.factories import NOW, make_scheme
from tests.support.keys import KEYRING, KEYS_TEXT, TestDatabase
from tests.support.quick_app import Lent, share


@pytest.fixture
def on_the_day() -> Iterator[None]:
    """The clock at ``NOW``, from which it goes on."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database of this test alone."""
    found = TestDatabase(database_url, KEYRING)
    yield found
    found.engine.dispose()


@pytest.fixture
def scheme_id(database: Database) -> uuid.UUID:
    """The id of the default scheme, which exists."""
    with database.session(None, "all") as session:
        scheme = make_scheme()
        session.add(scheme)
        session.commit()
        return scheme.id


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings as in production but for cookies without HTTPS and jobs done at once."""
    return Settings(
        secret_key="a secret key for tests, long enough",
        database_url=database_url,
        data_dir=tmp_path / "data",
        keys=KEYS_TEXT,
        secure_cookies=False,
        job_queue="inline",
        rate_limits=False,
        even_answer_ms=0,
        log_level="ERROR",
    )


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], Flask]]:
    """Return a function that makes applications, and lets go of their connections at the end."""
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        made.append(share(create_app(settings)))
        return made[-1]

    yield make
    for one in made:
        one.extensions["database"].engine.dispose()


@pytest.fixture(scope="session")
def lent_app() -> Lent:
    """The application that the tests of one worker hand on to each other."""
    return Lent()


@pytest.fixture
def app(lent_app: Lent, settings: Settings, scheme_id: uuid.UUID) -> Iterator[Flask]:
    """The application; forms are taken without a CSRF token, which has tests of its own.

    It has served other tests before: who adds to it asks `make_app` for one of their own.
    """
    with lent_app.lend(settings) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        with suppress(NotFound):  # a process looks it up once; some tests commit nothing
            app.extensions["database"].scheme_id(settings.scheme_slug)
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, database: Database, scheme_id: uuid.UUID) -> Callable[..., FlaskClient]:
    """Return a function that gives a browser in which an account is signed in.

    Staff have given their second factor at that moment; ``half_open`` leaves it owed.
    """

    def signed_in(account: Account, site: Flask = app, *, half_open: bool = False) -> FlaskClient:
        with database.writing(scheme_id) as session:
            found, now = session.get_one(Account, account.id), utc_now()
            secret = sessions.start_session(session, found, now, timedelta(hours=1))
            session.flush()
            login = session.scalars(
                select(LoginSession).where(LoginSession.token_hash == token_hash(secret))
            ).one()
            if login.is_half_open and not half_open:
                login.factor_at = now
        browser = site.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = secret
            cookie["_fresh"] = True
        return browser

    return signed_in
