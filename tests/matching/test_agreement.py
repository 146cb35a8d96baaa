"""The solver and an independent whole-number program agree to the last point."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from matching import cheapest
from matching.problem import ProblemError
from matching.solver import solve
from tests.matching.oracle import answer
from tests.matching.varied import varied_problem

SIZES = (3, 4, 6, 9, 12, 16, 20, 25, 32, 60)
LARGE = 120  # families, every hundredth time
SAMPLE = range(60)
BLOCKS = [range(begun, begun + 100) for begun in range(0, 1_000, 100)]


@pytest.fixture(params=["flow", "bids"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Level 2 as for few families, and as for many."""
    if request.param == "bids":
        monkeypatch.setattr(cheapest, "BY_FLOW", -1)
    return str(request.param)


def compared(numbers: range) -> Counter[str]:
    """Solve the problems of these numbers both ways, and tell what they had."""
    seen: Counter[str] = Counter()
    for number in numbers:
        size = LARGE if number % 100 == 99 else SIZES[number % len(SIZES)]
        instance = varied_problem(Random(f"agreement {number}"), size)
        expected = answer(instance)
        if expected is None:
            with pytest.raises(ProblemError):
                solve(instance, explain=False)
            seen["impossible pins"] += 1
            continue
        matched, cost = expected
        result = solve(instance, explain=False)
        found = sorted(row.family_id for row in result.proposals)
        assert (number, found) == (number, sorted(matched))
        assert (number, result.cost, result.bound) == (number, cost, cost)
        seen["solved"] += 1
        seen["some left out"] += 0 < len(matched) < len(instance.families)
        for name in ("pins", "exclusions", "placements", "supervisors", "previous"):
            seen[name] += bool(matched and getattr(instance, name))
    return seen


@pytest.mark.usefixtures("way")
def test_solve_agrees_with_an_independent_program() -> None:
    seen = compared(SAMPLE)
    assert min(seen.values()) > 0
    assert seen["solved"] + seen["impossible pins"] == len(SAMPLE)


@pytest.mark.long
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("numbers", BLOCKS, ids=lambda numbers: f"from-{numbers.start}")
def test_solve_agrees_with_an_independent_program_a_thousand_times(numbers: range) -> None:
    seen = compared(numbers)
    assert seen["solved"] > 80
    assert min(seen[name] for name in ("pins", "exclusions", "placements", "previous")) > 20
