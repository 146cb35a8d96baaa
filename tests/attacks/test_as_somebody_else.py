"""What he learns as a family, as a referrer, as a referee, in her name, and as staff elsewhere."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import ReferralDecline, RightKind, Role
from peerapp.models import Account, Family, Referral, RightsRequest
from peerapp.services import referrals
from tests.attacks.asking import seen
from tests.attacks.hidden import HER_EMAIL, SECRETS, leaks
from tests.factories import NOW, TODAY, make_account, make_family
from tests.support.exports import ask_for_file, fetch_as_two
from tests.support.referral_scenes import told

HERS = {
    "first_name": SECRETS["first name"],
    "last_name": SECRETS["last name"],
    "email": HER_EMAIL,
    "phone": SECRETS["phone"],
    "children": [{"name": SECRETS["child"], "age": 7}],
    "postcode": SECRETS["postcode"],
    "address": SECRETS["address"],
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def outcomes(app, database, scheme_id, stage):
    """Return what a referrer sees of her when she was found, and of another who was declined."""

    def pages():
        with database.writing(scheme_id) as session:
            staff = session.get_one(Account, stage.people["coordinator"])
            family = session.get_one(Family, stage.ids["family_id"])
            hers, her_link = told(session, **HERS)
            other, other_link = told(session, first_name="Other", last_name="Body")
            referrals.call_same(session, staff, hers.id, family.id, TODAY)
            reason = next(iter(ReferralDecline))
            referrals.decline(session, staff, other.id, reason, "", TODAY)
            words = hers.reference, other.reference
        found = [
            app.test_client().get(f"/referral/outcome/{one}") for one in (her_link, other_link)
        ]
        assert [leaks(one) for one in found] == [[], []]
        return [seen(one, word) for one, word in zip(found, words, strict=True)]

    return pages


@pytest.mark.scorecard("8.2.3")
def test_a_referrer_cannot_tell_that_she_was_known_from_a_decline(outcomes):
    hers, other = outcomes()
    assert (hers, hers[0]) == (other, 200)


@pytest.mark.scorecard("8.2.3", control=True)
def test_a_referrer_who_is_told_of_her_record_is_noticed(outcomes, monkeypatch):
    monkeypatch.setattr("peerapp.domain.referrals.was_put_to_record", lambda _: False)
    hers, other = outcomes()
    assert hers != other


FAMILYS_PAGES = (
    "/family/",
    "/family/coach",
    "/family/messages",
    "/family/safe-contact",
    "/family/volunteer",
    "/your-data/",
    "/your-account/who-looked",
    "/calendar/",
    "/concerns/",
    "/account/",
)


@pytest.mark.scorecard("8.2.3")
def test_a_family_reads_nothing_of_another(browser, stage):
    him = browser("ex_family")
    assert [path for path in FAMILYS_PAGES if leaks(him.get(path))] == []


@pytest.mark.scorecard("8.2.3", control=True)
def test_the_same_pages_tell_her_of_herself(browser, stage):
    her = browser("her")
    assert {word for path in FAMILYS_PAGES for word in leaks(her.get(path))} >= {
        "alias", "coach's phone",
    }  # fmt: skip


@pytest.fixture
def asked_for_copy(browser, database, scheme_id, stage):
    """His request from his own account, in which he writes as if he were her."""
    words = "I am {first name} {last name}, {reference}. Send it to me.".format(**SECRETS)
    data = {"kind": "access", "words": words, "field": SECRETS["reference"]}
    answer = browser("ex_family").post("/your-data/ask", data=data)
    assert (answer.status_code, leaks(answer)) == (302, [])
    with database.reading(scheme_id) as session:
        return session.scalars(select(RightsRequest)).one()


def test_a_copy_that_he_asks_for_in_her_name_is_of_his_own_record(browser, stage, asked_for_copy):
    assert asked_for_copy.family_id == stage.ids["his_family_id"]
    manager = browser("manager")
    page = manager.get(f"/staff/rights/requests/{asked_for_copy.id}/copy")
    assert page.status_code == 200
    typed = ("first name", "last name", "reference")
    assert leaks(page, known=typed) == []


def test_a_letter_in_her_name_opens_nothing_until_a_manager_knows_who_wrote_it(
    browser, database, scheme_id, stage
):
    manager = browser("manager")
    day = {"received_on-day": "19", "received_on-month": "11", "received_on-year": "2026"}
    data = {"kind": RightKind.ACCESS.value, "reference": SECRETS["reference"], **day}
    place = manager.post("/staff/rights/requests/new", data=data).headers["Location"]
    assert SECRETS["last name"] in manager.get(f"{place}/copy").text
    answer = manager.post(f"{place}/copy", data={"has_read": "y"})
    assert answer.status_code == 422
    assert "how you know that it is this person" in answer.text
    assert manager.post(f"{place}/file").status_code == 409
    assert manager.post(
        f"{place}/copy", data={"has_read": "y", "proof": "noted"}
    ).status_code == 422  # fmt: skip
    given = {"has_read": "y", "proof": "called_back"}
    assert manager.post(f"{place}/copy", data=given).status_code == 302
    assert manager.post(f"{place}/file").status_code == 200


STAFF_LISTS = (
    "/staff/",
    "/staff/families/",
    "/staff/volunteers/",
    "/staff/matches/",
    "/staff/matches/?state=active",
    "/staff/referrals/",
    "/staff/sessions/",
    "/staff/supervision/",
    "/staff/certificates/",
    "/staff/funnel/",
    "/staff/expenses/",
)


@pytest.mark.scorecard("8.2.2", "8.2.3")
def test_staff_of_another_locality_find_her_by_no_list_and_no_search(browser, stage):
    them = browser("stranger")
    found = {path: leaks(them.get(path)) for path in STAFF_LISTS}
    assert {path: words for path, words in found.items() if words} == {}
    for box in ("/staff/families/", "/staff/volunteers/search"):
        for word in ("first name", "last name", "reference", "email", "phone", "coach"):
            hers = them.post(box, data={"search": SECRETS[word]})
            nobody = them.post(box, data={"search": "Nosuchbody"})
            assert leaks(hers, known=[word]) == []
            assert seen(hers, SECRETS[word])[1] == seen(nobody, "Nosuchbody")[1]


@pytest.mark.scorecard("8.2.2", control=True)
def test_her_own_coordinator_finds_her_by_the_same(browser, stage):
    staff = browser("coordinator")
    found = staff.post("/staff/families/", data={"search": SECRETS["last name"]})
    assert SECRETS["reference"] in found.text
    found = staff.post("/staff/volunteers/search", data={"search": SECRETS["coach"]})
    assert "Ines" in found.text


@pytest.mark.scorecard("8.2.2", "8.2.3")
def test_a_file_for_staff_of_another_locality_does_not_hold_her(
    browser, database, scheme_id, stage
):
    with database.writing(scheme_id) as session:
        them = session.get_one(Account, stage.people["stranger"])
        make_family(session, them, them.localities[0].locality, last_name="Elsewhere")
    answer = fetch_as_two(browser("stranger"), browser("lead"), "/staff/families/export")
    assert (answer.status_code, leaks(answer)) == (200, [])
    assert "Elsewhere" in answer.text


@pytest.mark.scorecard("8.2.2", control=True)
def test_the_file_of_her_own_locality_does(browser, stage):
    answer = fetch_as_two(browser("coordinator"), browser("lead"), "/staff/families/export")
    assert set(leaks(answer)) >= {"last name", "email", "phone", "address", "postcode"}


@pytest.mark.scorecard("2.3.5")
def test_a_file_that_her_coordinator_asked_for_is_not_his_to_fetch(browser, stage):
    page = ask_for_file(browser("coordinator"), "/staff/families/export")
    assert browser("lead").post(f"{page}/decide", data={"answer": "yes"}).status_code == 302
    for who in ("stranger", "ex_family", "ex_coach"):
        answer = browser(who).post(f"{page}/file")
        assert (answer.status_code in {403, 404, 409}, leaks(answer)) == (True, [])


def test_a_record_that_resembles_hers_tells_staff_elsewhere_nothing_of_it(
    browser, database, scheme_id, stage
):
    with database.writing(scheme_id) as session:
        them = session.get_one(Account, stage.people["stranger"])
        referral, _ = told(session, **{**HERS, "alias": "", "must_not_be_told": ""})
        referral.locality_id = them.localities[0].locality_id
        referral_id, answers = referral.id, dict(referral.answers)
    page = browser("stranger").get(f"/staff/referrals/{referral_id}")
    typed = {name for name, word in SECRETS.items() if word in str(answers)}
    assert page.status_code == 200
    assert leaks(page, known=typed) == []
    with database.reading(scheme_id) as session:
        assert session.get_one(Referral, referral_id).family_id is None


def test_the_audit_that_an_auditor_reads_names_her_not(
    browser, database, scheme_id, sign_in, stage
):
    browser("coordinator").get(f"/staff/families/{stage.ids['family_id']}")
    with database.writing(scheme_id) as session:
        auditor = make_account(session, Role.AUDITOR)
    answer = sign_in(auditor).get("/staff/audit/")
    assert (answer.status_code, leaks(answer, known=["reference"])) == (200, [])
