"""The main job in a real browser on the real site; and without the gate, where it must fail."""

from __future__ import annotations

import os

import pytest

from tests.journeys import main_job

pytestmark = pytest.mark.browser


def play_to_introduction(cast):
    main_job.staff_arrive(cast)
    main_job.volunteer_applies(cast)
    main_job.coordinator_vets(cast)
    record = main_job.coordinator_records_family(cast)
    main_job.family_opens_account(cast, record)
    match = main_job.coordinator_matches(cast)
    main_job.family_meets_coach(cast, match)


@pytest.mark.walk
@pytest.mark.scorecard("2.3.1")
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


@pytest.mark.long
@pytest.mark.scorecard("2.3.1", control=True)
def test_journey_fails_when_the_gate_is_taken_out(site, chrome):
    with site.running("tests.journeys.ungated"):
        cast = main_job.Cast.gather(chrome, site, look=False)
        play_to_introduction(cast)
        main_job.certificate_is_revoked(cast)
        with pytest.raises(AssertionError, match=f"'{main_job.SCHEME_PHONE}' stands on"):
            main_job.details_are_gone(cast)
        cast.part()
