"""The board, the lead's restricted records and the volunteer's own certificate, in the browser."""

from __future__ import annotations

import uuid

import pytest

from peerapp.domain.consents import has_consent
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import Role
from peerapp.models import Volunteer
from tests.factories import TODAY, make_account
from tests.support.exports import fetch_as_two
from tests.support.staff_pages import at, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

WRITTEN = {
    "talked_on-day": "18",
    "talked_on-month": "11",
    "talked_on-year": "2026",
    "relevance": "Canary relevance",
    "age": "Canary age",
    "pattern": "Canary pattern",
    "rationale": "Canary rationale",
    "conditions": "Canary conditions",
    "decision": "favourable",
    "review_on-day": "20",
    "review_on-month": "5",
    "review_on-year": "2027",
}
RISK = "/staff/risk-assessments/"
OWN = "/volunteer/certificate/"


@pytest.fixture
def people(database, scheme_id, place):
    with database.writing(scheme_id) as session:
        coach = session.get_one(Volunteer, place["coach"].id)
        return {
            "manager": make_account(session, Role.MANAGER),
            "auditor": make_account(session, Role.AUDITOR),
            "coach": coach.account,
        }


@pytest.fixture
def own(sign_in, people):
    """The coach's own browser."""
    return sign_in(people["coach"])


@pytest.fixture
def change(database, scheme_id, place):
    """Return a function that changes the coach's certificate."""

    def changing(**values):
        with database.writing(scheme_id) as session:
            held = session.get_one(Volunteer, place["coach"].id).certificates[0]
            for name, value in values.items():
                setattr(held, name, value)

    return changing


@pytest.fixture
def assessed(lead, place, change, saved):
    """A certificate with content on which the lead has decided; the address of its record."""
    change(has_content=True)
    held = saved(place["coach"], lambda one: one.certificates[0].id)
    page = f"{RISK}new/{place['coach'].id}/{held}"
    assert lead.post(page, data=WRITTEN).status_code == 302
    listed = lead.get(RISK).text
    return RISK + listed.split(f'href="{RISK}')[-1].split('"')[0]


def test_board_lists_what_a_coordinator_may_see(staff, place, sign_in):
    page = text_of(staff.get("/staff/certificates/"))
    assert "Ama Canary" in page
    assert "In date" in page
    assert "Canary" not in sign_in(place["stranger"]).get("/staff/certificates/").text
    nothing = text_of(staff.get("/staff/certificates/?state=lapsed&update_service=in"))
    assert "No certificate matches." in nothing


@pytest.mark.parametrize("query", ["?state=gold", "?locality=x", "?page=999", "?update_service=x"])
def test_board_takes_any_address(staff, query):
    assert staff.get(f"/staff/certificates/{query}").status_code == 200


def test_file_is_agreed_by_another_and_follows_the_filters(staff, lead):
    path = "/staff/certificates/export?state="
    assert "Ask for the file" in staff.get(f"{path}in_date").text
    answer = fetch_as_two(staff, lead, f"{path}in_date")
    assert answer.mimetype == "text/csv"
    assert 'filename="certificates-2026-11-20.csv"' in answer.headers["Content-Disposition"]
    assert "Ama Canary" in answer.text
    assert "Canary" not in fetch_as_two(staff, lead, f"{path}none").text


def test_content_is_decided_by_the_lead_alone(staff, lead, place, assessed, saved):
    coach = place["coach"]
    assert saved(coach, lambda one: clearance_refusals(one, TODAY)) == []
    held = saved(coach, lambda one: one.certificates[0].id)
    for page in (RISK, assessed, f"{RISK}new/{coach.id}/{held}", f"{RISK}ledger"):
        assert staff.get(page).status_code == 403
    assert staff.post(assessed, data={"reason": "review"}).status_code == 403
    assert staff.post(f"{RISK}new/{coach.id}/{held}", data=WRITTEN).status_code == 403


def test_text_is_shown_after_a_reason_and_nowhere_else(
    staff, lead, place, people, sign_in, own, assessed, audited
):
    assert "Canary rationale" not in lead.get(assessed).text
    assert lead.post(assessed, data={"reason": ""}).status_code == 422
    shown = lead.post(assessed, data={"reason": "concern"})
    for name in ("relevance", "age", "pattern", "rationale", "conditions"):
        assert WRITTEN[name] in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    record = assessed.rsplit("/", 1)[-1]
    assert audited(uuid.UUID(record)) == ["risk_assessment.record", "risk_assessment.view"]
    elsewhere = [
        lead.get(RISK),
        lead.get(at(place["coach"])),
        staff.get(at(place["coach"])),
        staff.get("/staff/certificates/"),
        fetch_as_two(staff, lead, "/staff/certificates/export"),
        sign_in(people["manager"]).get(at(place["coach"])),
        sign_in(people["auditor"]).get("/staff/audit/"),
        sign_in(people["auditor"]).get(f"{RISK}ledger"),
        own.get(OWN),
        own.get("/volunteer/"),
    ]
    for page in elsewhere:
        assert page.status_code == 200
        for name in ("relevance", "age", "pattern", "rationale", "conditions"):
            assert WRITTEN[name] not in page.text


