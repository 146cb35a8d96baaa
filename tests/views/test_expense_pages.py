"""The pages of claims by real requests: sent by a coach, decided by a coordinator, paid."""

from __future__ import annotations

import re

import pytest

from peerapp.enums import Role
from tests.factories import make_account, make_coach, make_locality
from tests.support.exports import fetch_as_two

pytestmark = pytest.mark.usefixtures("on_the_day")

CLAIM = {
    "kind": "car",
    "spent_on-day": "19",
    "spent_on-month": "11",
    "spent_on-year": "2026",
    "miles": "12.4",
    "purpose": "To the canary",
}
TICKET = {**CLAIM, "kind": "parking", "miles": "", "amount": "£2.50"}
OWN, STAFF = "/volunteer/expenses/", "/staff/expenses/"


@pytest.fixture
def people(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        here, there = make_locality(session), make_locality(session, "Calne", ("SN11 0",))
        staff = make_account(session, Role.COORDINATOR, (here,))
        found = {
            "staff": staff,
            "stranger": make_account(session, Role.COORDINATOR, (there,)),
            "lead": make_account(session, Role.SAFEGUARDING_LEAD),
            "manager": make_account(session, Role.MANAGER),
            "coach": make_coach(session, staff, here, last_name="Miller").account,
            "other": make_coach(session, staff, here).account,
        }
    return {name: sign_in(account) for name, account in found.items()}


def claim_path(browser) -> str:
    found = re.search(r'href="(/staff/expenses/[0-9a-f-]{36})"', browser.get(STAFF).text)
    return found[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"miles": "far"}, "Enter the miles there and back, like 12 or 12.4"),
        ({"miles": "12.45"}, "Enter the miles there and back, like 12 or 12.4"),
        ({"kind": "parking"}, "Enter what you paid, from £0.01 to £500"),
        ({"kind": "parking", "amount": "2.5"}, "Enter what you paid, like 4.50"),
        ({"purpose": ""}, "Say what it was for"),
        ({"miles": "0"}, "from 0.1 to 300"),
    ],
)
def test_claim_with_a_fault_says_which(people, change, message):
    answer = people["coach"].post(f"{OWN}new", data={**CLAIM, **change})
    assert (answer.status_code, message in answer.text) == (422, True)
    assert "You have not claimed anything yet" in people["coach"].get(OWN).text


def test_claim_goes_from_coach_to_coordinator_to_payment_file(people):
    assert people["coach"].post(f"{OWN}new", data=CLAIM).status_code == 302
    assert people["coach"].post(f"{OWN}new", data=CLAIM).status_code == 422
    assert "£5.58" in people["coach"].get(OWN).text
    assert "£5.58" not in people["other"].get(OWN).text
    path = claim_path(people["staff"])
    page = people["staff"].get(path).text
    assert "12.4 at 45p" in page
    assert "To the canary" in page
    assert people["staff"].post(f"{path}/approve").status_code == 302
    assert "£5.58" in people["staff"].get(f"{STAFF}files/").text
    assert people["staff"].post(f"{STAFF}files/new").status_code == 302
    files = people["staff"].get(f"{STAFF}files/").text
    download = re.search(r'href="(/staff/expenses/files/[0-9a-f-]{36})"', files)[1]
    answer = fetch_as_two(people["staff"], people["manager"], download)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert ("Miller" in answer.text, "canary" in answer.text) == (True, False)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "In a payment file" in people["coach"].get(OWN).text
    assert people["manager"].get(download).status_code == 200
    assert people["stranger"].get(download).status_code == 404
    assert people["staff"].post(f"{STAFF}files/new").status_code == 409


def test_receipt_is_asked_for_beside_its_box(people):
    people["coach"].post(f"{OWN}new", data=TICKET)
    path = claim_path(people["staff"])
    answer = people["staff"].post(f"{path}/approve")
    assert (answer.status_code, "Look at the receipt first" in answer.text) == (422, True)
    assert people["staff"].post(f"{path}/approve", data={"receipt_seen": "y"}).status_code == 302


def test_claim_is_sent_back_with_a_reason_that_the_coach_reads(people):
    people["coach"].post(f"{OWN}new", data=CLAIM)
    path = claim_path(people["staff"])
    assert people["staff"].post(f"{path}/send-back").status_code == 422
    data = {"reason": "Which visit was this?"}
    assert people["staff"].post(f"{path}/send-back", data=data).status_code == 302
    assert "Which visit was this?" in people["coach"].get(OWN).text


def test_claims_are_for_those_who_look_after_the_coach(people):
    people["coach"].post(f"{OWN}new", data=CLAIM)
    path = claim_path(people["staff"])
    reads = {name: people[name].get(path).status_code for name in ("stranger", "lead", "manager")}
    assert reads == {"stranger": 404, "lead": 403, "manager": 200}
    approvals = {
        name: people[name].post(f"{path}/approve").status_code
        for name in ("stranger", "lead", "manager", "coach")
    }
    assert approvals == {"stranger": 404, "lead": 403, "manager": 403, "coach": 403}
    withdraw = path.replace("/staff/", "/volunteer/") + "/withdraw"
    assert people["other"].post(withdraw).status_code == 404
    assert people["coach"].post(withdraw).status_code == 302
    assert "There is none." in people["staff"].get(STAFF).text
