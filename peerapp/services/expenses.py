"""Claims for miles and money: sent by a coach, approved or sent back by a coordinator."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from peerapp.domain import expenses as rules
from peerapp.domain.access import may_see_volunteer, sees_every_locality
from peerapp.domain.expenses import ClaimDetails
from peerapp.enums import BY_THE_MILE, ClaimState, ExpenseKind, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, CoachingSession, ExpenseClaim, Scheme, Volunteer, utc_now
from peerapp.services import audit, messages, sessions
from peerapp.services.contacts import own_volunteer
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme

C = ClaimState
PAGE = 50
DECIDED = Refusal("decided", "This claim has been decided on already.")


@dataclass(frozen=True)
class OwnClaims:
    """A coach's claims, newest first, with what they come to in pence."""

    claims: Sequence[ExpenseClaim]
    waiting_pence: int
    approved_pence: int


def list_own(session: Session, actor: Account) -> OwnClaims:
    """Return the actor's claims."""
    volunteer = own_volunteer(session, actor)
    query = (
        select(ExpenseClaim)
        .where(ExpenseClaim.volunteer_id == volunteer.id)
        .options(joinedload(ExpenseClaim.export))
        .order_by(ExpenseClaim.spent_on.desc(), ExpenseClaim.created_at.desc(), ExpenseClaim.id)
    )
    claims = session.scalars(query).all()
    return OwnClaims(
        claims[:PAGE],
        sum(one.amount_pence for one in claims if one.state == C.SENT),
        sum(one.amount_pence for one in claims if one.state == C.APPROVED and not one.export_id),
    )


def find_session(
    session: Session, actor: Account, session_id: uuid.UUID | None, now: datetime
) -> CoachingSession | None:
    """Return the session for which the actor claims, if they named one of theirs that was."""
    if session_id is None:
        return None
    return sessions.find_to_note(session, actor, session_id, now)


def send(
    session: Session,
    actor: Account,
    details: ClaimDetails,
    today: date,
    session_id: uuid.UUID | None = None,
) -> ExpenseClaim:
    """Send a claim to the coordinators; its worth is reckoned at today's rates.

    Raises
    ------
    NotFound
        The session is not one of the actor's.
    Refused
        Something is missing or out of bounds, or the same was claimed already.
    """
    own = sessions.find_for_coach(session, actor, session_id) if session_id else None
    volunteer = lock_row(session, Volunteer, own_volunteer(session, actor).id)
    scheme = get_scheme(session)
    same_day = _claims_on(session, volunteer, details.spent_on)
    refusals = rules.claim_refusals(details, same_day, today, scheme.claim_days)
    if refusals:
        raise Refused(refusals)
    by_mile = details.kind in BY_THE_MILE
    claim = ExpenseClaim(
        volunteer_id=volunteer.id,
        session_id=own.id if own else None,
        kind=details.kind,
        spent_on=details.spent_on,
        tenths=details.tenths if by_mile else None,
        rate_pence=rules.rate_pence(details.kind, scheme),
        amount_pence=_worth(session, volunteer, details, scheme) if by_mile else details.pence or 0,
        purpose=details.purpose.strip(),
    )
    session.add(claim)
    session.flush()
    _record(session, actor, "expense.send", claim)
    return claim


def _worth(session: Session, volunteer: Volunteer, details: ClaimDetails, scheme: Scheme) -> int:
    """Return what the miles are worth in pence, after those driven earlier in the tax year."""
    earlier = _car_tenths(session, volunteer, details.spent_on)
    return rules.mileage_pence(details.kind, details.tenths or 0, earlier, scheme)


def _record(session: Session, actor: Account, action: str, claim: ExpenseClaim) -> None:
    audit.record_change(
        session,
        actor,
        action,
        claim,
        kind=claim.kind.value,
        pence=claim.amount_pence,
        receipt_seen=claim.receipt_seen,
    )


def _claims_on(session: Session, volunteer: Volunteer, day: date) -> Sequence[ExpenseClaim]:
    query = select(ExpenseClaim).where(
        ExpenseClaim.volunteer_id == volunteer.id, ExpenseClaim.spent_on == day
    )
    return session.scalars(query.order_by(ExpenseClaim.id)).all()


def _car_tenths(session: Session, volunteer: Volunteer, day: date) -> int:
    """Return the miles by car, in tenths, that stand already in the tax year of a day."""
    query = select(func.sum(ExpenseClaim.tenths)).where(
        ExpenseClaim.volunteer_id == volunteer.id,
        ExpenseClaim.kind == ExpenseKind.CAR,
        ExpenseClaim.state.in_(rules.STANDS),
        ExpenseClaim.spent_on.between(rules.tax_year_start(day), rules.tax_year_end(day)),
    )
    return session.scalar(query) or 0


