"""Explanations are true: each is tried out."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.generate import generate
from matching.problem import Placement, Problem
from matching.recruit import coach_of
from matching.result import Change, Reason, Unmatched
from matching.rules import RULES, broken, distance_m
from matching.solver import solve
from tests.matching.brute import Brute
from tests.matching.making import MONDAY, coach, family, problem, small_problem


def near_misses(instance: Problem, family_id: str) -> tuple[tuple[str, int], ...]:
    one = instance.family_by_id[family_id]
    only = [broken(instance, one, other) for other in instance.coaches]
    counts = [(name, only.count((name,))) for name in RULES]
    return tuple((name, count) for name, count in counts if count)


def changed(instance: Problem, family_id: str, change: Change) -> Problem:
    """The problem with that single change made."""
    one, other = instance.family_by_id[family_id], instance.coach_by_id[change.coach_id]
    if change.rule == "distance":
        assert change.metres is not None
        new_coach = replace(other, max_distance_m=other.max_distance_m + change.metres)
        new_family = one
    elif change.rule == "clearance":
        new_coach, new_family = replace(other, status="cleared"), one
    elif change.offered_by == "family":
        new_coach, new_family = other, replace(one, slots=(*one.slots, str(change.slot)))
    else:
        new_coach, new_family = replace(other, slots=(*other.slots, str(change.slot))), one
    return replace(
        instance,
        families=tuple(new_family if row is one else row for row in instance.families),
        coaches=tuple(new_coach if row is other else row for row in instance.coaches),
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_reasons_of_families_left_out_are_true(seed: int) -> None:
    instance = small_problem(Random(seed))
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    result = solve(instance)
    place = {row.family_id: n for n, row in enumerate(instance.ranked())}
    matched = {row.family_id for row in result.proposals}
    for row in result.unmatched:
        if row.reason == "no_candidate":
            assert brute.choices[row.family_id] == []
            assert row.near_misses == near_misses(instance, row.family_id)
            for change in row.changes:
                after = changed(instance, row.family_id, change)
                pair = after.family_by_id[row.family_id], after.coach_by_id[change.coach_id]
                assert broken(after, *pair) == ()
        else:
            assert brute.choices[row.family_id] != []
            assert set(row.outranked_by) <= matched
            assert all(place[other] < place[row.family_id] for other in row.outranked_by)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40))
def test_certificate_names_only_families_that_rank_before(seed: int) -> None:
    instance = replace(small_problem(Random(seed)), pins={})
    result = solve(instance)
    place = {row.family_id: n for n, row in enumerate(instance.ranked())}
    left_out = {row.family_id for row in result.unmatched}
    for matched, reached_by in result.proof.closed.items():
        assert reached_by in left_out
        assert place[matched] < place[reached_by]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_recruitment_gains_are_what_a_solve_with_that_coach_gains(seed: int) -> None:
    instance = generate(120, seed=seed)
    result = solve(instance)
    assert result.recruitment != ()
    gains = [row.families_gained for row in result.recruitment]
    assert gains == sorted(gains, reverse=True)
    for row in result.recruitment:
        more = replace(instance, coaches=(*instance.coaches, coach_of(row, "new")))
        assert solve(more, explain=False).matched == result.matched + row.families_gained


def test_proposal_tells_what_is_shared() -> None:
    slots = (MONDAY, "tue_evening")
    one = family(needs=(("a", 1), ("b", 2), ("c", 3)), slots=slots)
    other = coach(experience={"a"}, lived_experience={"b"}, slots=slots, northing=151_609)
    row = solve(problem(one, other)).proposals[0]
    assert (row.distance_m, row.parts.travel, row.mode) == (1_609, 10, "in_person")
    assert (row.needs_met, row.needs_unmet, row.lived_shared) == (("a", "b"), ("c",), ("b",))
    assert (row.shared_slots, row.languages_shared) == (slots, ("en",))
    assert row.cost == row.parts.total == 10 + 60


def test_next_best_tells_true_totals() -> None:
    coaches = [coach(f"C{n}", northing=150_000 + 1_609 * n) for n in range(5)]
    row = solve(problem(*coaches, coach("C9", northing=149_839))).proposals[0]
    assert (row.coach_id, [(o.coach_id, o.total_cost, o.extra) for o in row.next_best]) == (
        "C0",
        [("C9", 1, 1), ("C1", 10, 10), ("C2", 20, 20)],
    )


def _forced_cost(instance: Problem, families: set[str], pair: tuple[str, str]) -> int | None:
    """The least cost of matching just these families with one pair forced, by a new solve."""
    others = {(pair[0], row.coach_id) for row in instance.coaches if row.coach_id != pair[1]}
    result = solve(
        replace(
            instance,
            families=tuple(row for row in instance.families if row.family_id in families),
            exclusions=frozenset(p for p in instance.exclusions if p[0] in families) | others,
            pins={},
            previous={k: v for k, v in instance.previous.items() if k in families},
        ),
        explain=False,
    )
    return result.cost if result.matched == len(families) else None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_next_best_of_a_county_are_what_new_solves_find(seed: int) -> None:
    instance = replace(generate(60, 60, seed=seed), pins={})
    result = solve(instance)
    families = {row.family_id for row in result.proposals}
    for row in result.proposals[:8]:
        one = instance.family_by_id[row.family_id]
        truth = []
        for other in instance.coaches:
            if other.coach_id != row.coach_id and not broken(instance, one, other):
                cost = _forced_cost(instance, families, (row.family_id, other.coach_id))
                truth += [] if cost is None else [(cost, other.coach_id)]
        assert [(o.total_cost, o.coach_id) for o in row.next_best] == sorted(truth)[:3]


def _alone(*coaches: object) -> Unmatched:
    return solve(problem(family(slots=(MONDAY,)), *coaches)).unmatched[0]  # type: ignore[arg-type]


def test_smallest_change_prefers_a_short_way_then_a_slot_then_clearance() -> None:
    short = coach("C1", northing=155_500)
    far = coach("C2", northing=160_000)
    slot = coach("C3", slots=("tue_evening",))
    check = coach("C4", status="not_cleared")
    assert [c.rule for c in _alone(short, slot, check).changes] == [
        "distance", "slots", "clearance",
    ]  # fmt: skip
    assert [c.rule for c in _alone(far, slot, check).changes] == ["slots", "clearance", "distance"]
    assert _alone(short, far).changes == (Change(rule="distance", coach_id="C1", metres=500),)
    assert str(_alone(check).changes[0]) == "Coach C4 would have to be cleared."
    assert _alone(slot).suggestion == "The family would have to offer tue_evening: coach C3."


def test_no_family_is_advised_to_give_up_its_least_distance() -> None:
    row = solve(problem(family(min_distance_m=900), coach())).unmatched[0]
    assert (row.near_misses, row.changes) == ((("distance", 1),), ())
    assert row.suggestion == "No single change makes a pair."


def test_a_slot_may_have_to_come_from_the_coach() -> None:
    assert _alone(coach(slots=())).changes == (
        Change(rule="slots", coach_id="C1", slot=MONDAY, offered_by="coach"),
    )


def test_a_slot_that_a_placement_takes_is_not_suggested() -> None:
    taken = (Placement(family_id="P1", coach_id="C1", slot=MONDAY),)
    row = solve(problem(coach(capacity=2), placements=taken)).unmatched[0]
    assert (row.near_misses, row.changes) == ((("slots", 1),), ())


def test_places_held_by_placements_are_told() -> None:
    taken = (Placement(family_id="P1", coach_id="C1", slot="tue_evening"),)
    busy = coach(slots=(MONDAY, "tue_evening"), capacity=1)
    row = solve(problem(busy, placements=taken)).unmatched[0]
    assert (row.reason, row.outranked_by, row.placements) == ("outranked", (), ("P1",))
    assert row.suggestion == "Its places are held by active placements: P1."


def test_a_coach_without_capacity_is_told() -> None:
    row = solve(problem(coach(capacity=0))).unmatched[0]
    assert row.suggestion == "Its places are held by nobody: they have no capacity."


def test_a_sentence_names_ten_and_counts_the_rest() -> None:
    row = Unmatched("F99", Reason.OUTRANKED, outranked_by=tuple(f"F{n}" for n in range(12)))
    assert row.suggestion == (
        "Its places are held by families that come first: F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 and 2 more."
    )


def test_distances_of_the_changes_are_exact() -> None:
    one, other = family(), coach(easting=403_333, northing=157_777)
    row = solve(problem(one, other)).unmatched[0]
    assert row.changes[0].metres == distance_m(one, other) - other.max_distance_m
