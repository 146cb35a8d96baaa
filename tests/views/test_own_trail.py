"""Who looked at one's record: told to the person whom it is about, and no more than is safe."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from peerapp.enums import MatchState, Role
from peerapp.models import Family, Match
from peerapp.services import audit
from tests.factories import NOW, make_account
from tests.scenes import scene_in
from tests.support.queries import counted

LOOKS = "/your-account/who-looked"
EVENTS = "/your-account/sign-ins"


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scene(app, database, scheme_id):
    made = scene_in(database, scheme_id)
    with made.writing() as session:
        made.coordinator(session).name = "Cora Surname"
    return made


@pytest.fixture
def match_id(scene):
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(), state=MatchState.ACTIVE)


@pytest.fixture
def browser_of(scene, sign_in, match_id):
    """Return a function that gives the browser of a side of the match, or of a member of staff."""

    def browser(who):
        with scene.writing() as session:
            match = session.get_one(Match, match_id)
            sides = {"family": match.family.account, "coach": match.volunteer.account}
            known = {**sides, "coordinator": scene.coordinator(session)}
            found = known.get(who) or make_account(session, Role(who), name=f"{who} Somebody")
        return sign_in(found)

    return browser


def lines(page):
    """Return the cells of the page's table, a list for each row."""
    body = page.text.partition("<tbody")[2].partition("</tbody>")[0]
    rows = body.split("<tr")[1:]
    return [
        [cell.rpartition(">")[2].strip() for cell in row.replace("</span></td>", "</td>")
         .replace("</th>", "</td>").split("</td>")[:-1]]
        for row in rows
    ]  # fmt: skip


DAY = "20 November 2026"


@pytest.mark.scorecard("16.3.2")
def test_family_sees_who_of_the_staff_and_which_coach_looked(scene, browser_of, match_id):
    family = browser_of("family")
    assert lines(family.get(LOOKS)) == []
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        family_id, coach_id = match.family_id, match.volunteer_id
    coordinator = browser_of("coordinator")
    for _ in range(3):
        assert coordinator.get(f"/staff/families/{family_id}").status_code == 200
    assert coordinator.get(f"/staff/volunteers/{coach_id}").status_code == 200
    assert browser_of("coach").get(f"/volunteer/matches/{match_id}").status_code == 200
    assert family.get("/family/coach").status_code == 200
    assert sorted(lines(family.get(LOOKS))) == [
        [DAY, "Cora, coordinator", "Your record", "3 times"],
        [DAY, "Your coach", "How to reach you", "Once"],
    ]


def test_coach_sees_who_looked_but_not_who_looked_at_the_family(scene, browser_of, match_id):
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        family_id, coach_id = match.family_id, match.volunteer_id
    coordinator = browser_of("coordinator")
    coordinator.get(f"/staff/families/{family_id}")
    coordinator.get(f"/staff/volunteers/{coach_id}")
    coordinator.get(f"/staff/volunteers/{coach_id}/references/")
    browser_of("family").get("/family/coach")
    found = lines(browser_of("coach").get(LOOKS))
    assert sorted(found) == [
        [DAY, "A family you help", "How to reach you", "Once"],
        [DAY, "Cora, coordinator", "Your record", "2 times"],
    ]


def test_lead_is_not_told_from_other_staff(scene, browser_of, match_id):
    """That a lead looks may be the first sign of a worry; the control: a coordinator is named."""
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        paths = [f"/staff/families/{match.family_id}", f"/staff/volunteers/{match.volunteer_id}"]
    for who in ("safeguarding_lead", "coordinator"):
        browser = browser_of(who)
        assert [browser.get(path).status_code for path in paths] == [200, 200]
    for side in ("family", "coach"):
        page = browser_of(side).get(LOOKS)
        assert [word for word in ("afeguarding", "Lead") if word in page.text] == []
        assert sorted(who for _, who, _, _ in lines(page)) == [
            "Cora, coordinator",
            "One of our staff",
        ]


def test_worries_and_other_peoples_records_are_not_told(scene, browser_of, match_id):
    other_id = scene.add_family(account=True)
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        staff = scene.coordinator(session)
        for action in ("concern.read", "referral.read", "duty_cover.use"):
            audit.record_read(session, staff, action, match.family)
            audit.record_read(session, staff, action, match.volunteer)
        audit.record_read(session, staff, "family.read", session.get_one(Family, other_id))
        stranger = make_account(session, Role.FAMILY)
        audit.record_read(session, stranger, "coach_contact.read", match.volunteer)
    assert lines(browser_of("family").get(LOOKS)) == []
    assert lines(browser_of("coach").get(LOOKS)) == [
        [DAY, "A family you help", "How to reach you", "Once"]
    ]


def test_looks_are_told_for_a_year_and_page_by_page(scene, browser_of, match_id):
    with scene.writing() as session:
        family = session.get_one(Match, match_id).family
        staff = scene.coordinator(session)
        for _ in range(370):
            audit.record_read(session, staff, "family.read", family)
        for days, row in enumerate(session.new):
            row.at = NOW - timedelta(days=days)
    browser = browser_of("family")
    pages = [lines(browser.get(f"{LOOKS}?page={page}")) for page in range(1, 10)]
    assert [len(page) for page in pages] == [50] * 7 + [17, 0]


def test_page_asks_as_often_for_one_look_as_for_many(app, scene, browser_of, match_id):
    browser, found = browser_of("family"), []
    for _ in range(2):
        with scene.writing() as session:
            family = session.get_one(Match, match_id).family
            for _ in range(15):
                staff = make_account(session, Role.COORDINATOR)
                audit.record_read(session, staff, "family.read", family)
        with counted(app) as sent:
            browser.get(LOOKS)
        found.append(len(sent))
    assert found[0] == found[1]


def test_account_sees_its_own_security_events_only(scene, browser_of, match_id):
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        audit.record_security(session, None, "account.reset", match.family.account)
        audit.record_security(session, None, "account.ask_reset", match.volunteer.account)
    found = lines(browser_of("family").get(EVENTS))
    assert sorted(text for _, text in found) == [
        "A new password was set",
        "Somebody signed in to your account",
    ]
    assert browser_of("coordinator").get(EVENTS).status_code == 200


@pytest.mark.parametrize("who", ["coordinator", "manager", "auditor"])
def test_staff_have_no_record_to_look_at(browser_of, who):
    assert browser_of(who).get(LOOKS).status_code == 403
