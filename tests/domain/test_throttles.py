"""Waits grow, are bounded, and one address cannot reach what counts for the account alone."""

from __future__ import annotations

from datetime import timedelta

from peerapp.domain.throttles import (
    BY_ACCOUNT,
    BY_ACCOUNT_AND_ADDRESS,
    FORGOTTEN_AFTER,
    Allowance,
)


def test_wait_doubles_after_the_free_tries_up_to_the_longest():
    allowance = Allowance(free=3, first=timedelta(minutes=1), longest=timedelta(minutes=6))
    waits = [allowance.wait_after(tries) // timedelta(minutes=1) for tries in (0, 2, 3, 4, 5, 6)]
    assert waits == [0, 0, 1, 2, 4, 6]
    assert allowance.wait_after(10**9) == timedelta(minutes=6)


def test_one_address_trying_all_day_leaves_others_their_tries():
    spent, tries = timedelta(0), 0
    while spent < FORGOTTEN_AFTER:
        tries += 1
        spent += BY_ACCOUNT_AND_ADDRESS.wait_after(tries)
    assert tries < BY_ACCOUNT.free
