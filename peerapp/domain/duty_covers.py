"""Duty cover: what may be asked for, and how long it lets in."""

from __future__ import annotations

from datetime import datetime, timedelta

from peerapp.enums import Role
from peerapp.errors import Refusal
from peerapp.models import AccessGrant, Account

SHORTEST_REASON = 15
"""Characters: enough to say what is feared; "urgent" alone is not a reason that can be checked."""


def ends_at(now: datetime, hours: int) -> datetime:
    """Return the second at which a grant that begins now stops letting in."""
    return now + timedelta(hours=hours)


def reason_refusals(reason: str) -> list[Refusal]:
    """Say why a reason is not enough."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return []
    return [Refusal("reason", "Say what you fear or need, so that the manager can follow it.")]


def may_end(account: Account, grant: AccessGrant) -> bool:
    """Whoever holds a grant may end it, and each manager."""
    return account.id == grant.account_id or account.role == Role.MANAGER


def signing_refusals(account: Account, grant: AccessGrant, now: datetime) -> list[Refusal]:
    """Say why somebody may not sign a grant off."""
    if grant.account_id == account.id:
        return [Refusal("own", "Somebody else has to look through what you did.")]
    if grant.signed_off_at is not None:
        return [Refusal("signed", "It is signed off already.")]
    if grant.stands_at(now):
        return [Refusal("stands", "It has not ended. End it first, or wait until it does.")]
    return []
