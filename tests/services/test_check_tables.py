"""Versions of the rules: drafted, changed by two people, published, kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from peerapp.domain.check_rules import Rule
from peerapp.domain.check_rules_shipped import SHIPPED_RULES
from peerapp.enums import CheckAnswer, CheckLevel, CheckQuestion, Role, Workforce
from peerapp.errors import NotFound, Stale
from peerapp.models import CheckRuleTable
from peerapp.services import check_tables, volunteer_roles
from peerapp.services.volunteer_roles import RoleDetails
from tests.factories import NOW, TODAY, make_account
from tests.support.volunteers import audited, refused

EXTRA = Rule("extra", {}, CheckLevel.BASIC, Workforce.OTHER, "Because.")


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER, name="Mo Manager")


@pytest.fixture
def draft(session, manager):
    return check_tables.start_draft(session, manager)


def save(session, manager, draft, rule, place=1):
    return check_tables.save_rule(session, manager, draft.edition, rule, place)


def ids(table):
    return [rule.id for rule in check_tables.rules_of(table)]


SHIPPED = [rule.id for rule in SHIPPED_RULES]


def test_draft_is_a_copy_of_the_present_version_and_there_is_one(session, manager, draft):
    assert (draft.number, ids(draft), draft.published_at) == (2, SHIPPED, None)
    other = make_account(session, Role.MANAGER)
    assert check_tables.start_draft(session, other) is draft
    assert draft.started_by_id == manager.id
    assert check_tables.current_table(session).number == 1


def test_draft_that_nobody_started_is_not_there(session):
    with pytest.raises(NotFound):
        check_tables.get_draft(session)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (1, ["extra", *SHIPPED]),
        (3, [*SHIPPED[:2], "extra", *SHIPPED[2:]]),
        (99, [*SHIPPED, "extra"]),
    ],
)
def test_new_rule_goes_where_it_was_told(session, manager, draft, place, expected):
    save(session, manager, draft, EXTRA, place)
    assert ids(draft) == expected


def test_known_rule_is_replaced_and_moved(session, manager, draft):
    changed = replace(SHIPPED_RULES[2], reason="Another reason.")
    save(session, manager, draft, changed, 1)
    assert ids(draft) == [SHIPPED[2], *SHIPPED[:2], *SHIPPED[3:]]
    assert check_tables.find_rule(draft, changed.id) == changed


def test_removed_rule_is_gone_from_the_draft_alone(session, manager, draft):
    check_tables.remove_rule(session, manager, draft.edition, SHIPPED[0])
    assert ids(draft) == SHIPPED[1:]
    assert ids(check_tables.current_table(session)) == SHIPPED
    with pytest.raises(NotFound):
        check_tables.remove_rule(session, manager, draft.edition, SHIPPED[0])


def test_two_editors_do_not_overwrite_each_other(session, manager, draft):
    shown = draft.edition
    save(session, manager, draft, EXTRA)
    late = replace(EXTRA, id="late")
    for act in (
        lambda: check_tables.save_rule(session, manager, shown, late, 1),
        lambda: check_tables.remove_rule(session, manager, shown, SHIPPED[0]),
        lambda: check_tables.discard_draft(session, manager, shown),
        lambda: check_tables.publish(session, manager, shown, "Mine.", NOW),
    ):
        with pytest.raises(Stale):
            act()
    assert ids(draft) == ["extra", *SHIPPED]


def test_published_version_counts_from_then_and_earlier_ones_stay(session, manager, draft):
    rule = replace(SHIPPED_RULES[-1], reason="In our own words.")
    draft = save(session, manager, draft, rule, 15)
    check_tables.publish(session, manager, draft.edition, " In our words. ", NOW)
    versions = check_tables.list_versions(session)
    assert [(one.number, one.note) for one in versions] == [
        (2, "In our words."),
        (1, check_tables.SHIPPED_NOTE),
    ]
    assert (versions[0].published_by.name, versions[0].published_at) == ("Mo Manager", NOW)
    assert check_tables.rules_of(versions[0])[-1] == rule
    assert check_tables.rules_of(versions[1]) == SHIPPED_RULES
    assert check_tables.get_version(session, versions[1].id) is versions[1]
    assert check_tables.find_draft(session) is None
    assert check_tables.start_draft(session, manager).number == 3


def test_published_version_cannot_be_changed(session, manager, draft):
    draft = save(session, manager, draft, replace(SHIPPED_RULES[-1], reason="New."), 15)
    check_tables.publish(session, manager, draft.edition, "New.", NOW)
    with pytest.raises(NotFound):
        check_tables.save_rule(session, manager, draft.edition, EXTRA, 1)


def test_draft_is_no_version_to_read(session, draft):
    with pytest.raises(NotFound):
        check_tables.get_version(session, draft.id)


@pytest.mark.parametrize(
    ("change", "note", "expected"),
    [
        ({"level": CheckLevel.ENHANCED_CHILDREN, "workforce": Workforce.CHILD}, "x", ["faults"]),
        ({"level": CheckLevel.STANDARD}, "x", ["faults"]),
        ({}, "x", ["unchanged"]),
        ({"reason": "New."}, "  ", ["note"]),
        ({"level": CheckLevel.STANDARD}, "", ["faults", "note"]),
    ],
)
def test_draft_that_is_unlawful_unchanged_or_unexplained_is_not_published(
    session, manager, draft, change, note, expected
):
    draft = save(session, manager, draft, replace(SHIPPED_RULES[-1], **change), 15)
    verb = check_tables.publish
    assert refused(verb, session, manager, draft.edition, note, NOW) == expected
    assert (draft.published_at, check_tables.current_table(session).number) == (None, 1)


def test_draft_with_a_gap_is_not_published(session, manager, draft):
    draft = check_tables.remove_rule(session, manager, draft.edition, "others")
    verb = check_tables.publish
    assert refused(verb, session, manager, draft.edition, "Gap.", NOW) == ["faults"]


def test_rule_needs_a_reason_and_a_table_is_not_endless(session, manager, draft):
    verb = check_tables.save_rule
    silent = replace(EXTRA, reason=" ")
    assert refused(verb, session, manager, draft.edition, silent, 1) == ["reason"]
    for number in range(check_tables.MOST_RULES - len(SHIPPED)):
        draft = save(session, manager, draft, replace(EXTRA, id=str(number)))
    assert refused(verb, session, manager, draft.edition, EXTRA, 1) == ["too_many"]


def test_discarded_draft_leaves_its_trace_in_the_audit_alone(session, manager, draft):
    check_tables.discard_draft(session, manager, draft.edition)
    session.flush()
    assert [one.number for one in session.scalars(select(CheckRuleTable))] == [1]
    rows = audited(session, "check_rules.discard_draft")
    assert [(row.actor_id, row.detail) for row in rows] == [(manager.id, {"number": 2})]


ANSWERS = {
    CheckQuestion.CHILDREN: CheckAnswer.PARENTS_ONLY,
    CheckQuestion.FREQUENCY: CheckAnswer.NEVER,
    CheckQuestion.OVERNIGHT: CheckAnswer.NO,
    CheckQuestion.PERSONAL_CARE: CheckAnswer.NO,
    CheckQuestion.PLACE: CheckAnswer.NO,
    CheckQuestion.ADULTS: CheckAnswer.NO,
}


def add_role(session, manager, name="Café host", **changed):
    details = RoleDetails(name, "Pours tea.", {**ANSWERS, **changed})
    return volunteer_roles.add_role(session, manager, details, coaches_families=False)


def test_added_role_stands_beside_the_shipped_ones(session, manager):
    role = add_role(session, manager)
    assert (role.slug, role.edition, role.coaches_families) == ("caf_host", 1, False)
    names = [one.name for one in volunteer_roles.list_roles(session)]
    assert names == [
        "Family coach",
        "Café host",
        "Event helper",
        "Group helper",
        "Parent supporter",
    ]
    assert volunteer_roles.answers_of(role) == ANSWERS


def test_roles_of_like_names_have_addresses_of_their_own(session, manager):
    slugs = [add_role(session, manager, name).slug for name in ("Tea!", "Tea?", "茶", "酒")]
    assert slugs == ["tea", "tea_2", "role", "role_2"]


@pytest.mark.parametrize("name", ["family coach", " FAMILY COACH "])
def test_name_that_is_taken_is_refused(session, manager, name):
    assert refused(add_role, session, manager, name) == ["name"]


def test_role_with_contradicting_answers_is_refused(session, manager):
    wrong = {"frequency": CheckAnswer.OFTEN}
    details = RoleDetails("Host", "Tea.", {**ANSWERS, CheckQuestion.FREQUENCY: wrong["frequency"]})
    verb = volunteer_roles.add_role
    assert refused(verb, session, manager, details, coaches_families=False) == ["frequency"]


def test_role_is_changed_by_one_person_at_a_time(session, manager):
    role = add_role(session, manager)
    details = RoleDetails("Host", "Pours tea and coffee.", ANSWERS)
    volunteer_roles.change_role(session, manager, role.slug, 1, details)
    assert (role.name, role.summary, role.edition) == ("Host", "Pours tea and coffee.", 2)
    with pytest.raises(Stale):
        volunteer_roles.change_role(session, manager, role.slug, 1, details)
    (row,) = audited(session, "volunteer_role.change")
    assert row.detail == {
        "answers": "children=parents_only frequency=never overnight=no personal_care=no "
        "place=no adults=no"
    }


def test_retired_role_is_offered_no_more_but_the_last_one_is(session, manager):
    volunteer_roles.ensure_roles(session)
    slugs = [one.slug for one in volunteer_roles.list_roles(session)]
    for slug in slugs[1:]:
        volunteer_roles.retire_role(session, manager, slug, 1, TODAY)
    assert [one.slug for one in volunteer_roles.list_roles(session)] == slugs[:1]
    assert len(volunteer_roles.list_roles(session, with_retired=True)) == len(slugs)
    verb = volunteer_roles.retire_role
    assert refused(verb, session, manager, slugs[0], 1, TODAY) == ["last_role"]
