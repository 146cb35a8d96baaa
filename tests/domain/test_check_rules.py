"""Which check the answers about a role lead to, and that no table can break the law."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.check_rules import (
    Rule,
    answer_refusals,
    answers_from_json,
    answers_to_json,
    decide,
    find_rule,
    lawful_checks,
    possible_answers,
    rule_from_json,
    rule_to_json,
    table_faults,
    unused_rules,
)
from peerapp.domain.check_rules_shipped import SHIPPED_ROLES, SHIPPED_RULES
from peerapp.enums import CHECK_ANSWERS, CheckAnswer, CheckLevel, CheckQuestion, Workforce
from tests.domain.volunteers import codes

Q = CheckQuestion
A = CheckAnswer
L = CheckLevel
W = Workforce

NOTHING = {
    Q.CHILDREN: A.PRESENT,
    Q.FREQUENCY: A.OFTEN,
    Q.OVERNIGHT: A.NO,
    Q.PERSONAL_CARE: A.NO,
    Q.PLACE: A.NO,
    Q.ADULTS: A.NO,
}
"""Children may be there, often, and nothing else: not work with children by the law."""
WITH_CHILDRENS_LIST = {L.ENHANCED_CHILDREN, L.ENHANCED_BOTH}
WITH_ADULTS_LIST = {L.ENHANCED_ADULTS, L.ENHANCED_BOTH}


def answers(**changed: CheckAnswer) -> dict[CheckQuestion, CheckAnswer]:
    return {**NOTHING, **{Q(question): answer for question, answer in changed.items()}}


PARENTS = answers(children=A.PARENTS_ONLY, frequency=A.NEVER)
SELDOM = answers(children=A.ACTIVITY, frequency=A.SELDOM)

ROWS = [
    ("care-both", answers(personal_care=A.YES, adults=A.YES), L.ENHANCED_BOTH, W.CHILD_AND_ADULT),
    (
        "often-both",
        answers(children=A.ACTIVITY, adults=A.YES),
        L.ENHANCED_BOTH,
        W.CHILD_AND_ADULT,
    ),
    (
        "night-both",
        {**SELDOM, Q.OVERNIGHT: A.YES, Q.ADULTS: A.YES},
        L.ENHANCED_BOTH,
        W.CHILD_AND_ADULT,
    ),
    ("place-both", answers(place=A.YES, adults=A.YES), L.ENHANCED_BOTH, W.CHILD_AND_ADULT),
    ("care", answers(personal_care=A.YES, frequency=A.ONCE), L.ENHANCED_CHILDREN, W.CHILD),
    ("often", answers(children=A.ACTIVITY), L.ENHANCED_CHILDREN, W.CHILD),
    (
        "night",
        answers(children=A.ACTIVITY, frequency=A.ONCE, overnight=A.YES),
        L.ENHANCED_CHILDREN,
        W.CHILD,
    ),
    ("place", answers(place=A.YES), L.ENHANCED_CHILDREN, W.CHILD),
    ("adults-seldom", {**SELDOM, Q.ADULTS: A.YES}, L.ENHANCED_ADULTS, W.CHILD_AND_ADULT),
    (
        "adults-place",
        answers(place=A.YES, frequency=A.SELDOM, adults=A.YES),
        L.ENHANCED_ADULTS,
        W.CHILD_AND_ADULT,
    ),
    ("adults", {**PARENTS, Q.ADULTS: A.YES}, L.ENHANCED_ADULTS, W.ADULT),
    ("seldom", SELDOM, L.ENHANCED, W.CHILD),
    ("place-seldom", answers(place=A.YES, frequency=A.SELDOM), L.ENHANCED, W.CHILD),
    ("parents", PARENTS, L.BASIC, W.OTHER),
    ("others", NOTHING, L.BASIC, W.OTHER),
]


@pytest.mark.parametrize(("rule_id", "given_answers", "level", "workforce"), ROWS)
def test_each_shipped_rule_decides_its_answers(rule_id, given_answers, level, workforce):
    rule, refusals = decide(SHIPPED_RULES, given_answers)
    assert (rule.id, rule.level, rule.workforce, refusals) == (rule_id, level, workforce, [])
    assert rule.reason


def test_every_shipped_rule_has_a_row_and_decides_something():
    assert [row[0] for row in ROWS] == [rule.id for rule in SHIPPED_RULES]
    assert unused_rules(SHIPPED_RULES) == []


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ({"frequency": A.OFTEN}, L.ENHANCED_CHILDREN),
        ({"frequency": A.SELDOM}, L.ENHANCED),
        ({"frequency": A.ONCE}, L.BASIC),
        ({"frequency": A.SELDOM, "overnight": A.YES}, L.ENHANCED_CHILDREN),
        ({"frequency": A.ONCE, "overnight": A.YES}, L.ENHANCED_CHILDREN),
        ({"frequency": A.ONCE, "personal_care": A.YES}, L.ENHANCED_CHILDREN),
    ],
)
def test_frequency_night_and_care_move_the_level(changed, level):
    rule, _ = decide(SHIPPED_RULES, answers(children=A.ACTIVITY, **changed))
    assert rule.level == level


def test_night_where_children_are_only_there_is_no_regulated_activity():
    rule, _ = decide(SHIPPED_RULES, answers(overnight=A.YES))
    assert rule.level == L.BASIC


def test_shipped_table_is_lawful_for_every_possible_answer():
    assert len(possible_answers()) == 100
    assert table_faults(SHIPPED_RULES) == []


def test_shipped_roles_have_answers_that_lead_to_a_check():
    found = {role.slug: decide(SHIPPED_RULES, role.answers) for role in SHIPPED_ROLES}
    assert {slug: (rule.level, refusals) for slug, (rule, refusals) in found.items()} == {
        "family_coach": (L.ENHANCED_CHILDREN, []),
        "group_helper": (L.ENHANCED_CHILDREN, []),
        "event_helper": (L.ENHANCED, []),
        "parent_supporter": (L.BASIC, []),
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"children": A.PARENTS_ONLY}, "frequency"),
        ({"frequency": A.NEVER}, "frequency"),
        (
            {"children": A.PARENTS_ONLY, "frequency": A.NEVER, "overnight": A.YES},
            "overnight",
        ),
        (
            {"children": A.PARENTS_ONLY, "frequency": A.NEVER, "personal_care": A.YES},
            "personal_care",
        ),
    ],
)
def test_contradicting_answers_are_refused_and_decide_nothing(changed, code):
    assert codes(answer_refusals(answers(**changed))) == [code]
    rule, refusals = decide(SHIPPED_RULES, answers(**changed))
    assert (rule, codes(refusals)) == (None, [code])


@pytest.mark.parametrize("question", list(Q))
def test_missing_or_foreign_answer_is_refused(question):
    lacking = {one: answer for one, answer in NOTHING.items() if one != question}
    assert codes(answer_refusals(lacking)) == [question.value]
    foreign = A.OFTEN if question != Q.FREQUENCY else A.YES
    assert codes(answer_refusals({**NOTHING, question: foreign})) == [question.value]


def _is_regulated_with_children(given_answers):
    """The law once more, written without a look at the code."""
    contact = given_answers[Q.CHILDREN].value
    often = given_answers[Q.FREQUENCY].value == "often"
    if given_answers[Q.PERSONAL_CARE].value == "yes":
        return True
    if contact == "activity":
        return often or given_answers[Q.OVERNIGHT].value == "yes"
    return contact == "present" and often and given_answers[Q.PLACE].value == "yes"


@pytest.mark.parametrize("given_answers", possible_answers(), ids=str)
def test_law_gives_each_list_for_its_regulated_activity_and_nowhere_else(given_answers):
    levels = {level for level, _ in lawful_checks(given_answers)}
    children = _is_regulated_with_children(given_answers)
    adults = given_answers[Q.ADULTS] == A.YES
    assert bool(levels & WITH_CHILDRENS_LIST) == children
    assert bool(levels & WITH_ADULTS_LIST) == adults
    assert L.STANDARD not in levels
    # For regulated activity nothing lower is left to choose.
    assert not (children or adults) or not levels & {L.BASIC, L.ENHANCED}


CONDITIONS = st.dictionaries(st.sampled_from(list(Q)), st.none(), max_size=len(Q)).flatmap(
    lambda picked: st.fixed_dictionaries(
        {
            question: st.frozensets(st.sampled_from(CHECK_ANSWERS[question]), min_size=1)
            for question in picked
        }
    )
)
RULES = st.builds(
    Rule,
    id=st.uuids().map(str),
    when=CONDITIONS,
    level=st.sampled_from(list(L)),
    workforce=st.sampled_from(list(W)),
    reason=st.just("Because."),
)
TABLES = st.lists(RULES, max_size=8, unique_by=lambda rule: rule.id)


@given(table=TABLES, given_answers=st.sampled_from(possible_answers()))
def test_no_table_gives_a_list_outside_regulated_activity(table, given_answers):
    rule, refusals = decide(table, given_answers)
    assert (rule is None) == bool(refusals)
    if rule is None:
        return
    children, adults = _is_regulated_with_children(given_answers), given_answers[Q.ADULTS] == A.YES
    assert (rule.level in WITH_CHILDRENS_LIST) == children
    assert (rule.level in WITH_ADULTS_LIST) == adults


@given(table=TABLES)
def test_table_without_faults_answers_everything_and_others_name_an_example(table):
    faults = table_faults(table)
    refused = [one for one in possible_answers() if decide(table, one)[1]]
    assert sum(fault.count for fault in faults) == len(refused)
    for fault in faults:
        assert fault.example in refused
        assert find_rule(table, fault.example) == fault.rule
        assert fault.lawful == lawful_checks(fault.example)


def test_table_that_asks_for_a_list_too_much_names_the_rule_and_is_not_used():
    greedy = replace(SHIPPED_RULES[-1], level=L.ENHANCED_CHILDREN, workforce=W.CHILD)
    table = (*SHIPPED_RULES[:-1], greedy)
    (fault,) = table_faults(table)
    assert (fault.rule, fault.lawful) == (greedy, frozenset({(L.BASIC, W.OTHER)}))
    assert codes(decide(table, NOTHING)[1]) == ["unlawful_rule"]


def test_table_with_less_than_regulated_activity_needs_is_not_used():
    lax = replace(SHIPPED_RULES[5], level=L.ENHANCED)
    table = (*SHIPPED_RULES[:5], lax, *SHIPPED_RULES[6:])
    assert [fault.rule for fault in table_faults(table)] == [lax]
    assert codes(decide(table, answers(children=A.ACTIVITY))[1]) == ["unlawful_rule"]


def test_work_with_children_that_is_not_regulated_leaves_the_scheme_a_choice():
    basic = replace(SHIPPED_RULES[11], level=L.BASIC, workforce=W.OTHER)
    table = (*SHIPPED_RULES[:11], basic, *SHIPPED_RULES[12:])
    assert table_faults(table) == []
    assert decide(table, SELDOM)[0] == basic


def test_table_with_a_gap_says_so():
    table = SHIPPED_RULES[:-1]
    (fault,) = table_faults(table)
    assert fault.rule is None
    assert codes(decide(table, fault.example)[1]) == ["no_rule"]


def test_rule_behind_one_that_always_fits_never_decides():
    first = replace(SHIPPED_RULES[-1], id="first")
    assert unused_rules([first, *SHIPPED_RULES]) == list(SHIPPED_RULES)


@given(rule=RULES)
def test_rule_survives_being_stored(rule):
    stored = rule_to_json(rule)
    assert rule_from_json(stored) == rule


@pytest.mark.parametrize("given_answers", [NOTHING, PARENTS, SELDOM])
def test_answers_survive_being_stored(given_answers):
    assert answers_from_json(answers_to_json(given_answers)) == given_answers
