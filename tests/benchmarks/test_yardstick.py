"""The pass finds the pairs of the definition, at their costs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.columns import columns_of
from benchmarks.instances import answer_of, arcs_of
from benchmarks.peers.exchange import judge
from benchmarks.yardstick import PAIR, pairs_of, touch
from matching import Problem, broken, generate, solve
from matching.costs import cost_parts
from matching.rules import shared_slots
from tests.matching.making import coach, family, problem

Pairs = dict[tuple[int, int], tuple[int, int]]


def by_hand(found: Problem) -> Pairs:
    """Cost and number of shared slots of every pair, asked one by one."""
    return {
        (i, j): (cost_parts(found, one, other).total, len(shared_slots(found, one, other)))
        for i, one in enumerate(found.families)
        for j, other in enumerate(found.coaches)
        if not broken(found, one, other)
        and found.pins.get(one.family_id, other.coach_id) == other.coach_id
    }


def by_the_pass(found: Problem) -> Pairs:
    return {
        (int(row["family"]), int(row["coach"])): (int(row["cost"]), int(row["shared"]).bit_count())
        for row in pairs_of(columns_of(found))
    }


@pytest.mark.parametrize("extras", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_pass_finds_the_pairs_of_the_definition(seed: int, extras: bool) -> None:
    found = generate(60, seed=seed, extras=extras)
    wanted = by_hand(found)
    assert len(wanted) > 100
    assert by_the_pass(found) == wanted


def test_pass_finds_those_who_meet_remotely_only() -> None:
    far = coach(easting=700_000, offers_remote=True)
    near = coach("C2", offers_remote=True)
    found = problem(family(accepts_remote=True), far, near)
    assert by_the_pass(found) == by_hand(found)
    assert len(by_hand(found)) == 2


@pytest.mark.parametrize("away", [999, 1_000, 1_001])
def test_pass_keeps_the_edge_of_reach(away: int) -> None:
    """Distances are rounded down: 1,000 metres and a bit are 1,000."""
    walker = coach(max_distance_m=1_000)
    there = family(easting=walker.easting + away, northing=walker.northing + 40)
    assert by_the_pass(problem(there, walker)) == by_hand(problem(there, walker))
    assert len(by_hand(problem(there, walker))) == (away <= 1_000)


def test_totals_are_those_of_the_pairs() -> None:
    found = generate(80, seed=5)
    pairs = pairs_of(columns_of(found))
    totals = touch(columns_of(found))
    assert totals.pairs == len(pairs) == solve(found, explain=False).pairs
    assert totals.cost == pairs["cost"].sum()
    assert totals.slot_arcs == np.bitwise_count(pairs["shared"]).sum()


def test_pass_over_nobody_finds_nothing() -> None:
    alone = columns_of(problem(family(), coach(status="not_cleared")))
    assert touch(alone) == (0, 0, 0)
    assert len(pairs_of(columns_of(Problem(families=(), coaches=())))) == 0
    assert pairs_of(alone).dtype == PAIR


def test_columns_refuse_more_words_than_fit() -> None:
    many = tuple((f"need_{n}", 1) for n in range(63))
    with pytest.raises(ValueError, match=r"^63 words do not fit into 62 bits$"):
        columns_of(problem(family(needs=many), coach()))


def test_judge_counts_the_matchers_answer_as_the_matcher_does() -> None:
    for seed in range(4):
        found = generate(60, seed=seed)
        result = solve(found, explain=False)
        judged = judge(arcs_of(found), answer_of(found, result))
        assert (judged.claimed, judged.kept, judged.cost) == (
            result.matched, result.matched, result.cost,
        )  # fmt: skip
        assert result.load_cost > 0
