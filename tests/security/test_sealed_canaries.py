"""Whoever gets hold of a database, a dump of it or a backup finds nothing that is sealed.

One canary for each sealed column. Each is first read through the application; and with sealing
broken, the same search finds every one.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import select

from peerapp.backups import archive, drill
from peerapp.db import Database, alembic_config, upgrade
from peerapp.models import Account, vault
from peerapp.services.accounts import find_by_email
from tests.support.canary_rows import add_canaries, canaries, found_in, read_canaries
from tests.support.keys import KEYRING
from tests.support.raw_contents import raw_contents

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NOT_TAKEN_BACK = {"family_import.content", "authenticator_app.secret", "asked_link.email"}
"""Columns whose rows a downgrade drops: nothing before could open them, or knew of their table."""
NUMBERS = {name for name, one in canaries().items() if isinstance(one.value, int)}
"""What SQLite keeps as numbers, not as text, where it is not sealed."""


@pytest.fixture
def filled(database, scheme_id):
    with database.writing(scheme_id) as session:
        add_canaries(session)
    return database


def leaks(database, tmp_path):
    """Return which canaries are in the database's files or dump, in a backup, and inside that."""
    identity, path = tmp_path / "identity", tmp_path / "one.age"
    drill.make(database, path, archive.make_identity(identity), NOW)
    inside = b"".join(archive.read(path, identity))
    return [found_in(one) for one in (raw_contents(database.url), path.read_bytes(), inside)]


@pytest.mark.scorecard("11.3.3")
def test_no_sealed_value_is_in_the_database_or_in_a_backup(filled, scheme_id, tmp_path):
    with closing(Database(filled.url, KEYRING)) as site, site.reading(scheme_id) as session:
        said = read_canaries(session)
    assert said == {name: one.value for name, one in canaries().items()}
    assert len(said) > 100
    assert leaks(filled, tmp_path) == [set(), set(), set()]


@pytest.mark.scorecard("11.3.3", control=True)
def test_values_that_are_not_sealed_are_found(database, scheme_id, tmp_path, monkeypatch):
    """Only the backup's file as a whole stays shut: it is sealed once more, for another key."""
    monkeypatch.setattr(vault, "seal", lambda _key, plain, _place: plain.decode())
    with database.writing(scheme_id) as session:
        add_canaries(session)
    every = set(canaries())
    assert leaks(database, tmp_path) == [every, set(), every]


@pytest.mark.scorecard("11.3.3")
def test_migrations_seal_every_column_of_an_older_database(filled, database_url, scheme_id):
    """Taken back to what was before sealing, each canary stands there; and then none does."""
    filled.close()
    command.downgrade(alembic_config(database_url, KEYRING), "0021")
    before = set(canaries()) - NOT_TAKEN_BACK - (NUMBERS if filled.is_sqlite else set())
    assert found_in(raw_contents(database_url)) & before == before
    upgrade(database_url, KEYRING)
    assert found_in(raw_contents(database_url)) == set()
    with closing(Database(database_url, KEYRING)) as site, site.reading(scheme_id) as session:
        kept = canaries().keys() - NOT_TAKEN_BACK
        said = read_canaries(session, kept)
        holder = find_by_email(session, canaries()["account.email"].value)
        unindexed = session.scalars(select(Account).where(Account.email_index == "")).all()
    assert holder is not None
    assert unindexed == []
    assert said == {name: canaries()[name].value for name in kept}
