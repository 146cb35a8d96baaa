"""What the walk of the verification tells of each family and coach, against the plain rules."""

from __future__ import annotations

import numpy as np
import pytest

from matching.costs import cost_parts
from matching.generate import generate
from matching.problem import Problem
from matching.rules import broken, shared_slots
from matching.solver import solve
from matching.verify_columns import Columns, taken_slots
from matching.verify_search import make_book
from matching.verify_seats import SLOT_PLACE, WEEK, make_seats
from matching.verify_walk import Trail, walk

PROBLEM = generate(40, seed=5)
PLACES = len(PROBLEM.coaches) + 1


def walked(problem: Problem, price: np.ndarray) -> tuple[Trail, list[int]]:
    """The matched families visited, and who they are."""
    columns = Columns(problem)
    offers = columns.offers(problem.coaches, 0, taken_slots(problem))
    book = make_book(columns.asks, offers, columns.points)
    place = np.full(len(problem.families), -1, dtype=np.int64)
    family = {row.family_id: at for at, row in enumerate(problem.families)}
    for row in solve(problem, explain=False).proposals:
        coach = columns.number[row.coach_id]
        place[family[row.family_id]] = coach * WEEK + SLOT_PLACE[row.slot]
    seats = make_seats(problem, columns.number, columns.rank, place)
    matched = np.flatnonzero(place >= 0)
    return walk(book, seats, price, matched[:0], matched), matched.tolist()


@pytest.mark.parametrize("lowest", [-300, 0, 40])
def test_least_is_that_of_all_places_whatever_they_cost(lowest: int) -> None:
    """Also where the places that a coach does not offer cost more, or less."""
    price = np.random.default_rng(abs(lowest)).integers(lowest, lowest + 300, PLACES * WEEK)
    trail, matched = walked(PROBLEM, price)
    used = np.zeros(PLACES, dtype=np.int64)
    for at in matched:
        family, sums = PROBLEM.families[at], []
        for number, coach in enumerate(PROBLEM.coaches):
            pinned = PROBLEM.pins.get(family.family_id, coach.coach_id) != coach.coach_id
            if pinned or broken(PROBLEM, family, coach):
                continue
            cost = cost_parts(PROBLEM, family, coach).total
            for slot in shared_slots(PROBLEM, family, coach):
                sums.append(cost + int(price[number * WEEK + SLOT_PLACE[slot]]))
                used[number] |= 1 << SLOT_PLACE[slot]
        assert trail.least[at] == min(sums)
    assert trail.used.tolist() == used.tolist()
    assert len(matched) > 20
