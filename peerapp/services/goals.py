"""Goals in the family's own words: set, scored and finished by the family, or by staff with it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain import goals as rules
from peerapp.domain.access import may_see_family
from peerapp.domain.match_states import HOLDS_PLACE, contact_refusals
from peerapp.enums import FamilyState, GoalState, MatchState, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Family, Goal, GoalScore, Match
from peerapp.services import audit, families
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme


@dataclass(frozen=True)
class Plan:
    """A family's goals, open ones first; ``due`` are those to be scored again."""

    family: Family
    open: Sequence[Goal]
    done: Sequence[Goal]
    due: Sequence[Goal]
    may_add: bool


def own_plan(session: Session, actor: Account, today: date) -> Plan:
    """Return the goals of the family whose account this is."""
    return _plan(session, own_family(session, actor), today)


def plan_of(session: Session, actor: Account, family_id: uuid.UUID, today: date) -> Plan:
    """Return the goals of a family that the actor may see; the view is audited.

    Raises
    ------
    NotFound
        There is no such family, or it lives where the actor does not work.
    """
    family = _seen_family(session, actor, family_id)
    audit.record_read(session, actor, "goals.read", family, fields=("goals", "scores"))
    session.flush()
    return _plan(session, family, today)


def shared_with_coach(
    session: Session, actor: Account, match_id: uuid.UUID, today: date
) -> list[Goal]:
    """Return the open goals that the family lets its coach read; none while contact is stopped.

    Raises
    ------
    NotFound
        The match is not this coach's.
    """
    match = get_row(session, Match, match_id)
    if match.volunteer_id != own_volunteer(session, actor).id:
        raise NotFound("there is no such match")
    if contact_refusals(match, today):
        return []
    goals = rules.open_goals(_list_goals(session, match.family))
    return [goal for goal in goals if goal.is_shared]


def _plan(session: Session, family: Family, today: date) -> Plan:
    goals = _list_goals(session, family)
    weeks = get_scheme(session).goal_review_weeks
    standing = rules.open_goals(goals)
    return Plan(
        family=family,
        open=standing,
        done=[goal for goal in goals if goal.state != GoalState.OPEN],
        due=[goal for goal in standing if rules.review_due(goal, weeks, today)],
        may_add=not rules.add_refusals(family, goals, "x"),
    )


def _list_goals(session: Session, family: Family) -> Sequence[Goal]:
    query = (
        select(Goal)
        .where(Goal.family_id == family.id)
        .options(selectinload(Goal.scores))
        .order_by(Goal.created_at, Goal.id)
    )
    return session.scalars(query).all()


def add(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    words: str,
    *,
    is_shared: bool,
    score: int,
    today: date,
) -> Goal:
    """Set a goal, with the family's first score.

    Raises
    ------
    Refused
        There are three already, nothing is said, or the score is none.
    """
    family = _lock_family(session, actor, family_id)
    goals = _list_goals(session, family)
    refusals = [*rules.add_refusals(family, goals, words), *rules.score_refusals(score)]
    if refusals:
        raise Refused(refusals)
    goal = Goal(
        family_id=family.id, words=words.strip(), is_shared=is_shared, set_by_id=actor.id, scores=[]
    )
    session.add(goal)
    session.flush()
    audit.record_change(session, actor, "goal.set", goal, shared=is_shared)
    _score(session, actor, goal, score, today, at_end=False)
    return goal


def score(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    scores: Mapping[uuid.UUID, int],
    today: date,
) -> None:
    """Record how near the family says its goals are today; a second time today replaces the first.

    Raises
    ------
    NotFound
        One of the goals is not this family's, or is open no more.
    Refused
        A score is none.
    """
    family = _lock_family(session, actor, family_id)
    goals = {goal.id: goal for goal in rules.open_goals(_list_goals(session, family))}
    if not set(scores) <= set(goals):
        raise NotFound("there is no such goal")
    refusals = [one for value in scores.values() for one in rules.score_refusals(value)]
    if refusals:
        raise Refused(refusals)
    at_end = _is_at_end(session, family)
    for goal_id, value in scores.items():
        _score(session, actor, goals[goal_id], value, today, at_end=at_end)


def _is_at_end(session: Session, family: Family) -> bool:
    """Say whether the family had a coach, and has none now: its last scores are those at the end.

    A family that waits for another coach is on its way still.
    """
    if family.state == FamilyState.WAITING:
        return False
    query = select(Match.state).where(Match.family_id == family.id).distinct()
    states = set(session.scalars(query))
    return MatchState.ENDED in states and not states & HOLDS_PLACE


def _score(
    session: Session, actor: Account, goal: Goal, value: int, today: date, *, at_end: bool
) -> None:
    todays = [one for one in goal.scores if one.scored_on == today]
    if todays:
        row = todays[0]
        row.score, row.recorded_by_id, row.recorded_role = value, actor.id, actor.role
    else:
        row = GoalScore(
            goal_id=goal.id,
            score=value,
            scored_on=today,
            occasion=rules.occasion_of(goal, at_end=at_end),
            recorded_by_id=actor.id,
            recorded_role=actor.role,
        )
        goal.scores.append(row)
    audit.record_change(session, actor, "goal.score", goal, occasion=row.occasion.value)
    session.flush()


def finish(
    session: Session, actor: Account, goal_id: uuid.UUID, state: GoalState, today: date
) -> Goal:
    """Record that a goal is reached, or set aside for another."""
    if state == GoalState.OPEN:
        raise ValueError("a goal is finished as reached or as set aside")
    goal = _lock_goal(session, actor, goal_id)
    if goal.state == state:
        return goal
    if goal.state != GoalState.OPEN:
        raise Refused([Refusal("is_done", "This goal is finished already.")])
    goal.state, goal.closed_on = state, today
    audit.record_change(session, actor, "goal.finish", goal, state=state.value)
    session.flush()
    return goal


def share(session: Session, actor: Account, goal_id: uuid.UUID, *, is_shared: bool) -> Goal:
    """Let the coach read a goal, or no longer; it counts from the coach's next look."""
    goal = _lock_goal(session, actor, goal_id)
    if goal.is_shared != is_shared:
        goal.is_shared = is_shared
        audit.record_change(session, actor, "goal.share", goal, shared=is_shared)
        session.flush()
    return goal


def find_goal(session: Session, actor: Account, goal_id: uuid.UUID) -> Goal:
    """Return a goal of the actor's own family, or of one that the actor may see.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise NotFound("there is no such goal")
    if actor.role == Role.FAMILY:
        if goal.family_id != own_family(session, actor).id:
            raise NotFound("there is no such goal")
    else:
        _seen_family(session, actor, goal.family_id)
    return goal


def _seen_family(session: Session, actor: Account, family_id: uuid.UUID) -> Family:
    family = get_row(session, Family, family_id)
    if not may_see_family(actor, family):
        raise NotFound("there is no such family")
    return family


def _lock_goal(session: Session, actor: Account, goal_id: uuid.UUID) -> Goal:
    goal = find_goal(session, actor, goal_id)
    _lock_family(session, actor, goal.family_id)
    return find_goal(session, actor, goal_id)


def _lock_family(session: Session, actor: Account, family_id: uuid.UUID) -> Family:
    if actor.role != Role.FAMILY:
        return families.lock_family(session, actor, family_id)
    family = own_family(session, actor)
    if family.id != family_id:
        raise NotFound("there is no such family")
    return lock_row(session, Family, family_id)
