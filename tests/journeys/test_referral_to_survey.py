"""A family's whole time with the scheme in real browsers, five of them open at once."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from tests.journeys import referral_to_survey as way
from tests.support.threaded_site import served

pytestmark = [pytest.mark.browser, pytest.mark.walk]


def test_from_a_schools_referral_to_the_survey_after_the_end(
    chrome, make_app, settings, scheme_id, sign_in
):
    app = make_app(replace(settings, mail_backend="file"))
    # The pages look the same on every database: they are held against axe on one.
    looks = os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite"
    with served(app) as url:
        cast = way.gather(chrome, url, app, sign_in, scheme_id, looks=looks)
        way.school_refers(cast)
        way.coordinator_accepts(cast)
        way.school_looks(cast, "Waiting")
        way.family_arrives(cast)
        way.propose(cast)
        match = way.both_are_asked(cast)
        way.they_meet(cast, match)
        way.they_work(cast, match)
        way.they_write(cast, match)
        way.a_worry_closes_contact(cast, match)
        way.they_part(cast, match)
        way.both_look_back(cast)
        way.school_looks(cast, "Closed")
        cast.part()
