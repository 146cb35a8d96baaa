"""What a re-run keeps of the last run: the pairs of those who are still there, and who had a seat.

Only pairs with somebody new are looked for; the others are copied, with the points for a change of
coach put right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.closure import closed_by
from matching.compiled import compiled, lean
from matching.encoding import Encoded, Ints, Numbers
from matching.greatest import count_in, seat_greatest
from matching.paths import Back
from matching.places import (
    NOBODY,
    SEATS,
    Places,
    Seating,
)
from matching.plan import Plan
from matching.problem import Problem
from matching.reencoding import Same


class Kept(NamedTuple):
    """Who is still there, unchanged: the number in the last run, or -1."""

    family: Ints
    coach: Ints

    def now(self, coaches: int, families: int) -> tuple[Ints, Ints]:
        """For each of the last run's coaches and families its number now, or -1."""
        return _turned(self.coach, coaches), _turned(self.family, families)


def _turned(was: Ints, count: int) -> Ints:
    now = np.full(count, NOBODY, dtype=np.int64)
    there = np.flatnonzero(was >= 0)
    now[was[there]] = there
    return now


def kept_from(
    last: Problem, problem: Problem, before: Encoded, encoded: Encoded, same: Same
) -> Kept:
    """Families and coaches of whom nothing that a rule or a cost asks has changed."""
    moved = {family_id for family_id, _ in last.exclusions ^ problem.exclusions}
    moved |= {family_id for family_id, _ in last.pins.items() ^ problem.pins.items()}
    coach, family = same.coach.copy(), same.family.copy()
    coach[encoded.coach.slots != np.append(before.coach.slots, 0)[coach]] = NOBODY
    family[[encoded.family_number[name] for name in moved & encoded.family_number.keys()]] = NOBODY
    return Kept(family, coach)


def renewed_pairs(last: Candidates, problem: Problem, encoded: Encoded, kept: Kept) -> Candidates:
    """Every pair of the problem, as `find_candidates` finds them."""
    if last.settings != problem.settings:
        return find_candidates(encoded, problem.settings)
    new_coaches, new_families = np.flatnonzero(kept.coach < 0), np.flatnonzero(kept.family < 0)
    of_families = find_candidates(encoded, problem.settings, families=new_families)
    of_coaches = find_candidates(encoded, problem.settings, coaches=new_coaches)
    now = np.full(len(last.encoded.coaches), NOBODY, dtype=np.int32)
    now[kept.coach[kept.coach >= 0]] = np.flatnonzero(kept.coach >= 0)
    start, coach, cost = _merged(
        kept.family,
        now,
        _Rows(last.start, last.coach, last.cost, last.encoded.family.previous),
        _Rows(of_coaches.start, of_coaches.coach, of_coaches.cost, encoded.family.previous),
        _Rows(of_families.start, of_families.coach, of_families.cost, encoded.family.previous),
        problem.settings.change,
    )
    return Candidates(encoded, problem.settings, start, coach, cost)


class _Rows(NamedTuple):
    start: Ints
    coach: Numbers
    cost: Ints
    previous: Ints


@compiled
def _merged(
    was: Ints, now: Numbers, old: _Rows, of_coaches: _Rows, of_families: _Rows, change: int
) -> tuple[Ints, Numbers, Ints]:
    """The rows of all families: copied and merged with the new coaches, or taken whole."""
    size = len(old.coach) + len(of_coaches.coach) + len(of_families.coach)
    start = np.zeros(len(was) + 1, np.int64)
    coach, cost = np.empty(size, np.int32), np.empty(size, np.int64)
    count = 0
    for f in range(len(was)):
        if was[f] < 0:
            for at in range(of_families.start[f], of_families.start[f + 1]):
                coach[count], cost[count] = of_families.coach[at], of_families.cost[at]
                count += 1
        else:
            count = _merged_row(f, was[f], now, old, of_coaches, change, coach, cost, count)
        start[f + 1] = count
    return start, coach[:count].copy(), cost[:count].copy()


@lean
def _merged_row(
    f: int,
    g: int,
    now: Numbers,
    old: _Rows,
    of_coaches: _Rows,
    change: int,
    coach: Numbers,
    cost: Ints,
    count: int,
) -> int:
    """Family ``f``, which was ``g``: both rows are sorted by coach, and stay so."""
    before, after = old.previous[g], of_coaches.previous[f]
    new, end = of_coaches.start[f], of_coaches.start[f + 1]
    for at in range(old.start[g], old.start[g + 1]):
        c = now[old.coach[at]]
        if c < 0:
            continue
        while new < end and of_coaches.coach[new] < c:
            coach[count], cost[count] = of_coaches.coach[new], of_coaches.cost[new]
            count, new = count + 1, new + 1
        points = old.cost[at]
        if before >= 0 and before != old.coach[at]:
            points -= change
        if after >= 0 and after != c:
            points += change
        coach[count], cost[count] = c, points
        count += 1
    while new < end:
        coach[count], cost[count] = of_coaches.coach[new], of_coaches.cost[new]
        count, new = count + 1, new + 1
    return count


def seat_again(
    last: Plan, kept: Kept, pairs: Candidates, back: Back, places: Places, seating: Seating
) -> Ints:
    """Level 1, beginning with those who have their seat still; `seating` changes in place.

    Whoever then stands in the way of somebody who ranks before leaves, and the walk down the order
    goes on. Each round serves better families than the one before, so there is a last one, and
    nobody is in the way then: the families are those that a cold solve finds.

    Returns
    -------
    Ints
        As from `matching.closure.closed_by`.
    """
    now = np.full(len(last.coach), NOBODY, dtype=np.int64)
    now[kept.coach[kept.coach >= 0]] = np.flatnonzero(kept.coach >= 0)
    family = np.flatnonzero((kept.family >= 0) & (last.seat[kept.family] >= 0))
    was = last.seat[kept.family[family]]
    coach = now[was // SEATS]
    _seat(family[coach >= 0], (coach * SEATS + was % SEATS)[coach >= 0], places, seating)
    while True:
        seat_greatest(pairs, places, seating, back)
        closed = closed_by(pairs, places, seating)
        in_the_way = np.flatnonzero((closed >= 0) & (closed < pairs.encoded.rank))
        if not len(in_the_way):
            return closed
        _unseat(in_the_way, places, seating)


@lean
def _seat(families: Ints, seats: Ints, places: Places, seating: Seating) -> None:
    for f, seat in zip(families, seats):  # noqa: B905 - Numba knows no strict zip
        c = seat // SEATS
        boss = places.supervisor[c]
        if seating.used[c] >= places.room[c]:
            continue
        if boss >= 0 and seating.carried[boss] >= places.supervisor_room[boss]:
            continue
        seating.seat[f], seating.holder[seat] = seat, f
        count_in(c, 1, places, seating)


@lean
def _unseat(families: Ints, places: Places, seating: Seating) -> None:
    """Take some families from their seats."""
    for f in families:
        seat = seating.seat[f]
        seating.seat[f] = seating.holder[seat] = NOBODY
        count_in(seat // SEATS, -1, places, seating)
