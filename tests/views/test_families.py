from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from peerapp.db import Database
from peerapp.enums import Channel, FamilyState, Need
from peerapp.models import Account, Family
from tests.services.family_scenes import FamilyScene, make_family_scene
from tests.support.queries import counted

SignIn = Callable[[Account], FlaskClient]
DETAILS = {
    "first_name": "Amina",
    "last_name": "Yusuf",
    "postcode": "sn15 1aa",
    "source": "professional",
    "referred_on-day": "1",
    "referred_on-month": "9",
    "referred_on-year": "2026",
    "level": "3",
}
ANSWERS = {
    "answered_on-day": "2",
    "answered_on-month": "9",
    "answered_on-year": "2026",
    "channels": "letter",
    "no_voicemail": "yes",
    "shared_device": "no",
    "withheld_address": "yes",
    "must_not_be_told": "His brother",
}
AGREEMENT = {
    "purposes": ["take_part", "share_with_coach"],
    "given_by": "Amina",
    "given_on-day": "2",
    "given_on-month": "9",
    "given_on-year": "2026",
    "method": "phone",
    "language": "so",
}


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


@pytest.fixture
def browser(scene: FamilyScene, sign_in: SignIn) -> Callable[[str], FlaskClient]:
    def of(who: str = "coordinator") -> FlaskClient:
        with scene.database.reading(scene.scheme_id) as session:
            account = session.get_one(Account, scene.people[who])
        return sign_in(account)

    return of


def id_of(location: str) -> uuid.UUID:
    return uuid.UUID(location.rsplit("/", 1)[1])


def errors(page: str) -> list[str]:
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', page, re.DOTALL)
    return re.findall(r"<a[^>]*>(.*?)</a>", summary[1], re.DOTALL) if summary else []


