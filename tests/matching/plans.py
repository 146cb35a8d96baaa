"""Both levels of a problem by the parts of the matcher, and what must hold of a plan."""

from __future__ import annotations

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.encoding import encode
from matching.greatest import seat_greatest
from matching.places import Places, Seating, nobody_seated, places_of
from matching.plan import Plan
from matching.problem import Problem
from matching.proof import costs_of, dual_bound, open_seats
from tests.matching.reference import Residual, prices_by_node


def prepared(problem: Problem, seed: int = 0) -> tuple[Candidates, Places, Seating]:
    encoded = encode(problem, seed)
    pairs = find_candidates(encoded, problem.settings)
    places = places_of(problem, encoded)
    seating = nobody_seated(len(encoded.families), places)
    seat_greatest(pairs, places, seating)
    return pairs, places, seating


def check_counts(places: Places, seating: Seating) -> None:
    held = np.flatnonzero(seating.holder >= 0)
    matched = np.flatnonzero(seating.matched)
    assert seating.seat[seating.holder[held]].tolist() == held.tolist()
    assert seating.holder[seating.seat[matched]].tolist() == matched.tolist()
    coach = seating.coach[matched]
    assert seating.used.tolist() == np.bincount(coach, minlength=len(places.room)).tolist()
    team = places.supervisor[coach]
    carried = np.bincount(team[team >= 0], minlength=len(places.supervisor_room))
    assert seating.carried.tolist() == carried.tolist()


def check_plan(problem: Problem, pairs: Candidates, places: Places, plan: Plan) -> int:
    """No residual arc of any pair has a reduced cost below 0: the plan is the cheapest."""
    residual = Residual(problem, pairs, np.flatnonzero(plan.matched).tolist())
    residual.seat(plan.seating)
    assert residual.negative_arcs(prices_by_node(plan, problem)) == []
    check_counts(places, plan.seating)
    cost = residual.spent()
    assert cost == sum(costs_of(places, plan)) == dual_bound(places, plan, open_seats(pairs, plan))
    return cost
