"""Migration 0022 seals the people of an older database in place, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, make_url, select

from peerapp.db import Database, alembic_config, upgrade
from peerapp.enums import Role
from peerapp.models import Account, Family, Volunteer
from peerapp.services.accounts import find_by_email
from tests.factories import (
    make_account,
    make_certificate,
    make_family,
    make_locality,
    make_volunteer,
)
from tests.support.keys import KEYRING

CANARIES = ("01632 960777", "canary@example.org", "3 Canary Close", "1985-04-02", "CB1 9ZZ")


@pytest.fixture
def people(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,), email="canary@example.org")
        volunteer = make_volunteer(session, here)
        make_certificate(session, volunteer, staff)
        make_family(
            session, staff, here, phone="01632 960777", address="3 Canary Close", postcode="CB1 9ZZ"
        )
    database.close()


def contents(url) -> bytes:
    """Return the bytes of a SQLite file and what lies beside it, or all rows of PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database)
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        names = ("account", "family", "volunteer", "certificate")
        found = [
            row
            for one in names
            for row in connection.exec_driver_sql(f"SELECT {one}::text FROM {one}").scalars()
        ]
    engine.dispose()
    return "\n".join(found).encode()


@pytest.mark.scorecard("11.3.3")
def test_people_are_unsealed_and_sealed_again_and_leave_no_trace(people, database_url, scheme_id):
    command.downgrade(alembic_config(database_url, KEYRING), "0021")
    before = contents(database_url)
    assert [text for text in CANARIES if text.encode() not in before] == []
    upgrade(database_url, KEYRING)
    after = contents(database_url)
    assert [text for text in CANARIES if text.encode() in after] == []
    database = Database(database_url, KEYRING)
    with database.reading(scheme_id) as session:
        family = session.scalars(select(Family)).one()
        assert (family.phone, family.address) == ("01632 960777", "3 Canary Close")
        assert (family.postcode, family.easting) == ("CB1 9ZZ", 392500)
        assert find_by_email(session, "canary@example.org") is not None
        volunteer = session.scalars(select(Volunteer)).one()
        assert volunteer.date_of_birth.isoformat() == "1985-04-02"
        assert len(volunteer.certificates[0].number) == 12
        assert session.scalars(select(Account).where(Account.email_index == "")).all() == []
    database.close()
