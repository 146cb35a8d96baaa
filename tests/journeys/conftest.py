"""The live site on which journeys are played: a scheme with a manager, and a mail server."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from peerapp.adapters.passwords import hash_password
from peerapp.cli import main
from peerapp.db import Database
from peerapp.enums import Role
from peerapp.models import utc_now
from peerapp.services import accounts
from tests.journeys import main_job
from tests.support.keys import KEYRING
from tests.support.live_site import LiveSite, mail_server


@pytest.fixture
def site(database_url, tmp_path):
    with mail_server() as (mailbox, port):
        made = LiveSite(database_url, tmp_path, mailbox, port)
        names = ("--name", "Wiltshire Family Coaching", "--council", "Wiltshire")
        done = CliRunner(env=made.environ).invoke(main, ("init", *names))
        assert done.exit_code == 0, done.output
        database = Database(database_url, KEYRING)
        with database.writing(database.scheme_id("default")) as session:
            hashed = hash_password(main_job.PASSWORD)
            accounts.create_account(
                session, main_job.MANAGER, "Mo Manager", Role.MANAGER, hashed, utc_now()
            )
        database.engine.dispose()
        yield made
