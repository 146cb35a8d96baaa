"""Each law of the definition by itself, on random problems, against the definition restated."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching.costs import CostParts, cost_parts, mode_and_travel
from matching.problem import Coach, Family, Problem, ProblemError, Settings
from matching.rules import RULES, broken, pin_faults, shared_slots
from matching.solver import solve
from matching.verify_pairs import free_slots_of, pair_cost
from matching.verify_pairs import rules_broken as restated
from tests.matching import oracle
from tests.matching.brute import Brute
from tests.matching.making import small_problem
from tests.matching.varied import varied_problem

seeds = st.integers(0, 2**40)
some = settings(max_examples=100, deadline=None)


def people(seed: int) -> tuple[Problem, list[tuple[Family, Coach]]]:
    """A problem without pins, and everybody with everybody."""
    found = replace(varied_problem(Random(seed), 6), pins={})
    return found, [(one, other) for one in found.families for other in found.coaches]


def solvable(seed: int) -> Problem:
    """A small problem whose pins can hold."""
    found = small_problem(Random(seed))
    assume(Brute(found).pins_hold)
    return found


@pytest.mark.parametrize("rule", RULES)
@some
@given(seeds)
def test_rule_is_that_of_the_definition(rule: str, seed: int) -> None:
    instance, pairs = people(seed)
    free = free_slots_of(instance)
    for one, other in pairs:
        expected = rule in oracle.rules_broken(instance, one, other)
        assert RULES[rule](instance, one, other) is expected
        names = restated(one, other, free[other.coach_id], instance.exclusions)
        assert (rule in names) is expected


@some
@given(seeds)
def test_rules_broken_are_told_in_order_and_all(seed: int) -> None:
    instance, pairs = people(seed)
    for one, other in pairs:
        assert broken(instance, one, other) == oracle.rules_broken(instance, one, other)
        assert shared_slots(instance, one, other) == oracle.shared(instance, one, other)


@pytest.mark.parametrize("part", CostParts().as_dict())
@some
@given(seeds)
def test_part_of_the_cost_is_that_of_the_definition(part: str, seed: int) -> None:
    instance, pairs = people(seed)
    for one, other in pairs:
        if "distance" not in broken(instance, one, other):
            expected = oracle.points(instance, one, other)
            assert getattr(cost_parts(instance, one, other), part) == expected[part]
            # The verification knows the sum alone, so let this part be all of it.
            names = {"travel": ("travel_per_mile", "remote")}.get(part, (part,))
            points = {name: getattr(instance.settings, name) for name in names}
            alone = Settings(**{**dict.fromkeys(Settings.__dataclass_fields__, 0), **points})
            assert pair_cost(replace(instance, settings=alone), one, other)[1] == expected[part]


@some
@given(seeds)
def test_mode_is_the_cheaper_and_a_tie_is_in_person(seed: int) -> None:
    instance, pairs = people(seed)
    for one, other in pairs:
        near = one.min_distance_m <= oracle.away(one, other) <= other.max_distance_m
        remote = one.accepts_remote and other.offers_remote
        if near or remote:
            walk = instance.settings.travel_per_mile * oracle.away(one, other) // 1609
            in_person = near and (not remote or walk <= instance.settings.remote)
            mode = "in_person" if in_person else "remote"
            assert mode_and_travel(instance, one, other)[0] == mode
            assert pair_cost(instance, one, other)[0] == mode


@some
@given(seeds)
def test_limits_are_kept(seed: int) -> None:
    instance = replace(varied_problem(Random(seed), 10), pins={})
    rows = solve(instance, explain=False).proposals
    placed = Counter(row.coach_id for row in instance.placements)
    new = Counter(row.coach_id for row in rows)
    taken = {(row.coach_id, row.slot) for row in instance.placements}
    assert len({row.family_id for row in rows}) == len(rows)
    assert len({(row.coach_id, row.slot) for row in rows} - taken) == len(rows)
    boss = {row.coach_id: row.supervisor for row in instance.coaches}
    carried = Counter(boss[coach_id] for coach_id in (placed + new).elements())
    for coach in instance.coaches:
        if new[coach.coach_id]:
            assert placed[coach.coach_id] + new[coach.coach_id] <= coach.capacity
            assert coach.supervisor is None or (
                carried[coach.supervisor] <= instance.supervisors[coach.supervisor]
            )


@some
@given(seeds)
def test_no_choice_of_families_is_larger_than_the_greedy_one(seed: int) -> None:
    """Strict priority never costs a match."""
    instance = solvable(seed)
    brute = Brute(instance)
    matched = solve(instance, explain=False).matched
    ids = [row.family_id for row in instance.families]
    larger = combinations(ids, matched + 1)
    assert all(next(brute.ways(wanted), None) is None for wanted in larger)


@some
@given(seeds)
def test_pins_hold_or_are_refused(seed: int) -> None:
    """Any pin on any pair: it is obeyed, or named with the rules it breaks, or cannot hold."""
    random = Random(seed)
    found = small_problem(random)
    one, other = random.choice(found.families), random.choice(found.coaches)
    instance = replace(found, pins={one.family_id: other.coach_id})
    names = oracle.rules_broken(instance, one, other)
    key = f"{one.family_id} {other.coach_id}"
    if names:
        allowed = f"a coach whom no rule forbids; this pair breaks {', '.join(names)}"
        assert [(f.key, f.value, f.allowed) for f in pin_faults(instance)] == [
            (key, other.coach_id, allowed)
        ]
    if names or not Brute(instance).pins_hold:
        with pytest.raises(ProblemError) as caught:
            solve(instance, explain=False)
        assert [fault.key for fault in caught.value.faults] == [key]
        return
    held = {row.family_id: row.coach_id for row in solve(instance, explain=False).proposals}
    assert held[one.family_id] == other.coach_id


@some
@given(seeds)
def test_pinning_what_is_proposed_changes_nothing(seed: int) -> None:
    instance = solvable(seed)
    first = solve(instance, explain=False)
    pins = {row.family_id: row.coach_id for row in first.proposals}
    again = solve(replace(instance, pins=pins), explain=False)
    assert {row.family_id: row.coach_id for row in again.proposals} == pins
    assert again.cost == first.cost


@some
@given(seeds)
def test_exclusion_of_what_is_proposed_never_helps(seed: int) -> None:
    instance = replace(small_problem(Random(seed)), pins={})
    first = solve(instance, explain=False)
    for row in first.proposals:
        pair = frozenset({(row.family_id, row.coach_id)})
        other = solve(replace(instance, exclusions=instance.exclusions | pair), explain=False)
        assert (row.family_id, row.coach_id) not in {
            (kept.family_id, kept.coach_id) for kept in other.proposals
        }
        ids = [kept.family_id for kept in other.proposals]
        assert other.matched < first.matched or (
            sorted(ids) != sorted(kept.family_id for kept in first.proposals)
            or other.cost >= first.cost
        )


@some
@given(seeds)
def test_what_was_proposed_before_stays_when_change_is_dear(seed: int) -> None:
    """Nothing costs as much as a change, so a re-run of the same problem proposes the same."""
    instance = replace(small_problem(Random(seed)), pins={}, previous={})
    first = solve(instance, explain=False)
    before = {row.family_id: row.coach_id for row in first.proposals}
    dear = replace(instance.settings, change=1_000_000)
    again = solve(replace(instance, previous=before, settings=dear), explain=False)
    assert {row.family_id: row.coach_id for row in again.proposals} == before
    assert again.cost == first.cost
