"""The scheme's table of rules on the level of a check: its versions, and the draft of the next.

Until a scheme has saved anything, what the software ships counts as version 1. It becomes a row
with the first decision or draft that needs it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.check_rules import (
    Rule,
    new_rule_id,
    rule_from_json,
    rule_to_json,
    table_faults,
)
from peerapp.domain.check_rules_shipped import SHIPPED_RULES
from peerapp.errors import NotFound, Refusal, Refused, Stale
from peerapp.models import Account, CheckRuleTable, utc_now
from peerapp.services import audit, rows

SHIPPED_NOTE = "The rules that came with the software."
MOST_RULES = 60


def current_table(session: Session) -> CheckRuleTable:
    """Return the newest published version; a row that is not saved stands for the shipped one."""
    return _find_current(session) or _shipped()


def ensure_current(session: Session) -> CheckRuleTable:
    """Return the newest published version as a row, saving the shipped one if need be."""
    found = _find_current(session)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(_shipped())
    except IntegrityError:
        pass  # somebody else has just saved it
    found = _find_current(session)
    if found is None:
        raise LookupError("the first version of the rules could not be saved")
    return found


def _find_current(session: Session) -> CheckRuleTable | None:
    query = (
        select(CheckRuleTable)
        .where(CheckRuleTable.published_at.is_not(None))
        .order_by(CheckRuleTable.number.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def _shipped() -> CheckRuleTable:
    return CheckRuleTable(
        number=1,
        rules=[rule_to_json(rule) for rule in SHIPPED_RULES],
        edition=1,
        note=SHIPPED_NOTE,
        published_at=utc_now(),
    )


def rules_of(table: CheckRuleTable) -> tuple[Rule, ...]:
    """Return the rules of a version, in their order."""
    return tuple(rule_from_json(stored) for stored in table.rules)


def list_versions(session: Session) -> Sequence[CheckRuleTable]:
    """Return the published versions, newest first; the shipped one if there is no other."""
    query = (
        select(CheckRuleTable)
        .where(CheckRuleTable.published_at.is_not(None))
        .options(joinedload(CheckRuleTable.published_by))
        .order_by(CheckRuleTable.number.desc())
    )
    return session.scalars(query).all() or [_shipped()]


def get_version(session: Session, table_id: uuid.UUID) -> CheckRuleTable:
    """Return a published version.

    Raises
    ------
    NotFound
        There is none, or it is the draft.
    """
    table = rows.get_row(session, CheckRuleTable, table_id)
    if table.published_at is None:
        raise NotFound("this version is not published")
    return table


def find_draft(session: Session) -> CheckRuleTable | None:
    """Return the draft of the next version, if somebody has started one."""
    query = select(CheckRuleTable).where(CheckRuleTable.published_at.is_(None))
    return session.scalars(query).first()


def get_draft(session: Session) -> CheckRuleTable:
    """Return the draft of the next version.

    Raises
    ------
    NotFound
        Nobody has started one.
    """
    draft = find_draft(session)
    if draft is None:
        raise NotFound("there is no draft of the rules")
    return draft


def start_draft(session: Session, actor: Account) -> CheckRuleTable:
    """Start the next version as a copy of the present one; a draft that exists is returned."""
    current = ensure_current(session)
    draft = find_draft(session)
    if draft is not None:
        return draft
    highest = session.scalar(select(func.max(CheckRuleTable.number))) or current.number
    draft = CheckRuleTable(number=highest + 1, rules=current.rules, started_by_id=actor.id)
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        return get_draft(session)  # a colleague was a moment faster
    audit.record_change(session, actor, "check_rules.start_draft", draft, number=draft.number)
    return draft


def save_rule(
    session: Session, actor: Account, edition: int, rule: Rule, position: int
) -> CheckRuleTable:
    """Save a rule in the draft, at a place counted from 1; one with a known id replaces it.

    Raises
    ------
    Stale
        Somebody has changed the draft since ``edition`` was shown.
    """
    draft = _lock_draft(session, edition)
    if not rule.reason.strip():
        raise Refused([Refusal("reason", "Say why, in plain words.")])
    others = [one for one in rules_of(draft) if one.id != rule.id]
    if len(others) >= MOST_RULES:
        raise Refused([Refusal("too_many", f"A table has {MOST_RULES} rules at most.")])
    others.insert(max(0, position - 1), rule)
    _save(session, actor, draft, others, "check_rules.save_rule")
    return draft


def new_rule(rule: Rule) -> Rule:
    """Return the rule with an id of its own."""
    return replace(rule, id=new_rule_id())


def position_of(table: CheckRuleTable, rule: Rule | None) -> int:
    """Return the place of a rule, counted from 1; a new one would decide first."""
    return rules_of(table).index(rule) + 1 if rule else 1


def find_rule(table: CheckRuleTable, rule_id: str) -> Rule:
    """Return a rule of a version.

    Raises
    ------
    NotFound
        It has none of this id.
    """
    for rule in rules_of(table):
        if rule.id == rule_id:
            return rule
    raise NotFound("there is no such rule")


def remove_rule(session: Session, actor: Account, edition: int, rule_id: str) -> CheckRuleTable:
    """Take a rule out of the draft."""
    draft = _lock_draft(session, edition)
    gone = find_rule(draft, rule_id)
    left = [one for one in rules_of(draft) if one.id != gone.id]
    _save(session, actor, draft, left, "check_rules.remove_rule")
    return draft


def discard_draft(session: Session, actor: Account, edition: int) -> None:
    """Throw the draft away; what is published stays as it is."""
    draft = _lock_draft(session, edition)
    audit.record_change(session, actor, "check_rules.discard_draft", draft, number=draft.number)
    session.delete(draft)


def publish(
    session: Session, actor: Account, edition: int, note: str, now: datetime
) -> CheckRuleTable:
    """Make the draft the version by which is decided from now on.

    Decisions that were made by earlier versions stay as they are until somebody decides anew:
    nobody is cleared by it, and nobody loses their clearance.

    Raises
    ------
    Refused
        The table leaves answers without a rule, or asks for what the law does not allow; it is
        the same as the present one; nothing says what has changed.
    Stale
        Somebody has changed the draft since ``edition`` was shown.
    """
    draft = _lock_draft(session, edition)
    refusals = []
    if table_faults(rules_of(draft)):
        refusals.append(Refusal("faults", "Correct what the law does not allow first."))
    if draft.rules == current_table(session).rules:
        refusals.append(Refusal("unchanged", "The draft is the same as the present version."))
    if not note.strip():
        refusals.append(Refusal("note", "Say what has changed and why."))
    if refusals:
        raise Refused(refusals)
    draft.note = note.strip()
    draft.published_by_id, draft.published_at = actor.id, now
    audit.record_change(session, actor, "check_rules.publish", draft, number=draft.number)
    return draft


def _lock_draft(session: Session, edition: int) -> CheckRuleTable:
    """Lock the draft, and refuse to work on one that has changed since it was shown."""
    draft = rows.lock_row(session, CheckRuleTable, get_draft(session).id)
    if draft.published_at is not None or draft.edition != edition:
        raise Stale("the draft of the rules has changed")
    return draft


def _save(
    session: Session, actor: Account, draft: CheckRuleTable, rules: Sequence[Rule], action: str
) -> None:
    draft.rules = [rule_to_json(rule) for rule in rules]
    draft.edition += 1
    audit.record_change(session, actor, action, draft, number=draft.number, edition=draft.edition)
