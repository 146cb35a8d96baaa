"""How long one waits after tries that failed.

What somebody else does wrong must not keep a person out. So tries are counted by the account and
the address that they come from, together: who guesses from one place waits, and nobody else does.
A browser in which the account was signed in before has an allowance of its own. Only what comes
from many places at once is counted by the account alone, and then known browsers still get in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FORGOTTEN_AFTER = timedelta(days=1)
"""Tries are forgotten a day after the first of them."""


@dataclass(frozen=True)
class Allowance:
    """How many tries are free, and what the waits grow to after them.

    Attributes
    ----------
    free
        Tries before the first wait.
    first
        The first wait; each later one is twice as long.
    longest
        The longest wait.
    """

    free: int
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)

    def wait_after(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries that failed."""
        if tries < self.free:
            return timedelta(0)
        doublings = min(tries - self.free, 20)
        return min(self.longest, self.first * int(2**doublings))


BY_ACCOUNT_AND_ADDRESS = Allowance(free=5)
BY_BROWSER = Allowance(free=10)
BY_ADDRESS = Allowance(free=60, longest=timedelta(minutes=15))
"""Wide: a whole office may share one address."""
BY_ACCOUNT = Allowance(free=50, longest=timedelta(minutes=15))
"""Wider than what one address can reach in a day: it takes tries from many places."""
BY_SESSION = Allowance(free=5)
"""The own password, asked again of who is signed in."""
MAIL = Allowance(free=3, first=timedelta(minutes=2))
"""Links by mail to one address, so that nobody floods a mailbox."""
