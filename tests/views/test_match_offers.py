"""Offers by real requests: the coordinator's page, the coach's and the family's."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import MatchState, Need, OfferAnswer, OfferSide, Role
from peerapp.models import Match, MatchOffer, TrainingRecord, Volunteer
from tests import factories
from tests.scenes import Scene, scene_in
from tests.support.queries import statements

pytestmark = pytest.mark.usefixtures("on_the_day")

M, S = MatchState, OfferSide
SECRETS = {"last_name": "Canarifamily", "address": "7 Canary Row", "postcode": "SN15 2QB"}
COACH_SECRETS = {
    "last_name": "Canaricoach",
    "phone": "07700 900321",
    "scheme_phone": "01632 960177",
}


@pytest.fixture
def scene(database, scheme_id) -> Scene:
    return scene_in(database, scheme_id)


@pytest.fixture
def match_id(scene) -> uuid.UUID:
    needs = {Need.BUDGETING: 1, Need.DOMESTIC_ABUSE: 3}
    family_id = scene.add_family(account=True, needs=needs, **SECRETS)
    coach_id = scene.add_coach(first_name="Canaryama", **COACH_SECRETS)
    with scene.writing() as session:
        record = TrainingRecord(course="domestic_abuse", completed_on=factories.date(2026, 3, 1))
        coach = session.get_one(Volunteer, coach_id)
        coach.training.append(record)
    return scene.add_match(family_id, coach_id)


@pytest.fixture
def people(scene, sign_in, match_id) -> dict[str, Any]:
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        accounts = {
            "staff": scene.coordinator(session),
            "coach": match.volunteer.account,
            "family": match.family.account,
        }
    return {name: sign_in(account) for name, account in accounts.items()}


def offer_of(scene: Scene, match_id: uuid.UUID, side: OfferSide) -> tuple[uuid.UUID, OfferAnswer]:
    with scene.reading() as session:
        query = select(MatchOffer).where(MatchOffer.match_id == match_id, MatchOffer.side == side)
        found = session.scalars(query).one()
        return found.id, found.answer


def ask(people: dict[str, Any], match_id: uuid.UUID) -> None:
    place = f"/staff/matches/{match_id}/offer"
    answer = people["staff"].post(place, data={"family_version": "1", "coach_version": "1"})
    assert (answer.status_code, answer.location) == (302, f"/staff/matches/{match_id}")


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def say_yes(browser: Any, place: str) -> Any:
    return browser.post(f"{place}/yes", data={"seen": seen_on(browser.get(place).text)})


def test_offers_are_made_and_answered_by_their_pages(scene, people, match_id):
    page = people["staff"].get(f"/staff/matches/{match_id}").text
    assert "Ask the coach" in page
    ask(people, match_id)
    offer_id, _ = offer_of(scene, match_id, S.COACH)
    place = f"/volunteer/offers/{offer_id}"
    for listed in ("/volunteer/", "/volunteer/matches/"):
        assert place in people["coach"].get(listed).text
    page = people["coach"].get(place).text
    assert "Money and budgeting" in page
    assert "Please answer by 27 November 2026" in page
    canaries = (*SECRETS.values(), "Rosa", "Domestic abuse", "Canaryama")
    assert [one for one in canaries if one in page.split("<main")[1]] == []
    assert say_yes(people["coach"], place).location == place
    page = people["coach"].get(place).text
    assert ("You said yes" in page, f"{place}/no" in page) == (True, True)
    offer_id, _ = offer_of(scene, match_id, S.FAMILY)
    place = f"/family/offers/{offer_id}"
    assert place in people["family"].get("/family/").text
    page = people["family"].get(place).text
    assert "We may have found a coach for you" in page
    assert "Money and budgeting" in page
    canaries = (*COACH_SECRETS.values(), "Canaryama", "Domestic abuse")
    assert [one for one in canaries if one in page.split("<main")[1]] == []
    assert say_yes(people["family"], place).location == place
    assert offer_of(scene, match_id, S.FAMILY)[1] == OfferAnswer.YES
    assert "You said yes to a coach" in people["family"].get("/family/").text
    assert "You said yes to this family" in people["coach"].get("/volunteer/matches/").text
    assert "/volunteer/offers/" not in people["coach"].get("/volunteer/").text
    page = people["staff"].get(f"/staff/matches/{match_id}").text
    assert page.count("Said yes on this website, 20 November 2026") == 2
    page = people["staff"].get(f"/staff/matches/{match_id}/approve").text
    assert "The coach and the family have both said yes." in page
    data = {"family_version": "1", "coach_version": "1"}
    answer = people["staff"].post(f"/staff/matches/{match_id}/approve", data=data)
    assert answer.status_code == 302
    assert "/family/offers/" not in people["family"].get("/family/").text
    assert f"{place}/no" not in people["family"].get(place).text


@pytest.mark.parametrize("side", [S.COACH, S.FAMILY])
def test_no_by_its_page_names_what_follows_and_tells_the_other_nothing(
    scene, people, match_id, side
):
    ask(people, match_id)
    if side == S.FAMILY:
        offer_id, _ = offer_of(scene, match_id, S.COACH)
        say_yes(people["coach"], f"/volunteer/offers/{offer_id}")
    offer_id, _ = offer_of(scene, match_id, side)
    own, other = ("coach", "family") if side == S.COACH else ("family", "coach")
    place = f"/{'volunteer' if side == S.COACH else 'family'}/offers/{offer_id}"
    form = people[own].get(f"{place}/no").text
    assert "We may ask you about this" in form
    assert people[own].post(f"{place}/no", data={}).status_code == 422
    wrong = "coach_details_wrong" if side == S.COACH else "family_details_wrong"
    answer = people[own].post(f"{place}/no", data={"reason": wrong})
    assert answer.status_code == 409
    assert "Say which details are wrong." in answer.text
    answer = people[own].post(f"{place}/no", data={"reason": "safety_concern"})
    assert answer.status_code == 302
    assert "This question is no longer open" in people[own].get(place).text
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state == M.DECLINED
    home = people[other].get("/volunteer/matches/" if other == "coach" else "/family/").text
    assert ("offers/" in home, "safety" in home) == (False, False)


def test_yes_to_what_changed_meanwhile_shows_the_page_again(scene, people, match_id):
    ask(people, match_id)
    offer_id, _ = offer_of(scene, match_id, S.COACH)
    place = f"/volunteer/offers/{offer_id}"
    old = seen_on(people["coach"].get(place).text)
    with scene.writing() as session:
        session.get_one(Match, match_id).family.version += 1
    answer = people["coach"].post(f"{place}/yes", data={"seen": old})
    assert answer.status_code == 409
    assert "Something changed since you opened this page" in answer.text
    answer = people["coach"].post(f"{place}/yes", data={"seen": seen_on(answer.text)})
    assert answer.status_code == 302


def test_what_changed_is_shown_and_asked_about(scene, people, match_id):
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        match.snapshot = {"family": {"priority": 4}, "coach": {"capacity": 1}}
        match.family.version += 1
    for action in ("offer", "approve"):
        place = f"/staff/matches/{match_id}/{action}"
        page = people["staff"].get(place).text
        assert "Family: priority" in page
        assert "Coach: families at a time" in page
        said = {"coach_agreed_how": "phone", "family_agreed_how": "phone"}
        data = {"family_version": "2", "coach_version": "1", **said}
        answer = people["staff"].post(place, data=data)
        assert answer.status_code == 422
        assert "Look at what changed, and say" in answer.text
    answer = people["staff"].post(place, data={**data, "accept_changes": "y"})
    assert answer.status_code == 302


def test_a_coordinator_writes_a_yes_down(scene, people, match_id):
    ask(people, match_id)
    place = f"/staff/matches/{match_id}/yes"
    page = people["staff"].get(place).text
    assert "The coach said yes" in page
    side = re.search(r'name="side"[^>]*value="(\w*)"', page)[1]
    assert people["staff"].post(place, data={"side": side, "how": "on_site"}).status_code == 422
    assert people["staff"].post(place, data={"side": side, "how": "phone"}).status_code == 302
    assert "The family said yes" in people["staff"].get(place).text
    again = people["staff"].post(place, data={"side": side, "how": "phone"})
    assert (again.status_code, "The coach said yes" in again.text) == (409, True)
    page = people["staff"].get(f"/staff/matches/{match_id}").text
    assert "Said yes by phone, 20 November 2026" in page


@pytest.mark.parametrize("action", ["", "/no"])
def test_an_offer_to_somebody_else_is_not_found(scene, people, sign_in, match_id, action):
    ask(people, match_id)
    offer_id, _ = offer_of(scene, match_id, S.COACH)
    say_yes(people["coach"], f"/volunteer/offers/{offer_id}")
    family_offer, _ = offer_of(scene, match_id, S.FAMILY)
    other = scene.add_match(scene.add_family(account=True), scene.add_coach())
    with scene.reading() as session:
        match = session.get_one(Match, other)
        strangers = {"volunteer": match.volunteer.account, "family": match.family.account}
    for area, account in strangers.items():
        browser = sign_in(account)
        for one in (offer_id, family_offer, uuid.uuid4()):
            assert browser.get(f"/{area}/offers/{one}{action}").status_code == 404
    assert people["coach"].get(f"/volunteer/offers/{family_offer}{action}").status_code == 404
    assert people["family"].get(f"/family/offers/{offer_id}{action}").status_code == 404


@pytest.mark.parametrize(
    ("role", "elsewhere", "status"),
    [(Role.COORDINATOR, True, 404), (Role.MANAGER, False, 403), (Role.AUDITOR, False, 403)],
)
@pytest.mark.parametrize("action", ["offer", "yes"])
def test_nobody_else_makes_offers(scene, sign_in, match_id, role, elsewhere, status, action):
    with scene.writing() as session:
        place = factories.make_locality(session, "Devizes", ("SN10 1",))
        account = factories.make_account(session, role, (place,) if elsewhere else ())
    data = {"family_version": "1", "coach_version": "1", "how": "phone"}
    answer = sign_in(account).post(f"/staff/matches/{match_id}/{action}", data=data)
    assert answer.status_code == status
    with scene.reading() as session:
        assert session.get_one(Match, match_id).state == M.PROPOSED


def test_a_coach_with_many_offers_asks_the_database_as_often_as_with_one(scene, app, sign_in):
    coach_id = scene.add_coach(capacity=40)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            match_id = scene.add_match(scene.add_family(), coach_id, state=M.OFFERED_TO_COACH)
            with scene.writing() as session:
                offer = MatchOffer(side=S.COACH, answer_by=factories.date(2026, 11, 27))
                match = session.get_one(Match, match_id)
                match.offers.append(offer)
        with scene.reading() as session:
            browser = sign_in(session.get_one(Match, match_id).volunteer.account)
        counts.append(_queries(app, browser, "/volunteer/matches/"))
        assert browser.get("/volunteer/matches/").text.count("Answer by") == 1 + 29 * (number == 29)
    assert counts[0] == counts[1]


def _queries(app: Any, browser: Any, place: str) -> int:
    with statements(app.extensions["database"]) as sent:
        assert browser.get(place).status_code == 200
    return len(sent)
