"""Passwords: argon2id at the promised cost, judged by length and commonness, equal work."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from peerapp.adapters import passwords
from peerapp.adapters.passwords import hash_password, password_refusals, verify_password
from peerapp.errors import Busy

COMMON = "password_common"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("x9!k" * 3 + "ab", ["password_short"]),
        ("quiet heron jugs", []),
        ("PasswordPassword", ["password_common"]),
        ("pass word pass word", ["password_common"]),
        ("aaaaaaaaaaaaaaaaaaaa", ["password_common"]),
        ("abc123abc123abc123", ["password_common"]),
        ("someone@example.org", ["password_own"]),
        ("w" * 100 + "xyzuv", []),
        ("quiet heron " * 22, ["password_long"]),
        ("Rosa Novak, Rosa Novak", ["password_own"]),
        ("Wiltshire Coaching 26", ["password_own"]),
        ("SomeOne@Example.ORG", ["password_own"]),
        ("Rosa eats quiet herons", []),
    ],
)
def test_password_is_refused_for_the_right_reason(password, codes):
    names = ("someone@example.org", "Rosa Novak", "Wiltshire Family Coaching")
    found = password_refusals(password, names=names)
    assert [refusal.code for refusal in found] == codes


@pytest.mark.scorecard("6.2.x")
@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("k3 Jq w8 Zp mV", ["password_short"]),
        ("k3 Jq w8 Zp mVx", []),
        ("quiet heron jugs flew over mild seas at dawn, and nobody saw it!", []),
        ("y z!kq" * 42 + "abcd", []),
        ("y z!kq" * 42 + "abcde", ["password_long"]),
        ("quietheron" + "\ufb01" * 2, ["password_short"]),  # counts as "fifi"
        ("quietherons" + "\ufb01" * 2, []),
        ("\ufdfa" * 20, ["password_long"]),  # 18 characters each, in the form that is hashed
    ],
    ids=str,
)
def test_length_is_bounded_on_both_sides(password, codes):
    found = password_refusals(password)
    assert [refusal.code for refusal in found] == codes


@pytest.mark.scorecard("6.2.x")
@pytest.mark.parametrize(
    ("password", "codes"),
    [("kq3 jw8 zpm", ["password_short"]), ("kq3 jw8 zpmv", []), ("Liverpool 123", [COMMON])],
)
def test_second_factor_allows_a_shorter_password_but_no_common_one(password, codes):
    found = password_refusals(password, minimum=12)
    assert [refusal.code for refusal in found] == codes


@pytest.mark.scorecard("6.2.x", control=True)
def test_common_password_would_do_without_the_list(monkeypatch):
    assert [one.code for one in password_refusals("footballfootball")] == [COMMON]
    monkeypatch.setattr(passwords, "_common", frozenset)
    assert password_refusals("footballfootball") == []


@pytest.mark.parametrize(
    ("chosen", "typed"),
    [
        ("caf\u00e9 au lait, s'il", "cafe\u0301 au lait, s'il"),
        ("heron 2026 on the sea", "heron \uff12\uff10\uff12\uff16 on the sea"),
    ],
)
def test_same_password_from_another_keyboard_is_right(chosen, typed):
    assert chosen != typed
    assert verify_password(hash_password(chosen), typed)
    assert not verify_password(hash_password(chosen), typed.upper())


def test_password_beyond_the_bound_is_never_cut_to_one_that_is_right():
    longest = "y z!kq" * 42 + "abcd"
    stored = hash_password(longest)
    assert verify_password(stored, longest)
    assert not verify_password(stored, longest + "e")
    assert not verify_password(hash_password(""), longest + "e")


@pytest.mark.scorecard("11.4.2", control=True)
def test_hashes_at_once_would_pile_up_without_the_bound(monkeypatch):
    meet = threading.Barrier(passwords.CONCURRENT_HASHES + 1, timeout=20)

    class Meeting:
        @staticmethod
        def hash(password):
            return str(meet.wait() >= 0)

    monkeypatch.setattr(passwords, "_hasher", Meeting)
    monkeypatch.setattr(passwords, "_gate", threading.Semaphore(99))
    with ThreadPoolExecutor(meet.parties) as pool:
        made = list(pool.map(hash_password, ["quiet heron jugs"] * meet.parties))
    assert made == ["True"] * meet.parties


@pytest.mark.scorecard("11.4.2")
def test_hashes_at_once_are_bounded_and_turned_away(monkeypatch):
    running, most, lock = [0], [0], threading.Lock()
    real = passwords._hasher

    class Watched:
        @staticmethod
        def hash(password):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            try:
                return real.hash(password)
            finally:
                with lock:
                    running[0] -= 1

    monkeypatch.setattr(passwords, "_hasher", Watched)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(hash_password, ["quiet heron jugs"] * 16))
    assert most[0] <= passwords.CONCURRENT_HASHES
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    with ExitStack() as held:
        for _ in range(passwords.CONCURRENT_HASHES):
            held.enter_context(passwords._turn())
        with pytest.raises(Busy):
            hash_password("quiet heron jugs")
    assert hash_password("quiet heron jugs")


def falls_short(stored):
    """Say whether a stored hash was made with less than what is promised."""
    found = extract_parameters(stored)
    least = (found.memory_cost >= 19 * 1024, found.time_cost >= 2, found.parallelism >= 1)
    return found.type is not Type.ID or not all(least)


@pytest.mark.scorecard("11.4.2")
def test_parameters_are_at_least_those_promised_and_weaker_hashes_are_renewed():
    stored = hash_password("quiet heron jugs")
    assert not falls_short(stored)
    weaker = PasswordHasher(time_cost=1, memory_cost=19 * 1024, parallelism=1)
    assert passwords.needs_rehash(weaker.hash("quiet heron jugs"))
    assert not passwords.needs_rehash(stored)


@pytest.mark.scorecard("11.4.2", control=True)
@pytest.mark.parametrize(
    "weaker", [{"time_cost": 1}, {"memory_cost": 8 * 1024}, {"type": Type.I}], ids=str
)
def test_weaker_parameters_would_be_noticed(monkeypatch, weaker):
    given = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1, **weaker}
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(**given))
    assert falls_short(hash_password("quiet heron jugs"))


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