def test_a_family_is_recorded_and_made_to_wait_page_by_page(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    client = browser()
    made = client.post("/staff/families/new", data=DETAILS)
    assert made.status_code == 303
    at = made.location
    steps: list[tuple[str, dict[str, Any]]] = [
        ("/needs", {"isolation": "2", "crime": "1", "version": "1"}),
        (
            "/wishes",
            {
                "slots": ["mon_morning", "thu_after_school"],
                "languages": ["so"],
                "coach_gender": "woman",
                "accepts_remote": "no",
                "min_distance": "0.5",
                "household": ["cats"],
                "version": "2",
            },
        ),
        ("/agreement", AGREEMENT),
        ("/safe-contact", ANSWERS),
        ("/accept", {"version": "5"}),
    ]
    for path, data in steps:
        answer = client.post(at + path, data=data)
        assert (path, answer.status_code, answer.location) == (path, 303, at)
    family_id = id_of(at)
    assert scene.family(family_id, "state", "version", "min_distance_m", "languages") == (
        FamilyState.WAITING,
        6,
        805,
        ("so",),
    )
    page = client.get(at).text
    for text in ("Amina Yusuf", "Thursday after school", "Feeling alone", "His brother", "Somali"):
        assert text in page


def test_new_shows_all_errors_at_once_and_keeps_what_was_typed(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    data = {**DETAILS, "postcode": "SN11 0AA", "phone": "12", "source": "step_down"}
    answer = browser().post("/staff/families/new", data=data)
    assert answer.status_code == 422
    assert errors(answer.text) == [
        "Enter a phone number, like 01632 960 001 or 07700 900 982",
    ]
    answer = browser().post("/staff/families/new", data={**data, "phone": ""})
    assert errors(answer.text) == [
        "This postcode is in a locality you don’t work in",
        "Choose the level from which the family was stepped down",
        "Enter the day of the step-down",
        "Enter the worker who stepped the family down",
    ]
    assert 'value="SN11 0AA"' in answer.text
    assert "<title>Error: Record a family" in answer.text
    assert scene.audited("family.create") == []


def test_edit_shows_what_is_recorded_and_changes_it(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    family_id = scene.add_family(first_name="Rosa", children=("under_5",))
    at = f"/staff/families/{family_id}/details"
    client = browser()
    page = client.get(at).text
    assert 'value="Rosa"' in page
    assert re.search(r'value="under_5"[^>]*checked', page)
    assert client.post(at, data={**DETAILS, "version": "1"}).status_code == 303
    assert scene.family(family_id, "first_name", "level", "version") == ("Amina", 3, 2)


def test_edit_of_a_record_that_somebody_else_changed_says_so(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    family_id = scene.add_family(version=2)
    at = f"/staff/families/{family_id}/details"
    answer = browser().post(at, data={**DETAILS, "version": "1"})
    assert answer.status_code == 409
    assert "Somebody else changed this family’s record" in answer.text
    assert scene.family(family_id, "first_name") == ("Rosa",)


def test_fields_that_a_form_does_not_have_are_ignored(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    extra = {"section_47_open": "yes", "locality_id": "x", "state": "matched", "reference": "HACK"}
    made = browser().post("/staff/families/new", data={**DETAILS, **extra})
    stored = scene.family(id_of(made.location), "section_47_open", "state", "locality_id")
    assert stored == (False, FamilyState.REFERRED, scene.localities["here"])


PAGES = (
    "",
    "/details",
    "/needs",
    "/wishes",
    "/agreement",
    "/agreement/share_with_coach/withdraw",
    "/safe-contact",
    "/blocks",
    "/close",
    "/invite",
)
POSTS: dict[str, dict[str, Any]] = {
    "/details": DETAILS,
    "/needs": {"isolation": "1"},
    "/wishes": {"coach_gender": "any", "accepts_remote": "no"},
    "/agreement": AGREEMENT,
    "/agreement/share_with_coach/withdraw": {},
    "/safe-contact": ANSWERS,
    "/blocks": {"section_47_open": "yes", "child_protection_plan": "yes"},
    "/close": {"reason": "no_reply"},
    "/invite": {},
    "/accept": {},
    "/query-resolved": {},
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown_and_audited_and_hidden_elsewhere(
    scene: FamilyScene, browser: Callable[..., FlaskClient], path: str
) -> None:
    at = f"/staff/families/{scene.add_family()}{path}"
    assert browser().get(at).status_code == 200
    assert len(scene.audited("family.read")) == 1
    assert browser("neighbour").get(at).status_code == 404
    assert len(scene.audited("family.read")) == 1


@pytest.mark.parametrize("path", POSTS)
def test_every_change_is_refused_elsewhere_and_leaves_no_trace(
    scene: FamilyScene, browser: Callable[..., FlaskClient], path: str
) -> None:
    family_id = scene.add_family(details_query="Phone")
    answer = browser("neighbour").post(f"/staff/families/{family_id}{path}", data=POSTS[path])
    assert answer.status_code == 404
    assert scene.family(family_id, "version", "state", "account_id", "details_query") == (
        1,
        FamilyState.WAITING,
        None,
        "Phone",
    )


@pytest.mark.parametrize("path", [*POSTS, "/../new", "/../import", "/../export"])
def test_managers_read_and_do_not_change(
    scene: FamilyScene, browser: Callable[..., FlaskClient], path: str
) -> None:
    family_id = scene.add_family()
    assert browser("manager").get(f"/staff/families/{family_id}").status_code == 200
    at = f"/staff/families/{family_id}{path}".replace(f"/{family_id}/..", "")
    assert browser("manager").post(at, data=POSTS.get(path, DETAILS)).status_code == 403


def test_manager_is_shown_no_sensitive_need(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    at = f"/staff/families/{scene.add_family(needs={Need.DOMESTIC_ABUSE: 3})}"
    assert "Domestic abuse" in browser().get(at).text
    page = browser("manager").get(at).text
    assert "Domestic abuse" not in page
    assert "Some needs are shown to coordinators only" in page


def test_list_by_get_takes_no_name_and_search_is_by_post(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    scene.add_family(last_name="Canary")
    scene.add_family(last_name="Other")
    client = browser()
    found = client.post("/staff/families/", data={"search": "canary"})
    assert (found.status_code, "Canary" in found.text, "Other" in found.text) == (200, True, False)
    ignored = client.get("/staff/families/?search=canary").text
    assert ("Canary" in ignored, "Other" in ignored) == (True, True)


def test_filters_without_a_name_lead_to_an_address_that_can_be_kept(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    scene.add_family(last_name="Waits")
    scene.add_family(last_name="Refers", state=FamilyState.REFERRED)
    client = browser()
    answer = client.post("/staff/families/", data={"state": "waiting", "level": "2"})
    assert (answer.status_code, answer.location) == (303, "/staff/families/?state=waiting&level=2")
    page = client.get(answer.location).text
    assert ("Waits" in page, "Refers" in page) == (True, False)


@pytest.mark.parametrize(
    "query", ["state=nonsense", "locality=7", "level=9", "page=x", "page=-1", "page=99999"]
)
def test_list_takes_any_address(
    scene: FamilyScene, browser: Callable[..., FlaskClient], query: str
) -> None:
    scene.add_family()
    assert browser().get(f"/staff/families/?{query}").status_code == 200


def test_list_offers_the_actors_localities_only(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    page = browser().get("/staff/families/").text
    assert ("Chippenham</option>" in page, "Calne</option>" in page) == (True, False)


def test_list_sends_as_many_queries_for_thirty_families_as_for_one(
    app: Flask, scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    counts = []
    client = browser()
    for more in (1, 29):
        for _ in range(more):
            scene.add_family()
        with counted(app) as seen:
            assert client.get("/staff/families/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_list_shows_what_is_missing_and_blocked(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    family_id = scene.add_family(channels=(), section_47_open=True)
    page = browser().get("/staff/families/").text
    assert ("Blocked" in page, "safe contact" in page) == (True, True)
    assert str(family_id) in page


def test_accept_without_an_agreement_says_what_to_do(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    client = browser()
    at = client.post("/staff/families/new", data=DETAILS).location
    page = client.get(at).text
    assert ("Before the referral can be accepted" in page, "Accept the referral" in page) == (
        True,
        False,
    )
    answer = client.post(f"{at}/accept", data={"version": "1"})
    assert (answer.status_code, "agreement is not recorded" in answer.text) == (409, True)


@pytest.mark.parametrize(
    ("channels", "emailed"), [((Channel.EMAIL,), True), ((Channel.PHONE,), False), ((), False)]
)
def test_invite_shows_the_link_once_and_says_whether_it_was_sent(
    scene: FamilyScene,
    browser: Callable[..., FlaskClient],
    channels: tuple[Channel, ...],
    emailed: bool,
) -> None:
    family_id = scene.add_family(channels=channels)
    client = browser()
    at = f"/staff/families/{family_id}/invite"
    assert "/invitation/" not in client.get(at).text
    page = client.post(at, data={}).text
    assert len(re.findall(r"http[^\s<]*/invitation/[\w-]{40,}", page)) == 1
    assert ("It was sent by email too" in page) is emailed
    assert ("It was not sent by email" in page) is not emailed
    assert "/invitation/" not in client.get(f"/staff/families/{family_id}").text
    with scene.reading() as (session, _):
        assert session.get_one(Family, family_id).account is not None


def test_invite_without_an_email_address_is_refused(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    family_id = scene.add_family(email="")
    answer = browser().post(f"/staff/families/{family_id}/invite", data={})
    assert (answer.status_code, "Record an email address" in answer.text) == (422, True)


def test_what_a_person_typed_is_shown_as_text(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    nasty = "<script>alert(1)</script>{{7*7}}"
    family_id = scene.add_family(last_name=nasty, address=nasty, details_query=nasty)
    page = browser().get(f"/staff/families/{family_id}").text
    assert ("&lt;script&gt;alert(1)" in page, "<script>alert" in page) == (True, False)
    assert ("{{7*7}}" in page, "49" in page.split("{{7*7}}")[0][-20:]) == (True, False)


def test_safe_contact_needs_an_answer_on_channels(
    scene: FamilyScene, browser: Callable[..., FlaskClient]
) -> None:
    family_id = scene.add_family(channels=())
    at = f"/staff/families/{family_id}/safe-contact"
    unanswered = {key: value for key, value in ANSWERS.items() if key != "channels"}
    answer = browser().post(at, data=unanswered)
    assert errors(answer.text) == ["Choose what is safe, or that nothing is"]
    assert browser().post(at, data={**ANSWERS, "channels": "none"}).status_code == 303
    with scene.reading() as (session, _):
        contact = session.get_one(Family, family_id).safe_contact
        assert contact is not None
        assert contact.channels == ()
