"""Staff's pages about volunteers: the list, the record, who may see them."""

from __future__ import annotations

import uuid

import pytest

from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import Role, VolunteerState
from peerapp.services import volunteers
from tests.factories import TODAY, make_account, make_coach, make_volunteer
from tests.support.queries import counted
from tests.support.staff_pages import ACTS, CERTIFICATE, at, certificate_at

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState


def test_list_shows_the_volunteers_of_the_coordinators_locality(staff, sign_in, place):
    assert "Ama Canary" in staff.get("/staff/volunteers/").text
    assert "Canary" not in sign_in(place["stranger"]).get("/staff/volunteers/").text


def test_list_filters_by_state_and_ignores_what_is_no_state(staff, add):
    add(state=S.TRAINING, first_name="Trainee")
    page = staff.get("/staff/volunteers/?state=training").text
    assert "Trainee" in page
    assert "Canary" not in page
    assert "Canary" in staff.get("/staff/volunteers/?state=x&locality=y&page=z").text


def test_search_is_a_post_so_that_no_name_stands_in_an_address(staff, place):
    found = staff.post("/staff/volunteers/search", data={"search": "canary"})
    assert (found.status_code, "Ama Canary" in found.text) == (200, True)
    missed = staff.post("/staff/volunteers/search", data={"search": "nobody"})
    assert "No volunteer matches." in missed.text
    assert staff.post("/staff/volunteers/search", data={}).status_code == 422
    assert staff.get("/staff/volunteers/search?search=canary").status_code == 405
    by_reference = {"search": volunteers.reference(place["coach"])}
    assert "Ama Canary" in staff.post("/staff/volunteers/search", data=by_reference).text


def test_list_sends_as_many_queries_for_thirty_as_for_one(app, staff, database, scheme_id, place):
    with counted(app) as one:
        staff.get("/staff/volunteers/")
    with database.writing(scheme_id) as session:
        for _ in range(29):
            make_coach(session, place["coordinator"], place["here"])
    with counted(app) as thirty:
        page = staff.get("/staff/volunteers/").text
    assert page.count("app-table__first") == 30
    assert len(thirty) == len(one)


def test_list_goes_on_to_a_second_page_that_keeps_the_filter(staff, database, scheme_id, place):
    with database.writing(scheme_id) as session:
        for _ in range(volunteers.PAGE):
            make_volunteer(session, place["here"], state=S.ACTIVE)
    first = staff.get("/staff/volunteers/?state=active").text
    assert "/staff/volunteers/?state=active&amp;page=2" in first
    second = staff.get("/staff/volunteers/?state=active&page=2").text
    assert second.count("app-table__first") == 1


def test_record_is_shown_and_the_view_audited(staff, place, audited):
    page = staff.get(at(place["coach"]))
    assert page.status_code == 200
    for shown in ("Ama Canary", "07700 900123", "SN15 1AA", "Cleared today"):
        assert shown in page.text
    assert audited(place["coach"].id) == ["volunteer.view"]


PAGES = [
    "",
    "/scheme-phone",
    "/identity",
    "/training",
    "/dbs-level",
    "/certificates/new",
    "/gates/agreement",
    *(f"/{name}" for name in ACTS),
]
POSTS = [*PAGES[1:], "/move", "/details-right", "/gates/agreement/remove"]
CERTIFICATE_PAGES = ["correct", "status"]


def test_another_localitys_coordinator_finds_no_page_and_no_act(sign_in, place, saved, staff):
    stranger = sign_in(place["stranger"])
    before = saved(place["coach"], lambda one: (one.state, one.version))
    for page in PAGES:
        assert staff.get(at(place["coach"], page)).status_code == 200
        assert stranger.get(at(place["coach"], page)).status_code == 404
    given = {"reason": "x", "to": "paused", **CERTIFICATE}
    for page in POSTS:
        assert stranger.post(at(place["coach"], page), data=given).status_code == 404
    for page in ("correct", "status", "accept"):
        address = certificate_at(place["coach"], page, saved)
        assert stranger.post(address, data=given).status_code == 404
    assert saved(place["coach"], lambda one: (one.state, one.version)) == before


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.FAMILY, Role.AUDITOR])
def test_pages_are_for_casework_alone(database, scheme_id, sign_in, place, role):
    with database.writing(scheme_id) as session:
        account = make_account(session, role)
    browser = sign_in(account)
    for page in PAGES:
        assert browser.get(at(place["coach"], page)).status_code == 403
    assert browser.get("/staff/volunteers/").status_code == 403


def test_scheme_phone_is_saved_and_taken_away(staff, place, saved):
    page = at(place["coach"], "/scheme-phone")
    for number in ("01632 960999", ""):
        assert staff.post(page, data={"scheme_phone": number}).status_code == 302
        assert saved(place["coach"], lambda one: one.scheme_phone) == number
    assert staff.post(page, data={"scheme_phone": "12"}).status_code == 422


def test_changed_name_opens_the_identity_gate(staff, place, saved):
    given = {
        "first_name": "Ama",
        "last_name": "Owusu",
        "date_of_birth-day": "2",
        "date_of_birth-month": "4",
        "date_of_birth-year": "1985",
    }
    page = at(place["coach"], "/identity")
    assert 'value="Canary"' in staff.get(page).text
    assert staff.post(page, data=given).status_code == 302
    found = saved(place["coach"], lambda one: [row.code for row in clearance_refusals(one, TODAY)])
    assert found == ["identity_missing", "certificate_name"]
    too_young = staff.post(page, data={**given, "date_of_birth-year": "2020"})
    assert (too_young.status_code, "16 or older" in too_young.text) == (422, True)


def test_query_about_details_is_shown_and_resolved(staff, add, saved):
    volunteer = add(details_query="Is the postcode right?")
    assert "Is the postcode right?" in staff.get(at(volunteer)).text
    assert staff.post(at(volunteer, "/details-right")).status_code == 302
    assert saved(volunteer, lambda one: one.details_query) == ""


def test_posts_ignore_fields_that_they_do_not_ask(staff, place, saved):
    extra = {"state": "left", "locality_id": str(uuid.uuid4()), "role": "manager", "version": "9"}
    staff.post(at(place["coach"], "/scheme-phone"), data={"scheme_phone": "01632 960999", **extra})
    found = saved(place["coach"], lambda one: (one.state, one.locality_id, one.version))
    assert found == (S.ACTIVE, place["here"].id, 1)


def test_pages_change_nothing_when_they_are_only_looked_at(lead, place, saved, audited):
    before = saved(place["coach"], lambda one: (one.state, one.version))
    for page in PAGES:
        assert lead.get(at(place["coach"], page)).status_code == 200
    assert saved(place["coach"], lambda one: (one.state, one.version)) == before
    assert audited(place["coach"].id) == ["volunteer.view"] * 3  # the record, identity, a gate
