"""Browsers in which an account was signed in before, and what is said when there is a new one.

A browser holds a long random secret, the account's row its hash. It proves nothing: whoever signs
in still needs all the rest. It tells a browser that was here before from one that was not.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from peerapp.enums import Role
from peerapp.models import Account, KnownBrowser
from peerapp.services import audit, messages
from peerapp.services.tokens import token_hash

KEPT = timedelta(days=180)
NOTICE = "new_browser"
NEWS = (
    "Your account was opened in a browser that was new to it. "
    "Look at “Where you are signed in” on the page “Your account”."
)
"""Told in the browsers that were there before, once, to whoever is wholly signed in."""
NOT_YOU = "If it was not you, choose a new password and tell the scheme at once."


@dataclass(frozen=True)
class Browser:
    """The browser of a request.

    Attributes
    ----------
    secret
        What it holds, or what it will hold from now on.
    device
        What kind it is, in plain words.
    """

    secret: str
    device: str


def knows(session: Session, account: Account | None, secret: str) -> bool:
    """Say whether an account was signed in in this browser before; asks the same for no account."""
    query = select(KnownBrowser.account_id).where(KnownBrowser.token_hash == token_hash(secret))
    found = session.scalars(query).all()
    return account is not None and account.id in found


def remember(
    session: Session, account: Account, browser: Browser, now: datetime, base_url: str
) -> KnownBrowser:
    """Note that an account is signed in in a browser, and tell its owner of a new one.

    Nobody is told of the very first: that is the person who has just opened the account.
    """
    query = select(KnownBrowser).where(KnownBrowser.account_id == account.id)
    known = session.scalars(query.order_by(KnownBrowser.last_used_at.desc())).all()
    found = next((one for one in known if one.token_hash == token_hash(browser.secret)), None)
    if found is None and account.role is Role.FAMILY:
        # A family's browser forgets when it is closed, so that it does not tell whoever looks
        # into it later. Then it is known again by its kind.
        found = next((one for one in known if one.device == browser.device), None)
    if found is None:
        found = KnownBrowser(account_id=account.id, created_at=now)
        session.add(found)
        found.noticed_at = now if known else None
    found.token_hash = token_hash(browser.secret)
    found.device, found.last_used_at = browser.device, now
    if known and found not in known:
        _tell(session, account, browser, base_url)
    session.flush()
    return found


def _tell(session: Session, account: Account, browser: Browser, base_url: str) -> None:
    """Tell of a new browser: a family, where that is safe, only that there is a message."""
    audit.record_security(session, account, "account.new_browser", account)
    if account.role is Role.FAMILY:
        messages.queue_notice(session, account, f"{base_url}/sign-in", template=NOTICE)
        return
    text = (
        f"Somebody signed in to your account in a browser that was new to it: {browser.device}.\n\n"
        f"{NOT_YOU}\nWhere you are signed in: {base_url}/account/signed-in\n"
    )
    messages.queue_account_link(session, account, NOTICE, text)


def take_news(session: Session, account: Account, browser_id: uuid.UUID) -> list[KnownBrowser]:
    """Return the new browsers, other than this one, that the owner has not been shown; once."""
    query = select(KnownBrowser).where(
        KnownBrowser.account_id == account.id,
        KnownBrowser.id != browser_id,
        KnownBrowser.noticed_at.is_not(None),
    )
    found = list(session.scalars(query.order_by(KnownBrowser.created_at)))
    for one in found:
        one.noticed_at = None
    return found


def forget(session: Session, account: Account, *, but: uuid.UUID | None = None) -> None:
    """Forget an account's browsers, as after a new password; all, or all but one."""
    query = delete(KnownBrowser).where(KnownBrowser.account_id == account.id)
    session.execute(query if but is None else query.where(KnownBrowser.id != but))


def sweep(session: Session, now: datetime) -> None:
    """Forget browsers that were not used for a long time."""
    session.execute(delete(KnownBrowser).where(KnownBrowser.last_used_at < now - KEPT))
