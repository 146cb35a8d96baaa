"""A concern in one tap from every page, what its reporter reads, and the lead's own pages."""

from __future__ import annotations

import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select

from peerapp.enums import FamilyState, MatchState, Role
from peerapp.models import Concern, Match
from tests.factories import (
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_match,
    make_volunteer,
)
from tests.support.staff_pages import text_of

NEW = "/concerns/new"
CANARY = "Canary words about bruises"
REPORT = {"danger_now": "no", "about": "child", "words": CANARY, "stop_contact": "no"}


@pytest.fixture
def pair(database, scheme_id, place):
    """A family and a coach who are together; both have an account."""
    with database.writing(scheme_id) as session:
        staff = place["coordinator"]
        family = make_family(session, staff, place["here"], state=FamilyState.MATCHED)
        make_family_account(session, family)
        coach = make_coach(session, staff, place["here"])
        return make_match(session, family, coach, state=MatchState.ACTIVE)


@pytest.fixture
def accounts(database, scheme_id, pair):
    with database.reading(scheme_id) as session:
        match = session.get_one(Match, pair.id)
        return {"family": match.family.account, "coach": match.volunteer.account}


@pytest.fixture
def concern(database, scheme_id):
    """Return a function that gives the only concern."""

    def only():
        with database.reading(scheme_id) as session:
            return session.scalars(select(Concern)).one()

    return only


def link_of(page):
    return re.search(r'app-header__link" href="(/concerns/new[^"]*)"', page.text)[1]


def test_every_role_raises_a_concern_in_one_tap(database, scheme_id, sign_in, place):
    home = {
        Role.VOLUNTEER: "/volunteer/",
        Role.FAMILY: "/family/",
        Role.AUDITOR: "/staff/audit/",
    }
    with database.writing(scheme_id) as session:
        accounts = {role: make_account(session, role) for role in Role if role != Role.FAMILY}
        make_volunteer(session, account=accounts[Role.VOLUNTEER])
        family = make_family(session, place["coordinator"], place["here"])
        accounts[Role.FAMILY] = make_family_account(session, family)
    for role, account in accounts.items():
        browser = sign_in(account)
        link = link_of(browser.get(home.get(role, "/staff/")))
        assert (role, browser.get(link).status_code) == (role, 200)
        given = {key: value for key, value in REPORT.items() if key != "stop_contact"}
        answer = browser.post(link, data=given, follow_redirects=True)
        assert (role, answer.status_code, "We have it" in answer.text) == (role, 200, True)


def test_page_of_a_record_carries_it_along(staff, pair):
    page = staff.get(f"/staff/matches/{pair.id}")
    assert link_of(page) == f"{NEW}?match={pair.id}"
    assert "It is about the match of" in staff.get(link_of(page)).text
    page = staff.get(f"/staff/families/{pair.family_id}")
    assert link_of(page) == f"{NEW}?family={pair.family_id}"
    page = staff.get(f"/staff/volunteers/{pair.volunteer_id}")
    assert link_of(page) == f"{NEW}?volunteer={pair.volunteer_id}"


@pytest.mark.parametrize("kind", ["match", "family", "volunteer"])
def test_record_of_another_locality_is_not_found(sign_in, place, pair, kind):
    row_id = pair.id if kind == "match" else getattr(pair, f"{kind}_id")
    stranger = sign_in(place["stranger"])
    assert stranger.get(f"{NEW}?{kind}={row_id}").status_code == 404
    assert stranger.post(f"{NEW}?{kind}={row_id}", data=REPORT).status_code == 404


def test_family_reports_its_coach_and_contact_is_gone(sign_in, accounts, pair, concern):
    family, coach = sign_in(accounts["family"]), sign_in(accounts["coach"])
    assert "01632 960101" in family.get("/family/coach").text
    page = family.get(NEW)
    assert ("My coach" in page.text, "Which family" in page.text) == (True, False)
    assert "govuk-exit-this-page" in page.text
    sent = family.post(NEW, data={**REPORT, "about": "coach"}, follow_redirects=True)
    assert "Contact is stopped now." in sent.text
    assert concern().match_id == pair.id
    assert "01632 960101" not in family.get("/family/coach").text
    assert "07700 900456" not in coach.get(f"/volunteer/matches/{pair.id}").text


def test_staff_stop_contact_from_the_page_of_a_volunteer(sign_in, accounts, pair, staff, concern):
    family = sign_in(accounts["family"])
    assert "01632 960101" in family.get("/family/coach").text
    link = f"{NEW}?volunteer={pair.volunteer_id}"
    assert "every family that this volunteer meets" in text_of(staff.get(link))
    sent = staff.post(link, data={**REPORT, "stop_contact": "yes"}, follow_redirects=True)
    assert "Contact is stopped now." in sent.text
    assert (concern().match_id, concern().volunteer_id) == (None, pair.volunteer_id)
    assert "01632 960101" not in family.get("/family/coach").text


