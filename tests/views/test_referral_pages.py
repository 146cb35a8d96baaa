"""Referrals in the browsers of staff and of a professional, from the form to one word."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from peerapp.enums import FamilyState, ReferralState
from peerapp.models import AuditEvent, Family, Referral, Scheme
from tests.factories import make_family
from tests.support.queries import counted
from tests.support.referral_scenes import draft, make_staff, sent, told
from tests.support.referrals import fill_in
from tests.support.staff_pages import text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = ReferralState
LIST = "/staff/referrals/"
DECISION = {
    "level": "3",
    "section_47_open": "no",
    "child_protection_plan": "no",
    "postcode": "SN15 1AA",
}


@pytest.fixture
def staff(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_staff(session)


@pytest.fixture
def make(database, scheme_id, staff):
    """Return a function that makes something in a session of its own and gives its id."""

    def making(maker, *given, **values):
        with database.writing(scheme_id) as session:
            found = maker(session, *given, **values)
            row = found[0] if isinstance(found, tuple) else found
            return row.id

    return making


@pytest.fixture
def saved(database, scheme_id):
    """Return a function that asks the database about a row."""

    def asking(model, row_id, question):
        with database.reading(scheme_id) as session:
            return question(session.get_one(model, row_id))

    return asking


def at(referral_id, verb=""):
    return f"{LIST}{referral_id}{verb}"


def test_professional_refers_a_family_and_follows_it_to_a_word(
    app, client, sign_in, staff, database, scheme_id
):
    coordinator = sign_in(staff.coordinator)
    page = coordinator.post(f"{LIST}forms/new", data={"email": "head@school.example"})
    link = re.search(r"/referral/form/[\w-]+", page.text)[0]
    assert "head@school.example" in coordinator.get(f"{LIST}forms").text
    start = client.get(link)
    assert "you are asked who agreed" in text_of(start).lower()
    assert "Exit this page" not in start.text
    assert client.post(link).location == "/get-support/danger"
    answer = fill_in(client, professional=True)
    assert answer.location == "/get-support/sent"
    thanks = client.get("/get-support/sent").text
    outcome = re.search(r"/referral/outcome/[\w-]+", thanks)[0]
    assert client.get(link).status_code == 409
    shown = text_of(app.test_client().get(outcome))
    assert "Received" in shown
    assert [word for word in ("Canaryfield", "Rosa", "Ola", "SN15") if word in shown] == []
    with database.reading(scheme_id) as session:
        referral_id = session.scalars(select(Referral.id)).one()
    accepted = coordinator.post(at(referral_id, "/accept"), data=DECISION)
    assert accepted.status_code == 302
    assert "Rosa Canaryfield" in coordinator.get(accepted.location).text
    assert "Waiting for a coach" in text_of(app.test_client().get(outcome))


def test_professional_may_not_send_before_the_family_agrees(client, sign_in, staff, make, saved):
    page = sign_in(staff.coordinator).post(f"{LIST}forms/new", data={"email": "a@school.example"})
    client.post(re.search(r"/referral/form/[\w-]+", page.text)[0])
    fill_in(client, professional=True, until="agreement")
    answer = client.post("/get-support/agreement", data={"knows": "no"})
    assert (answer.status_code, "Talk with the family first." in answer.text) == (422, True)
    later = client.post("/get-support/agreement", data={"knows": "no", "later": "yes"})
    assert later.location == "/get-support/saved"
    assert "open the link in our email again" in client.get("/get-support/saved").text
    assert client.post("/get-support/check").status_code == 422


def test_every_wrong_link_gets_one_and_the_same_page(client, staff):
    for kind in ("form", "outcome"):
        pages = [client.get(f"/referral/{kind}/{one}") for one in ("x", "a" * 43, "é")]
        assert {(page.status_code, page.text) for page in pages} == {(409, pages[0].text)}
        assert "does not work any more" in pages[0].text


def test_coordinator_accepts_what_a_family_sent(sign_in, staff, make, saved):
    referral_id = make(sent)
    coordinator = sign_in(staff.coordinator)
    assert "Rosa Canaryfield" in coordinator.get(LIST).text
    page = text_of(coordinator.get(at(referral_id)))
    assert "12 Elm Road" in page
    assert "I would like mornings to be calm." in page
    answer = coordinator.post(at(referral_id, "/accept"), data=DECISION)
    family_id = saved(Referral, referral_id, lambda one: one.family_id)
    assert answer.location == f"/staff/families/{family_id}"
    assert saved(Family, family_id, lambda one: (one.state, one.level)) == (FamilyState.WAITING, 3)
    again = coordinator.post(at(referral_id, "/accept"), data=DECISION)
    assert (again.status_code, "decided on this referral already" in again.text) == (422, True)


def test_form_of_acceptance_asks_what_is_missing(sign_in, staff, make, saved):
    referral_id = make(sent)
    answer = sign_in(staff.coordinator).post(at(referral_id, "/accept"), data={"level": "9"})
    assert answer.status_code == 422
    assert "Choose whether a section 47 enquiry is open" in answer.text
    assert saved(Referral, referral_id, lambda one: one.state) == S.SENT


def test_possible_duplicate_is_asked_about_on_the_page(
    sign_in, staff, make, saved, database, scheme_id
):
    with database.writing(scheme_id) as session:
        known = make_family(
            session, staff.coordinator, staff.here, first_name="Roza", last_name="Canaryfeild"
        )
    referral_id = make(sent)
    coordinator = sign_in(staff.coordinator)
    page = text_of(coordinator.get(at(referral_id)))
    assert "Is this family here already?" in page
    assert "The same name, or one that sounds like it" in page
    answer = coordinator.post(at(referral_id, "/accept"), data=DECISION)
    assert "Say first whether this is a family that is here already." in answer.text
    coordinator.post(at(referral_id, f"/families/{known.id}/different"))
    assert "It has been said: another family." in text_of(coordinator.get(at(referral_id)))
    assert coordinator.post(at(referral_id, "/accept"), data=DECISION).status_code == 302


def test_same_family_is_said_on_the_page(sign_in, staff, make, saved, database, scheme_id):
    with database.writing(scheme_id) as session:
        known = make_family(session, staff.coordinator, staff.here, phone="07700 900456")
    referral_id = make(sent)
    coordinator = sign_in(staff.coordinator)
    answer = coordinator.post(at(referral_id, f"/families/{known.id}/same"))
    assert answer.location == f"/staff/families/{known.id}"
    assert saved(Referral, referral_id, lambda one: (one.state, one.family_id)) == (
        S.ACCEPTED,
        known.id,
    )


def test_same_family_is_not_offered_over_an_open_danger(
    sign_in, staff, make, saved, database, scheme_id
):
    with database.writing(scheme_id) as session:
        known = make_family(session, staff.coordinator, staff.here, phone="07700 900456")
    referral_id = make(sent, danger="yes")
    coordinator, same = sign_in(staff.coordinator), at(referral_id, f"/families/{known.id}/same")
    assert same not in coordinator.get(at(referral_id)).text
    assert coordinator.post(same).status_code == 409
    sign_in(staff.lead).post(at(referral_id, "/danger"), data={"note": "Rang the police."})
    assert same in coordinator.get(at(referral_id)).text
    assert saved(Referral, referral_id, lambda one: one.state) == S.SENT


def test_record_elsewhere_is_not_named_to_who_may_not_see_it(
    sign_in, staff, make, database, scheme_id
):
    with database.writing(scheme_id) as session:
        known = make_family(
            session, staff.neighbour, staff.there, phone="07700 900456", last_name="Secretary"
        )
    referral_id = make(sent)
    page = sign_in(staff.coordinator).get(at(referral_id)).text
    assert "A record in another locality" in page
    private = ["Secretary", known.reference, str(known.id), known.email]
    assert [word for word in private if word in page] == []
    lead = sign_in(staff.lead)
    assert "Secretary" in lead.get(at(referral_id)).text
    assert lead.post(at(referral_id, f"/families/{known.id}/different")).status_code == 302


@pytest.mark.parametrize(
    ("who", "expected"), [("neighbour", 404), ("manager", 403), ("coordinator", 200)]
)
def test_referral_of_a_locality_is_for_those_who_work_there(sign_in, staff, make, who, expected):
    referral_id = make(sent)
    browser = sign_in(getattr(staff, who))
    codes = {browser.get(at(referral_id, verb)).status_code for verb in ("", "/accept", "/decline")}
    assert codes == {expected}
    other = f"/families/{referral_id}/same"
    posted = browser.post(at(referral_id, other)).status_code
    assert posted == (404 if expected == 200 else expected)


def test_draft_is_shown_to_nobody_but_the_lead_where_danger_is(sign_in, staff, make):
    calm, urgent = make(draft), make(draft, danger="yes")
    for who in (staff.coordinator, staff.lead):
        assert sign_in(who).get(at(calm)).status_code == 404
    assert sign_in(staff.coordinator).get(at(urgent)).status_code == 404
    lead = sign_in(staff.lead)
    assert "Somebody may be in danger" in lead.get(LIST).text
    assert "Somebody may be in danger" in lead.get("/staff/").text
    assert "The form is not sent yet" in text_of(lead.get(at(urgent)))
    answer = lead.post(at(urgent, "/danger"), data={"note": ""})
    assert answer.status_code == 422
    assert lead.post(at(urgent, "/danger"), data={"note": "Rang the police."}).status_code == 302
    assert "Rang the police." in lead.get(at(urgent)).text
    assert "Somebody may be in danger" not in lead.get(LIST).text


def test_referral_is_not_taken_on_for_a_reason_that_the_referrer_is_not_told(
    sign_in, staff, make, saved
):
    referral_id = make(told)
    coordinator = sign_in(staff.coordinator)
    assert coordinator.post(at(referral_id, "/decline"), data={}).status_code == 422
    given = {"reason": "more_help_needed", "note": "Canary note"}
    assert coordinator.post(at(referral_id, "/decline"), data=given).status_code == 302
    assert "Canary note" in coordinator.get(at(referral_id)).text
    assert "Rosa" not in coordinator.get(LIST).text
    assert "Rosa" in coordinator.get(f"{LIST}?state=declined").text


def test_reading_a_referral_is_audited(sign_in, staff, make, database, scheme_id):
    referral_id = make(sent)
    sign_in(staff.coordinator).get(at(referral_id))
    with database.reading(scheme_id) as session:
        query = select(AuditEvent).where(AuditEvent.action == "referral.read")
        (row,) = session.scalars(query)
        assert (row.subject_id, row.actor_id) == (referral_id, staff.coordinator.id)


def test_list_of_referrals_asks_as_often_for_one_as_for_many(app, sign_in, staff, make):
    browser = sign_in(staff.coordinator)
    counts = []
    for more in (1, 19):
        for _ in range(more):
            make(sent)
        with counted(app) as statements:
            assert browser.get(LIST).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_script_in_a_referral_stays_text(sign_in, staff, make):
    bad = '<script>alert("x")</script>{{ 7 * 7 }}'
    page = sign_in(staff.coordinator).get(at(make(sent, story=bad, first_name=bad))).text
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page


def test_plan_is_overridden_by_two_people_on_their_pages(
    sign_in, staff, database, scheme_id, saved
):
    with database.writing(scheme_id) as session:
        family = make_family(session, staff.coordinator, staff.here, child_protection_plan=True)
    page = f"/staff/families/{family.id}/plan-override"
    coordinator, lead = sign_in(staff.coordinator), sign_in(staff.lead)
    assert "Blocked" in coordinator.get("/staff/families/").text
    assert coordinator.post(f"{page}/ask", data={"reason": "Why"}).status_code == 422
    assert coordinator.post(f"{page}/ask", data={"reason": "Why", "asked": "y"}).status_code == 302
    assert coordinator.post(f"{page}/agree", data={"note": "Me too"}).status_code == 403
    assert sign_in(staff.neighbour).get(page).status_code == 404
    assert family.reference in lead.get("/staff/").text
    assert lead.post(f"{page}/agree", data={"note": "I agree"}).status_code == 302
    assert "Stands until 18 February 2027" in text_of(lead.get(page))
    assert "Blocked" not in coordinator.get("/staff/families/").text
    assert coordinator.post(f"{page}/end", data={"why": "New risk"}).status_code == 302
    assert "New risk" in coordinator.get(page).text
    assert "Blocked" in coordinator.get("/staff/families/").text


LEVELS = {
    "label_1": "Universal", "colour_1": "green", "label_2": "Early help", "colour_2": "teal",
    "label_3": "Targeted", "colour_3": "orange", "label_4": "Social care", "colour_4": "red",
}  # fmt: skip


def test_manager_names_and_colours_the_levels(sign_in, staff, scheme_id, saved, database):
    manager = sign_in(staff.manager)
    assert manager.post("/staff/levels/", data=LEVELS).status_code == 302
    assert saved(Scheme, scheme_id, lambda one: (one.level_labels, one.level_colours)) == (
        ["Universal", "Early help", "Targeted", "Social care"],
        ["green", "teal", "orange", "red"],
    )
    with database.writing(scheme_id) as session:
        make_family(session, staff.coordinator, staff.here, level=2)
    assert (
        'govuk-tag--teal">2 Early help<' in sign_in(staff.coordinator).get("/staff/families/").text
    )
    assert sign_in(staff.coordinator).get("/staff/levels/").status_code == 403


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label_2": "universal"}, "a name of its own"),
        ({"label_2": ""}, "Enter a name for level 2"),
        ({"colour_2": "gold"}, "Choose from the list"),
    ],
)
def test_levels_that_cannot_be_told_apart_are_refused(
    sign_in, staff, scheme_id, saved, change, message
):
    answer = sign_in(staff.manager).post("/staff/levels/", data={**LEVELS, **change})
    assert (answer.status_code, message in answer.text) == (422, True)
    assert saved(Scheme, scheme_id, lambda one: one.level_labels[1]) == "Additional"
