"""Deciding on the check by role, answering on the fee, and the list of what to decide anew."""

from __future__ import annotations

import pytest

from peerapp.enums import Role, VolunteerState
from tests.factories import make_account
from tests.support.check_pages import HIDDEN, confirm, fee_answers
from tests.support.staff_pages import at, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState


def level(volunteer):
    return volunteer.check_level and volunteer.check_level.value


def test_check_is_decided_in_two_pages_and_shown_with_its_reason(staff, add, saved):
    volunteer = add(state=S.VETTING)
    page = at(volunteer, "/dbs-level")
    chosen = staff.post(page, data={"role": "event_helper"})
    assert (chosen.status_code, chosen.location) == (302, f"{page}/event_helper")
    shown = text_of(staff.get(chosen.location))
    assert "Enhanced, child workforce It is work with children, but not often enough" in shown
    assert confirm(staff, volunteer, "event_helper").location == at(volunteer)
    assert saved(volunteer, level) == "enhanced"
    record = text_of(staff.get(at(volunteer)))
    assert "Role Event helper" in record
    assert "by version 1 of the rules" in record


def test_no_level_can_be_chosen_and_no_field_is_taken_for_one(staff, add, saved):
    volunteer = add(state=S.VETTING)
    for page in ("/dbs-level", "/dbs-level/parent_supporter"):
        assert 'value="enhanced_children"' not in staff.get(at(volunteer, page)).text
    confirm(staff, volunteer, "parent_supporter", level="enhanced_both", workforce="child")
    assert saved(volunteer, level) == "basic"


@pytest.mark.parametrize("slug", ["king", "", "enhanced_children"])
def test_role_that_is_not_offered_is_refused(staff, add, saved, slug):
    volunteer = add(state=S.VETTING)
    assert staff.post(at(volunteer, "/dbs-level"), data={"role": slug}).status_code == 422
    if slug:
        assert confirm(staff, volunteer, slug).status_code == 404
    assert saved(volunteer, level) is None


def test_answers_must_be_confirmed(staff, add, saved):
    volunteer = add(state=S.VETTING)
    answer = confirm(staff, volunteer, "family_coach", confirmed="")
    assert answer.status_code == 422
    assert "Confirm that the answers are true for this volunteer" in answer.text
    assert saved(volunteer, level) is None


def test_page_from_before_a_change_decides_nothing_and_shows_the_change(staff, add, saved):
    volunteer = add(state=S.VETTING)
    stale = confirm(staff, volunteer, "family_coach", table="7")
    assert stale.status_code == 422
    assert "The role or the rules have changed." in stale.text
    assert dict(HIDDEN.findall(stale.text)) == {"edition": "1", "table": "1"}
    assert saved(volunteer, level) is None


def test_what_a_decision_takes_away_is_told_before_it(staff, place):
    shown = text_of(staff.get(at(place["coach"], "/dbs-level/group_helper")))
    assert "The volunteer can no longer be matched with a family." in shown
    assert "Families stop seeing the volunteer’s contact details at once" in shown
    assert "Warning" not in text_of(staff.get(at(place["coach"], "/dbs-level/family_coach")))


@pytest.mark.parametrize(
    ("yes", "told"), [((), "The check is free."), (("course",), "The check has to be paid for.")]
)
def test_fee_is_answered_and_told(staff, add, saved, yes, told):
    volunteer = add(state=S.VETTING)
    page = at(volunteer, "/dbs-fee")
    assert staff.post(page, data={**fee_answers(), "paid": ""}).status_code == 422
    assert staff.post(page, data=fee_answers(*yes)).location == at(volunteer)
    assert told in staff.get(at(volunteer)).text
    assert saved(volunteer, lambda one: [row.is_free for row in one.fee_decisions]) == [not yes]


def test_level_from_before_the_rules_is_listed_until_it_is_decided(staff, place):
    coach = place["coach"]
    assert "Ama Canary" in staff.get("/staff/dbs-level-reviews").text
    assert "This was decided before there were rules." in staff.get(at(coach)).text
    assert "Cleared today" in staff.get(at(coach)).text
    confirm(staff, coach, "family_coach")
    assert "Ama Canary" not in staff.get("/staff/dbs-level-reviews").text
    assert "Look at it again" not in staff.get(at(coach)).text
    assert "Cleared today" in staff.get(at(coach)).text


def test_stranger_sees_no_review_and_decides_nothing(sign_in, place, saved):
    stranger = sign_in(place["stranger"])
    coach = place["coach"]
    assert "Canary" not in stranger.get("/staff/dbs-level-reviews").text
    assert confirm(stranger, coach, "group_helper").status_code == 404
    assert stranger.post(at(coach, "/dbs-fee"), data=fee_answers()).status_code == 404
    assert saved(coach, lambda one: (one.coaches_families, one.fee_decisions)) == (True, [])


def test_volunteer_reads_which_check_and_why(database, scheme_id, sign_in, staff, place):
    with database.writing(scheme_id) as session:
        account = session.merge(place["coach"]).account
    confirm(staff, place["coach"], "family_coach")
    shown = text_of(sign_in(account).get("/volunteer/"))
    assert "Enhanced with the children’s barred list. The law says which check" in shown
    assert "Yours is: Family coach." in shown


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.FAMILY, Role.AUDITOR])
def test_lists_are_for_casework(database, scheme_id, sign_in, role):
    with database.writing(scheme_id) as session:
        account = make_account(session, role)
    browser = sign_in(account)
    for page in ("/staff/applications", "/staff/dbs-level-reviews", "/staff/roles/"):
        assert browser.get(page).status_code == 403
