"""Calls, supervisors and messages on their pages."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select

from peerapp.enums import FamilyState, MatchState, Role
from peerapp.models import InsideMessage, Match, SupervisionCall
from peerapp.services import supervision
from tests.factories import make_account, make_coach, make_family, make_family_account, make_match
from tests.support.sealed import values

URL = "https://scheme.example.org"
CALL = {
    "held_on-day": "20",
    "held_on-month": "10",
    "held_on-year": "2026",
    "spoke_to": ["coach", "family"],
    "mood": "mixed",
    "note": "Canary: it is hard at the weekend.",
}
NOTHING = "There is nothing to show here at the moment"


@pytest.fixture
def match(database, scheme_id, place):
    """A match that began long ago, so that its first call is overdue."""
    with database.writing(scheme_id) as session:
        staff = place["coordinator"]
        family = make_family(session, staff, place["here"], state=FamilyState.MATCHED)
        make_family_account(session, family)
        coach = make_coach(session, staff, place["here"], supervisor_id=staff.id)
        first = {"first_visit_on": date(2026, 9, 1)}
        made = make_match(session, family, coach, state=MatchState.ACTIVE, **first)
        supervision.sweep_match(session, made.id, date(2026, 10, 30), URL)
        return made


@pytest.fixture
def accounts(database, scheme_id, match):
    with database.reading(scheme_id) as session:
        found = session.get_one(Match, match.id)
        return {"family": found.family.account, "coach": found.volunteer.account}


def test_board_leads_to_the_calls_of_a_match_and_to_the_next(database, scheme_id, staff, match):
    own = f"/staff/matches/{match.id}/calls"
    board = staff.get("/staff/supervision/").text
    assert (own in board, "Overdue" in board) == (True, True)
    assert "Supervision calls overdue" in staff.get("/staff/").text
    assert own in staff.get(f"/staff/matches/{match.id}").text
    assert staff.get(f"{own}/new").status_code == 200
    page = staff.post(f"{own}/new", data=CALL, follow_redirects=True).text
    assert ("Call 1: Some of it is hard" in page, "Call 2 is due on" in page) == (True, True)
    assert "with the coach and the family" in page
    staff.post(f"{own}/skip", data={"note": "They are away."})
    with database.reading(scheme_id) as session:
        states = session.scalars(select(SupervisionCall.state).order_by(SupervisionCall.number))
        assert list(states) == ["held", "skipped", "planned"]


def test_what_is_missing_from_a_call_is_said(staff, match):
    own = f"/staff/matches/{match.id}/calls"
    page = staff.post(f"{own}/new", data={})
    assert page.status_code == 422
    for text in ("Say whom you spoke to", "Say how it goes", "Write a line about"):
        assert text in page.text
    assert staff.post(f"{own}/skip", data={}).status_code == 422


def test_notes_of_calls_are_not_found_elsewhere(sign_in, place, accounts, staff, match):
    own = f"/staff/matches/{match.id}/calls"
    staff.post(f"{own}/new", data=CALL)
    assert CALL["note"] in staff.get(own).text
    stranger = sign_in(place["stranger"])
    assert stranger.get(own).status_code == 404
    assert stranger.post(f"{own}/new", data=CALL).status_code == 404
    assert staff.get(f"/staff/matches/{uuid.uuid4()}/calls").status_code == 404
    coach = sign_in(accounts["coach"])
    pages = [coach.get(path) for path in ("/volunteer/", f"/volunteer/matches/{match.id}")]
    assert [page.status_code for page in pages] == [200, 200]
    assert [page.request.path for page in pages if CALL["note"] in page.text] == []
    assert coach.get(own).status_code == 403


def test_coach_gets_a_supervisor_and_the_manager_says_how_much_they_carry(
    database, scheme_id, sign_in, place, staff
):
    assign = f"/staff/volunteers/{place['coach'].id}/supervisor"
    supervisor = place["coordinator"]
    page = staff.post(assign, data={"supervisor_id": str(supervisor.id)}, follow_redirects=True)
    assert f"Supervisor: {supervisor.name}" in page.text
    assert staff.post(assign, data={"supervisor_id": str(uuid.uuid4())}).status_code == 422
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER)
    manager = sign_in(account)
    own = f"/staff/supervision/{supervisor.id}/capacity"
    assert own in manager.get("/staff/supervision/").text
    assert manager.post(own, data={"capacity": "0"}, follow_redirects=True).status_code == 200
    assert "Full" in manager.get("/staff/supervision/").text
    assert manager.post(own, data={"capacity": "many"}).status_code == 422
    assert manager.get(f"/staff/supervision/{account.id}/capacity").status_code == 404
    assert sign_in(place["stranger"]).get(assign).status_code == 404


def test_family_and_coach_write_to_each_other(sign_in, accounts, match):
    family, coach = sign_in(accounts["family"]), sign_in(accounts["coach"])
    page = family.post("/family/messages", data={"words": "At two?"}, follow_redirects=True)
    assert (page.status_code, "At two?" in page.text) == (200, True)
    assert "govuk-exit-this-page" in page.text
    assert "Your coordinator can read it" in page.text
    assert "Messages (1 new)" in coach.get("/volunteer/").text
    own = f"/volunteer/matches/{match.id}/messages"
    assert own in coach.get("/volunteer/messages").text
    page = coach.get(own)
    assert ("At two?" in page.text, "Your coordinator can read it" in page.text) == (True, True)
    assert "(1 new)" not in coach.get("/volunteer/").text
    coach.post(own, data={"words": "Yes <b>sure</b>"})
    assert "Yes &lt;b&gt;sure&lt;/b&gt;" in family.get("/family/messages").text
    assert family.post("/family/messages", data={"words": " "}).status_code == 422


def test_messages_are_gone_the_second_the_match_is_paused(sign_in, staff, accounts, match):
    family, coach = sign_in(accounts["family"]), sign_in(accounts["coach"])
    own = f"/volunteer/matches/{match.id}/messages"
    family.post("/family/messages", data={"words": "Canary"})
    assert "Canary" in coach.get(own).text
    staff.post(f"/staff/matches/{match.id}/pause", data={"note": ""})
    for browser, path in ((family, "/family/messages"), (coach, own)):
        page = browser.get(path)
        assert (page.status_code, "Canary" in page.text, NOTHING in page.text) == (
            200,
            False,
            True,
        )
        assert browser.post(path, data={"words": "Still there?"}).status_code == 422
    assert "Canary" not in coach.get("/volunteer/messages").text


def test_messages_of_others_are_not_found(database, scheme_id, sign_in, place, accounts, match):
    sign_in(accounts["family"]).post("/family/messages", data={"words": "Canary"})
    with database.writing(scheme_id) as session:
        other = make_family(session, place["coordinator"], place["here"])
        account = make_family_account(session, other)
        unmatched = make_coach(session, place["coordinator"], place["here"]).account
    stranger = sign_in(unmatched)
    own = f"/volunteer/matches/{match.id}/messages"
    assert stranger.get(own).status_code == 404
    assert stranger.post(own, data={"words": "Hello"}).status_code == 404
    page = sign_in(account).get("/family/messages")
    assert (page.status_code, "Canary" in page.text) == (200, False)
    elsewhere = sign_in(place["stranger"])
    assert elsewhere.get(f"/staff/matches/{match.id}/messages").status_code == 404
    with database.reading(scheme_id) as session:
        assert values(session, InsideMessage, "words") == ["Canary"]


def test_staff_are_asked_why_before_they_read(sign_in, staff, accounts, match):
    family = sign_in(accounts["family"])
    family.post("/family/messages", data={"words": "Canary"})
    own = f"/staff/matches/{match.id}/messages"
    page = staff.get(own)
    assert ("Why do you have to read it?" in page.text, "Canary" in page.text) == (True, False)
    assert staff.post(own, data={}).status_code == 422
    page = staff.post(own, data={"reason": "concern"})
    assert ("Canary" in page.text, "That you read them is recorded" in page.text) == (True, True)
    assert "The scheme" in family.get("/family/coach").text
