"""Moving volunteers on, aside and out; gates and training."""

from __future__ import annotations

import re
from datetime import date

import pytest

from peerapp.enums import GateItem, Role, VolunteerState
from tests.factories import make_account
from tests.support.staff_pages import ACTS, at, state, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState


def test_move_goes_on_and_says_so(staff, add, saved):
    volunteer = add(state=S.APPLIED)
    assert "Move on to “Screening”" in text_of(staff.get(at(volunteer)))
    answer = staff.post(at(volunteer, "/move"), data={"to": "screening"})
    assert (answer.status_code, answer.location) == (302, at(volunteer))
    assert "Moved on to: screening." in staff.get(at(volunteer)).text
    assert saved(volunteer, state) == S.SCREENING


def test_move_that_lacks_something_is_refused_with_what(staff, add, saved):
    volunteer = add(state=S.SCREENING)
    assert "Record the interview first." in text_of(staff.get(at(volunteer)))
    answer = staff.post(at(volunteer, "/move"), data={"to": "interviewed"})
    assert answer.status_code == 409
    assert "Record the interview first." in answer.text
    assert saved(volunteer, state) == S.SCREENING


@pytest.mark.parametrize("to", ["", "king", "active", "suspended"])
def test_move_to_what_is_no_step_changes_nothing(staff, add, saved, to):
    volunteer = add(state=S.APPLIED)
    answer = staff.post(at(volunteer, "/move"), data={"to": to})
    assert answer.status_code in {400, 409}
    assert saved(volunteer, state) == S.APPLIED


def test_suspending_is_lifted_by_two_people(
    staff, lead, place, saved, sign_in, database, scheme_id
):
    coach = place["coach"]
    assert staff.post(at(coach, "/suspend"), data={"reason": ""}).status_code == 422
    assert saved(coach, state) == S.ACTIVE
    assert staff.post(at(coach, "/suspend"), data=ACTS["suspend"]).status_code == 302
    assert saved(coach, state) == S.SUSPENDED
    assert at(coach, "/lift") not in staff.get(at(coach)).text
    assert staff.post(at(coach, "/lift"), data=ACTS["lift"]).status_code == 422
    assert at(coach, "/lift") in lead.get(at(coach)).text
    assert lead.post(at(coach, "/lift"), data=ACTS["lift"]).status_code == 422
    with database.writing(scheme_id) as session:
        second = make_account(session, Role.MANAGER)
    second = sign_in(second)
    assert lead.post(at(coach, "/lift"), data=ACTS["lift"]).status_code == 302
    page = re.search(r'href="(/staff/second-person/[0-9a-f-]{36})"', lead.get(at(coach)).text)[1]
    refused = lead.post(f"{page}/decide", data={"answer": "yes"})
    assert (refused.status_code, "You asked for it yourself" in refused.text) == (422, True)
    assert saved(coach, state) == S.SUSPENDED
    assert second.post(f"{page}/decide", data={"answer": "yes"}).status_code == 302
    assert saved(coach, state) == S.ACTIVE


def test_break_and_leaving_by_the_coordinator(staff, place, saved):
    coach = place["coach"]
    days = {"starts_on-day": "20", "starts_on-month": "11", "starts_on-year": "2026"}
    pages = {"breaks/new": {"reason": "holiday", **days}, **ACTS}
    for page, expected in (("breaks/new", S.PAUSED), ("resume", S.ACTIVE), ("leave", S.LEFT)):
        assert staff.post(at(coach, f"/{page}"), data=pages[page]).status_code == 302
        assert saved(coach, state) == expected
    shown = staff.get(at(coach)).text
    assert "the record is closed" in shown
    assert at(coach, "/suspend") not in shown


def test_declining_keeps_the_reason_in_the_history(staff, add, saved):
    volunteer = add(state=S.APPLIED)
    given = {"reason": "Lives too far away.", "drop_out": "other"}
    assert staff.post(at(volunteer, "/decline"), data={"reason": "x"}).status_code == 422
    staff.post(at(volunteer, "/decline"), data=given)
    assert saved(volunteer, state) == S.DECLINED
    assert "Something else. Lives too far away." in staff.get(at(volunteer)).text


def test_gate_is_recorded_with_its_confirmation_and_taken_back(staff, add, saved):
    volunteer = add(state=S.VETTING)
    day = {"done_on-day": "19", "done_on-month": "11", "done_on-year": "2026"}
    page = at(volunteer, "/gates/agreement")
    assert "signed by the volunteer and the scheme" in staff.get(page).text
    assert staff.post(page, data=day).status_code == 422
    assert staff.post(page, data={**day, "confirmed": "y", "note": "Phoned."}).status_code == 302

    def records(one):
        return [(record.item, record.done_on.day, record.note) for record in one.gate_records]

    assert saved(volunteer, records) == [(GateItem.AGREEMENT, 19, "Phoned.")]
    assert staff.post(f"{page}/remove").status_code == 302
    assert saved(volunteer, records) == []


def test_gate_of_tomorrow_is_refused_beside_its_date(staff, add):
    volunteer = add(state=S.VETTING)
    day = {"done_on-day": "21", "done_on-month": "11", "done_on-year": "2026", "confirmed": "y"}
    answer = staff.post(at(volunteer, "/gates/agreement"), data=day)
    assert answer.status_code == 422
    assert "The date must be today or in the past." in answer.text


def test_training_is_recorded(staff, add, saved):
    volunteer = add(state=S.TRAINING)
    given = {
        "course": "lone_working",
        "completed_on-day": "1",
        "completed_on-month": "11",
        "completed_on-year": "2026",
        "method": "online",
    }
    assert staff.post(at(volunteer, "/training"), data=given).status_code == 422
    given["evidence"] = "Certificate 4711"
    assert staff.post(at(volunteer, "/training"), data=given).status_code == 302
    held = saved(volunteer, lambda one: [(row.course, row.valid_until) for row in one.training])
    assert held == [("lone_working", date(2029, 10, 31))]
    page = staff.get(at(volunteer)).text
    assert "Online: Certificate 4711" in page
    (record_id,) = saved(volunteer, lambda one: [row.id for row in one.training])
    assert staff.post(at(volunteer, f"/training/{record_id}/remove")).status_code == 302
    assert saved(volunteer, lambda one: one.training) == []
