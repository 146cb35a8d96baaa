"""The one walk over all pairs that looks at both levels: for the verification.

Level 1: from each family left out, in the order, along alternating paths; what was seen is never
seen again. Level 2: the least that each matched family pays at given prices. Every family is
visited once and its pairs are forgotten at once. Shares nothing with the solver.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled, lean
from matching.verify_reading import Numbers
from matching.verify_search import Book, Found, pairs_of, room_for
from matching.verify_seats import WEEK, Seats

Flags = NDArray[np.bool_]
NEVER = 1 << 62


class Trail(NamedTuple):
    """What the walk leaves behind.

    Attributes
    ----------
    pairs
        How many pairs each family has.
    label
        Rank of the first family left out that reaches each family, or -1.
    came, toward
        From whom each family was reached, and the place that one would take.
    open
        The first place that can simply be taken, reached from each family left out, or -1.
    taker
        Which family would take it.
    least
        The least that each matched family pays: a pair's cost and the place's price.
    used
        For each coach the slots that some matched family could use.
    """

    pairs: Numbers
    label: Numbers
    came: Numbers
    toward: Numbers
    open: Numbers
    taker: Numbers
    least: Numbers
    used: Numbers


class PlacePrices(NamedTuple):
    """Of each place, and the lowest of each coach's places that may be taken."""

    place: Numbers
    floor: Numbers


class Memory(NamedTuple):
    """What was met: slots of each coach, families visited, full coaches and supervisors; and the
    families that wait to be visited."""

    seen: Numbers
    visited: Flags
    told: Flags
    team_told: Flags
    waiting: Numbers


def walk(
    book: Book, seats: Seats, price: Numbers, starts: Numbers, rest: Numbers, *, once: bool = False
) -> Trail:
    """Walk from `starts`, families left out in their order, then visit the `rest`.

    Parameters
    ----------
    price
        Of each place, for level 2.
    once
        Stop where the first place is found that can simply be taken.
    """
    families, coaches = len(seats.place), len(seats.placed)
    label, came, toward, opened, taker = np.full((5, families), -1, dtype=np.int64)
    trail = Trail(
        np.zeros(families, dtype=np.int64), label, came, toward, opened, taker,
        np.full(families, NEVER, dtype=np.int64), np.zeros(coaches, dtype=np.int64),
    )  # fmt: skip
    memory = Memory(
        np.zeros(coaches, dtype=np.int64), np.zeros(families, dtype=np.bool_),
        np.zeros(coaches, dtype=np.bool_), np.zeros(len(seats.team_limit), dtype=np.bool_),
        np.zeros(families + 1, dtype=np.int64),
    )  # fmt: skip
    prices = PlacePrices(price, _floor(book, price, coaches))
    _walk(book, seats, prices, starts, rest, once, trail, memory, room_for(coaches))
    return trail


def _floor(book: Book, price: Numbers, coaches: int) -> Numbers:
    """The lowest price of each coach's free slots."""
    free = np.zeros((coaches, 1), dtype=np.int64)
    free[book.offers.who, 0] = book.offers.slots
    is_free = free >> np.arange(WEEK) & 1 > 0
    lowest: Numbers = np.where(is_free, price.reshape(coaches, WEEK), NEVER).min(axis=1)
    return lowest


@compiled
def _walk(
    book: Book,
    seats: Seats,
    price: PlacePrices,
    starts: Numbers,
    rest: Numbers,
    once: bool,
    trail: Trail,
    memory: Memory,
    found: Found,
) -> None:
    for start in starts:
        memory.waiting[0] = start
        top = 1
        while top:
            top -= 1
            family = memory.waiting[top]
            count = _visit(book, seats, price, family, trail, memory, found)
            top = _spread(seats, family, start, count, top, trail, memory, found)
            if once and trail.open[start] >= 0:
                return
    for family in rest:
        if not memory.visited[family]:
            _visit(book, seats, price, family, trail, memory, found)


@compiled
def _visit(
    book: Book,
    seats: Seats,
    price: PlacePrices,
    family: int,
    trail: Trail,
    memory: Memory,
    found: Found,
) -> int:
    """Find the family's pairs and, for level 2, the least it could pay."""
    count = pairs_of(book, family, found)
    memory.visited[family] = True
    trail.pairs[family] = count
    if seats.place[family] >= 0:
        trail.least[family] = _cheapest(found.who, found.shared, found.cost, count, price)
        for at in range(count):
            trail.used[found.who[at]] |= found.shared[at]
    if seats.recruit[family]:
        found.who[count], found.shared[count] = len(seats.placed) - 1, seats.recruit[family]
        count += 1
    return count


@lean
def _cheapest(who: Numbers, shared: Numbers, cost: Numbers, count: int, price: PlacePrices) -> int:
    """The least of cost and price."""
    least = NEVER
    for at in range(count):
        coach, own = who[at], cost[at]
        if own + price.floor[coach] >= least:
            continue
        for slot in range(WEEK):
            if shared[at] >> slot & 1:
                least = min(least, own + price.place[coach * WEEK + slot])
    return least


@lean
def _spread(
    seats: Seats,
    family: int,
    start: int,
    count: int,
    top: int,
    trail: Trail,
    memory: Memory,
    found: Found,
) -> int:
    """Go on to who is in the way at the places that the family could have and nobody saw yet."""
    who, shared, seen = found.who, found.shared, memory.seen
    for at in range(count):
        coach = who[at]
        fresh = shared[at] & ~seen[coach]
        if fresh == 0:
            continue
        seen[coach] |= fresh
        for slot in range(WEEK):
            if not fresh >> slot & 1:
                continue
            place, team = coach * WEEK + slot, seats.team[coach]
            if seats.holder[place] >= 0:
                top = _meet(seats, seats.holder[place], family, place, start, top, trail, memory)
            elif seats.carried[coach] >= seats.limit[coach]:
                if not memory.told[coach]:
                    memory.told[coach] = True
                    top = _meet_all(seats, coach, family, place, start, top, trail, memory)
            elif team >= 0 and seats.team_carried[team] >= seats.team_limit[team]:
                top = _meet_team(seats, team, family, place, start, top, trail, memory)
            elif trail.open[start] < 0:
                trail.open[start], trail.taker[start] = place, family
    return top


@lean
def _meet_team(
    seats: Seats,
    team: int,
    family: int,
    place: int,
    start: int,
    top: int,
    trail: Trail,
    memory: Memory,
) -> int:
    """All families of a supervisor's coaches are in the way; told once."""
    if not memory.team_told[team]:
        memory.team_told[team] = True
        for at in range(seats.member_start[team], seats.member_start[team + 1]):
            coach = seats.member[at]
            top = _meet_all(seats, coach, family, place, start, top, trail, memory)
    return top


@lean
def _meet_all(
    seats: Seats,
    coach: int,
    family: int,
    place: int,
    start: int,
    top: int,
    trail: Trail,
    memory: Memory,
) -> int:
    """All families of a coach are in the way."""
    for other in range(coach * WEEK, coach * WEEK + WEEK):
        if seats.holder[other] >= 0:
            top = _meet(seats, seats.holder[other], family, place, start, top, trail, memory)
    return top


@lean
def _meet(
    seats: Seats,
    other: int,
    family: int,
    place: int,
    start: int,
    top: int,
    trail: Trail,
    memory: Memory,
) -> int:
    """A family in the way of another, which would take `place`: visit it once, later."""
    if trail.label[other] < 0:
        trail.label[other] = seats.rank[start]
        trail.came[other], trail.toward[other] = family, place
        memory.waiting[top] = other
        top += 1
    return top
