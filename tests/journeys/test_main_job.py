"""The main job in a real browser on the real site; and without the gate, where it must fail."""

from __future__ import annotations

import os

import pytest

from peerapp.adapters.passwords import hash_password
from peerapp.db import Database
from peerapp.enums import Role
from peerapp.models import utc_now
from peerapp.services import accounts
from tests.journeys import main_job
from tests.support.live_site import LiveSite, mail_server

pytestmark = pytest.mark.browser


@pytest.fixture
def site(database_url, tmp_path):
    with mail_server() as (mailbox, port):
        made = LiveSite(database_url, tmp_path, mailbox, port)
        made.command("init", "--name", "Wiltshire Family Coaching", "--council", "Wiltshire")
        database = Database(database_url)
        with database.writing(database.scheme_id("default")) as session:
            hashed = hash_password(main_job.PASSWORD)
            accounts.create_account(
                session, main_job.MANAGER, "Mo Manager", Role.MANAGER, hashed, utc_now()
            )
        database.engine.dispose()
        yield made


def play_to_introduction(cast):
    main_job.staff_arrive(cast)
    main_job.volunteer_applies(cast)
    main_job.coordinator_vets(cast)
    record = main_job.coordinator_records_family(cast)
    main_job.family_opens_account(cast, record)
    match = main_job.coordinator_matches(cast)
    main_job.family_meets_coach(cast, match)


def test_family_sees_its_coach_and_no_longer_once_the_certificate_is_revoked(site, chrome):
    with site.running():
        # The pages look the same on every database: they are held against axe on one.
        looks = os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite"
        cast = main_job.Cast.gather(chrome, site, look=looks)
        play_to_introduction(cast)
        main_job.certificate_is_revoked(cast)
        main_job.details_are_gone(cast)
        main_job.family_leaves(cast)
        cast.part()


def test_journey_fails_when_the_gate_is_taken_out(site, chrome):
    with site.running("tests.journeys.ungated"):
        cast = main_job.Cast.gather(chrome, site, look=False)
        play_to_introduction(cast)
        main_job.certificate_is_revoked(cast)
        with pytest.raises(AssertionError, match=f"'{main_job.SCHEME_PHONE}' stands on"):
            main_job.details_are_gone(cast)
        cast.part()
