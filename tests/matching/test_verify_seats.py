"""Who holds which place, and how it is counted when somebody moves."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from matching.problem import Placement
from matching.verify_columns import Columns
from matching.verify_seats import SLOT_PLACE, WEEK, Seats, make_seats, move
from tests.matching.making import MONDAY, coach, family, problem

TEAM = ("S1", None, "S2", "S2")
PROBLEM = problem(
    *(family(f"F{n}") for n in range(5)),
    *(coach(f"C{n}", supervisor=boss, capacity=n + 2) for n, boss in enumerate(TEAM)),
    placements=(
        Placement(family_id="P1", coach_id="C1", slot=MONDAY),
        Placement(family_id="P2", coach_id="C2", slot=MONDAY),
    ),
    supervisors={"S2": 5, "S1": 4},
)  # fmt: skip


def seated(*place: int) -> Seats:
    columns = Columns(PROBLEM)
    return make_seats(PROBLEM, columns.number, columns.rank, np.array(place, dtype=np.int64))


def told(seats: Seats) -> Iterator[tuple[str, list[int]]]:
    for name in ("place", "holder", "carried", "team_carried"):
        yield name, getattr(seats, name).tolist()


def test_seats_count_placements_families_and_limits() -> None:
    seats = seated(-1, WEEK + SLOT_PLACE["tue_evening"], 2 * WEEK, 2 * WEEK + 3, -1)
    assert seats.placed.tolist() == [0, 1, 1, 0, 0]
    assert seats.carried.tolist() == [0, 2, 3, 0, 0]
    assert seats.limit.tolist() == [2, 3, 4, 5, 0]
    # In the order in which the problem names the supervisors; nobody's is the last coach's.
    assert seats.team.tolist() == [1, -1, 0, 0, -1]
    assert (seats.team_placed.tolist(), seats.team_carried.tolist()) == ([1, 0], [3, 0])
    assert seats.team_limit.tolist() == [5, 4]
    members = np.split(seats.member, seats.member_start)[1:]
    assert [row.tolist() for row in members] == [[2, 3], [0], []]
    assert seats.holder[2 * WEEK + 3] == 3
    assert np.count_nonzero(seats.holder >= 0) == 3
    assert not seats.recruit.any()


@pytest.mark.parametrize("seed", range(40))
def test_whoever_moves_is_counted_where_they_are(seed: int) -> None:
    """Along a chain, as an augmenting path goes: each takes the place that the next one leaves."""
    random = Random(seed)
    before = [0, *random.sample(range(1, 4 * WEEK), 4)]
    random.shuffle(before)
    before = [place if random.random() < 0.8 else -1 for place in before]
    seats = seated(*before)
    order = random.sample(range(5), random.randint(1, 5))
    free = next(place for place in range(4 * WEEK) if place not in before)
    after = list(before)
    for family_number in order:
        move(seats, family_number, free)
        after[family_number], free = free, after[family_number]
        if free < 0:
            break
    assert dict(told(seats)) == dict(told(seated(*after)))


def test_place_that_somebody_else_has_taken_is_not_emptied() -> None:
    seats = seated(0, -1, -1, -1, -1)
    move(seats, 1, 0)
    move(seats, 0, 1)
    assert dict(told(seats)) == dict(told(seated(1, 0, -1, -1, -1)))
