"""What somebody has done is refused at the commit if they have lost the right to it meanwhile.

A request may take a while: between its first look at the account and its commit a manager may
close the account or take its role or locality. The account's row is locked for that last look, so
that closing it either comes before, and counts, or waits until the commit is through.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from peerapp.db import SchemeSession
from peerapp.enums import Role
from peerapp.errors import Forbidden
from peerapp.models import Account, StaffLocality

ACTING = "acting"


@dataclass(frozen=True)
class Standing:
    """What an account was allowed to be when its request began."""

    account_id: uuid.UUID
    role: Role
    locality_ids: frozenset[uuid.UUID]


def remember(session: Session, account: Account) -> None:
    """Note who acts in a session, as what and where."""
    session.info[ACTING] = Standing(account.id, account.role, account.locality_ids)


# Before the chain's own hook: nothing may be waited for once the chain's head is locked.
@event.listens_for(SchemeSession, "before_commit", insert=True)
def _look_again(session: Session) -> None:
    standing: Standing | None = session.info.get(ACTING)
    if standing is None or session.in_nested_transaction():
        return
    session.flush()
    query = select(Account.role, Account.disabled_at).where(Account.id == standing.account_id)
    now = session.execute(query.with_for_update(read=True)).one_or_none()
    places = select(StaffLocality.locality_id).where(
        StaffLocality.account_id == standing.account_id
    )
    if (
        now is None
        or now.disabled_at is not None
        or now.role != standing.role
        or not standing.locality_ids <= frozenset(session.scalars(places))
    ):
        raise Forbidden("the account has lost the right to this meanwhile")
