"""Whether a password that somebody chooses is good enough."""

from __future__ import annotations

from peerapp.adapters.passwords import password_refusals
from peerapp.db import get_session
from peerapp.extensions import current_settings
from peerapp.models import Account
from peerapp.services.schemes import get_scheme
from peerapp.services.second_factors import has_factor


def minimum_of(account: Account) -> int:
    """Return how many characters a password needs; fewer beside a second factor."""
    settings = current_settings()
    if has_factor(get_session(), account.id):
        return min(settings.password_minimum, settings.password_minimum_with_factor)
    return settings.password_minimum


def errors_of(password: str, account: Account) -> list[str]:
    """Return what is wrong with a password that is chosen for an account."""
    scheme = get_scheme(get_session())
    names = (account.email, account.name, scheme.name, scheme.council)
    found = password_refusals(password, names=names, minimum=minimum_of(account))
    return [refusal.message for refusal in found]
