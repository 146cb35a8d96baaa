"""The page on which staff keep a volunteer apart from a family."""

from __future__ import annotations

import pytest

from peerapp.enums import Role
from peerapp.services import volunteers
from tests.factories import make_account, make_coach, make_family, make_locality


@pytest.fixture
def scene(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        lead = make_account(session, Role.SAFEGUARDING_LEAD)
        coach = make_coach(session, staff, here)
        family = make_family(session, staff, here)
        at = f"/staff/families/{family.id}/never-meet"
        return staff, lead, at, volunteers.reference(coach), coach


def test_coordinator_records_and_the_lead_takes_back(scene, sign_in):
    staff, lead, at, reference, coach = scene
    mine, leads = sign_in(staff), sign_in(lead)
    assert mine.post(at, data={"reference": reference, "reason": "kin"}).status_code == 302
    page = mine.get(at).text
    assert "They are related" in page
    assert reference in page
    assert coach.last_name not in page
    assert "Take back" not in page
    assert mine.post(f"{at}/take-back", data={"reference": reference}).status_code == 403
    assert "Take back" in leads.get(at).text
    assert leads.post(f"{at}/take-back", data={"reference": reference}).status_code == 302
    assert "Nobody is kept apart" in leads.get(at).text


def test_what_is_missing_or_wrong_is_said_beside_the_field(scene, sign_in):
    staff, _, at, _, _ = scene
    mine = sign_in(staff)
    answer = mine.post(at, data={"reference": "V00000000"})
    assert answer.status_code == 422
    assert "Say why they must never meet" in answer.text
    answer = mine.post(at, data={"reference": "V00000000", "reason": "kin"})
    assert "No volunteer has this reference" in answer.text
