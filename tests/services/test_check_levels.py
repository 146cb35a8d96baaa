"""Deciding by role and rules; what a new version of either changes, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from peerapp.domain.check_rules_shipped import SHIPPED_ROLES, SHIPPED_RULES
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    CheckAnswer,
    CheckLevel,
    CheckQuestion,
    MatchState,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.errors import NotFound, Stale
from peerapp.models import CheckDecision, CheckRuleTable, VolunteerRole, utc_now
from peerapp.services import check_levels, check_overviews, check_tables, volunteer_roles
from peerapp.services.check_levels import Seen
from peerapp.services.volunteer_roles import RoleDetails
from tests.factories import TODAY, make_account, make_coach, make_locality, make_volunteer
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

COACH = Seen("family_coach", 1, 1)


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here)


def decide(session, actor, volunteer, slug="family_coach", edition=1, number=1):
    seen = Seen(slug, edition, number)
    return check_levels.decide_check_level(session, actor, volunteer.id, seen, TODAY)


def publish(session, manager, **changed):
    """Publish a version in which the rule with an id is another."""
    draft = check_tables.start_draft(session, manager)
    for rule_id, changes in changed.items():
        rule = check_tables.find_rule(draft, rule_id.replace("_", "-"))
        place = check_tables.position_of(draft, rule)
        new = replace(rule, **changes)
        draft = check_tables.save_rule(session, manager, draft.edition, new, place)
    return check_tables.publish(session, manager, draft.edition, "Another way.", utc_now())


BASIC = {"level": CheckLevel.BASIC, "workforce": Workforce.OTHER}


def codes(coach):
    return [refusal.code for refusal in clearance_refusals(coach, TODAY)]


@pytest.mark.parametrize(
    ("slug", "level", "workforce", "coaches"),
    [
        ("family_coach", CheckLevel.ENHANCED_CHILDREN, Workforce.CHILD, True),
        ("group_helper", CheckLevel.ENHANCED_CHILDREN, Workforce.CHILD, False),
        ("event_helper", CheckLevel.ENHANCED, Workforce.CHILD, False),
        ("parent_supporter", CheckLevel.BASIC, Workforce.OTHER, False),
    ],
)
def test_decision_follows_from_the_role_and_is_kept_whole(
    session, staff, volunteer, slug, level, workforce, coaches
):
    decide(session, staff, volunteer, slug)
    found = volunteer.check_level, volunteer.check_workforce, volunteer.coaches_families
    assert found == (level, workforce, coaches)
    assert (volunteer.check_decided_by_id, volunteer.check_decided_on) == (staff.id, TODAY)
    (decision,) = session.scalars(select(CheckDecision))
    assert (decision.role.slug, decision.table.number) == (slug, 1)
    assert (decision.level, decision.workforce) == (level, workforce)
    assert (decision.decided_by_id, decision.decided_on) == (staff.id, TODAY)
    assert decision.answers == decision.role.answers
    assert decision.reason
    (row,) = audited(session, "volunteer.decide_check_level")
    assert row.detail == {
        "role": slug,
        "version": 1,
        "level": level.value,
        "workforce": workforce.value,
    }


def test_first_decision_saves_what_the_software_ships_once(session, staff, volunteer):
    assert check_tables.current_table(session).id is None
    assert volunteer_roles.list_roles(session)[0].slug == "family_coach"
    for _ in range(2):
        decide(session, staff, volunteer)
    assert session.scalar(select(func.count(CheckRuleTable.id))) == 1
    assert session.scalar(select(func.count(VolunteerRole.id))) == len(SHIPPED_ROLES)
    assert check_tables.rules_of(check_tables.current_table(session)) == SHIPPED_RULES
    assert len(volunteer.check_decisions) == 2


@pytest.mark.parametrize(("edition", "number"), [(2, 1), (1, 2), (0, 0)])
def test_decision_on_what_is_not_current_is_refused(session, staff, volunteer, edition, number):
    with pytest.raises(Stale):
        decide(session, staff, volunteer, edition=edition, number=number)
    assert volunteer.check_level is None


def test_decision_for_an_unknown_role_or_a_stranger_finds_nothing(session, staff, volunteer):
    with pytest.raises(NotFound):
        decide(session, staff, volunteer, "king")
    elsewhere = make_account(
        session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),)
    )
    with pytest.raises(NotFound):
        decide(session, elsewhere, volunteer)


def test_decision_for_a_closed_record_is_refused(session, staff, volunteer):
    volunteer.state = VolunteerState.DECLINED
    verb = check_levels.decide_check_level
    assert refused(verb, session, staff, volunteer.id, COACH, TODAY) == ["record_closed"]


def test_role_that_needs_more_takes_the_clearance_away(session, staff, manager, coach, proposal):
    answers = {**SHIPPED_ROLES[0].answers, CheckQuestion.ADULTS: CheckAnswer.YES}
    details = RoleDetails("Home helper", "Helps at home.", answers)
    role = volunteer_roles.add_role(session, manager, details, coaches_families=True)
    decide(session, staff, coach, role.slug)
    assert coach.check_level == CheckLevel.ENHANCED_BOTH
    assert codes(coach) == ["certificate_level", "certificate_workforce"]
    assert proposal.state == MatchState.WITHDRAWN


def test_role_without_families_takes_a_coach_out_of_matching_at_once(
    session, staff, coach, proposal
):
    assert codes(coach) == []
    decide(session, staff, coach, "group_helper")
    assert codes(coach) == ["role_not_coaching"]
    assert proposal.state == MatchState.WITHDRAWN
    decide(session, staff, coach, "family_coach")
    assert codes(coach) == []


def test_effects_are_told_before_the_decision(session, staff, coach):
    table = check_tables.current_table(session)

    def effects(slug):
        found = check_levels.check_role(volunteer_roles.get_role(session, slug), table)
        return check_overviews.list_effects(coach, found, TODAY)

    assert effects("family_coach") == []
    told = effects("parent_supporter")
    assert told == [
        "The certificate on record is not enough for this: a new one is needed.",
        "The volunteer can no longer be matched with a family.",
        "Families stop seeing the volunteer’s contact details at once, and open proposals are "
        "withdrawn.",
    ]


def test_table_that_breaks_the_law_in_the_database_decides_nothing(session, staff, volunteer):
    decide(session, staff, volunteer, "parent_supporter")
    table = check_tables.current_table(session)
    table.rules = [{**rule, "level": "enhanced_both", "when": {}} for rule in table.rules[:1]]
    session.flush()
    verb = check_levels.decide_check_level
    seen = Seen("parent_supporter", 1, 1)
    assert refused(verb, session, staff, volunteer.id, seen, TODAY) == ["unlawful_rule"]
    assert volunteer.check_level == CheckLevel.BASIC


def test_new_version_changes_no_decision_and_lists_who_would_change(
    session, staff, manager, volunteer, coach
):
    decide(session, staff, volunteer, "event_helper")
    decide(session, staff, coach)
    assert check_levels.list_reviews(session, staff) == ([], 0)
    draft = check_tables.start_draft(session, manager)
    rule = replace(check_tables.find_rule(draft, "seldom"), **BASIC)
    check_tables.save_rule(session, manager, draft.edition, rule, 12)
    assert check_levels.list_reviews(session, staff) == ([], 0)
    (would,), total = check_levels.list_reviews(session, manager, table=draft)
    assert (would.volunteer.id, total) == (volunteer.id, 1)
    publish(session, manager)
    ((review,), total) = check_levels.list_reviews(session, staff)
    assert (review.volunteer.id, review.decision.table.number, total) == (volunteer.id, 1, 1)
    assert (review.now.rule.level, volunteer.check_level) == (CheckLevel.BASIC, CheckLevel.ENHANCED)
    assert check_levels.find_review(session, volunteer).now.check == review.now.check
    assert check_levels.find_review(session, coach) is None
    assert codes(coach) == []
    with pytest.raises(Stale):
        decide(session, staff, volunteer, "event_helper", number=1)
    decide(session, staff, volunteer, "event_helper", number=2)
    assert volunteer.check_level == CheckLevel.BASIC
    assert check_levels.list_reviews(session, staff) == ([], 0)
    levels = [one.level for one in volunteer.check_decisions]
    assert levels == [CheckLevel.ENHANCED, CheckLevel.BASIC]


def test_changed_answers_of_a_role_list_who_would_change_and_uncover_nobody(
    session, staff, manager, coach
):
    decide(session, staff, coach)
    role = volunteer_roles.get_role(session, "family_coach")
    answers = {**volunteer_roles.answers_of(role), CheckQuestion.FREQUENCY: CheckAnswer.SELDOM}
    details = RoleDetails(role.name, role.summary, answers)
    volunteer_roles.change_role(session, manager, role.slug, 1, details)
    ((review,), total) = check_levels.list_reviews(session, staff)
    assert (review.now.rule.level, total) == (CheckLevel.ENHANCED, 1)
    assert (coach.check_level, codes(coach)) == (CheckLevel.ENHANCED_CHILDREN, [])


def test_level_set_before_there_were_rules_is_to_be_reviewed_and_still_clears(session, coach):
    staff = make_account(session, Role.MANAGER)
    ((review,), total) = check_levels.list_reviews(session, staff)
    assert (review.volunteer.id, review.decision, review.now, total) == (coach.id, None, None, 1)
    assert codes(coach) == []
    decide(session, staff, coach)
    assert check_levels.list_reviews(session, staff) == ([], 0)


def test_reviews_leave_out_closed_records_and_other_localities(session, staff, here):
    there = make_locality(session, "Calne", ("SN11 0",))
    seen = make_coach(session, staff, here)
    make_coach(session, staff, here, state=VolunteerState.LEFT)
    make_coach(session, staff, there)
    found, total = check_levels.list_reviews(session, staff)
    assert ([one.volunteer.id for one in found], total) == ([seen.id], 1)


def test_reviews_take_as_many_queries_for_30_as_for_1(session, staff, manager, here, database):
    counts = []
    for more in (1, 29):
        for _ in range(more):
            decide(session, staff, make_volunteer(session, here), "event_helper", number=1)
        session.flush()
        if more == 1:
            draft = check_tables.start_draft(session, manager)
            rule = replace(check_tables.find_rule(draft, "seldom"), **BASIC)
            draft = check_tables.save_rule(session, manager, draft.edition, rule, 12)
        session.expire_all()
        with counted(database.engine) as sent:
            found, total = check_levels.list_reviews(session, staff, table=draft)
            shown = [(one.volunteer.name, one.decision.role.name, one.now.rule) for one in found]
        counts.append((len(sent), len(shown), total))
    assert [(shown, total) for _, shown, total in counts] == [(1, 1), (30, 30)]
    assert counts[0][0] == counts[1][0]
