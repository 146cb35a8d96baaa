"""What one verification found out of pairs, for the next: who makes a pair at what cost.

Kept is only what the verification found itself, of a family and a coach who have not changed since
in anything that a rule or a cost asks; pairs with anybody else are looked for. Shares nothing with
the solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled
from matching.problem import Problem, Settings
from matching.verify_columns import Columns, Offers
from matching.verify_reading import NEW, Numbers
from matching.verify_search import (
    Book,
    Found,
    Listed,
    pairs_of,
    room_for,
)
from matching.verify_squares import by_square

# Pairs of which a list is kept, 12 bytes each; where there are more they are looked for each time.
MOST = 1 << 25
# A new list is made when more than one in so many families or coaches is not in the old one.
FEW = 16
BAND_M = 4_096


@dataclass(frozen=True)
class KnownPairs:
    """The pairs of a problem as far as they are listed, and what they hang on beside the rows.

    Attributes
    ----------
    coach
        For each coach of the problem the number in the list, or `NEW`; for families `listed` has
        it.
    """

    settings: Settings
    pins: Mapping[str, str]
    exclusions: frozenset[tuple[str, str]]
    coach: Numbers
    listed: Listed


def nearby(columns: Columns) -> Numbers:
    """All families, neighbours after each other, so that the same coaches are looked at."""
    return np.lexsort((columns.asks.x, columns.asks.y // BAND_M))


def known_pairs(
    problem: Problem, columns: Columns, offers: Offers, book: Book, last: KnownPairs | None
) -> KnownPairs | None:
    """The pairs of the problem, those found before among them; None when they are too many.

    Parameters
    ----------
    book
        Of all coaches, with nothing listed.
    last
        Of the problem whose reading was the one before that of `columns`.
    """
    if last is not None and last.settings == problem.settings:
        coach, listed = _still_known(problem, columns, offers, last)
        book = book._replace(listed=listed)
        if all(np.count_nonzero(who < 0) * FEW <= len(who) for who in (coach, listed.row)):
            return _known(problem, coach, listed)
    anew = _listed(columns, offers, book)
    return None if anew is None else _known(problem, anew.now, anew)


def _known(problem: Problem, coach: Numbers, listed: Listed) -> KnownPairs:
    return KnownPairs(problem.settings, dict(problem.pins), problem.exclusions, coach, listed)


def _still_known(
    problem: Problem, columns: Columns, offers: Offers, last: KnownPairs
) -> tuple[Numbers, Listed]:
    """Who is in the list and has not changed since, and the list for those who are there now."""
    was_family, was_coach = columns.reading.was_family, columns.reading.was_coach
    row = np.append(last.listed.row, NEW)[was_family]
    row[_bound_otherwise(problem, last, columns.reading.family)] = NEW
    same = np.append(last.listed.free, 0)[was_coach] == offers.slots
    coach = np.where(same, np.append(last.coach, NEW)[was_coach], NEW)
    now = np.full(len(last.listed.now), NEW, dtype=np.int64)
    now[coach[coach >= 0]] = np.flatnonzero(coach >= 0)
    others = by_square(offers.take(np.flatnonzero(coach < 0)))
    return coach, last.listed._replace(
        row=row, now=now, free=offers.slots, offers=others[0], squares=others[1]
    )


def _bound_otherwise(problem: Problem, last: KnownPairs, family: Mapping[str, int]) -> list[int]:
    """Families whose pins or exclusions are not what they were."""
    pairs = problem.exclusions ^ last.exclusions
    pins = set(problem.pins.items()) ^ set(last.pins.items())
    names = {family_id for family_id, _ in (*pairs, *pins)}
    return [family[name] for name in names if name in family]


def _listed(columns: Columns, offers: Offers, book: Book) -> Listed | None:
    """All pairs of the problem as a list, or None when they are too many."""
    book = book._replace(points=columns.points._replace(change=0))
    start, stop, who, cost = _list_pairs(nearby(columns), book, room_for(len(offers.who) + 1), MOST)
    if len(start) < len(columns.rank):
        return None
    families, coaches = (np.arange(n, dtype=np.int64) for n in (len(start), len(offers.who)))
    nobody = by_square(offers.take(coaches[:0]))
    return Listed(families, start, stop, who, cost, coaches, offers.slots, *nobody)


@compiled
def _list_pairs(
    order: Numbers, book: Book, found: Found, most: int
) -> tuple[Numbers, Numbers, NDArray[np.int32], Numbers]:
    """The pairs of all families, in this order; nothing when there are more than `most`."""
    start, stop = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    room = max(len(book.listed.who), 64 * len(order)) + len(found.who)
    who, cost = np.empty(room, np.int32), np.empty(room, np.int64)
    size = 0
    for family in order:
        count = pairs_of(book, family, found)
        if size + count > most:
            return start[:0], stop[:0], who[:0], cost[:0]
        if size + count > len(who):
            who, cost = _grown(who, size, 2 * count), _grown(cost, size, 2 * count)
        start[family], stop[family] = size, size + count
        for at in range(count):
            who[size + at], cost[size + at] = found.who[at], found.cost[at]
        size += count
    return start, stop, who[:size].copy(), cost[:size].copy()


@compiled
def _grown(values: NDArray[Any], size: int, more: int) -> NDArray[Any]:
    """Room for half as many again, and so many more."""
    room = np.empty(size + size // 2 + more, values.dtype)
    room[:size] = values[:size]
    return room
