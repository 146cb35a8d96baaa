"""Proposals, who is left out and the summary: each fault is named."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from matching.problem import Placement
from matching.result import Unmatched
from matching.solver import solve
from matching.verify import examine
from tests.matching.claims import PROBLEM, SOLVED
from tests.matching.claims import verify_both_ways as verify
from tests.matching.making import MONDAY, coach, family, problem


def _first(**changes: Any) -> dict[str, Any]:
    return {"proposals": (replace(SOLVED.proposals[0], **changes), *SOLVED.proposals[1:])}


ROW = SOLVED.proposals[0]
OUT = SOLVED.unmatched[0]
NONE = next(row for row in SOLVED.unmatched if row.reason == "no_candidate" and row.near_misses)
WHO = f"proposal {ROW.family_id} with {ROW.coach_id}"


def _words(name: str) -> str:
    return " ".join(getattr(ROW, name)) or "none"


def _without(name: str, row: Any) -> tuple[Any, ...]:
    return tuple(other for other in getattr(SOLVED, name) if other != row)


TAMPERED: list[tuple[dict[str, Any], str]] = [
    (_first(cost=ROW.cost + 1), f"{WHO}: cost is {ROW.cost + 1}, must be {ROW.cost}"),
    (_first(distance_m=0), f"{WHO}: distance_m is 0, must be {ROW.distance_m}"),
    (_first(mode="remote"), f"{WHO}: mode is remote, must be in_person"),
    (_first(needs_met=("x",)), f"{WHO}: needs_met is x, must be {_words('needs_met')}"),
    (_first(needs_unmet=("x",)), f"{WHO}: needs_unmet is x, must be {_words('needs_unmet')}"),
    (_first(lived_shared=("x",)), f"{WHO}: lived_shared is x, must be {_words('lived_shared')}"),
    (_first(languages_shared=()), f"{WHO}: languages_shared is none, must be en"),
    (_first(shared_slots=()), f"{WHO}: shared_slots is none, must be {_words('shared_slots')}"),
    (_first(slot="nonsense"), f"{WHO}: nonsense is not a slot that both have free"),
    (_first(coach_id="C999999"), f"proposal {ROW.family_id} with C999999: unknown coach"),
    (_first(family_id="F999999"), f"proposal F999999 with {ROW.coach_id}: unknown family"),
    (
        {"proposals": SOLVED.proposals[1:]},
        f"family {ROW.family_id} is neither matched nor left out",
    ),
    (
        {"proposals": (*SOLVED.proposals, ROW)},
        f"family {ROW.family_id} is matched 2 times, must be at most once",
    ),
    (
        {"unmatched": _without("unmatched", OUT)},
        f"family {OUT.family_id} is neither matched nor left out",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, OUT)},
        f"family {OUT.family_id} is left out 2 times",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, replace(OUT, family_id=ROW.family_id))},
        f"family {ROW.family_id} is both matched and left out",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, replace(OUT, family_id="F999999"))},
        "left out: unknown family F999999",
    ),
    (
        {"unmatched": (*_without("unmatched", NONE), replace(NONE, reason="outranked"))},
        f"left out {NONE.family_id}: reason is outranked, must be no_candidate",
    ),
    ({"families": 1}, "summary: families is 1, must be 60"),
    ({"coaches": 1}, "summary: coaches is 1, must be 42"),
    ({"pairs": 395}, "summary: pairs is 395, must be 396"),
    ({"pair_cost": SOLVED.pair_cost - 1}, "summary: cost is 3296, must be 3297"),
    ({"bound": 3296}, "summary: bound is 3296, must be 3297"),
    ({"bound": 3296}, "summary: optimal is False, must be True"),
    (
        {
            "recruitment": (
                replace(SOLVED.recruitment[0], families_gained=2), *SOLVED.recruitment[1:]
            )
        },
        "recruitment row 1: families_gained is 2, must be 3",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TAMPERED)
def test_verify_names_the_fault(changes: dict[str, Any], expected: str) -> None:
    assert expected in verify(PROBLEM, replace(SOLVED, **changes))


def test_verify_names_wrong_near_misses() -> None:
    rule, count = NONE.near_misses[0]
    wrong = replace(NONE, near_misses=((rule, count + 1), *NONE.near_misses[1:]))
    faults = verify(PROBLEM, replace(SOLVED, unmatched=(*_without("unmatched", NONE), wrong)))
    assert [fault.split(", must be")[0] for fault in faults] == [
        f"left out {NONE.family_id}: near misses are "
        + " ".join(f"{name}:{n}" for name, n in wrong.near_misses)
    ]


def test_verify_names_near_misses_that_stand_twice_and_tells_when_there_are_none() -> None:
    twice = replace(NONE, near_misses=(*NONE.near_misses, NONE.near_misses[0]))
    (fault,) = verify(PROBLEM, replace(SOLVED, unmatched=(*_without("unmatched", NONE), twice)))
    assert fault.startswith(f"left out {NONE.family_id}: near misses are ")
    untold = replace(NONE, near_misses=())
    (fault,) = verify(PROBLEM, replace(SOLVED, unmatched=(*_without("unmatched", NONE), untold)))
    assert fault.startswith(f"left out {NONE.family_id}: near misses are none, must be ")


def test_verify_asks_nothing_more_of_rows_that_were_read_from_files() -> None:
    """They tell family, coach, slot, mode, distance and cost, and nothing beside."""
    names = ("family_id", "coach_id", "slot", "mode", "distance_m", "cost")
    rows = [SimpleNamespace(**{n: getattr(row, n) for n in names}) for row in SOLVED.proposals]
    claim = replace(SOLVED, proposals=tuple(rows))
    assert verify(PROBLEM, claim) == ()
    rows[0].cost += 1
    assert verify(PROBLEM, claim)[0] == f"{WHO}: cost is {ROW.cost + 1}, must be {ROW.cost}"


def test_verify_says_nothing_of_the_best_while_proposals_break_a_rule() -> None:
    found = examine(PROBLEM, replace(SOLVED, **_first(cost=ROW.cost + 1)))
    assert found.faults == (f"{WHO}: cost is {ROW.cost + 1}, must be {ROW.cost}",)
    assert (found.cost, found.bound) == (0, 0)
    right = examine(PROBLEM, SOLVED)
    assert (right.faults, right.cost, right.bound) == ((), SOLVED.cost, SOLVED.cost)


def test_verify_looks_on_after_somebody_unknown() -> None:
    nobody, wrong = replace(OUT, family_id="F999999"), replace(NONE, reason="outranked")
    left_out = (nobody, *_without("unmatched", NONE), wrong)
    faults = verify(PROBLEM, replace(SOLVED, unmatched=left_out))
    assert faults[0] == "left out: unknown family F999999"
    assert f"left out {NONE.family_id}: reason is outranked, must be no_candidate" in faults


def test_verify_names_a_pinned_family_left_out() -> None:
    instance = problem()
    nobody = replace(
        solve(instance), proposals=(), unmatched=(Unmatched("F1", "outranked"),),  # type: ignore[arg-type]
    )  # fmt: skip
    faults = verify(replace(instance, pins={"F1": "C1"}), nobody)
    assert faults[0] == "family F1 is pinned but not matched"


def test_verify_reckons_nothing_for_two_who_cannot_meet() -> None:
    right = solve(problem())
    apart = problem(coach(northing=190_000))
    assert [fault for fault in verify(apart, right) if fault.startswith("proposal")] == [
        "proposal F1 with C1: breaks the rule distance"
    ]


def test_verify_looks_at_proposals_after_an_unknown_one() -> None:
    nobody = replace(ROW, family_id="F999999")
    wrong = replace(SOLVED.proposals[1], cost=-1)
    claim = replace(SOLVED, proposals=(nobody, wrong, *SOLVED.proposals[2:]))
    who = f"{wrong.family_id} with {wrong.coach_id}"
    assert verify(PROBLEM, claim)[:2] == (
        f"proposal F999999 with {ROW.coach_id}: unknown family",
        f"proposal {who}: cost is -1, must be {SOLVED.proposals[1].cost}",
    )


@pytest.mark.parametrize("slot", ["tue_evening", "wed_afternoon"])
def test_verify_names_a_slot_that_only_one_of_the_two_has(slot: str) -> None:
    instance = problem(
        family("F1", slots=(MONDAY, "tue_evening")), coach(slots=(MONDAY, "wed_afternoon"))
    )
    right = solve(instance)
    wrong = replace(right, proposals=(replace(right.proposals[0], slot=slot),))
    assert verify(instance, right) == ()
    assert verify(instance, wrong) == (
        f"proposal F1 with C1: {slot} is not a slot that both have free",
    )


def test_verify_names_a_slot_that_is_only_the_name_of_a_need() -> None:
    word = "tue_evening"
    instance = problem(family(needs=((word, 1),)), coach(lived_experience={word}))
    right = solve(instance)
    wrong = replace(right, proposals=(replace(right.proposals[0], slot=word),))
    assert verify(instance, right) == ()
    assert verify(instance, wrong) == (
        f"proposal F1 with C1: {word} is not a slot that both have free",
    )


def test_verify_names_broken_limits() -> None:
    slots = (MONDAY, "tue_evening")
    instance = problem(
        family("F1", slots=slots), family("F2", slots=slots),
        coach("C1", slots=slots, capacity=2, supervisor="S1"), supervisors={"S1": 2},
    )  # fmt: skip
    right = solve(instance)
    tight = replace(instance, supervisors={"S1": 1})
    assert "supervisor S1 has 2 matches, the capacity is 1" in verify(tight, right)
    small = replace(instance, coaches=(replace(instance.coaches[0], capacity=1),))
    assert "coach C1 has 2 families, the capacity is 1" in verify(small, right)
    doubled = replace(right, proposals=tuple(replace(row, slot=MONDAY) for row in right.proposals))
    assert f"coach C1 has 2 families at {MONDAY}, must be at most one" in verify(instance, doubled)


def test_verify_names_only_what_stands_twice() -> None:
    faults = verify(PROBLEM, replace(SOLVED, proposals=(*SOLVED.proposals, ROW)))
    assert [fault for fault in faults if fault.endswith("at most one")] == [
        f"coach {ROW.coach_id} has 2 families at {ROW.slot}, must be at most one"
    ]
    assert [fault for fault in faults if fault.endswith("at most once")] == [
        f"family {ROW.family_id} is matched 2 times, must be at most once"
    ]


def test_verify_counts_placements_against_the_limits() -> None:
    slots = (MONDAY, "tue_evening")
    taken = (Placement(family_id="P1", coach_id="C1", slot="tue_evening"),)
    busy = coach(slots=slots, capacity=2, supervisor="S1")
    instance = problem(busy, placements=taken, supervisors={"S1": 2})
    right = solve(instance)
    assert verify(instance, right) == ()
    tight = replace(instance, supervisors={"S1": 1})
    assert "supervisor S1 has 2 matches, the capacity is 1" in verify(tight, right)
    small = replace(instance, coaches=(replace(busy, capacity=1),))
    assert "coach C1 has 2 families, the capacity is 1" in verify(small, right)


def test_a_limit_that_placements_alone_exceed_is_no_fault() -> None:
    """An active match is a fact, whatever would be allowed now."""
    slots = (MONDAY, "tue_evening")
    taken = tuple(Placement(family_id=slot, coach_id="C2", slot=slot) for slot in slots)
    busy = coach("C2", capacity=1, supervisor="S1", slots=slots)
    instance = problem(family(), coach(), busy, placements=taken, supervisors={"S1": 1})
    assert verify(instance, solve(instance)) == ()


def test_verify_names_broken_rules_and_pins() -> None:
    instance = problem(coach("C1"), coach("C2"))
    right = solve(instance)
    taken = right.proposals[0].coach_id
    other = "C2" if taken == "C1" else "C1"
    excluded = replace(instance, exclusions=frozenset({("F1", taken)}))
    assert f"proposal F1 with {taken}: breaks the rule excluded" in verify(excluded, right)
    pinned = replace(instance, pins={"F1": other})
    assert f"proposal F1 with {taken}: the family is pinned to {other}" in verify(pinned, right)