def test_ledger_shows_who_opened_what_to_lead_and_auditor(lead, people, sign_in, assessed):
    lead.post(assessed, data={"reason": "legal_duty"})
    for browser in (lead, sign_in(people["auditor"])):
        page = text_of(browser.get(f"{RISK}ledger"))
        assert page.index("legal duty") < page.index("favourable")
        assert assessed.rsplit("/", 1)[-1] in page
    assert sign_in(people["auditor"]).get(RISK).status_code == 403
    assert sign_in(people["manager"]).get(f"{RISK}ledger").status_code == 403


def test_preview_says_what_is_deleted_when(lead, assessed):
    page = text_of(lead.get(RISK))
    assert "The text of an assessment is deleted 6 months after the decision." in page
    assert "20 May 2027" in page


def test_assessment_that_lacks_something_is_shown_again(lead, place, change, saved):
    change(has_content=True)
    held = saved(place["coach"], lambda one: one.certificates[0].id)
    page = f"{RISK}new/{place['coach'].id}/{held}"
    answer = lead.post(page, data={**WRITTEN, "review_on-year": "2030"})
    assert answer.status_code == 422
    assert "within 12 months" in answer.text
    assert "Canary rationale" in answer.text


def test_volunteer_agrees_by_name_and_takes_it_back(own, place, saved):
    coach = place["coach"]
    page = own.get(f"{OWN}consent")
    assert "DBS Update Service" in page.text
    wrong = own.post(f"{OWN}consent", data={"version": "1", "typed_name": "Ama"})
    assert wrong.status_code == 422
    assert "Type your name as you gave it to us: Ama Canary." in wrong.text
    right = {"version": "1", "typed_name": "ama canary"}
    assert own.post(f"{OWN}consent", data=right).status_code == 302
    assert saved(coach, has_consent) is True
    before = text_of(own.get(f"{OWN}consent/withdraw"))
    assert "Your certificate still counts until 1 March 2029." in before
    assert own.post(f"{OWN}consent/withdraw").status_code == 302
    assert saved(coach, has_consent) is False
    assert own.get(f"{OWN}consent/withdraw").status_code == 302


def test_manager_writes_a_new_text_that_everybody_reads(own, place, people, sign_in, saved):
    own.post(f"{OWN}consent", data={"version": "1", "typed_name": "Ama Canary"})
    manager = sign_in(people["manager"])
    text = "We may ask DBS whether your certificate is current, until you take this back."
    page = "/staff/certificates/consent-text"
    given = {"seen_version": "1", "text": text, "asks_again": "yes"}
    assert manager.post(page, data=given).status_code == 302
    assert saved(place["coach"], has_consent) is False
    assert text in own.get(f"{OWN}consent").text
    late = own.post(f"{OWN}consent", data={"version": "1", "typed_name": "Ama Canary"})
    assert late.status_code == 422
    assert 'value="2"' in late.text
    assert manager.post(page, data=given).status_code == 422


def test_volunteer_counts_the_days_to_join_and_joins(own, change, place, saved):
    assert "It is too late to join with this certificate" in own.get(OWN).text
    change(issue_date=TODAY.replace(day=1), seen_on=TODAY)
    page = text_of(own.get(OWN))
    assert "1 December 2026" in page
    assert "11 days" in page
    joined = {"joined_on-day": "5", "joined_on-month": "11", "joined_on-year": "2026"}
    assert own.post(f"{OWN}joined", data={**joined, "joined_on-month": "12"}).status_code == 422
    assert own.post(f"{OWN}joined", data=joined).status_code == 302
    assert "5 November 2027" in own.get(OWN).text
    assert own.post(f"{OWN}renewed").status_code == 409


def test_home_tells_what_runs_out(own, change):
    assert "Needs your attention" not in own.get("/volunteer/").text
    change(issue_date=TODAY.replace(year=2024, month=1, day=18), seen_on=TODAY)
    page = text_of(own.get("/volunteer/"))
    assert "You need a new DBS check by 18 January 2027: 59 days left." in page


def test_volunteer_without_a_certificate_sees_what_comes_next(sign_in, add, database, scheme_id):
    volunteer = add()
    with database.reading(scheme_id) as session:
        account = session.get_one(Volunteer, volunteer.id).account
    browser = sign_in(account)
    assert browser.get(OWN).status_code == 200
    joined = {"joined_on-day": "5", "joined_on-month": "11", "joined_on-year": "2026"}
    assert browser.post(f"{OWN}joined", data=joined).status_code == 404
