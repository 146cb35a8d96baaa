"""What takes two people: who may ask, who may agree, and for how long that counts."""

from __future__ import annotations

from datetime import datetime

from peerapp.enums import Role, TwoPersonAct
from peerapp.errors import Refusal
from peerapp.models import Account, Scheme, TwoPersonRequest

A = TwoPersonAct

MAY_ASK: dict[TwoPersonAct, frozenset[Role]] = {
    A.EXPORT_FAMILIES: frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD}),
    A.EXPORT_CERTIFICATES: frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER}),
    A.EXPORT_EXPENSES: frozenset({Role.COORDINATOR, Role.MANAGER}),
    A.LIFT_SUSPENSION: frozenset({Role.SAFEGUARDING_LEAD}),
    A.ERASE: frozenset({Role.MANAGER}),
    A.RESET_FACTORS: frozenset({Role.MANAGER}),
}
FETCHED = frozenset({A.EXPORT_FAMILIES, A.EXPORT_CERTIFICATES, A.EXPORT_EXPENSES})
"""Acts whose outcome is a file, which whoever asked fetches once; the others happen on agreeing."""

NOT_BY_COORDINATORS = frozenset({A.ERASE, A.RESET_FACTORS})


def second_roles(scheme: Scheme, act: TwoPersonAct) -> frozenset[Role]:
    """Return the roles of a second person: leads, and whom the scheme's figures name besides."""
    roles = {Role.SAFEGUARDING_LEAD}
    if scheme.second_person_manager:
        roles.add(Role.MANAGER)
    if scheme.second_person_coordinator and act not in NOT_BY_COORDINATORS:
        roles.add(Role.COORDINATOR)
    return frozenset(roles)


def waits(request: TwoPersonRequest, now: datetime) -> bool:
    """Say whether a request still waits for its second person."""
    return request.decided_at is None and now < request.expires_at


def asking_refusals(account: Account, act: TwoPersonAct, reason: str) -> list[Refusal]:
    """Say why somebody may not ask for this; a reason is needed."""
    refusals = []
    if account.role not in MAY_ASK[act]:
        refusals.append(Refusal("role", "Your role does not ask for this."))
    if not reason.strip():
        refusals.append(Refusal("reason", "Say why."))
    return refusals


def deciding_refusals(
    account: Account, request: TwoPersonRequest, scheme: Scheme, now: datetime
) -> list[Refusal]:
    """Say why somebody may not be the second person of a request."""
    refusals = []
    if request.asked_by_id == account.id:
        message = "You asked for it yourself. Somebody else has to decide."
        refusals.append(Refusal("same_person", message))
    if request.subject_id == account.id:
        refusals.append(Refusal("about_you", "It is about you. Somebody else has to decide."))
    if account.role not in second_roles(scheme, request.act) or account.disabled_at is not None:
        refusals.append(Refusal("role", "Your role is not the second person here."))
    if request.decided_at is not None:
        refusals.append(Refusal("decided", "It is decided already."))
    elif not waits(request, now):
        refusals.append(Refusal("over", "Nobody decided in time. It has to be asked anew."))
    return refusals


def may_fetch(account: Account, request: TwoPersonRequest, now: datetime) -> bool:
    """Say whether this account may have the file of a request now: its own, agreed, once, in time.

    The row is not believed where one person did both.
    """
    return (
        request.act in FETCHED
        and account.id == request.asked_by_id
        and account.role in MAY_ASK[request.act]
        and request.agreed is True
        and request.decided_by_id is not None
        and request.decided_by_id != request.asked_by_id
        and request.used_at is None
        and now < request.expires_at
    )
