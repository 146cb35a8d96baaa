"""The whole way of a volunteer in a real browser, with the referees' and the panel's parts."""

from __future__ import annotations

import os

import pytest

from tests.journeys import enquiry_to_active as way
from tests.journeys import main_job

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_enquiry_becomes_a_coach_with_both_sides_seeing_each_step(site, chrome):
    with site.running():
        # Held against axe are the pages that the main job does not come to, on one database.
        cast = main_job.Cast.gather(chrome, site, look=False)
        main_job.staff_arrive(cast)
        way.staff_prepare(cast)
        main_job.volunteer_applies(cast)
        record = way.both_see_what_is_next(cast)
        way.volunteer_does_their_part(cast)
        way.referees_answer(cast, record)
        way.coordinator_checks(cast, record)
        way.certificate_comes(cast, record)
        way.training_is_done(cast, record)
        way.panel_decides(cast, record)
        way.review_is_passed(cast, record)
        cast.coordinator.looks = cast.manager.looks = (
            os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite"
        )
        way.all_is_on_record(cast, record)
        cast.part()
