"""The solver against the definition, by enumeration, by an independent solver, on examples."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.files import read_problem
from matching.generate import generate
from matching.problem import Placement, Problem, ProblemError, Settings
from matching.result import Status
from matching.solver import STAGES, solve
from tests.matching.brute import Brute
from tests.matching.making import DATA, MONDAY, coach, family, problem, shuffled, small_problem
from tests.matching.oracle import answer, order

randoms = st.integers(min_value=0, max_value=2**40).map(Random)
many = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def by_rank(instance: Problem, matched: list[str]) -> list[str]:
    return sorted(matched, key=order(instance).index)


@many
@given(randoms)
def test_solve_agrees_with_enumeration(random: Random) -> None:
    small = small_problem(random)
    brute = Brute(small)
    if not brute.pins_hold:
        with pytest.raises(ProblemError):
            solve(small)
        return
    result = solve(small)
    assert sorted(row.family_id for row in result.proposals) == sorted(brute.greedy)
    assert result.cost == result.bound == brute.least_cost
    assert result.optimal
    held = {row.family_id: (row.coach_id, row.slot) for row in result.proposals}
    assert brute.cost(held) == result.cost
    assert brute.fits(held)
    assert result.pairs == len(brute.costs)


@many
@given(randoms)
def test_solve_gives_the_same_answer_whatever_the_order_of_rows(random: Random) -> None:
    small = replace(small_problem(random), pins={})
    again = solve(shuffled(small, random))
    assert replace(again, seconds={}) == replace(solve(small), seconds={})


@settings(max_examples=200, deadline=None)
@given(randoms)
def test_next_best_costs_what_forcing_the_pair_costs(random: Random) -> None:
    small = small_problem(random)
    brute = Brute(small)
    if not brute.pins_hold:
        return
    for row in solve(small).proposals:
        truth = sorted(
            (cost, coach_id)
            for (family_id, coach_id), cost in brute.forced.items()
            if family_id == row.family_id and coach_id != row.coach_id
        )
        assert [(other.total_cost, other.coach_id) for other in row.next_best] == truth[:3]
        assert [other.extra for other in row.next_best] == [c - brute.least_cost for c, _ in truth][
            :3
        ]


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_solve_gives_the_right_answer_to_the_example(name: str) -> None:
    expected = json.loads((DATA / name / "expected.json").read_text())
    result = solve(read_problem(DATA / name))
    found = {key: getattr(result, key) for key in expected if key != "unmatched"}
    found["unmatched"] = [row.family_id for row in result.unmatched]
    assert found == expected


@pytest.mark.parametrize("seed", range(6))
def test_solve_agrees_with_an_independent_program_on_a_county(seed: int) -> None:
    instance = generate(70, seed=seed)
    result = solve(instance)
    matched = [row.family_id for row in result.proposals]
    assert answer(instance) == (by_rank(instance, matched), result.cost)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 40))
def test_solve_agrees_with_an_independent_program_on_larger_ones(seed: int) -> None:
    instance = generate(250, seed=seed)
    result = solve(instance)
    matched = [row.family_id for row in result.proposals]
    assert answer(instance) == (by_rank(instance, matched), result.cost)


def test_solve_takes_the_more_urgent_family_at_any_cost() -> None:
    urgent = family("F1", priority=1, northing=154_000, needs=(("debt", 3),))
    near = family("F2", priority=2)
    result = solve(problem(urgent, near))
    assert [row.family_id for row in result.proposals] == ["F1"]
    assert [(row.family_id, row.outranked_by) for row in result.unmatched] == [("F2", ("F1",))]


def test_solve_orders_by_waiting_then_by_id() -> None:
    later = family("F1", waiting_since=date(2026, 2, 1))
    assert [r.family_id for r in solve(problem(later, family("F2"))).proposals] == ["F2"]
    assert [r.family_id for r in solve(problem(family("F3"), family("F2"))).proposals] == ["F2"]


def test_solve_never_loses_a_match_to_priority() -> None:
    choosy = family("F2", priority=9, slots=(MONDAY,))
    flexible = family("F1", priority=1, slots=(MONDAY, "tue_evening"))
    both = coach(slots=(MONDAY, "tue_evening"), capacity=2)
    slots = {row.family_id: row.slot for row in solve(problem(choosy, flexible, both)).proposals}
    assert slots == {"F1": "tue_evening", "F2": MONDAY}


def test_solve_puts_a_pinned_family_first() -> None:
    pinned = family("F2", priority=9)
    result = solve(problem(family("F1", priority=1), pinned, pins={"F2": "C1"}))
    assert [(row.family_id, row.coach_id) for row in result.proposals] == [("F2", "C1")]


def test_solve_counts_load_from_the_placements_on() -> None:
    busy = coach(slots=(MONDAY, "tue_evening", "wed_evening"), capacity=3)
    placements = (Placement(family_id="P1", coach_id="C1", slot="wed_evening"),)
    other = family("F2", slots=("tue_evening",))
    result = solve(problem(family(), other, busy, placements=placements))
    assert (result.pair_cost, result.load_cost) == (0, 5 + 10)


def test_solve_spreads_families_when_load_outweighs_travel() -> None:
    slots = (MONDAY, "tue_evening")
    near = coach("C1", slots=slots, capacity=2)
    far = coach("C2", slots=slots, capacity=2, northing=150_400)
    families = family("F1", slots=slots), family("F2", slots=slots)
    result = solve(problem(*families, near, far))
    assert sorted(row.coach_id for row in result.proposals) == ["C1", "C2"]
    assert (result.pair_cost, result.load_cost) == (10 * 400 // 1609, 0)


def test_solve_keeps_the_supervisors_limit_with_placements() -> None:
    slots = (MONDAY, "tue_evening")
    supervised = coach(slots=slots, capacity=2, supervisor="S1")
    other = coach("C2", slots=("wed_evening",), supervisor="S1")
    placements = (Placement(family_id="P1", coach_id="C2", slot="wed_evening"),)
    families = family("F1", slots=slots), family("F2", slots=slots)
    result = solve(
        problem(*families, supervised, other, supervisors={"S1": 2}, placements=placements)
    )
    assert [row.family_id for row in result.proposals] == ["F1"]
    assert result.unmatched[0].outranked_by == ("F1",)
    assert result.unmatched[0].placements == ("P1",)


def test_solve_matches_nobody_when_there_is_nobody() -> None:
    result = solve(Problem(families=(), coaches=()))
    assert (result.matched, result.cost, result.bound, result.optimal) == (0, 0, 0, True)
    alone = solve(Problem(families=(family(),), coaches=()))
    assert [row.reason for row in alone.unmatched] == ["no_candidate"]


def test_pin_on_a_forbidden_pair_names_pin_and_rules() -> None:
    far = coach(max_distance_m=0, northing=151_000, slots=("tue_evening",))
    with pytest.raises(ProblemError) as caught:
        solve(problem(family(), far, pins={"F1": "C1"}))
    fault = caught.value.faults[0]
    assert (fault.table, fault.key) == ("pins", "F1 C1")
    assert fault.allowed == "a coach whom no rule forbids; this pair breaks distance, slots"


def test_pins_that_cannot_all_hold_name_pin_limit_and_rivals() -> None:
    pins = {"F1": "C1", "F2": "C1"}
    with pytest.raises(ProblemError) as caught:
        solve(problem(family("F1"), family("F2"), coach(capacity=1), pins=pins))
    assert [(fault.key, fault.value) for fault in caught.value.faults] == [("F2 C1", "C1")]
    assert "C1's capacity" in caught.value.faults[0].allowed
    assert "F1" in caught.value.faults[0].allowed


def test_pins_at_one_slot_name_the_slots() -> None:
    pins = {"F1": "C1", "F2": "C1"}
    with pytest.raises(ProblemError) as caught:
        solve(problem(family("F1"), family("F2"), coach(capacity=2), pins=pins))
    assert "C1's slots" in caught.value.faults[0].allowed


def test_pins_beyond_the_supervisor_name_the_supervisor() -> None:
    coaches = coach("C1", supervisor="S1"), coach("C2", supervisor="S1")
    pins = {"F1": "C1", "F2": "C2"}
    with pytest.raises(ProblemError) as caught:
        solve(problem(family("F1"), family("F2"), *coaches, pins=pins, supervisors={"S1": 1}))
    assert "supervisor S1's capacity" in caught.value.faults[0].allowed
    assert "F1" in caught.value.faults[0].allowed


def test_time_limit_is_a_status() -> None:
    result = solve(generate(60), time_limit_s=0.0)
    assert (result.status, result.proposals, result.optimal) == (Status.TIME_LIMIT, (), False)


def test_progress_is_told_stage_by_stage() -> None:
    told: list[tuple[str, float]] = []
    solve(problem(), lambda stage, share: told.append((stage, share)))
    assert [stage for stage, _ in told] == [*STAGES, "done"]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_seed_changes_only_which_of_equal_answers_is_given() -> None:
    instance = generate(120, seed=5)
    first, second = solve(instance), solve(instance, seed=7)
    assert (first.cost, first.matched) == (second.cost, second.matched)
    assert [row.family_id for row in first.unmatched] == [row.family_id for row in second.unmatched]


def test_the_largest_points_are_reckoned_exactly() -> None:
    most = Settings(**dict.fromkeys(asdict(Settings()), 1_000_000))
    result = solve(replace(generate(150, seed=2), settings=most))
    assert result.cost == result.bound > 100_000_000


def test_result_is_plain_data() -> None:
    result = solve(read_problem(DATA / "a"))
    copy = json.loads(json.dumps(result.to_dict()))
    assert copy["cost"] == 2710
    assert copy["unmatched"][0]["suggestion"] == result.unmatched[0].suggestion
    assert len(copy["proposals"]) == copy["matched"] == 26
