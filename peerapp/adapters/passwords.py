"""Passwords: argon2id, a bundled list of common ones, and a limit on hashing at once.

Parameters: 19 MiB, two passes, one lane (OWASP's second choice for argon2id). A verification
takes the same work whether the account exists or not.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from peerapp.errors import Refusal

MINIMUM_LENGTH = 15
MAXIMUM_LENGTH = 256
CONCURRENT_HASHES = 4

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.BoundedSemaphore(CONCURRENT_HASHES)


@cache
def _common() -> frozenset[str]:
    text = resources.files("peerapp.data").joinpath("common-passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and line[0] != "#")


@cache
def _decoy() -> str:
    """Return a hash to verify against when there is no account."""
    return _hasher.hash("no account has this password")


def password_refusals(password: str, *, email: str = "", scheme_name: str = "") -> list[Refusal]:
    """Say why a password may not be chosen; length and commonness count, composition does not."""
    if len(password) < MINIMUM_LENGTH:
        return [
            Refusal(
                "password_short",
                f"Use {MINIMUM_LENGTH} characters or more. Three or four random words work well.",
            )
        ]
    if len(password) > MAXIMUM_LENGTH:
        return [Refusal("password_long", f"Use {MAXIMUM_LENGTH} characters or fewer.")]
    folded = "".join(password.casefold().split())
    own = {part.casefold() for part in (email, email.partition("@")[0], scheme_name) if part}
    if folded in _common() or len(set(folded)) < 5 or _is_repeated(folded) or folded in own:
        return [
            Refusal(
                "password_common",
                "This password is easy to guess. Choose another, such as three random words.",
            )
        ]
    return []


def _is_repeated(text: str) -> bool:
    """Say whether the text is one piece of up to 6 characters over and over."""
    return any(
        text == (text[:length] * len(text))[: len(text)] for length in range(1, min(7, len(text)))
    )


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _gate:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether the password is right; without a stored hash, work as long and say no."""
    with _gate:
        try:
            _hasher.verify(stored or _decoy(), password[: MAXIMUM_LENGTH + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
