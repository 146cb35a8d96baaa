"""Authenticator apps of tests: they show real codes, each once, as a person would enter it."""

from __future__ import annotations

import time
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.adapters import one_time_codes
from peerapp.adapters.secret_box import SecretBox
from peerapp.models import Account, utc_now
from peerapp.services import authenticator_apps

SITE_KEY = "a secret key for tests, long enough"
BOX = SecretBox(SITE_KEY)


class Authenticator:
    """An app on somebody's phone."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.replace(" ", "")
        self.last_step = -1

    def code(self, now: datetime | None = None) -> str:
        """Return a code that was not shown before; one step ahead of the clock, it is taken."""
        step = max(one_time_codes.step_at(now or utc_now()), self.last_step + 1)
        self.last_step = step
        return one_time_codes.code_at(self.secret, step)

    def wait_for_code(self) -> str:
        """Return a code that a site with a clock of its own takes; waits where it has to."""
        while self.last_step > one_time_codes.step_at(utc_now()):
            time.sleep(0.2)
        return self.code()


def give_app(session: Session, account: Account) -> Authenticator:
    """Give an account an authenticator app that is in use, and return the app."""
    secret = one_time_codes.new_secret()
    authenticator_apps.add_app(session, account, secret, in_use=True)
    return Authenticator(secret)
