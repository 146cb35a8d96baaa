"""Pages of identity checks, interviews and panels."""

from __future__ import annotations

import pytest

from peerapp.domain.interviews import DEFAULT_QUESTIONS
from peerapp.enums import Role, VolunteerState
from peerapp.models import Volunteer
from tests.factories import make_account
from tests.support.staff_pages import at, state, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState
DOCUMENTS = "?group_1=passport&group_2b=utility_bill&group_2b=bank_statement"


def day(name, text="20 11 2026"):
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), text.split(), strict=True))


CHECK = {
    "seen_how": "in_person",
    **day("checked_on"),
    **day("date_passport", "1 1 2030"),
    **day("date_utility_bill", "1 11 2026"),
    **day("date_bank_statement", "1 11 2026"),
    "name_confirmed": "y",
    "birth_confirmed": "y",
    "address_confirmed": "y",
}


@pytest.fixture
def manager(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER)
    return sign_in(account)


@pytest.fixture
def candidate(database, scheme_id, place):
    """The cleared coach of the place, set back to panel."""
    with database.writing(scheme_id) as session:
        found = session.get_one(Volunteer, place["coach"].id)
        found.state = S.PANEL
        return found


def items(volunteer):
    return [record.item for record in volunteer.gate_records]


def test_identity_check_is_recorded_by_route_one(staff, add, saved, audited):
    volunteer = add(state=S.VETTING)
    page = at(volunteer, "/identity-check/")
    assert "Start with route 1." in staff.get(page).text
    assert "Passport, of any country" in staff.get(f"{page}route_1").text
    form = staff.get(f"{page}route_1/documents{DOCUMENTS}").text
    assert "The last day on which it is valid." in form
    assert staff.post(f"{page}route_1/documents{DOCUMENTS}", data=CHECK).status_code == 302
    assert saved(volunteer, items) == ["identity"]
    shown = text_of(staff.get(page))
    assert "This check counts" in shown
    assert "Utility bill" in shown
    assert "2030" not in shown


def test_documents_that_do_not_do_are_named_before_anything_is_asked(staff, add):
    volunteer = add(state=S.VETTING)
    answer = staff.get(at(volunteer, "/identity-check/route_1/documents?group_1=passport"))
    assert answer.status_code == 422
    assert "This route needs 3 documents. You have chosen 1." in answer.text
    assert 'value="passport" checked' in answer.text


def test_document_out_of_date_is_refused_beside_its_date(staff, add, saved):
    volunteer = add(state=S.VETTING)
    old = {**CHECK, **day("date_utility_bill", "19 8 2026")}
    page = at(volunteer, f"/identity-check/route_1/documents{DOCUMENTS}")
    answer = staff.post(page, data=old)
    assert answer.status_code == 422
    assert "it must have been issued in the last 3 months." in answer.text
    assert 'href="#date_utility_bill-day"' in answer.text
    assert saved(volunteer, items) == []


def test_second_route_asks_for_reason_and_external_check(staff, add, saved):
    volunteer = add(state=S.VETTING)
    chosen = "?group_2a=forces_card&group_2b=utility_bill&group_2b=bank_statement"
    page = at(volunteer, f"/identity-check/route_2/documents{chosen}")
    given = {**CHECK, **day("date_forces_card", "1 1 2030")}
    answer = staff.post(page, data=given)
    assert answer.status_code == 422
    for message in ("Say why the earlier routes", "needs the check by an external validation"):
        assert message in answer.text
    full = {**given, "route_reason": "Has no passport.", "external_check": "y"}
    assert staff.post(page, data=full).status_code == 302
    assert saved(volunteer, items) == ["identity"]


def test_identity_check_is_taken_back_with_a_reason(staff, place, saved):
    page = at(place["coach"], "/identity-check/withdraw")
    assert staff.post(page, data={"reason": ""}).status_code == 422
    assert staff.post(page, data={"reason": "Not their photo."}).status_code == 302
    assert "identity" not in saved(place["coach"], items)


