"""The keyring of a process: found by its settings, and checked against the database it opens."""

from __future__ import annotations

from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from peerapp.adapters.secret_box import SecretBox
from peerapp.config import Settings
from peerapp.db import SCHEME_FREE, Database, upgrade
from peerapp.models import Scheme
from peerapp.sealing import Keyring, KeyringError, load_keyring, make_keyring
from peerapp.services import authenticator_apps, keys

log = structlog.get_logger(__name__)


def load(settings: Settings) -> Keyring:
    """Load the keyring that the settings name.

    Raises
    ------
    KeyringError
        There is none, or it cannot be used; without it nothing starts.
    """
    return load_keyring(settings.keys, settings.data_dir)


def open_database(settings: Settings) -> Database:
    """Open the database with its keys.

    Raises
    ------
    KeyringError
        The keyring is missing, damaged, or not the one that the database was sealed with.
    """
    database = Database(settings.database_url, load(settings))
    try:
        check(database)
    except OperationalError as error:
        # Nothing is lost meanwhile: no value opens with a wrong key, and no key can be made.
        log.error("keys_not_checked", error=type(error).__name__)
    except BaseException:
        database.close()
        raise
    return database


def check(database: Database) -> None:
    """Compare the database's keyring with what the database knows of its keys."""
    if database.keys is None:
        raise KeyringError("this database was opened without keys")
    try:
        with database.reading(None) as session:
            keys.check(session, database.keys)
    except (OperationalError, ProgrammingError) as error:
        if "scheme_key" not in str(error.orig):
            raise
        raise KeyringError("the database is of an older version: run `peerapp migrate`") from None


def prepare(settings: Settings) -> Database:
    """Bring the tables up to date and open the database, with new keys where it knows none yet."""
    if not _knows_keys(settings.database_url):
        make_keyring(settings.keys, settings.data_dir)
    keyring = load(settings)
    if _knows_keys(settings.database_url):
        open_database(settings).close()  # before anything is changed
    upgrade(settings.database_url, keyring)
    database = open_database(settings)
    _reseal_apps(database, SecretBox(settings.secret_key))
    return database


def _reseal_apps(database: Database, box: SecretBox) -> None:
    """Move secrets of authenticator apps from under the site's key to the keys of persons."""
    with database.reading(None) as session:
        schemes = session.scalars(select(Scheme.id), execution_options=SCHEME_FREE).all()
    for scheme_id in schemes:
        with database.writing(scheme_id) as session:
            moved, left = authenticator_apps.reseal(session, box)
        if moved or left:
            log.warning("authenticator_apps_resealed", moved=moved, unreadable=left)


def _knows_keys(url: str) -> bool:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        return False  # looking would make the file, and readable by everybody
    database = Database(url)
    try:
        with database.reading(None) as session:
            return bool(keys.list_keys(session))
    except (OperationalError, ProgrammingError):
        return False
    finally:
        database.close()
