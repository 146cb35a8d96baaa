"""The funnel and the timeline as pages: who sees them, what stands there, the file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from peerapp.enums import DropOutReason, Role, VolunteerState
from peerapp.models import VolunteerEvent
from tests.factories import NOW, make_account, make_coach, make_volunteer
from tests.support.queries import counted
from tests.support.staff_pages import at

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState
LONG_AGO = NOW - timedelta(days=50)


@pytest.fixture
def stuck(add):
    return add(state=S.SCREENING, state_since=LONG_AGO, first_name="Stuck", last_name="Canary")


def test_funnel_names_who_is_stuck_and_what_they_wait_for(staff, stuck):
    page = staff.get("/staff/funnel/").text
    for words in ("Stuck Canary", "Waits for a coordinator, for 50 days.", "What each figure is"):
        assert words in page
    assert "Stuck Canary" not in staff.get("/staff/funnel/?state=vetting").text
    assert "Stuck Canary" in staff.get("/staff/funnel/?state=screening").text
    assert "Stuck Canary" in staff.get("/staff/funnel/?state=x&locality=y&page=z").text


def test_funnel_is_of_the_coordinators_localities(staff, stuck, sign_in, place):
    assert "Stuck Canary" in staff.get("/staff/funnel/").text
    elsewhere = sign_in(place["stranger"])
    assert "Stuck Canary" not in elsewhere.get("/staff/funnel/").text
    address = f"/staff/funnel/?locality={place['here'].id}"
    assert "Stuck Canary" not in elsewhere.get(address).text


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.FAMILY, Role.AUDITOR])
def test_funnel_and_timeline_are_for_casework(database, scheme_id, sign_in, place, role):
    with database.writing(scheme_id) as session:
        account = make_account(session, role)
    browser = sign_in(account)
    for page in ("/staff/funnel/", "/staff/funnel/export", at(place["coach"], "/timeline")):
        assert browser.get(page).status_code == 403


def test_funnel_sends_as_many_queries_for_thirty_as_for_one(app, staff, database, scheme_id, place):
    def add(count):
        with database.writing(scheme_id) as session:
            for _ in range(count):
                values = {"state": S.VETTING, "state_since": LONG_AGO}
                make_coach(session, place["coordinator"], place["here"], **values)
                left = make_volunteer(session, place["here"], state=S.LEFT)
                left.history.append(
                    VolunteerEvent(
                        from_state=S.ACTIVE, to_state=S.LEFT, drop_out=DropOutReason.NO_TIME
                    )
                )

    add(1)
    with counted(app) as one:
        staff.get("/staff/funnel/")
    add(29)
    with counted(app) as thirty:
        page = staff.get("/staff/funnel/").text
    assert page.count("/staff/volunteers/") >= 25
    assert len(thirty) == len(one)


def test_file_is_explained_first_and_then_made(staff, stuck, place, audited, scheme_id):
    assert "Counts under 5 are not in it" in staff.get("/staff/funnel/export").text
    answer = staff.post("/staff/funnel/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.text.startswith("\ufeffFigure,Group,People")
    assert "Canary" not in answer.text
    assert "Canary" in staff.get("/staff/funnel/").text
    assert audited(scheme_id) == ["funnel.export"]


def test_timeline_page_shows_the_events_and_is_audited(staff, stuck, audited):
    page = staff.get(at(stuck, "/timeline"))
    assert page.status_code == 200
    assert "state.enquiry" in page.text
    assert audited(stuck.id) == ["volunteer.view"]


def test_timeline_of_another_localitys_volunteer_is_not_found(sign_in, staff, stuck, place):
    assert staff.get(at(stuck, "/timeline")).status_code == 200
    assert sign_in(place["stranger"]).get(at(stuck, "/timeline")).status_code == 404


def test_record_tells_what_it_waits_for(staff, stuck):
    page = staff.get(at(stuck)).text
    assert "What the record waits for" in page
    assert "Interview: waits for a coordinator, for 50 days." in page
