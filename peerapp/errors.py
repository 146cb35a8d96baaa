"""Errors that more than one layer speaks of; each other error stands beside what raises it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Refusal:
    """One reason why something may not happen, in words a person can act on.

    Attributes
    ----------
    code
        Stable name for tests, logs and branching, e.g. ``certificate_lapsed``.
    message
        One plain sentence that says what is missing and what to do.
    """

    code: str
    message: str


class PeerAppError(Exception):
    """Base of every error that this application raises on purpose."""


class NotFound(PeerAppError):
    """The thing does not exist, or may not be known to exist by whoever asks."""


class Forbidden(PeerAppError):
    """The person is known, and may not do this."""


class Refused(PeerAppError):
    """A rule says no; ``refusals`` says why, in full."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.code for refusal in self.refusals))


class Stale(PeerAppError):
    """What the person decided on has changed since they looked."""


class TooManyTries(PeerAppError):
    """Something was tried too often; it may be tried again after ``wait``."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("too many tries")


class Busy(PeerAppError):
    """More is asked at once than this process can do; to be asked again in some seconds."""
