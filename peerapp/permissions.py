"""Who may use which route: the whole access policy by role, in one table. Default: nobody.

Whose single record is whose stands in ``domain.access`` and is asked by the services.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from peerapp.enums import Role
from peerapp.models import Account

Predicate = Callable[[Account | None], bool]


@dataclass(frozen=True)
class Access:
    """Access to one route.

    Attributes
    ----------
    who
        Predicate on the signed-in account (None: nobody is signed in).
    audited_read
        The route shows sensitive data on GET: it may write audit rows, and only those.
    """

    who: Predicate
    audited_read: bool = False


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
STAFF = Access(
    has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR)
)
CASEWORK = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER))
CASEWORK_READ = Access(CASEWORK.who, audited_read=True)
COORDINATOR = Access(has_role(Role.COORDINATOR))
LEAD = Access(has_role(Role.SAFEGUARDING_LEAD))
MANAGER = Access(has_role(Role.MANAGER))
AUDITOR = Access(has_role(Role.AUDITOR))

ROUTES: dict[str, Access] = {
    "static": PUBLIC,
    # public
    "public.index": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.privacy": PUBLIC,
    "public.cookies": PUBLIC,
    "public.danger": PUBLIC,
    "health.live": PUBLIC,
    "health.ready": PUBLIC,
    # auth
    "auth.sign_in": PUBLIC,
    "auth.sign_out": SIGNED_IN,
    "auth.leave": PUBLIC,
    "auth.sign_up": PUBLIC,
    "auth.sign_up_sent": PUBLIC,
    "auth.confirm": PUBLIC,
    "auth.invitation": PUBLIC,
    "auth.forgot": PUBLIC,
    "auth.reset": PUBLIC,
    # dashboard
    "dashboard.home": STAFF,
    # people
    "people.list_staff": MANAGER,
    "people.invite": MANAGER,
    "people.close": MANAGER,
    # audit
    "audit.list_events": AUDITOR,
}


def current_account() -> Account:
    """Return the signed-in account; only for routes that are not public."""
    account: Account = current_user.account
    return account


def account_or_none() -> Account | None:
    """Return the signed-in account, if anybody is signed in."""
    return current_user.account if current_user.is_authenticated else None


def init_app(app: Flask) -> None:
    """Ask the table before each request."""
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    access = ROUTES.get(request.endpoint)
    if access is None:
        current_app.logger.error("route %s has no declared access", request.endpoint)
        abort(403)
    g.audited_read = access.audited_read
    if access is PUBLIC or access.who(account_or_none()):
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("auth.sign_in", next=request.path))
    abort(403)
