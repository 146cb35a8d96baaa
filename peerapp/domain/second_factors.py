"""Second factors: who owes one, how long a proof counts as fresh, how many guesses there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from peerapp.models import LoginSession

HALF_OPEN_LIFETIME = timedelta(minutes=30)
"""How long a session waits for its second factor, setting one up included."""
SESSION_GUESSES = 5
"""Wrong codes after which a session ends; the next guess costs the password again."""
LANE_GUESSES = 10
LANE_WINDOW = timedelta(minutes=15)
"""Wrong codes of one account by one lane within a time; more are not looked at."""
NEW_BROWSER = "new"
"""The lane of every browser in which the account never gave its second factor."""
CODES_MADE = 10
CHALLENGE_LIFETIME = timedelta(minutes=5)


def is_recent(login: LoginSession, now: datetime, minutes: int) -> bool:
    """Say whether whoever is at the browser has proved lately that it is them.

    By a second factor where the account has one, else by having signed in.
    """
    proved_at = login.factor_at
    if proved_at is None and not login.is_half_open:
        proved_at = login.created_at
    return proved_at is not None and now - proved_at < timedelta(minutes=minutes)


def passkey_host(base_url: str) -> str | None:
    """Return the name that passkeys are bound to; an address in digits cannot have any."""
    host = urlsplit(base_url).hostname
    if not host:
        return None
    try:
        ip_address(host)
    except ValueError:
        return host
    return None
