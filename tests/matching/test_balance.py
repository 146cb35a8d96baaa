"""What is uneven is sent where it is lacking, in whichever rounds, for the least cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching import mend
from matching.balance import MEASURED, _measure, _walk_all
from matching.cheapest import cheapest_plan
from matching.encoding import Ints
from matching.generate import generate
from matching.near import Near
from matching.paths import Search, approach
from matching.places import Places
from matching.plan import Plan
from tests.matching.plans import check_plan, prepared

UNITS: list[int] = []  # left at the beginning of each round


def always_measured(sources: Ints, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """As `balance.balance`, which measures only where little was sent."""
    while left := int(search.uneven[sources].sum()):
        UNITS.append(left)
        found = approach(sources, max(1, left // 3), near, places, plan, search)
        _measure(sources, min(found, left), near, places, plan, search)
        assert _walk_all(sources, MEASURED, near, places, plan, search) > 0
    return True


@pytest.mark.parametrize(
    ("families", "extras", "seed"), [(40, True, 1), (200, True, 2), (300, False, 3)]
)
def test_measured_rounds_alone_find_the_least_cost(families: int, extras: bool, seed: int) -> None:
    problem = generate(families, seed=seed, extras=extras)
    slots = tuple(replace(coach, capacity=len(coach.slots)) for coach in problem.coaches)
    for instance in (problem, replace(problem, coaches=slots)):
        pairs, places, seating = prepared(instance)
        plan = cheapest_plan(pairs, places, seating.copy(), again=True)
        UNITS.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mend, "balance", always_measured)
            measured = cheapest_plan(pairs, places, seating.copy(), again=True)
        assert len(UNITS) > 1
        assert max(UNITS) > 1
        cost = check_plan(instance, pairs, places, measured)
        assert cost == check_plan(instance, pairs, places, plan)
