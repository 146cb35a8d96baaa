"""Deciding which DBS check a volunteer needs: by role and rules, never by hand.

What may be asked for is what the rules give for the answers about the role, no more and no less:
more would be unlawful, less would let somebody coach who has not been checked enough.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.check_rules import Check, Rule, answers_to_json, decide
from peerapp.domain.onboarding import FINAL
from peerapp.errors import Refusal, Refused, Stale
from peerapp.models import Account, CheckDecision, CheckRuleTable, Volunteer, VolunteerRole
from peerapp.services import audit, check_tables, volunteer_roles, volunteers

PAGE = 30


@dataclass(frozen=True)
class RoleCheck:
    """What the present rules give for a role.

    Attributes
    ----------
    rule
        The rule that decides, or None with ``refusals`` that say why none may.
    """

    role: VolunteerRole
    rule: Rule | None
    refusals: tuple[Refusal, ...]

    @property
    def check(self) -> Check | None:
        return self.rule.check if self.rule else None


@dataclass(frozen=True)
class Seen:
    """What the person had before them who decided: decided is that and nothing newer."""

    role_slug: str
    role_edition: int
    table_number: int


@dataclass(frozen=True)
class Review:
    """A decision that the present rules and answers would not give again.

    Attributes
    ----------
    decision
        None where the level was set before there were rules.
    now
        What the rules give now; None where they give nothing.
    """

    volunteer: Volunteer
    decision: CheckDecision | None
    now: RoleCheck | None


def check_role(role: VolunteerRole, table: CheckRuleTable) -> RoleCheck:
    """Return what a version of the rules gives for a role."""
    rule, refusals = decide(check_tables.rules_of(table), volunteer_roles.answers_of(role))
    return RoleCheck(role, rule, tuple(refusals))


def list_role_checks(session: Session, *, with_retired: bool = False) -> list[RoleCheck]:
    """Return the scheme's roles beside what the present rules give for each."""
    table = check_tables.current_table(session)
    roles = volunteer_roles.list_roles(session, with_retired=with_retired)
    return [check_role(role, table) for role in roles]


def decide_check_level(
    session: Session, actor: Account, volunteer_id: uuid.UUID, seen: Seen, today: date
) -> Volunteer:
    """Decide by role and rules which DBS check a volunteer needs.

    Answers, outcome, version, who and when are kept. Whoever needs more than their certificate
    shows is not cleared any more, at once.

    Raises
    ------
    Refused
        The role is offered no more, or the rules give no lawful answer for it.
    Stale
        Role or rules have changed since the person looked.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    role = volunteer_roles.lock_role(session, seen.role_slug, seen.role_edition)
    if role.retired_on is not None:
        raise Refused([Refusal("role", "This role is not offered any more.")])
    table = check_tables.ensure_current(session)
    if table.number != seen.table_number:
        raise Stale("the rules have changed")
    record_decision(session, actor, volunteer, role, table, today)
    volunteers.settle(session, actor, volunteer, today, "certificate_changed")
    return volunteer


def record_decision(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    role: VolunteerRole,
    table: CheckRuleTable,
    today: date,
) -> CheckDecision:
    """Write what the rules give for a role into a volunteer's record.

    The volunteer is locked, and settled, by whoever calls.

    Raises
    ------
    Refused
        The rules give no lawful answer.
    """
    found = check_role(role, table)
    if found.rule is None:
        raise Refused(found.refusals)
    level, workforce = found.rule.check
    decision = CheckDecision(
        role=role,
        table=table,
        answers=answers_to_json(volunteer_roles.answers_of(role)),
        level=level,
        workforce=workforce,
        reason=found.rule.reason,
        decided_on=today,
        decided_by_id=actor.id,
    )
    _take_over(session, actor, volunteer, decision)
    return decision


def _take_over(
    session: Session, actor: Account, volunteer: Volunteer, decision: CheckDecision
) -> None:
    """Let a decision be the one that counts for a volunteer."""
    volunteer.check_decisions.append(decision)
    volunteer.check_level, volunteer.check_workforce = decision.level, decision.workforce
    volunteer.check_decided_by_id = decision.decided_by_id
    volunteer.check_decided_on = decision.decided_on
    volunteer.coaches_families = decision.role.coaches_families
    audit.record_change(
        session,
        actor,
        "volunteer.decide_check_level",
        volunteer,
        role=decision.role.slug,
        version=decision.table.number,
        level=decision.level.value,
        workforce=decision.workforce.value,
    )


def last_decision(volunteer: Volunteer) -> CheckDecision | None:
    """Return the decision that counts, if one was made by the rules."""
    return volunteer.check_decisions[-1] if volunteer.check_decisions else None


def find_review(session: Session, volunteer: Volunteer) -> Review | None:
    """Return what a volunteer's decision would be now, if that differs from what it is."""
    if volunteer.check_level is None:
        return None
    decision = last_decision(volunteer)
    if decision is None:
        return Review(volunteer, None, None)
    now = check_role(decision.role, check_tables.current_table(session))
    if now.check == (decision.level, decision.workforce):
        return None
    return Review(volunteer, decision, now)


def list_reviews(
    session: Session,
    actor: Account,
    page: int = 1,
    table: CheckRuleTable | None = None,
) -> tuple[list[Review], int]:
    """Return volunteers whose decision would change now, by name, and how many there are.

    Parameters
    ----------
    table
        Ask what this version would change, for instance a draft; else the present one.
    """
    table = table or check_tables.current_table(session)
    roles = volunteer_roles.list_roles(session, with_retired=True)
    checks = {role.id: check_role(role, table) for role in roles if role.id is not None}
    wanted = _to_review(actor, checks)
    latest = _latest()
    total = session.scalar(
        select(func.count(Volunteer.id)).outerjoin(CheckDecision, latest).where(*wanted)
    )
    query = (
        select(Volunteer, CheckDecision)
        .outerjoin(CheckDecision, latest)
        .where(*wanted)
        .options(
            joinedload(Volunteer.locality),
            joinedload(CheckDecision.role),
            joinedload(CheckDecision.table),
        )
        .order_by(func.lower(Volunteer.last_name), func.lower(Volunteer.first_name), Volunteer.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    found = [
        Review(volunteer, decision, checks[decision.role_id] if decision else None)
        for volunteer, decision in session.execute(query)
    ]
    return found, total or 0


def _latest() -> ColumnElement[bool]:
    """Join each volunteer with the decision that counts."""
    newest = (
        select(func.max(CheckDecision.created_at))
        .where(CheckDecision.volunteer_id == Volunteer.id)
        .correlate(Volunteer)
        .scalar_subquery()
    )
    return and_(CheckDecision.volunteer_id == Volunteer.id, CheckDecision.created_at == newest)


def _to_review(
    actor: Account, checks: Mapping[uuid.UUID, RoleCheck]
) -> Sequence[ColumnElement[bool]]:
    differs: list[ColumnElement[bool]] = [CheckDecision.id.is_(None)]
    for role_id, now in checks.items():
        of_role = CheckDecision.role_id == role_id
        if now.check is None:
            differs.append(of_role)
            continue
        level, workforce = now.check
        other = or_(CheckDecision.level != level, CheckDecision.workforce != workforce)
        differs.append(and_(of_role, other))
    return (
        volunteers.visible_to(actor),
        Volunteer.state.not_in(FINAL),
        Volunteer.check_level.is_not(None),
        or_(*differs),
    )
