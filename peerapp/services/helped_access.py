"""A coordinator lets a family or a volunteer in again who lost password, phone or key.

Only after an identity check that is put down: how, and what was answered rightly.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.domain import helped_access as rules
from peerapp.domain.access import works_with_family, works_with_volunteer
from peerapp.domain.safe_contact import safe_channels
from peerapp.enums import Channel, HelpKind, ProofQuestion, ProofWay, ResetReason, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Family, Volunteer
from peerapp.services import audit, factor_notices, read_out_codes, rows, second_factors, volunteers

NO_ACCOUNT = Refusal("kind", "They have no open account here. Invite them instead.")
NO_FACTOR = Refusal("kind", "Their account has no second step that could be reset.")


@dataclass(frozen=True)
class Case:
    """Whom to help, and what may be done."""

    account: Account
    reference: str
    may_ring: bool
    has_factor: bool


def get_case(
    session: Session, actor: Account, person_id: uuid.UUID, *, is_family: bool
) -> Case | None:
    """Return whom a coordinator may let in again; None where they have no account in use.

    Raises
    ------
    NotFound
        There is no such person in the actor's own caseload; duty cover is not enough.
    """
    if is_family:
        family = rows.get_row(session, Family, person_id)
        allowed, account_id = works_with_family(actor, family), family.account_id
        reference = family.reference
        may_ring = bool(family.phone) and Channel.PHONE in safe_channels(family)
    else:
        volunteer = rows.get_row(session, Volunteer, person_id)
        allowed, account_id = works_with_volunteer(actor, volunteer), volunteer.account_id
        reference = volunteers.reference(volunteer)
        may_ring = bool(volunteer.phone)
    if actor.role != Role.COORDINATOR or not allowed:
        raise NotFound("there is no such person")
    account = session.get(Account, account_id) if account_id else None
    if account is None or account.confirmed_at is None or account.disabled_at is not None:
        return None
    return Case(account, reference, may_ring, second_factors.has_factor(session, account.id))


def help_in(
    session: Session,
    actor: Account,
    case: Case | None,
    kind: HelpKind,
    way: ProofWay,
    answered: Collection[ProofQuestion],
    now: datetime,
    base_url: str,
) -> str:
    """Let somebody in again, and write down how it was made sure that it is them.

    Returns
    -------
    str
        The code to read out or hand over, this once; empty where only factors were reset.

    Raises
    ------
    Refused
        They have not shown who they are, or there is nothing to help with.
    """
    if case is None:
        raise Refused([NO_ACCOUNT])
    account = rows.lock_row(session, Account, case.account.id)
    if refusals := _help_refusals(case, account, kind, way, frozenset(answered)):
        raise Refused(refusals)
    asked = ",".join(sorted(frozenset(answered)))
    audit.record_security(
        session, actor, "account.help_in", account, kind=kind.value, way=way.value, answered=asked
    )
    if rules.needs_reset(kind):
        second_factors.take_factors(session, actor, account, ResetReason.LOST, base_url)
    if not rules.needs_code(kind):
        return ""
    code = read_out_codes.issue(session, account, now, rules.LIFETIME[way])
    text = f"We made a code with which you choose a new password. {factor_notices.NOT_YOU}"
    factor_notices.tell(session, account, text, base_url)
    return code


def _help_refusals(
    case: Case, account: Account, kind: HelpKind, way: ProofWay, given: frozenset[ProofQuestion]
) -> list[Refusal]:
    refusals = rules.proof_refusals(account.role, way, given, may_ring=case.may_ring)
    if rules.needs_reset(kind) and not case.has_factor:
        refusals.append(NO_FACTOR)
    return refusals
