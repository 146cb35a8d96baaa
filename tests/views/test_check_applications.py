"""The pages on which an application is sent off, followed, withdrawn, and listed."""

from __future__ import annotations

import pytest

from peerapp.enums import ApplicationState
from tests.support.check_pages import confirm, day_of, fee_answers
from tests.support.queries import counted
from tests.support.staff_pages import at, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = ApplicationState
SENT = {"reference": "UB-77", "reason": "first", **day_of(2, 11)}


@pytest.fixture
def ready(staff, place):
    """The coach, whose check is decided by the rules and free."""
    confirm(staff, place["coach"], "family_coach")
    staff.post(at(place["coach"], "/dbs-fee"), data=fee_answers())
    return place["coach"]


def states(volunteer):
    return [one.state for one in volunteer.applications]


def step(staff, volunteer, saved, name):
    held = saved(volunteer, lambda one: one.applications[-1].id)
    return at(volunteer, f"/applications/{held}/{name}")


def test_application_goes_from_page_to_page(staff, ready, saved):
    assert "Record that an application was sent off" in staff.get(at(ready)).text
    answer = staff.post(at(ready, "/applications/new"), data=SENT)
    assert answer.location == at(ready) + "#applications"
    for name, day in (("with_dbs", 5), ("issued", 18)):
        page = step(staff, ready, saved, name)
        assert page in staff.get(at(ready)).text
        assert staff.post(page, data=day_of(day, 11)).status_code == 302
    shown = text_of(staff.get(at(ready)))
    for words in ("UB-77", "Open for 18 days", "child workforce, free", "show you the original"):
        assert words in shown
    assert saved(ready, states) == [S.ISSUED]


def test_page_says_what_is_missing_and_takes_nothing(staff, place, saved):
    coach = place["coach"]
    shown = text_of(staff.get(at(coach, "/applications/new")))
    assert "Decide by the questions which DBS check is needed." in shown
    assert "Answer whether the check is free first." in shown
    assert "Reference number" not in shown
    refused = staff.post(at(coach, "/applications/new"), data=SENT)
    assert refused.status_code == 422
    assert saved(coach, states) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reference": ""}, "Enter the reference number"),
        (day_of(21, 11), "The date must be today or in the past."),
        ({"reason": "holiday"}, "Choose from the list"),
    ],
)
def test_wrong_field_is_named(staff, ready, saved, changed, words):
    answer = staff.post(at(ready, "/applications/new"), data={**SENT, **changed})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert saved(ready, states) == []


def test_withdrawn_application_keeps_its_reason(staff, ready, saved):
    staff.post(at(ready, "/applications/new"), data=SENT)
    page = step(staff, ready, saved, "withdraw")
    assert staff.post(page, data={"reason": ""}).status_code == 422
    assert staff.post(page, data={"reason": "Sent under a wrong name."}).status_code == 302
    shown = staff.get(at(ready)).text
    assert "Sent under a wrong name." in shown
    assert "No application is on its way." in shown
    assert staff.post(page, data={"reason": "Again."}).status_code == 422


def test_step_that_is_over_is_refused_in_words(staff, ready, saved):
    staff.post(at(ready, "/applications/new"), data=SENT)
    page = step(staff, ready, saved, "issued")
    staff.post(page, data=day_of(10, 11))
    answer = staff.post(page, data=day_of(11, 11))
    assert (answer.status_code, "not a step that can be taken now" in answer.text) == (422, True)


def test_list_names_what_takes_too_long(staff, ready):
    staff.post(at(ready, "/applications/new"), data={**SENT, **day_of(20, 10)})
    shown = text_of(staff.get("/staff/applications"))
    assert "31 days Over 30 days" in shown
    assert "1 has been open for more than 30 days" in shown
    assert "1 DBS checks that take too long" in text_of(staff.get("/staff/"))


def test_list_on_the_thirtieth_day_flags_nothing(staff, ready):
    staff.post(at(ready, "/applications/new"), data={**SENT, **day_of(21, 10)})
    shown = text_of(staff.get("/staff/applications"))
    assert "30 days" in shown
    assert "Over 30 days" not in shown


def test_stranger_finds_no_page_of_an_application_and_no_row(sign_in, staff, place, ready, saved):
    staff.post(at(ready, "/applications/new"), data=SENT)
    stranger = sign_in(place["stranger"])
    assert "UB-77" in staff.get("/staff/applications").text
    assert "UB-77" not in stranger.get("/staff/applications").text
    for name in ("with_dbs", "issued", "withdraw"):
        page = step(staff, ready, saved, name)
        assert (staff.get(page).status_code, stranger.get(page).status_code) == (200, 404)
        given = {"reason": "x", **day_of(10, 11)}
        assert stranger.post(page, data=given).status_code == 404
    assert stranger.post(at(ready, "/applications/new"), data=SENT).status_code == 404
    assert saved(ready, states) == [S.SUBMITTED]


def test_application_of_another_volunteer_is_not_found(staff, ready, add, saved):
    staff.post(at(ready, "/applications/new"), data=SENT)
    page = step(staff, ready, saved, "withdraw")
    other = add()
    assert staff.get(page.replace(str(ready.id), str(other.id))).status_code == 404


def test_list_page_takes_a_constant_number_of_queries(app, staff, ready):
    staff.get("/staff/applications")
    with counted(app) as empty:
        staff.get("/staff/applications")
    staff.post(at(ready, "/applications/new"), data=SENT)
    with counted(app) as one:
        staff.get("/staff/applications")
    assert len(one) == len(empty) + 1  # the keys of what is on the page
