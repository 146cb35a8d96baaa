"""The laws restated for one pair agree with the rules."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.costs import cost_parts, mode_and_travel
from matching.rules import RULES
from matching.verify_pairs import pair_cost, ranks_of, rules_broken
from tests.matching.making import coach, family, problem, small_problem


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**40))
def test_laws_restated_agree_with_the_rules(seed: int) -> None:
    instance = small_problem(Random(seed))
    free = {row.coach_id: set(instance.free_slots(row)) for row in instance.coaches}
    for one in instance.families:
        for other in instance.coaches:
            names = [name for name, rule in RULES.items() if rule(instance, one, other)]
            restated = rules_broken(one, other, free[other.coach_id], instance.exclusions)
            assert restated == names
            if "distance" not in names:
                expected = mode_and_travel(instance, one, other)[0]
                total = cost_parts(instance, one, other).total
                assert pair_cost(instance, one, other) == (expected, total)


def test_ranks_put_the_pinned_before_the_urgent() -> None:
    rows = [family(f"F{n}", priority=priority) for n, priority in enumerate((3, 1, 2))]
    instance = problem(*rows, coach("C1"), pins={"F0": "C1"})
    assert ranks_of(instance) == {"F0": 0, "F1": 1, "F2": 2}
    assert ranks_of(problem(*rows, coach("C1"))) == {"F1": 0, "F2": 1, "F0": 2}
