"""Staff pages on what a family agreed to, who stands by it, and what it needs."""

from __future__ import annotations

import re

import pytest

from peerapp.enums import Heading, Role
from peerapp.models import Account, Family, Locality
from peerapp.services import needs_guide
from tests import factories
from tests.services.family_scenes import make_family_scene
from tests.services.own_family_scenes import OwnScene, as_own

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def scene(database, scheme_id) -> OwnScene:
    return as_own(make_family_scene(database, scheme_id))


@pytest.fixture
def browser(scene, sign_in):
    """Return a function that gives the browser of a member of staff."""

    def opened(who: str = "coordinator"):
        with scene.database.reading(scene.scheme_id) as session:
            account = session.get_one(Account, scene.people[who])
        return sign_in(account)

    return opened


def at(family_id, path: str) -> str:
    return f"/staff/families/{family_id}{path}"


def test_consents_show_each_purpose_and_what_was_said_before(scene, browser):
    family_id = scene.add_family()
    client = browser()
    withdrawn = client.post(at(family_id, "/agreement/messages/withdraw"), data={"version": "1"})
    assert (withdrawn.status_code, withdrawn.location) == (303, at(family_id, "/consents"))
    page = client.get(at(family_id, "/consents")).text
    assert page.count("govuk-tag--green") == 2
    assert "withdrawn on 20 November 2026 by Coordinator" in page
    assert "Said before" in page


def test_withdrawing_says_first_what_follows(scene, browser):
    family_id = scene.add_family()
    page = browser().get(at(family_id, "/agreement/share_with_coach/withdraw")).text
    assert "No coach is told anything about you." in page
    assert browser().get(at(family_id, "/agreement/nothing/withdraw")).status_code == 404


def test_recording_shows_the_words_and_asks_for_purposes(scene, browser):
    family_id = scene.add_family(purposes=())
    client = browser()
    assert "You want us to look for a coach" in client.get(at(family_id, "/agreement")).text
    given = {
        "given_by": "Amina",
        "given_on-day": "2",
        "given_on-month": "9",
        "given_on-year": "2026",
        "method": "phone",
        "language": "so",
    }
    missing = client.post(at(family_id, "/agreement"), data=given)
    assert (missing.status_code, "Choose what the family agreed to" in missing.text) == (422, True)
    wrong = client.post(at(family_id, "/agreement"), data={**given, "purposes": ["research"]})
    assert (wrong.status_code, "A family agrees to take part first" in wrong.text) == (422, True)
    right = client.post(at(family_id, "/agreement"), data={**given, "purposes": ["take_part"]})
    assert right.status_code == 303
    assert "in Somali, version 2026-1" in client.get(at(family_id, "/consents")).text


def test_the_page_of_a_matched_family_says_why_contact_is_closed(scene, browser):
    family_id = scene.add_family(state="matched", purposes=("take_part",))
    page = browser().get(at(family_id, "")).text
    assert "Why contact with the coach is closed now" in page
    assert "The family has not agreed that its coach is told about it." in page


def test_naming_and_handing_over_a_worker(scene, browser):
    family_id = scene.add_family()
    with scene.writing() as (session, coordinator):
        here = session.get_one(Locality, scene.localities["here"])
        other = factories.make_account(session, Role.COORDINATOR, (here,), name="Ruth Other")
        mine, name = coordinator.id, coordinator.name
    client = browser()
    page = client.get(at(family_id, "/worker")).text
    assert ("Name the family’s worker" in page, "Handed over" in page) == (True, False)
    given = {"worker": str(mine), "reason": "first", "note": ""}
    assert client.post(at(family_id, "/worker"), data=given).location == at(family_id, "")
    assert name in client.get(at(family_id, "")).text
    given = {"worker": str(other.id), "reason": "family_asked", "note": "Canary note"}
    assert client.post(at(family_id, "/worker"), data=given).status_code == 303
    page = client.get(at(family_id, "/worker")).text
    assert page.count("Canary note") == 1
    assert scene.family(family_id, "worker_id") == (other.id,)


def test_handing_over_what_one_sees_no_more_leads_to_the_list(scene, browser):
    family_id = scene.add_family(where="there")
    with scene.writing() as (session, coordinator):
        session.get_one(Family, family_id).worker_id = coordinator.id
    given = {"worker": str(scene.people["neighbour"]), "reason": "closer", "note": ""}
    client = browser()
    answer = client.post(at(family_id, "/worker"), data=given)
    assert (answer.status_code, answer.location) == (303, "/staff/families/")
    assert client.get(at(family_id, "")).status_code == 404


def test_a_worker_who_is_not_offered_is_refused(scene, browser):
    family_id = scene.add_family()
    given = {"worker": str(scene.people["lead"]), "reason": "first"}
    assert browser().post(at(family_id, "/worker"), data=given).status_code == 422


def test_the_guide_leads_through_all_ten_headings(scene, browser):
    family_id = scene.add_family(needs={})
    client = browser()
    assert "0 of 10 talked about" in client.get(at(family_id, "/needs/guide")).text
    address = at(family_id, "/needs/guide/education")
    for heading in Heading:
        assert address == at(family_id, f"/needs/guide/{heading.value}")
        page = client.get(address).text
        fields = {re.search(r'name="(\w+)"', one)[1]: "1" for one in _radios(page)}
        assert fields.keys() == set(needs_guide.needs_under(heading))
        version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
        answer = client.post(address, data={**fields, "words": "Canary", "version": version})
        assert answer.status_code == 303
        address = answer.location
    assert address == at(family_id, "/needs/guide")
    page = client.get(address).text
    assert ("10 of 10 talked about" in page, page.count("Canary")) == (True, 10)


def _radios(page: str) -> list[str]:
    return re.findall(r'<input[^>]*type="radio"[^>]*>', page)


@pytest.mark.parametrize(
    "path",
    ["/consents", "/worker", "/needs/guide", "/needs/guide/health", "/agreement/messages/withdraw"],
)
def test_pages_of_a_family_elsewhere_do_not_exist(scene, browser, path):
    family_id = scene.add_family()
    assert browser().get(at(family_id, path)).status_code == 200
    assert browser("neighbour").get(at(family_id, path)).status_code == 404
    assert browser("neighbour").post(at(family_id, path), data={}).status_code in (404, 405)


def test_managers_read_consents_and_workers_and_no_talks(scene, browser):
    family_id = scene.add_family()
    client = browser("manager")
    paths = ("/consents", "/worker", "/needs/guide", "/needs/guide/health")
    assert [client.get(at(family_id, path)).status_code for path in paths] == [200, 200, 403, 403]


def test_a_heading_that_does_not_exist_is_not_found(scene, browser):
    family_id = scene.add_family()
    assert browser().get(at(family_id, "/needs/guide/shoes")).status_code == 404
