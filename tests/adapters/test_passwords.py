"""Passwords: argon2id at the promised cost, judged by length and commonness, equal work."""

from __future__ import annotations

import pytest

from peerapp.adapters import passwords
from peerapp.adapters.passwords import hash_password, password_refusals, verify_password


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("x9!k" * 3 + "ab", ["password_short"]),
        ("quiet heron jugs", []),
        ("PasswordPassword", ["password_common"]),
        ("pass word pass word", ["password_common"]),
        ("aaaaaaaaaaaaaaaaaaaa", ["password_common"]),
        ("abc123abc123abc123", ["password_common"]),
        ("someone@example.org", ["password_common"]),
        ("w" * 100 + "xyzuv", []),
        ("quiet heron " * 22, ["password_long"]),
    ],
)
def test_password_is_refused_for_the_right_reason(password, codes):
    found = password_refusals(password, email="someone@example.org")
    assert [refusal.code for refusal in found] == codes


def test_hash_is_argon2id_and_verifies_whole_password():
    stored = hash_password("quiet heron " * 10 + "end")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(stored, "quiet heron " * 10 + "end")
    assert not verify_password(stored, "quiet heron " * 10 + "enD")
    assert not verify_password(stored, "quiet heron " * 10)


def test_no_account_costs_a_verification_too(monkeypatch):
    asked = []
    real = passwords._hasher.verify

    class Counting:
        hash = staticmethod(passwords._hasher.hash)

        @staticmethod
        def verify(stored, password):
            asked.append(stored)
            return real(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    assert verify_password(None, "quiet heron jugs") is False
    assert [stored.startswith("$argon2id$") for stored in asked] == [True]