def withdraw(session: Session, actor: Account, claim_id: uuid.UUID) -> ExpenseClaim:
    """Take back a claim that nobody has decided on."""
    volunteer = own_volunteer(session, actor)
    claim = lock_row(session, ExpenseClaim, claim_id)
    if claim.volunteer_id != volunteer.id:
        raise NotFound("there is no such claim")
    if claim.state == C.WITHDRAWN:
        return claim
    if claim.state != C.SENT:
        raise Refused([DECIDED])
    claim.state = C.WITHDRAWN
    _record(session, actor, "expense.withdraw", claim)
    return claim


def list_claims(
    session: Session, actor: Account, state: ClaimState, page: int = 1
) -> tuple[Sequence[ExpenseClaim], int]:
    """Return a page of claims that the actor may see, oldest first, and how many pages."""
    condition = ExpenseClaim.state == state, mine(actor)
    query = (
        select(ExpenseClaim)
        .join(ExpenseClaim.volunteer)
        .where(*condition)
        .options(
            contains_eager(ExpenseClaim.volunteer),
            joinedload(ExpenseClaim.decided_by),
            joinedload(ExpenseClaim.export),
        )
    )
    if state == C.SENT:
        query = query.order_by(ExpenseClaim.spent_on, ExpenseClaim.id)
    else:
        query = query.order_by(ExpenseClaim.spent_on.desc(), ExpenseClaim.id)
    rows = session.scalars(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return rows, -(-count_claims(session, actor, state) // PAGE)


def count_claims(session: Session, actor: Account, state: ClaimState) -> int:
    """Return how many claims of a state the actor may see."""
    query = select(func.count(ExpenseClaim.id)).join(ExpenseClaim.volunteer)
    return session.scalar(query.where(ExpenseClaim.state == state, mine(actor))) or 0


def mine(actor: Account) -> ColumnElement[bool]:
    """Volunteers whose claims the actor may see, as ``domain.access`` has it for one."""
    if sees_every_locality(actor):
        return true()
    places = actor.locality_ids
    return or_(Volunteer.locality_id.in_(places), Volunteer.locality_id.is_(None))


def get_claim(session: Session, actor: Account, claim_id: uuid.UUID) -> ExpenseClaim:
    """Return a claim with what the coach wrote; the view is audited.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    claim = session.get(ExpenseClaim, claim_id)
    if claim is None or not may_see_volunteer(actor, claim.volunteer):
        raise NotFound("there is no such claim")
    audit.record_read(session, actor, "expense.read", claim, fields=("purpose",))
    session.flush()
    return claim


def approve(
    session: Session, actor: Account, claim_id: uuid.UUID, *, receipt_seen: bool, base_url: str
) -> ExpenseClaim:
    """Approve a claim, so that it is in the next payment file.

    Raises
    ------
    Refused
        It was decided on already, or nobody has seen the receipt that it needs.
    """
    claim = _lock_to_decide(session, actor, claim_id)
    if claim.state == C.APPROVED:
        return claim
    if claim.state != C.SENT:
        raise Refused([DECIDED])
    if rules.needs_receipt(claim.kind) and not receipt_seen:
        raise Refused([Refusal("receipt_seen", "Look at the receipt first, then tick this box.")])
    claim.receipt_seen = receipt_seen and rules.needs_receipt(claim.kind)
    _decide(session, actor, claim, C.APPROVED, base_url)
    return claim


def send_back(
    session: Session, actor: Account, claim_id: uuid.UUID, reason: str, base_url: str
) -> ExpenseClaim:
    """Send a claim back with a reason that the coach reads; they may send another."""
    claim = _lock_to_decide(session, actor, claim_id)
    if claim.state == C.RETURNED:
        return claim
    if claim.state != C.SENT:
        raise Refused([DECIDED])
    if not reason.strip():
        raise Refused([Refusal("reason", "Say why the claim is sent back.")])
    claim.return_reason = reason.strip()
    _decide(session, actor, claim, C.RETURNED, base_url)
    return claim


def _lock_to_decide(session: Session, actor: Account, claim_id: uuid.UUID) -> ExpenseClaim:
    claim = lock_row(session, ExpenseClaim, claim_id)
    if not may_see_volunteer(actor, claim.volunteer):
        raise NotFound("there is no such claim")
    if actor.role != Role.COORDINATOR:
        raise Forbidden("only a coordinator decides on claims")
    return claim


def _decide(
    session: Session, actor: Account, claim: ExpenseClaim, state: ClaimState, base_url: str
) -> None:
    claim.state, claim.decided_by_id, claim.decided_at = state, actor.id, utc_now()
    _record(session, actor, f"expense.{state.value}", claim)
    messages.queue_notice(session, claim.volunteer.account, f"{base_url}/volunteer/expenses/")