def test_words_of_a_concern_are_on_the_leads_page_only(
    sign_in, accounts, pair, concern, staff, lead, place
):
    family = sign_in(accounts["family"])
    sent = family.post(NEW, data=REPORT, follow_redirects=True)
    own = f"/staff/concerns/{concern().id}"
    assert CANARY in lead.get(own).text
    elsewhere = [sent, family.get("/concerns/"), family.get("/family/")]
    for address in ("matches", "families", "volunteers"):
        row_id = {"matches": pair.id, "families": pair.family_id, "volunteers": pair.volunteer_id}
        elsewhere.append(staff.get(f"/staff/{address}/{row_id[address]}"))
        elsewhere.append(lead.get(f"/staff/{address}/{row_id[address]}"))
    elsewhere += [lead.get("/staff/concerns/"), staff.get("/staff/")]
    assert [page.status_code for page in elsewhere] == [200] * len(elsewhere)
    assert [page.request.path for page in elsewhere if CANARY in page.text] == []
    assert concern().reference in family.get("/concerns/").text
    assert staff.get(own).status_code == 403


def test_coach_chooses_one_of_their_own_families(sign_in, accounts, pair, concern):
    coach = sign_in(accounts["coach"])
    page = coach.get(f"{NEW}?match={pair.id}")
    assert "Your family, Monday morning" in text_of(page)
    assert coach.post(NEW, data=REPORT).status_code == 422
    coach.post(NEW, data={**REPORT, "match_id": str(pair.id), "stop_contact": "yes"})
    assert (concern().match_id, concern().family_id) == (pair.id, pair.family_id)
    stray = coach.post(NEW, data={**REPORT, "match_id": str(uuid.uuid4())})
    assert stray.status_code == 422
    assert coach.get(f"{NEW}?match={uuid.uuid4()}").status_code == 200


def test_former_coach_does_not_read_where_the_family_lives(
    database, scheme_id, sign_in, accounts, pair
):
    with database.writing(scheme_id) as session:
        match = session.get_one(Match, pair.id)
        match.state, match.ended_on = MatchState.ENDED, date(2026, 11, 2)
    text = text_of(sign_in(accounts["coach"]).get(NEW))
    assert "Your family, Monday morning (9am to midday), until 2 November 2026" in text
    assert "Chippenham" not in text


def test_what_is_missing_is_said_beside_its_field(sign_in, accounts):
    page = sign_in(accounts["family"]).post(NEW, data={})
    assert page.status_code == 422
    for message in ("if anyone is in danger", "who it is about", "what worries", "contact should"):
        assert message in page.text


def test_danger_is_answered_with_999(sign_in, accounts, concern):
    family = sign_in(accounts["family"])
    sent = family.post(NEW, data={**REPORT, "danger_now": "yes"}, follow_redirects=True)
    assert "You said someone is in danger now" in sent.text
    assert concern().danger_now


def test_own_page_of_a_concern_is_not_anothers(sign_in, accounts, concern):
    sign_in(accounts["family"]).post(NEW, data=REPORT)
    sent = f"/concerns/{concern().id}/sent"
    assert sign_in(accounts["family"]).get(sent).status_code == 200
    assert sign_in(accounts["coach"]).get(sent).status_code == 404
    assert sign_in(accounts["coach"]).get("/concerns/").text.count(concern().reference) == 0


def test_lead_works_on_a_concern_from_first_reading_to_its_end(
    sign_in, accounts, pair, concern, lead, staff, audited
):
    family = sign_in(accounts["family"])
    family.post(NEW, data={**REPORT, "about": "coach"})
    own = f"/staff/concerns/{concern().id}"
    assert "I have read it" in lead.get(own).text
    assert "stopped contact between them" in staff.get(f"/staff/matches/{pair.id}").text

    def act(name, **data):
        answer = lead.post(f"{own}/{name}", data=data, follow_redirects=True)
        return answer.status_code, "Concern C-" in answer.text

    assert act("acknowledge", words_back="We call you today.") == (200, True)
    assert "We call you today." in family.get("/concerns/").text
    assert act("note", words="Talked with the coach.") == (200, True)
    closing = {"outcome": "support", "words": "All well.", "words_back": "All is well."}
    assert lead.post(f"{own}/close", data=closing).status_code == 422
    assert act(f"resume/{pair.id}", reason="Nothing found.") == (200, True)
    assert "01632 960101" in family.get("/family/coach").text
    assert act(f"stop/{pair.id}") == (200, True)
    assert "01632 960101" not in family.get("/family/coach").text
    assert act(f"resume/{pair.id}", reason="Nothing found.") == (200, True)
    assert act("close", **closing) == (200, True)
    assert "All is well." in family.get("/concerns/").text
    changes = [action for action in audited(concern().id) if action != "concern.read"]
    assert changes == ["concern.raise", "concern.acknowledge", "concern.note", "concern.close"]


def test_manager_reads_references_of_late_concerns_only(
    database, scheme_id, sign_in, accounts, concern
):
    sign_in(accounts["family"]).post(NEW, data=REPORT)
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
        late = session.scalars(select(Concern)).one()
        late.answer_by = late.created_at
    page = sign_in(manager).get("/staff/concerns/").text
    assert (concern().reference in page, CANARY in page) == (True, False)
    assert sign_in(manager).get(f"/staff/concerns/{concern().id}").status_code == 403
