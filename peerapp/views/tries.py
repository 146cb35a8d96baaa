"""What a try to sign in counts for: by the browser if it is known, else by where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil

from flask import current_app

from peerapp.db import current_scheme_id, get_database, get_session
from peerapp.domain import throttles as allowed
from peerapp.errors import Busy, TooManyTries
from peerapp.models import Account, utc_now
from peerapp.rate_limits import browser_address
from peerapp.services import accounts, known_browsers, throttles
from peerapp.services.throttles import Taken, Try
from peerapp.views import browsers


def _key(*parts: str) -> str:
    scheme = str(current_app.config["SCHEME_SLUG"])
    return throttles.key_of(str(current_app.config["SECRET_KEY"]), scheme, *parts)


def in_words(wait: timedelta) -> str:
    """Return how long to wait, in whole minutes."""
    minutes = ceil(wait.total_seconds() / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def sign_in_tries(email: str) -> list[Try]:
    """Return what a try with a password counts for; the same for an address without an account."""
    email, secret = accounts.normalise_email(email), browsers.held_secret()
    with get_database().reading(current_scheme_id()) as reading:
        account = accounts.find_by_email(reading, email)
        is_known = known_browsers.knows(reading, account, secret)
    if is_known:
        return [Try(_key("browser", email, secret), allowed.BY_BROWSER)]
    address = browser_address()
    return [
        Try(_key("pair", email, address), allowed.BY_ACCOUNT_AND_ADDRESS),
        Try(_key("address", address), allowed.BY_ADDRESS, own=False),
        Try(_key("account", email), allowed.BY_ACCOUNT, own=False),
    ]


def own_password_tries(account: Account) -> list[Try]:
    """Return what a try counts for of somebody signed in who is asked for the password again."""
    return [Try(_key("again", str(account.id)), allowed.BY_SESSION)]


@contextmanager
def counted(tries: list[Try]) -> Iterator[Taken]:
    """Count a try, and take it back where there was no room to make it.

    Raises
    ------
    TooManyTries
        One must wait first.
    """
    get_session().rollback()  # what it has read may hold a lock that counting would wait for
    taken = throttles.take(get_database(), tries, utc_now())
    try:
        yield taken
    except Busy:
        throttles.give_back(get_database(), taken, utc_now(), right=False)
        raise


def was_right(taken: Taken) -> None:
    """Forget a try that turned out right; before the request's session writes."""
    get_session().rollback()
    throttles.give_back(get_database(), taken, utc_now())


def may_mail(email: str) -> bool:
    """Say whether one more link may go to an address now; the page says the same either way.

    Counted together with the link: of a sign-up that was not saved nothing may count, or the next
    one would be told that a link is on its way, and get none.
    """
    wanted = [Try(_key("mail", accounts.normalise_email(email)), allowed.MAIL)]
    try:
        throttles.take_within(get_session(), get_database(), wanted, utc_now())
    except TooManyTries:
        return False
    return True
