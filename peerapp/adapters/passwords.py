"""Passwords: argon2id, a bundled list of common ones, and a limit on hashing at once.

Parameters: 19 MiB, two passes, one lane (OWASP's second choice for argon2id). A verification
takes the same work whether the account exists or not.

The same password typed on two keyboards may arrive as different code points (an accent beside its
letter or in one piece, a full-width digit). So each is brought to Unicode's NFKC form before it is
judged, hashed or verified, and it is that form whose characters are counted.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from peerapp.errors import Busy, Refusal

MINIMUM_LENGTH = 15
MAXIMUM_LENGTH = 256
CONCURRENT_HASHES = 4
LONGEST_WAIT = 2.0
"""Seconds for which a hash waits for its turn; then the request is turned away with a 503."""
LEFT_OVER = 8
"""Characters that must be left of a password without the names of the person and the scheme."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.BoundedSemaphore(CONCURRENT_HASHES)
_EASY = Refusal(
    "password_common",
    "This password is easy to guess. Choose another, such as three random words.",
)
_OWN = Refusal(
    "password_own",
    "This password is made of names that others know. Choose another, such as three random words.",
)


@cache
def _common() -> frozenset[str]:
    text = resources.files("peerapp.data").joinpath("common-passwords.txt").read_text("utf-8")
    return frozenset(_folded(line) for line in text.splitlines() if line and line[0] != "#")


@cache
def _decoy() -> str:
    """Return a hash to verify against when there is no account."""
    return _hasher.hash("no account has this password")


def normalised(password: str) -> str:
    """Return a password in the form in which it is judged, hashed and verified."""
    return unicodedata.normalize("NFKC", password)


def password_refusals(
    password: str, *, names: Iterable[str] = (), minimum: int = MINIMUM_LENGTH
) -> list[Refusal]:
    """Say why a password may not be chosen; length and commonness count, composition does not.

    Parameters
    ----------
    names
        What others know of the person and the scheme: names, the email address.
    minimum
        Characters that it needs; fewer where a second factor is asked for as well.
    """
    if len(password) > MAXIMUM_LENGTH or len(normalised(password)) > MAXIMUM_LENGTH:
        return [Refusal("password_long", f"Use {MAXIMUM_LENGTH} characters or fewer.")]
    if len(normalised(password)) < minimum:
        return [
            Refusal(
                "password_short",
                f"Use {minimum} characters or more. Three or four random words work well.",
            )
        ]
    folded = _folded(password)
    if folded in _common() or len(set(folded)) < 5 or _is_repeated(folded):
        return [_EASY]
    return [_OWN] if _is_made_of(folded, names) else []


def _folded(password: str) -> str:
    """Return a password as it is compared: in lower case, without spaces."""
    return "".join(normalised(password).casefold().split())


def _is_repeated(text: str) -> bool:
    """Say whether the text is one piece of up to 6 characters over and over."""
    return any(
        text == (text[:length] * len(text))[: len(text)] for length in range(1, min(7, len(text)))
    )


def _is_made_of(folded: str, names: Iterable[str]) -> bool:
    """Say whether little is left of a password once the names are taken out."""
    words = {word for name in names for word in _words(name)}
    left = folded
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return left != folded and len(left) < LEFT_OVER


def _words(name: str) -> Iterator[str]:
    """Yield a name as a whole, and its words of four letters or more."""
    pieces = re.split(r"[\W_]+", normalised(name).casefold())
    yield from (word for word in [*pieces, _folded(name)] if len(word) >= 4)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn to hash: each takes 19 MiB and a core, so they may not pile up."""
    if not _gate.acquire(timeout=LONGEST_WAIT):
        raise Busy("too many passwords are being hashed at once")
    try:
        yield
    finally:
        _gate.release()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises
    ------
    Busy
        Too many are being hashed already.
    """
    with _turn():
        return _hasher.hash(normalised(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Say whether the password is right; without a stored hash, work as long and say no.

    Raises
    ------
    Busy
        Too many are being hashed already.
    """
    given = normalised(password) if len(password) <= MAXIMUM_LENGTH else ""
    with _turn():
        try:
            _hasher.verify(stored or _decoy(), given)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and bool(given)


def needs_rehash(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
