"""Right answers to small problems, and any other claimed as if it were the best."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from matching.costs import cost_parts, met_needs, mode_and_travel
from matching.generate import generate
from matching.problem import Family, Problem
from matching.result import Proof, Proposal, Result, Unmatched
from matching.rules import RULES, broken, distance_m, shared_slots
from matching.solver import solve
from matching.verify import Claim, Verifier, verify
from tests.matching.brute import Assignment, Brute

PROBLEM = generate(60, seed=3)
SOLVED = solve(PROBLEM)


def verify_both_ways(problem: Problem, claim: Claim) -> tuple[str, ...]:
    """As `verify`; a verifier that has seen much the same problem finds the same."""
    found = verify(problem, claim)
    kept = Verifier()
    kept.verify(problem, claim)
    fewer = replace(
        problem, families=problem.families[1:], exclusions=(), pins={}, previous={}
    )  # fmt: skip
    kept.verify(fewer, claim)
    assert kept.verify(problem, claim) == found
    return found


def near_misses_of(instance: Problem, one: Family) -> tuple[tuple[str, int], ...]:
    """By the rules, one coach at a time."""
    alone = Counter(
        names[0] for other in instance.coaches if len(names := broken(instance, one, other)) == 1
    )
    return tuple((name, alone[name]) for name in RULES if alone[name])


def claimed(instance: Problem, brute: Brute, held: Assignment, cost: int) -> Result:
    """A claim that is true in all but, perhaps, being the best."""
    base = solve(replace(instance, pins={}), explain=False)
    proposals = []
    for family_id, (coach_id, slot) in held.items():
        one, other = instance.family_by_id[family_id], instance.coach_by_id[coach_id]
        parts = cost_parts(instance, one, other)
        proposals.append(
            Proposal(
                family_id, coach_id, slot, mode_and_travel(instance, one, other)[0],
                distance_m(one, other), parts.total, parts, shared_slots(instance, one, other),
                met_needs(one, other),
                tuple(tag for tag, _ in one.needs if tag not in met_needs(one, other)),
                tuple(tag for tag, _ in one.needs if tag in other.lived_experience),
                tuple(sorted((one.languages or {"en"}) & other.languages)),
            )
        )  # fmt: skip
    unmatched = [
        Unmatched(
            row.family_id,
            "outranked" if brute.choices[row.family_id] else "no_candidate",  # type: ignore[arg-type]
            () if brute.choices[row.family_id] else near_misses_of(instance, row),
        )
        for row in instance.families
        if row.family_id not in held
    ]
    return replace(
        base, pairs=len(brute.costs), proposals=tuple(proposals), unmatched=tuple(unmatched),
        pair_cost=cost, load_cost=0, bound=cost, proof=Proof(),
    )  # fmt: skip
