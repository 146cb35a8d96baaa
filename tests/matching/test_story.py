"""The story of a family left out: true step by step, and put into words."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.problem import Placement, Problem
from matching.result import Reason
from matching.rules import shared_slots
from matching.solver import solve
from matching.story import Blocked, Option, Stories, Story, story_of
from matching.story_text import story_note
from tests.matching.brute import Brute
from tests.matching.making import MONDAY, coach, family, problem, small_problem

BOTH = (MONDAY, "tue_evening")


def told(instance: Problem, name: str) -> tuple[str, ...]:
    return story_note(story_of(instance, solve(instance, explain=False), name))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**40))
def test_options_are_all_that_the_family_could_have_and_none_is_free(seed: int) -> None:
    instance = small_problem(Random(seed))
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    result = solve(instance, explain=False)
    stories = Stories(instance, result)
    place = {row.family_id: at for at, row in enumerate(instance.ranked())}
    held = {row.family_id: (row.coach_id, row.slot) for row in result.proposals}
    for row in result.unmatched:
        story = stories.of(row.family_id)
        first = story.steps[0]
        found = {(one.coach_id, slot) for one in first.options for slot in one.slots}
        assert found == set(brute.choices[row.family_id])
        assert {name for one in first.options for name in one.families} == set(row.outranked_by)
        assert story.reached <= len(held)
        for step in story.steps[1:]:
            assert held[step.family_id][0] == step.coach_id
            assert place[step.family_id] < place[row.family_id]
            for one in step.options:
                fits = shared_slots(
                    instance,
                    instance.family_by_id[step.family_id],
                    instance.coach_by_id[one.coach_id],
                )
                assert set(one.slots) <= set(fits)
                _check_blocked(brute, held, one)


def _check_blocked(brute: Brute, held: dict[str, tuple[str, str]], one: Option) -> None:
    """That somebody more in that place would break a limit, and whom it says holds it."""
    assert set(one.families) <= set(held)
    for slot in one.slots:
        assert not brute.fits({**held, "one more": (one.coach_id, slot)})
    if one.blocked == Blocked.SLOT:
        assert held[one.families[0]] == (one.coach_id, one.slots[0])


def test_a_chain_is_told_link_by_link() -> None:
    families = (
        family("F7", priority=9),
        family("F3", priority=1, slots=BOTH),
        family("F5", priority=1, slots=("tue_evening",)),
    )
    assert told(problem(*families, coach("C2"), coach("C5", slots=("tue_evening",))), "F7") == (
        "F7 could take C2's Monday morning only if F3 moved.",
        "F3 could move to C5's Tuesday evening only if F5 moved. It could move nowhere else.",
        "F5 could have no other place than with C5.",
        "All 2 families in this chain come before F7, and no move leads to a free place.",
    )


def test_a_full_coach_and_a_full_supervisor_are_told() -> None:
    coaches = (
        coach("C1", slots=BOTH),
        coach("C2", slots=("wed_morning",), supervisor="S1"),
        coach("C3", slots=BOTH, supervisor="S1"),
    )
    families = (
        family("F1", priority=1, slots=("tue_evening",), languages={"en"}),
        family("F2", priority=1, slots=("wed_morning",)),
        family("F9", priority=9),
    )
    placed = (Placement(family_id="P1", coach_id="C3", slot="tue_evening"),)
    instance = problem(*families, *coaches, supervisors={"S1": 2}, placements=placed)
    assert told(instance, "F9")[:2] == (
        "F9 could take C1 on Monday morning only if F1 left: no place is free.",
        "F9 could take C3 on Monday morning, but the places are held by active placements: P1.",
    )


def test_a_supervisor_who_carries_no_more_is_told() -> None:
    coaches = coach("C1", supervisor="S1"), coach("C2", slots=("tue_evening",), supervisor="S1")
    families = family("F1", priority=9), family("F2", priority=1, slots=("tue_evening",))
    assert told(problem(*families, *coaches, supervisors={"S1": 1}), "F1")[0] == (
        "F1 could take C1 on Monday morning, but supervisor S1 carries no more: "
        "F2 would have to leave the team."
    )


def test_places_that_nobody_holds_are_told() -> None:
    assert told(problem(coach(capacity=0)), "F1") == (
        "F1 could take C1 on Monday morning, but the places are held by nobody: there are none.",
        "Nobody could move to make room.",
    )


def test_a_pin_is_told() -> None:
    families = family("F1"), family("F2")
    assert told(problem(*families, pins={"F2": "C1"}), "F1")[1:] == (
        "F2 is pinned to C1.",
        "That family comes before F1, and no move leads to a free place.",
    )


def test_a_long_list_is_cut_and_counted() -> None:
    slots = (MONDAY, "tue_evening", "wed_morning", "thu_morning", "fri_morning", "sat_morning")
    many = [family(f"F{n}", priority=1, slots=slots[n:]) for n in range(5)]
    busy = coach(slots=slots, capacity=5)
    lines = told(problem(*many, family("F9", priority=9, slots=(slots[5],)), busy), "F9")
    assert lines[0].endswith(" only if F0, F1, F2, F3 or 1 other left: no place is free.")


def test_only_families_left_out_have_a_story() -> None:
    instance = problem()
    with pytest.raises(ValueError, match="the family is matched"):
        story_of(instance, solve(instance, explain=False), "F1")
    with pytest.raises(ValueError, match="not in the problem"):
        story_of(instance, solve(instance, explain=False), "F2")


def test_a_family_without_candidates_has_nothing_to_tell() -> None:
    instance = problem(coach(status="not_cleared"))
    result = solve(instance, explain=False)
    assert result.unmatched[0].reason == Reason.NO_CANDIDATE
    story = story_of(instance, result, "F1")
    assert story == Story("F1", story.steps, 0)
    assert story.steps[0].options == ()
    assert story_note(story)[0] == "F1 could have no place at all."
