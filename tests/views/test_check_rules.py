"""The rule table and the roles, as staff read and a manager changes them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.enums import Role
from peerapp.models import CheckRuleTable
from tests.factories import make_account
from tests.support.check_pages import ROLE, confirm, hidden
from tests.support.staff_pages import at, text_of

RULES = "/staff/check-rules"
DRAFT = f"{RULES}/draft"
TRY = {name: ROLE[name] for name in list(ROLE)[3:]}


@pytest.fixture
def manager(database, scheme_id, sign_in, place):
    with database.writing(scheme_id) as session:
        account = make_account(session, Role.MANAGER, name="Mo Manager")
    return sign_in(account)


@pytest.fixture
def tables(database, scheme_id):
    """Return a function that gives number, ids of the rules and whether it is published."""

    def asking():
        with database.reading(scheme_id) as session:
            query = select(CheckRuleTable).order_by(CheckRuleTable.number)
            return [
                (one.number, [rule["id"] for rule in one.rules], one.published_at is not None)
                for one in session.scalars(query)
            ]

    return asking


def rule(**changed):
    given = {"level": "enhanced", "workforce": "child", "reason": "Because.", "position": "1"}
    return {**given, **changed}


def save(browser, rule_id, **changed):
    address = f"{DRAFT}/rules/{rule_id}"
    return browser.post(address, data={**hidden(browser, address), **rule(**changed)})


def test_rules_are_read_by_casework_and_changed_by_a_manager_alone(staff, lead, manager, tables):
    for browser in (staff, lead):
        shown = text_of(browser.get(f"{RULES}/"))
        assert "Version 1, in use" in shown
        assert "Rule 6 Children: does things with children" in shown
        assert "Change the rules" not in shown
        assert browser.post(f"{DRAFT}/start").status_code == 403
    assert "Change the rules" in manager.get(f"{RULES}/").text
    assert tables() == []


def test_draft_is_changed_tried_and_published_and_the_old_version_stays(manager, staff, tables):
    assert manager.post(f"{DRAFT}/start").location == DRAFT
    lowered = {"children": ["activity"], "frequency": ["seldom"], "position": "12"}
    basic = {"level": "basic", "workforce": "other", "reason": "Agreed with our partners."}
    assert save(manager, "seldom", **lowered, **basic).location == DRAFT
    asked = {**TRY, "children": "activity", "frequency": "seldom"}
    tried = text_of(manager.get(f"{RULES}/try", query_string={**asked, "draft": "1"}))
    assert "Basic Agreed with our partners. Rule 12 decides." in tried
    assert "Enhanced, child workforce It is work" in text_of(
        staff.get(f"{RULES}/try", query_string={**asked, "draft": ""})
    )
    publish = f"{DRAFT}/publish"
    given = hidden(manager, publish)
    assert manager.post(publish, data={**given, "note": ""}).status_code == 422
    answer = manager.post(publish, data={**given, "note": "The partnership agreed."})
    assert answer.location == f"{RULES}/"
    shown = text_of(staff.get(f"{RULES}/"))
    assert "Version 2, in use" in shown
    assert "By Mo Manager What changed The partnership agreed." in shown
    assert [(number, published) for number, _, published in tables()] == [(1, True), (2, True)]


def test_earlier_version_is_read_as_it_was(manager, staff, database, scheme_id):
    manager.post(f"{DRAFT}/start")
    with database.reading(scheme_id) as session:
        first, draft = session.scalars(select(CheckRuleTable).order_by(CheckRuleTable.number))
    shown = text_of(staff.get(f"{RULES}/versions/{first.id}"))
    assert "Version 1" in shown
    assert "The rules that came with the software." in shown
    assert staff.get(f"{RULES}/versions/{draft.id}").status_code == 404


def test_unlawful_rule_is_named_with_an_example_and_cannot_be_published(manager, tables):
    manager.post(f"{DRAFT}/start")
    save(manager, "parents", children=["parents_only"], level="enhanced_children", position="14")
    shown = text_of(manager.get(DRAFT))
    assert "Rule 14 asks for a check that the law does not allow there." in shown
    assert "for instance: Children: with parents only" in shown
    assert "The law allows: Basic." in shown
    publish = f"{DRAFT}/publish"
    answer = manager.post(publish, data={**hidden(manager, publish), "note": "Try."})
    assert answer.status_code == 422
    assert "Correct what the law does not allow first." in answer.text
    assert [published for *_, published in tables()] == [True, False]
    asked = {**TRY, "draft": "1"}
    tried = text_of(manager.get(f"{RULES}/try", query_string=asked))
    assert "asks for a check that the law does not allow here" in tried


def test_two_managers_at_once_do_not_overwrite_each_other(manager, tables):
    manager.post(f"{DRAFT}/start")
    address = f"{DRAFT}/rules/parents"
    mine = hidden(manager, address)
    save(manager, "new", reason="A colleague’s rule.")
    answer = manager.post(address, data={**mine, **rule(reason="My words.")})
    assert answer.status_code == 422
    assert "A colleague has changed the draft meanwhile." in answer.text
    assert "My words." in answer.text
    page = manager.get(DRAFT).text
    assert ("A colleague’s rule." in page, "My words." in page) == (True, False)
    removed = manager.post(f"{address}/remove", data=mine)
    assert removed.status_code == 409
    assert manager.post(f"{DRAFT}/discard", data={"edition": "x"}).status_code == 409
    assert len(tables()[1][1]) == 16


def test_rule_is_added_marked_if_it_never_decides_and_removed(manager, tables):
    manager.post(f"{DRAFT}/start")
    save(manager, "new", position="16", reason="Comes too late.")
    assert "Never decides" in manager.get(DRAFT).text
    added = tables()[1][1][-1]
    address = f"{DRAFT}/rules/{added}"
    assert manager.post(f"{address}/remove", data=hidden(manager, address)).location == DRAFT
    assert "Never decides" not in manager.get(DRAFT).text
    assert manager.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"level": "standard"}, "Choose from the list"),
        ({"reason": ""}, "Say why, in plain words"),
        ({"position": "0"}, "Enter a whole number from 1 to 999"),
        ({"children": ["aliens"]}, "Choose from the list"),
    ],
)
def test_rule_with_a_wrong_field_is_not_saved(manager, tables, changed, words):
    manager.post(f"{DRAFT}/start")
    answer = save(manager, "new", **changed)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert len(tables()[1][1]) == 15


def test_thrown_away_draft_leaves_the_version_in_use(manager, tables):
    manager.post(f"{DRAFT}/start")
    given = hidden(manager, f"{DRAFT}/publish")
    assert manager.post(f"{DRAFT}/discard", data=given).location == f"{RULES}/"
    assert [(number, published) for number, _, published in tables()] == [(1, True)]
    assert manager.get(DRAFT).status_code == 404


def test_who_would_change_is_told_before_and_listed_after_publishing(manager, staff, add, saved):
    volunteer = add(last_name="Helper")
    confirm(staff, volunteer, "event_helper")
    manager.post(f"{DRAFT}/start")
    lowered = {"children": ["activity"], "frequency": ["seldom"], "position": "12"}
    save(manager, "seldom", **lowered, level="basic", workforce="other")
    publish = f"{DRAFT}/publish"
    assert "Ama Helper" in manager.get(publish).text
    assert "Ama Helper" not in staff.get("/staff/dbs-level-reviews").text
    manager.post(publish, data={**hidden(manager, publish), "note": "Agreed."})
    assert "Ama Helper" in staff.get("/staff/dbs-level-reviews").text
    assert "Look at it again" in staff.get(at(volunteer)).text
    assert saved(volunteer, lambda one: one.check_level) == "enhanced"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"children": "present", "frequency": "often", "personal_care": "yes"}, "Rule 5 decides."),
        ({}, "Rule 14 decides. The law allows: Basic."),
        ({"frequency": "often"}, "The role is with parents only: choose never."),
        ({"adults": ""}, "Say whether it cares for adults in such a way"),
    ],
)
def test_trying_the_rules_saves_nothing(staff, tables, changed, words):
    page = staff.get(f"{RULES}/try", query_string={**TRY, **changed})
    assert (page.status_code, words in text_of(page)) == (200, True)
    assert tables() == []


def test_role_is_added_with_its_answers_and_changed_by_one_at_a_time(manager, staff, add):
    assert staff.post("/staff/roles/new", data=ROLE).status_code == 403
    wrong = manager.post("/staff/roles/new", data={**ROLE, "frequency": "often"})
    assert (wrong.status_code, "choose never" in wrong.text) == (422, True)
    assert manager.post("/staff/roles/new", data=ROLE).location == "/staff/roles/"
    assert "Café host" in staff.get(at(add(), "/dbs-level")).text
    address = "/staff/roles/caf_host"
    shown = hidden(manager, address)
    first = manager.post(address, data={**ROLE, **shown, "adults": "yes"})
    assert first.location == "/staff/roles/"
    assert "Enhanced with the adults’ barred list, adult workforce" in text_of(
        staff.get("/staff/roles/")
    )
    late = manager.post(address, data={**ROLE, **shown, "summary": "Late words."})
    assert late.status_code == 422
    assert "A colleague has changed this role meanwhile." in late.text


def test_retired_role_is_offered_to_nobody_new(manager, staff, add):
    volunteer = add()
    address = "/staff/roles/group_helper"
    given = hidden(manager, address)
    assert manager.post(f"{address}/retire", data=given).location == "/staff/roles/"
    assert "Not offered any more" in staff.get("/staff/roles/").text
    assert "Group helper" not in staff.get(at(volunteer, "/dbs-level")).text
    assert staff.get(at(volunteer, "/dbs-level/group_helper")).status_code == 404