def record_of(staff_id, **changes):
    given = {"seen": "1", **day("held_on"), "interviewers": str(staff_id), "has_conflict": "no"}
    given |= {"recommendation": "recommended", "summary": "Warm and clear."}
    for question in DEFAULT_QUESTIONS:
        given |= {f"score_{question.key}": "4", f"note_{question.key}": ""}
    return {**given, **changes}


def test_interview_is_drafted_submitted_and_changed(staff, place, add, saved):
    volunteer = add(state=S.SCREENING)
    page = at(volunteer, "/interview/")
    assert staff.get(at(volunteer, "/interview/draft")).status_code == 302
    assert staff.post(f"{page}start").status_code == 302
    mine = place["coordinator"].id
    half = {"seen": "1", "score_why": "2", "note_why": "Canary note", "save": "yes"}
    assert staff.post(f"{page}draft", data=half).status_code == 302
    assert "Canary note" in staff.get(f"{page}draft").text
    assert saved(volunteer, items) == []
    full = record_of(mine, seen="2", submit="yes")
    assert staff.post(f"{page}draft", data={**full, "summary": ""}).status_code == 422
    assert staff.post(f"{page}draft", data=full).status_code == 302
    assert saved(volunteer, items) == ["interview"]
    staff.post(f"{page}start")
    changed = record_of(mine, summary="On second thoughts", submit="yes")
    assert staff.post(f"{page}draft", data=changed).status_code == 302
    shown = text_of(staff.get(page))
    assert "On second thoughts" in shown
    assert "Version 1, submitted" in shown


def test_interview_saved_meanwhile_keeps_what_was_typed_on_the_page(staff, place, add):
    volunteer = add(state=S.SCREENING)
    staff.post(at(volunteer, "/interview/start"))
    path = at(volunteer, "/interview/draft")
    given = record_of(place["coordinator"].id, summary="First", save="yes")
    assert staff.post(path, data=given).status_code == 302
    second = staff.post(path, data={**given, "summary": "Second"})
    assert second.status_code == 422
    assert "Somebody else has saved this draft" in second.text
    assert "Second" in second.text


@pytest.mark.parametrize("seen", ["", "x", "9" * 5000, "-1"])
def test_draft_with_a_damaged_revision_is_not_saved(staff, place, add, seen):
    volunteer = add(state=S.SCREENING)
    staff.post(at(volunteer, "/interview/start"))
    given = record_of(place["coordinator"].id, seen=seen)
    assert staff.post(at(volunteer, "/interview/draft"), data=given).status_code == 422
    assert (
        staff.post(at(volunteer, "/interview/draft/discard"), data={"seen": seen}).status_code
        == 409
    )


def test_questions_are_read_by_staff_and_changed_by_the_manager(staff, manager):
    first = DEFAULT_QUESTIONS[0].text
    assert first in staff.get("/staff/interview-questions/").text
    assert staff.get("/staff/interview-questions/edit").status_code == 403
    given = {"seen": "0"} | {f"text_{n}": "" for n in range(1, 13)}
    given |= {f"text_{n}": f"Question number {n}?" for n in (1, 2, 5)}
    page = "/staff/interview-questions/edit"
    assert manager.post(page, data={**given, "text_5": ""}).status_code == 422
    assert manager.post(page, data=given).status_code == 302
    shown = text_of(staff.get("/staff/interview-questions/"))
    assert "Question number 5?" in shown
    assert "Version 1," in shown
    assert first not in shown
    stale = manager.post(page, data=given)
    assert (stale.status_code, "Open them again" in stale.text) == (422, True)


