"""What a family and its coach see of each other, with canaries that must never be seen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import CertificateStatus, MatchState, Need, Role, VolunteerState
from peerapp.models import Account, AuditEvent, Family, Match
from tests import factories
from tests.scenes import Scene, scene_in

pytestmark = pytest.mark.usefixtures("on_the_day")

M = MatchState
NOTHING = "There is nothing to show here at the moment"
FAMILY_PLACES = ("/family/", "/family/coach", "/family/safe-contact")
COACH_SECRETS = {
    "phone": "07700 900321",
    "last_name": "Canaricoach",
    "postcode": "SN15 3QA",
}
FAMILY_SECRETS = {
    "last_name": "Canarifamily",
    "address": "7 Canary Row",
    "postcode": "SN15 2QB",
    "email": "canary@example.org",
}


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    return scene_in(database, scheme_id)


def matched(scene: Scene, state: MatchState = M.ACTIVE) -> uuid.UUID:
    family_id = scene.add_family(
        account=True,
        channels=("phone",),
        phone="07700 900654",
        needs={Need.BUDGETING: 1, Need.DOMESTIC_ABUSE: 3},
        **FAMILY_SECRETS,
    )
    coach_id = scene.add_coach(shares=("scheme_phone",), **COACH_SECRETS)
    with scene.writing() as session:
        safe = session.get_one(Family, family_id).safe_contact
        safe.must_not_be_told, safe.alias = "Canary the neighbour", "Rosie"
    return scene.add_match(family_id, coach_id, state=state)


def account_of(scene: Scene, match_id: uuid.UUID, side: str) -> Account:
    with scene.reading() as session:
        account: Account = getattr(session.get_one(Match, match_id), side).account
        return account


def everything(browser: Any, places: tuple[str, ...]) -> str:
    answers = [browser.get(place) for place in places]
    assert [answer.status_code for answer in answers] == [200] * len(places)
    return "".join(answer.text for answer in answers)


def test_a_family_sees_its_coach_and_nothing_that_is_not_shared(scene, sign_in):
    match_id = matched(scene)
    with scene.reading() as session:
        staff = sign_in(scene.coordinator(session))
        coach_id = session.get_one(Match, match_id).volunteer_id
    belongs = staff.get(f"/staff/volunteers/{coach_id}").text
    assert [canary for canary in COACH_SECRETS.values() if canary not in belongs] == []
    family = sign_in(account_of(scene, match_id, "family"))
    page = everything(family, FAMILY_PLACES)
    assert "Your coach is Ama" in page
    assert "01632 960101" in page
    assert [canary for canary in COACH_SECRETS.values() if canary in page] == []


def test_a_coach_sees_the_safe_contact_and_nothing_else(scene, sign_in):
    match_id = matched(scene)
    with scene.reading() as session:
        staff = sign_in(scene.coordinator(session))
        family_id = session.get_one(Match, match_id).family_id
    belongs = staff.get(f"/staff/families/{family_id}").text
    secrets = [*FAMILY_SECRETS.values(), "Canary the neighbour", "Domestic abuse"]
    assert [canary for canary in secrets if canary not in belongs] == []
    coach = sign_in(account_of(scene, match_id, "volunteer"))
    page = everything(coach, ("/volunteer/matches/", f"/volunteer/matches/{match_id}"))
    assert "Rosie" in page
    assert "07700 900654" in page
    assert "Money and budgeting" in page
    assert [canary for canary in secrets if canary in page] == []


@pytest.mark.parametrize(
    "state", [M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED, M.ENDED, M.WITHDRAWN]
)
def test_contact_pages_follow_the_state_of_the_match(scene, sign_in, state):
    match_id = matched(scene, state)
    family = sign_in(account_of(scene, match_id, "family"))
    page = everything(family, FAMILY_PLACES)
    visible = state in {M.INTRODUCED, M.ACTIVE}
    assert ("01632 960101" in page, NOTHING in page) == (visible, not visible)
    coach = sign_in(account_of(scene, match_id, "volunteer"))
    answer = coach.get(f"/volunteer/matches/{match_id}")
    standing = state in {M.APPROVED, M.INTRODUCED, M.ACTIVE, M.PAUSED}
    assert answer.status_code == (200 if standing else 404)
    assert ("07700 900654" in answer.text) == visible


def bodies(browser: Any) -> list[str]:
    return [browser.get(place).text.split("<main")[1] for place in FAMILY_PLACES]


def test_why_there_is_nothing_to_show_cannot_be_told_from_the_page(scene, sign_in):
    match_id = matched(scene, M.APPROVED)
    family = sign_in(account_of(scene, match_id, "family"))
    before = bodies(family)
    assert NOTHING in before[1]
    for state, coach_state, status in (
        (M.ACTIVE, VolunteerState.SUSPENDED, CertificateStatus.ACCEPTED),
        (M.ACTIVE, VolunteerState.ACTIVE, CertificateStatus.REVOKED),
        (M.PAUSED, VolunteerState.ACTIVE, CertificateStatus.ACCEPTED),
    ):
        with scene.writing() as session:
            match = session.get_one(Match, match_id)
            match.state = state
            match.volunteer.state = coach_state
            match.volunteer.certificates[0].status = status
        assert bodies(family) == before


def test_a_view_of_contact_details_is_in_the_ledger_of_both_and_of_staff(scene, sign_in):
    match_id = matched(scene)
    family = sign_in(account_of(scene, match_id, "family"))
    assert "You" in family.get("/family/coach").text
    coach = sign_in(account_of(scene, match_id, "volunteer"))
    assert "The family" in coach.get(f"/volunteer/matches/{match_id}").text
    with scene.reading() as session:
        staff = sign_in(scene.coordinator(session))
        query = select(AuditEvent).where(AuditEvent.match_id == match_id)
        rows = [
            (one.action, one.actor_role, one.fields)
            for one in session.scalars(query.order_by(AuditEvent.at))
        ]
    assert rows == [
        ("coach_contact.read", Role.FAMILY, ("first_name", "scheme_phone")),
        ("family_contact.read", Role.VOLUNTEER, ("first_name", "phone")),
    ]
    assert "scheme’s phone" in staff.get(f"/staff/matches/{match_id}").text


@pytest.mark.scorecard("DA-1")
def test_every_page_of_a_family_can_be_left_at_once(scene, sign_in):
    for state in (M.ACTIVE, M.APPROVED):
        match_id = matched_again(scene, state)
        family = sign_in(account_of(scene, match_id, "family"))
        for place in FAMILY_PLACES:
            assert "govuk-exit-this-page" in family.get(place).text


def matched_again(scene: Scene, state: MatchState) -> uuid.UUID:
    return scene.add_match(scene.add_family(account=True), scene.add_coach(), state=state)


def test_a_family_without_safe_channels_reads_that_nobody_will_write(scene, sign_in):
    family_id = scene.add_family(account=True, channels=())
    with scene.reading() as session:
        family = sign_in(session.get_one(Family, family_id).account)
    page = everything(family, FAMILY_PLACES)
    assert "Until you do, we will not write or call" in page
    assert "We look for a coach" in page


def test_another_coach_finds_no_match_here(scene, sign_in):
    match_id = matched(scene)
    other = matched_again(scene, M.ACTIVE)
    coach = sign_in(account_of(scene, other, "volunteer"))
    assert coach.get(f"/volunteer/matches/{other}").status_code == 200
    assert coach.get(f"/volunteer/matches/{match_id}").status_code == 404
    assert coach.get(f"/volunteer/matches/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role)))
def test_contact_pages_are_for_their_own_side_only(scene, sign_in, role):
    match_id = matched(scene)
    with scene.writing() as session:
        account = factories.make_account(session, role)
        if role == Role.VOLUNTEER:
            factories.make_volunteer(session, account=account)
        if role == Role.FAMILY:
            family_id = session.scalars(select(Family.id)).first()
            assert session.get_one(Family, family_id).account_id != account.id
    browser = sign_in(account)
    for place in FAMILY_PLACES:
        expected = 404 if role == Role.FAMILY else 403
        assert browser.get(place).status_code == expected
    expected = 404 if role == Role.VOLUNTEER else 403
    assert browser.get(f"/volunteer/matches/{match_id}").status_code == expected


@pytest.mark.scorecard("14.3.2")
def test_contact_pages_are_not_kept_by_browsers(scene, sign_in):
    match_id = matched(scene)
    family = sign_in(account_of(scene, match_id, "family"))
    assert "no-store" in family.get("/family/coach").headers["Cache-Control"]
