"""Kinds of access: who may use a route, as predicates on the signed-in account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from peerapp.enums import Role
from peerapp.models import Account

Predicate = Callable[[Account | None], bool]


class Owed(Enum):
    """What a session may open that still owes its second factor."""

    NOTHING = 0
    SET_UP = 1  # where the account has no second factor yet
    GIVE = 2


@dataclass(frozen=True)
class Access:
    """Access to one route.

    Attributes
    ----------
    who
        Predicate on the signed-in account (None: nobody is signed in).
    audited_read
        The route shows sensitive data on GET: it may write audit rows, and only those.
    recent_factor
        The second factor must have been given lately; it is asked for before the route.
    owed
        Whether a session that still owes its second factor may come here.
    """

    who: Predicate
    audited_read: bool = False
    recent_factor: bool = False
    owed: Owed = Owed.NOTHING

    @property
    def proved(self) -> Access:
        """The same access, for whom the second factor was given lately."""
        return replace(self, recent_factor=True)


def anyone(_: Account | None) -> bool:
    """Allow everybody, signed in or not."""
    return True


def signed_in(account: Account | None) -> bool:
    """Allow every account."""
    return account is not None


def has_role(*roles: Role) -> Predicate:
    """Allow accounts with one of ``roles``."""
    allowed = frozenset(roles)
    return lambda account: account is not None and account.role in allowed


PUBLIC = Access(anyone)
SIGNED_IN = Access(signed_in)
VOLUNTEER = Access(has_role(Role.VOLUNTEER))
FAMILY = Access(has_role(Role.FAMILY))
STAFF = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR))
CASEWORK = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER))
CASEWORK_READ = Access(CASEWORK.who, audited_read=True)
COORDINATOR = Access(has_role(Role.COORDINATOR))
FAMILY_WORK = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD))
FAMILY_WORK_READ = Access(FAMILY_WORK.who, audited_read=True)
OWN_OR_FAMILY_WORK = Access(
    has_role(Role.FAMILY, Role.COORDINATOR, Role.SAFEGUARDING_LEAD), audited_read=True
)
LEAD = Access(has_role(Role.SAFEGUARDING_LEAD))
MANAGER = Access(has_role(Role.MANAGER))
AUDITOR = Access(has_role(Role.AUDITOR))
RISK_LEDGER = Access(has_role(Role.SAFEGUARDING_LEAD, Role.AUDITOR))
PAYMENTS = Access(has_role(Role.COORDINATOR, Role.MANAGER))
