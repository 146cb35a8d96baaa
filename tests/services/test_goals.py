"""Goals in the family's words, scored by the family, and totals of outside measures."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from peerapp.enums import FamilyState, GoalState, MatchState, Occasion, Role
from peerapp.errors import NotFound
from peerapp.services import goals, measures
from tests.factories import (
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
)
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

O, M = Occasion, MatchState  # noqa: E741
WEEK = timedelta(weeks=1)


@pytest.fixture
def family(session, here, staff):
    made = make_family(session, staff, here, state=FamilyState.MATCHED)
    make_family_account(session, made)
    return made


@pytest.fixture
def stranger(session):
    return make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ()),))


def add(session, actor, family, words="We eat at one table", score=2, *, shared=True, day=TODAY):
    return goals.add(session, actor, family.id, words, is_shared=shared, score=score, today=day)


def scores(goal):
    return [(one.scored_on, one.score, one.occasion) for one in goal.scores]


def test_family_sets_up_to_three_goals_in_its_words(session, family):
    mine = family.account
    made = [add(session, mine, family, words) for words in (" One ", "Two", "Three")]
    assert [goal.words for goal in goals.own_plan(session, mine, TODAY).open] == [
        "One",
        "Two",
        "Three",
    ]
    assert refused(add, session, mine, family, "Four") == ["too_many"]
    goals.finish(session, mine, made[0].id, GoalState.SET_ASIDE, TODAY)
    assert add(session, mine, family, "Four").state == GoalState.OPEN
    plan = goals.own_plan(session, mine, TODAY)
    assert (plan.done, plan.may_add) == ([made[0]], False)


@pytest.mark.parametrize(
    ("words", "score", "code"),
    [("  ", 1, "words"), ("x" * 301, 1, "words"), ("Ok", 11, "score"), ("Ok", -1, "score")],
)
def test_goal_without_words_or_with_no_score_is_refused(session, family, words, score, code):
    assert refused(add, session, family.account, family, words, score) == [code]
    assert goals.own_plan(session, family.account, TODAY).open == []


def test_closed_family_sets_no_goals(session, family):
    family.state = FamilyState.CLOSED
    assert refused(add, session, family.account, family) == ["is_closed"]


def test_scores_are_the_start_the_way_and_the_end(session, family, coach):
    match = make_match(session, family, coach, state=M.ACTIVE)
    goal = add(session, family.account, family)

    def score(value, day):
        goals.score(session, family.account, family.id, {goal.id: value}, day)

    score(5, TODAY + 6 * WEEK)
    score(6, TODAY + 6 * WEEK)
    match.state, match.ended_on = M.ENDED, TODAY + 20 * WEEK
    family.state = FamilyState.CLOSED
    score(9, TODAY + 20 * WEEK)
    assert scores(goal) == [
        (TODAY, 2, O.START),
        (TODAY + 6 * WEEK, 6, O.REVIEW),
        (TODAY + 20 * WEEK, 9, O.END),
    ]
    assert {one.recorded_role for one in goal.scores} == {Role.FAMILY}
    assert [row.detail for row in audited(session, "goal.score")] == [
        {"occasion": occasion} for occasion in ("start", "review", "review", "end")
    ]


def test_family_that_waits_for_another_coach_is_still_on_its_way(session, family, coach):
    goal = add(session, family.account, family)
    make_match(session, family, coach, state=M.ENDED)
    family.state = FamilyState.WAITING
    goals.score(session, family.account, family.id, {goal.id: 4}, TODAY + WEEK)
    assert goal.scores[-1].occasion == O.REVIEW


def test_new_numbers_are_due_after_the_weeks_of_the_scheme(session, family):
    goal = add(session, family.account, family)

    def due(day):
        return goals.own_plan(session, family.account, day).due

    assert (due(TODAY + 6 * WEEK - timedelta(days=1)), due(TODAY + 6 * WEEK)) == ([], [goal])
    family.scheme.goal_review_weeks = 2
    assert due(TODAY + 2 * WEEK) == [goal]
    goals.finish(session, family.account, goal.id, GoalState.REACHED, TODAY + WEEK)
    assert due(TODAY + 2 * WEEK) == []


def test_finished_goal_is_neither_scored_nor_finished_otherwise(session, family):
    goal = add(session, family.account, family)
    finish = goals.finish, session, family.account, goal.id
    finish[0](*finish[1:], GoalState.REACHED, TODAY)
    assert (goal.closed_on, refused(*finish, GoalState.SET_ASIDE, TODAY)) == (TODAY, ["is_done"])
    with pytest.raises(NotFound):
        goals.score(session, family.account, family.id, {goal.id: 4}, TODAY)


def test_goals_of_another_family_do_not_exist(session, here, staff, family):
    goal = add(session, family.account, family)
    other = make_family(session, staff, here)
    account = make_family_account(session, other)
    for verb in (
        lambda: add(session, account, family),
        lambda: goals.find_goal(session, account, goal.id),
        lambda: goals.finish(session, account, goal.id, GoalState.REACHED, TODAY),
        lambda: goals.share(session, account, goal.id, is_shared=False),
        lambda: goals.score(session, account, family.id, {goal.id: 4}, TODAY),
        lambda: goals.score(session, account, other.id, {goal.id: 4}, TODAY),
        lambda: goals.find_goal(session, account, uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            verb()
    assert (goal.state, goal.is_shared, len(goal.scores)) == (GoalState.OPEN, True, 1)


def test_goals_of_another_locality_do_not_exist(session, family, stranger):
    goal = add(session, family.account, family)
    for verb in (
        lambda: goals.plan_of(session, stranger, family.id, TODAY),
        lambda: add(session, stranger, family),
        lambda: goals.finish(session, stranger, goal.id, GoalState.REACHED, TODAY),
    ):
        with pytest.raises(NotFound):
            verb()


def test_staff_write_down_what_the_family_says_and_their_view_is_audited(session, family, staff):
    goal = add(session, staff, family)
    assert [one.recorded_role for one in goal.scores] == [Role.COORDINATOR]
    assert goals.plan_of(session, staff, family.id, TODAY).open == [goal]
    assert [row.actor_id for row in audited(session, "goals.read")] == [staff.id]


def test_coach_reads_shared_goals_while_contact_is_allowed(session, here, staff, family, coach):
    match = make_match(session, family, coach, state=M.ACTIVE)
    goal = add(session, family.account, family, "Sleep in our own beds")
    add(session, family.account, family, "Canary", shared=False)

    def seen():
        return goals.shared_with_coach(session, coach.account, match.id, TODAY)

    assert seen() == [goal]
    match.state = M.PAUSED
    assert seen() == []
    match.state = M.ACTIVE
    goals.share(session, family.account, goal.id, is_shared=False)
    assert seen() == []
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        goals.shared_with_coach(session, other.account, match.id, TODAY)


def test_plan_takes_a_constant_number_of_queries(session, family):
    mine = family.account
    add(session, mine, family)
    session.commit()

    def count():
        session.expire_all()
        with counted(session.get_bind()) as sent:
            plan = goals.own_plan(session, mine, TODAY)
            assert all(goal.scores for goal in [*plan.open, *plan.done])
        return len(sent)

    few = count()
    for number in range(29):
        goal = add(session, mine, family, f"Goal {number}")
        goals.finish(session, mine, goal.id, GoalState.REACHED, TODAY)
    session.commit()
    assert count() == few


def measure(session, manager, **values):
    given = {"name": "Family star", "lowest": 8, "highest": 40, "higher_is_better": True}
    return measures.add_measure(session, manager, **{**given, **values})


def test_totals_of_a_measure_stand_by_name_and_day(session, staff, family):
    manager = make_account(session, Role.MANAGER)
    star = measure(session, manager)

    def record(total, day, occasion=O.REVIEW):
        given = {"total": total, "taken_on": day, "occasion": occasion, "today": TODAY}
        return measures.record_total(session, staff, family.id, star.id, **given)

    record(12, TODAY - WEEK, O.START)
    record(30, TODAY)
    record(31, TODAY)
    series = measures.list_series(session, family.id)
    assert [(one.measure, [row.total for row in one.totals]) for one in series] == [
        (star, [12, 31])
    ]
    assert refused(record, 41, TODAY) == ["total"]
    assert refused(record, 7, TODAY + WEEK) == ["total", "taken_on"]
    measures.set_used(session, manager, star.id, is_used=False)
    with pytest.raises(NotFound):
        record(20, TODAY)


def test_measure_has_one_name_and_a_range(session):
    manager = make_account(session, Role.MANAGER)
    measure(session, manager)
    assert refused(measure, session, manager, name=" FAMILY STAR ") == ["name"]
    assert refused(measure, session, manager, name="Other", highest=8) == ["highest"]
    assert [one.name for one in measures.list_measures(session)] == ["Family star"]


def test_totals_of_a_family_elsewhere_are_not_found(session, family, stranger):
    star = measure(session, make_account(session, Role.MANAGER))
    with pytest.raises(NotFound):
        measures.record_total(
            session,
            stranger,
            family.id,
            star.id,
            total=9,
            taken_on=TODAY,
            occasion=O.START,
            today=TODAY,
        )
