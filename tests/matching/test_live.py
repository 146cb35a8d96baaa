"""A matching kept in memory gives after each change what a solve from nothing gives."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Live, Problem, ProblemError, generate, near, solve, verify
from matching.candidates import find_candidates
from matching.encoding import encode
from matching.problem import Settings
from matching.reencoding import encode_again
from matching.renewal import kept_from, renewed_pairs
from tests.matching.varied import varied_problem

seeds = st.integers(0, 2**40)


def later(problem: Problem, random: Random) -> Problem:
    """Some weeks on: people go, come and change, and so may all that binds them."""
    other = varied_problem(random, len(problem.families))
    families = [row for row in problem.families if random.random() < 0.8]
    coaches = [row for row in problem.coaches if random.random() < 0.8]
    taken = {row.family_id for row in families}, {row.coach_id for row in coaches}
    families += [row for row in other.families[:4] if row.family_id not in taken[0]]
    coaches += [row for row in other.coaches[:3] if row.coach_id not in taken[1]]
    families = [
        replace(row, priority=random.randint(1, 5)) if random.random() < 0.1 else row
        for row in families
    ]
    there = {row.family_id for row in families}
    known = {row.coach_id for row in coaches}

    def some_of(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        return [(f, c) for f, c in pairs if f in there and c in known and random.random() < 0.8]

    return replace(
        problem,
        families=families,
        coaches=coaches,
        exclusions=some_of([*problem.exclusions, *other.exclusions]),
        pins={},
        previous=dict(some_of([*problem.previous.items(), *other.previous.items()])),
        placements=[row for row in problem.placements if row.coach_id in known],
        supervisors={**other.supervisors, **problem.supervisors},
        settings=problem.settings if random.random() < 0.8 else other.settings,
    )


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 14), st.integers(1, 4))
def test_rerun_matches_the_same_families_at_the_same_cost(seed: int, n: int, kept: int) -> None:
    """However few pairs are near."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "KEPT", kept)
        check_reruns(seed, n)


def check_reruns(seed: int, n: int) -> None:
    random = Random(seed)
    problem = replace(varied_problem(random, n), pins={})
    live = Live(problem)
    for _ in range(3):
        problem = later(problem, random)
        warm, cold = live.rerun(problem), solve(problem, explain=False)
        assert [row.family_id for row in warm.proposals] == [
            row.family_id for row in cold.proposals
        ]
        assert (warm.cost, warm.bound) == (cold.cost, cold.bound)
        # Who holds a place may differ between answers that are equally good.
        assert [
            (row.family_id, row.reason, row.near_misses, row.changes) for row in warm.unmatched
        ] == [(row.family_id, row.reason, row.near_misses, row.changes) for row in cold.unmatched]
        assert verify(problem, warm) == ()
        assert (live.problem, live.result) == (problem, warm)


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 14))
def test_pairs_are_those_that_are_found_from_nothing(seed: int, n: int) -> None:
    random = Random(seed)
    before = varied_problem(random, n)
    after = later(before, random)
    old = encode(before)
    last = find_candidates(old, before.settings)
    new, same = encode_again(before, old, after)
    kept = kept_from(before, after, old, new, same)
    renewed, found = (
        renewed_pairs(last, after, new, kept),
        find_candidates(new, after.settings),
    )
    for column in ("start", "coach", "cost"):
        assert getattr(renewed, column).tolist() == getattr(found, column).tolist()


def test_rerun_keeps_who_has_not_changed() -> None:
    """Otherwise the test above would pass without anything being kept."""
    problem = generate(60, seed=1)
    first = problem.families[0]
    changed = replace(problem, families=[replace(first, priority=5), *problem.families[1:]])
    old = encode(problem)
    new, same = encode_again(problem, old, changed)
    kept = kept_from(problem, changed, old, new, same)
    assert np.count_nonzero(kept.family < 0) == 1
    assert np.count_nonzero(kept.coach < 0) == 0


def test_rerun_leaves_all_as_it_was_when_the_pins_cannot_hold() -> None:
    problem = generate(60, seed=1)
    live = Live(problem)
    result = live.result
    far = max(problem.coaches, key=lambda row: row.northing)
    near = min(problem.families, key=lambda row: row.northing)
    with pytest.raises(ProblemError):
        live.rerun(replace(problem, pins={near.family_id: far.coach_id}))
    assert live.problem == problem
    assert live.result == result
    assert live.rerun(problem).cost == result.cost


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(2, 8))
def test_candidates_have_the_total_of_a_solve_with_that_pair_pinned(seed: int, n: int) -> None:
    problem = replace(varied_problem(Random(seed), n), pins={}, settings=Settings(), placements=())
    live = Live(problem)
    matched = [row.family_id for row in live.result.proposals]
    alone = replace(
        problem,
        families=[row for row in problem.families if row.family_id in matched],
        exclusions=[pair for pair in problem.exclusions if pair[0] in matched],
        previous={f: c for f, c in problem.previous.items() if f in matched},
    )
    for proposal in live.result.proposals:
        expected = []
        for coach in problem.coaches:
            if coach.coach_id == proposal.coach_id:
                continue
            try:
                forced = solve(
                    replace(alone, pins={proposal.family_id: coach.coach_id}), explain=False
                )
            except ProblemError:
                continue
            if len(forced.proposals) == len(matched):
                expected.append((forced.cost, coach.coach_id))
        found = live.candidates(proposal.family_id, None)
        assert [(row.total_cost, row.coach_id) for row in found] == sorted(expected)
        assert all(row.extra == row.total_cost - live.result.cost for row in found)
        assert live.candidates(proposal.family_id, 2) == found[:2]


def test_candidates_of_a_family_that_is_not_matched_are_refused() -> None:
    live = Live(generate(60, seed=1))
    left = live.result.unmatched[0].family_id
    with pytest.raises(KeyError, match=left):
        live.candidates(left)
    with pytest.raises(KeyError, match="nobody"):
        live.candidates("nobody")


@pytest.mark.parametrize(("seed", "kept"), [(5, 1), (7, 6), (5, 24)])
def test_rerun_of_a_county_after_a_few_changes_carries_the_plan_over(
    monkeypatch: pytest.MonkeyPatch, seed: int, kept: int
) -> None:
    monkeypatch.setattr(near, "KEPT", kept)
    problem = replace(generate(200, seed=seed), pins={})
    live = Live(problem)
    other = generate(200, seed=seed + 1)
    for at in range(3):
        mine, theirs = problem.families[at * 7], other.families[at]
        mine_too, theirs_too = problem.coaches[at * 5], other.coaches[at]
        problem = problem.replace(
            families={mine.family_id: {"priority": 1, "slots": theirs.slots}},
            coaches={mine_too.coach_id: {"slots": theirs_too.slots, "capacity": 3}},
        )
        warm, cold = live.rerun(problem), solve(problem, explain=False)
        assert (warm.cost, warm.bound, warm.matched) == (cold.cost, cold.bound, cold.matched)