def test_panel_page_tells_all_and_the_interviewer_may_not_decide(
    staff, manager, lead, candidate, saved
):
    shown = text_of(staff.get(at(candidate, "/panel/")))
    assert "You interviewed this volunteer. Somebody who did not must decide." in shown
    assert staff.get(at(candidate, "/panel/decision")).status_code == 409
    papers = text_of(manager.get(at(candidate, "/panel/")))
    for part in ("Who they are", "DBS", "References", "Interview", "Training", "History"):
        assert part in papers
    assert "Record the panel’s decision" in papers
    assert at(candidate, "/panel/") in staff.get(at(candidate)).text


def test_panel_approves_on_conditions_that_the_volunteer_reads(manager, candidate, saved, sign_in):
    page = at(candidate, "/panel/decision")
    given = {
        "outcome": "approved_with_conditions",
        "reasons": "Canary reasons",
        **day("held_on"),
        "other_members": "Jo Hart, head teacher",
    }
    answer = manager.post(page, data=given)
    assert (answer.status_code, "Say what the conditions are." in answer.text) == (422, True)
    given["conditions"] = "Supervision every week."
    assert manager.post(page, data=given).status_code == 302
    assert saved(candidate, state) == S.PROBATION
    home = sign_in(saved(candidate, lambda one: one.account)).get("/volunteer/").text
    assert "Supervision every week." in home
    assert "Canary reasons" not in home


def test_panel_with_one_member_is_refused(manager, candidate, saved):
    given = {"outcome": "approved", "reasons": "Good.", **day("held_on")}
    answer = manager.post(at(candidate, "/panel/decision"), data=given)
    assert (answer.status_code, "A panel has at least 2 members." in answer.text) == (422, True)
    assert saved(candidate, state) == S.PANEL


def test_panel_declines_with_a_reason_from_the_list(manager, candidate, saved):
    page = at(candidate, "/panel/decision")
    given = {"outcome": "declined", "reasons": "Not yet.", **day("held_on")}
    given["other_members"] = "Jo Hart"
    assert manager.post(page, data=given).status_code == 422
    assert manager.post(page, data={**given, "drop_out": "not_suitable"}).status_code == 302
    assert saved(candidate, state) == S.DECLINED


def test_move_button_does_not_pass_the_panel(staff, manager, candidate, saved):
    for one in (staff, manager):
        answer = one.post(at(candidate, "/move"), data={"to": "probation"})
        assert (answer.status_code, "The panel has not approved" in answer.text) == (409, True)
    assert saved(candidate, state) == S.PANEL


VETTING = [
    "/references/",
    "/identity-check/",
    "/identity-check/route_1",
    f"/identity-check/route_1/documents{DOCUMENTS}",
    "/identity-check/withdraw",
    "/interview/",
    "/interview/draft",
    "/panel/",
]
POSTS = [
    "/identity-check/withdraw",
    f"/identity-check/route_1/documents{DOCUMENTS}",
    "/interview/start",
    "/interview/draft",
    "/interview/draft/discard",
    "/panel/decision",
    "/references/older/first_reference/remove",
]


def test_another_localitys_coordinator_finds_none_of_these_pages(sign_in, place, saved, staff):
    staff.post(at(place["coach"], "/interview/start"))
    stranger = sign_in(place["stranger"])
    before = saved(place["coach"], lambda one: (one.state, one.version))
    for page in VETTING:
        assert (page, staff.get(at(place["coach"], page)).status_code) == (page, 200)
        assert (page, stranger.get(at(place["coach"], page)).status_code) == (page, 404)
    for page in POSTS:
        given = {**CHECK, "reason": "x", "seen": "1"}
        assert (page, stranger.post(at(place["coach"], page), data=given).status_code) == (
            page,
            404,
        )
    assert saved(place["coach"], lambda one: (one.state, one.version)) == before


def test_bare_form_of_these_facts_is_gone(staff, place):
    for item in ("identity", "first_reference", "second_reference", "interview"):
        page = at(place["coach"], f"/gates/{item}")
        given = {**day("done_on"), "confirmed": "y"}
        assert staff.get(page).status_code == 404
        assert staff.post(page, data=given).status_code == 404
        assert staff.post(f"{page}/remove").status_code == 404
