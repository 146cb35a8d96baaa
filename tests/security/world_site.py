"""The application on a database of a module's own, with everybody signed in, at one fixed time.

Hundreds of requests of one module share it; what a test changes it undoes, or asks for its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select

from peerapp import create_app
from peerapp.config import Settings
from peerapp.db import Database
from peerapp.models import Account, LoginSession, utc_now
from peerapp.services import sign_in as sessions
from peerapp.services.tokens import token_hash
from tests.factories import make_scheme
from tests.security.matrix_people import HALF_OPEN
from tests.security.matrix_world import World, make_world
from tests.support.databases import copied
from tests.support.keys import KEYRING, KEYS_TEXT
from tests.support.quick_app import share


@dataclass
class Site:
    """What a module shares."""

    app: Flask
    database: Database
    world: World
    cookies: dict[str, str]
    """A header for each identity but ``anonymous``."""


@contextmanager
def open_site(server: Engine | None, migrated: str, folder: Path, **settings) -> Iterator[Site]:
    """Make the world and sign everybody in; forms are taken without a token."""
    with copied(server, migrated, folder) as url:
        database = Database(url, KEYRING)
        with database.session(None, "all") as session, session.begin():
            scheme = make_scheme()
            session.add(scheme)
            session.flush()
            scheme_id = scheme.id
        world = make_world(database, scheme_id)
        app = share(create_app(_settings(url, folder, **settings)))
        app.config["WTF_CSRF_ENABLED"] = False
        cookies = {
            name: cookie_of(app, database, scheme_id, account_id, owes=name == HALF_OPEN)
            for name, account_id in world.people.items()
        }
        yield Site(app, database, world, cookies)
        app.extensions["database"].engine.dispose()
        database.engine.dispose()


def _settings(url: str, folder: Path, **changes) -> Settings:
    given = {
        "secret_key": "a secret key for tests, long enough",
        "database_url": url,
        "data_dir": folder,
        "keys": KEYS_TEXT,
        "secure_cookies": False,
        "job_queue": "inline",
        "rate_limits": False,
        "even_answer_ms": 0,
        "log_level": "CRITICAL",
        "base_url": "http://localhost",
        "security_contact": "mailto:security@council.example",
    }
    return Settings(**{**given, **changes})


def cookie_of(
    app: Flask, database: Database, scheme_id: uuid.UUID, account_id: uuid.UUID, *, owes=False
) -> str:
    """Start a session as a sign-in does; the second factor is given unless it is still owed."""
    with database.writing(scheme_id) as session:
        account = session.get_one(Account, account_id)
        secret = sessions.start_session(session, account, utc_now(), timedelta(hours=8))
        session.flush()
        query = select(LoginSession).where(LoginSession.token_hash == token_hash(secret))
        if not owes:
            session.scalars(query).one().factor_at = utc_now()
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True
    return f"session={browser.get_cookie('session').value}"
