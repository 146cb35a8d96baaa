"""Checks a matching against its problem, law by law.

Restates every law in plain Python and shares no code with the solver: of this package it knows
only the problem's dataclasses. What it checks need not come from our solver at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from matching.problem import SLOT_INDEX, Coach, Problem
from matching.verify_optimum import (
    Assignment,
    Prices,
    families_gained,
    find_prices,
    level_one_faults,
    lower_bound,
)
from matching.verify_pairs import (
    Numbers,
    PairTable,
    free_slots_of,
    metres_between,
    pair_cost,
    ranks_of,
    rules_broken,
)

Pairs = dict[str, tuple[Numbers, Numbers, Numbers]]


class VerificationError(RuntimeError):
    """A solve's own answer did not pass the verification: a defect; nothing may be saved."""


class ClaimedMatch(Protocol):
    """What is looked at in a proposal."""

    @property
    def family_id(self) -> str: ...
    @property
    def coach_id(self) -> str: ...
    @property
    def slot(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def distance_m(self) -> int: ...
    @property
    def cost(self) -> int: ...


class ClaimedUnmatched(Protocol):
    """What is looked at in a family left out."""

    @property
    def family_id(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def near_misses(self) -> Sequence[tuple[str, int]]: ...


class ClaimedProfile(Protocol):
    """What is looked at in a recruitment profile."""

    @property
    def easting(self) -> int: ...
    @property
    def northing(self) -> int: ...
    @property
    def slots(self) -> tuple[str, ...]: ...
    @property
    def capacity(self) -> int: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def gender(self) -> str: ...
    @property
    def training(self) -> tuple[str, ...]: ...
    @property
    def max_distance_m(self) -> int: ...
    @property
    def families_gained(self) -> int: ...


class ClaimedProof(Protocol):
    """Prices that may save the work of finding some; they are never taken on trust."""

    @property
    def slot_prices(self) -> Mapping[str, int]: ...
    @property
    def coach_prices(self) -> Mapping[str, int]: ...
    @property
    def supervisor_prices(self) -> Mapping[str, int]: ...


class Claim(Protocol):
    """What somebody says is the answer; a `Result` is one."""

    @property
    def proposals(self) -> Sequence[ClaimedMatch]: ...
    @property
    def unmatched(self) -> Sequence[ClaimedUnmatched]: ...
    @property
    def recruitment(self) -> Sequence[ClaimedProfile]: ...
    @property
    def proof(self) -> ClaimedProof: ...
    @property
    def families(self) -> int: ...
    @property
    def coaches(self) -> int: ...
    @property
    def pairs(self) -> int: ...
    @property
    def matched(self) -> int: ...
    @property
    def cost(self) -> int: ...
    @property
    def bound(self) -> int: ...
    @property
    def optimal(self) -> bool: ...


def verify(problem: Problem, claim: Claim) -> tuple[str, ...]:
    """Everything wrong with the claim, as sentences; empty when it is the right answer.

    Optimality is looked at only when the proposals keep all rules and limits: there is no best
    among what is not allowed.
    """
    faults = [
        *match_faults(problem, claim.proposals),
        *limit_faults(problem, claim.proposals),
        *_completeness_faults(problem, claim),
    ]
    table = PairTable(problem)
    pairs: Pairs = {f.family_id: table.pairs(f) for f in problem.families}
    faults += _unmatched_faults(problem, table, pairs, claim.unmatched)
    if not faults:
        assignment = _assignment(problem, table, pairs, claim.proposals)
        faults += level_one_faults(assignment, ranks_of(problem))
        faults += _optimum_faults(problem, table, assignment, claim)
        faults += _recruitment_faults(problem, table, pairs, claim)
    faults += _summary_faults(problem, pairs, claim)
    return tuple(faults)


def match_faults(problem: Problem, proposals: Sequence[ClaimedMatch]) -> list[str]:
    """Rules broken, and modes, distances and costs that are not those of the pair."""
    families = {family.family_id: family for family in problem.families}
    coaches = {coach.coach_id: coach for coach in problem.coaches}
    free = free_slots_of(problem)
    faults: list[str] = []
    for row in proposals:
        who = f"proposal {row.family_id} with {row.coach_id}"
        family, coach = families.get(row.family_id), coaches.get(row.coach_id)
        if family is None or coach is None:
            faults.append(f"{who}: unknown {'family' if family is None else 'coach'}")
            continue
        names = rules_broken(family, coach, free[coach.coach_id], problem.exclusions)
        faults += [f"{who}: breaks the rule {name}" for name in names]
        if row.slot not in free[coach.coach_id] or row.slot not in family.slots:
            faults.append(f"{who}: {row.slot} is not a slot that both have free")
        if problem.pins.get(row.family_id, row.coach_id) != row.coach_id:
            faults.append(f"{who}: the family is pinned to {problem.pins[row.family_id]}")
        if "distance" not in names:
            mode, cost = pair_cost(problem, family, coach)
            facts = ("mode", mode), ("distance_m", metres_between(family, coach)), ("cost", cost)
            faults += [
                f"{who}: {name} is {getattr(row, name)}, must be {value}"
                for name, value in facts
                if getattr(row, name) != value
            ]
    return faults


def limit_faults(problem: Problem, proposals: Sequence[ClaimedMatch]) -> list[str]:
    """Families, slots, coaches and supervisors with more than they may have."""
    faults = []
    for family_id, times in Counter(row.family_id for row in proposals).items():
        if times > 1:
            faults.append(f"family {family_id} is matched {times} times, must be at most once")
    for (coach_id, slot), times in Counter((r.coach_id, r.slot) for r in proposals).items():
        if times > 1:
            faults.append(f"coach {coach_id} has {times} families at {slot}, must be at most one")
    supervisor = {coach.coach_id: coach.supervisor for coach in problem.coaches}
    new = Counter(row.coach_id for row in proposals if row.coach_id in supervisor)
    load = new + Counter(row.coach_id for row in problem.placements)
    for coach in problem.coaches:
        if new[coach.coach_id] and load[coach.coach_id] > coach.capacity:
            faults.append(
                f"coach {coach.coach_id} has {load[coach.coach_id]} families, "
                f"the capacity is {coach.capacity}"
            )
    carried: Counter[str | None] = Counter()
    for coach_id, count in load.items():
        carried[supervisor[coach_id]] += count
    growing = {supervisor[coach_id] for coach_id in new}
    for name, limit in problem.supervisors.items():
        if name in growing and carried[name] > limit:
            faults.append(f"supervisor {name} has {carried[name]} matches, the capacity is {limit}")
    return faults


def _completeness_faults(problem: Problem, claim: Claim) -> list[str]:
    """Each family must be either matched or left out, each pinned family matched."""
    known = {family.family_id for family in problem.families}
    matched = {row.family_id for row in claim.proposals}
    listed = Counter(row.family_id for row in claim.unmatched)
    faults = [f"family {f} is both matched and left out" for f in sorted(matched & set(listed))]
    faults += [
        f"family {f} is neither matched nor left out" for f in sorted(known - matched - set(listed))
    ]
    faults += [f"left out: unknown family {f}" for f in sorted(set(listed) - known)]
    faults += [f"family {f} is left out {n} times" for f, n in sorted(listed.items()) if n > 1]
    faults += [f"family {f} is pinned but not matched" for f in sorted(set(problem.pins) - matched)]
    return faults


def _unmatched_faults(
    problem: Problem, table: PairTable, pairs: Pairs, unmatched: Sequence[ClaimedUnmatched]
) -> list[str]:
    """Reasons and near misses that are not the true ones."""
    families = {family.family_id: family for family in problem.families}
    faults = []
    for row in unmatched:
        if row.family_id not in families:
            continue
        reason = "outranked" if len(pairs[row.family_id][0]) else "no_candidate"
        misses = {} if reason == "outranked" else table.near_misses(families[row.family_id])
        who = f"left out {row.family_id}"
        if row.reason != reason:
            faults.append(f"{who}: reason is {row.reason}, must be {reason}")
        elif dict(row.near_misses) != misses or len(row.near_misses) != len(misses):
            faults.append(f"{who}: near misses are {_counts(dict(row.near_misses))}, "
                          f"must be {_counts(misses)}")  # fmt: skip
    return faults


def _counts(misses: Mapping[str, int]) -> str:
    return " ".join(f"{name}:{count}" for name, count in misses.items()) or "none"


def _assignment(
    problem: Problem, table: PairTable, pairs: Pairs, proposals: Sequence[ClaimedMatch]
) -> Assignment:
    held = {r.family_id: (table.number[r.coach_id], SLOT_INDEX[r.slot]) for r in proposals}
    return Assignment(problem, table, pairs, held)


def total_cost(problem: Problem, proposals: Sequence[ClaimedMatch]) -> int:
    """The pairs' costs, computed anew, and the load of all new matches."""
    families = {family.family_id: family for family in problem.families}
    coaches = {coach.coach_id: coach for coach in problem.coaches}
    placed = Counter(row.coach_id for row in problem.placements)
    total = 0
    for row in proposals:
        total += pair_cost(problem, families[row.family_id], coaches[row.coach_id])[1]
    for coach_id, count in Counter(row.coach_id for row in proposals).items():
        before = placed[coach_id]
        total += sum(problem.settings.load * (before + k - 1) for k in range(1, count + 1))
    return total


def _optimum_faults(
    problem: Problem, table: PairTable, assignment: Assignment, claim: Claim
) -> list[str]:
    """Level 2, and the claimed cost and bound."""
    cost = total_cost(problem, claim.proposals)
    faults = []
    if claim.cost != cost:
        faults.append(f"summary: cost is {claim.cost}, must be {cost}")
    bound = lower_bound(problem, assignment, _claimed_prices(table, claim.proof))
    if bound != cost:
        prices = find_prices(problem, assignment)
        if prices is None:
            return [*faults, f"level 2: the same families can be matched for less than {cost}"]
        bound = lower_bound(problem, assignment, prices)
    if bound != cost:
        faults.append(f"level 2: no proof that {cost} is the least cost; the bound is {bound}")
    if claim.bound != bound:
        faults.append(f"summary: bound is {claim.bound}, must be {bound}")
    return faults


def _claimed_prices(table: PairTable, proof: ClaimedProof) -> Prices:
    """The claim's prices; those of anybody unknown say nothing and are left out."""
    keys = ((*key.rpartition(" ")[::2], price) for key, price in proof.slot_prices.items())
    slots = {
        (table.number[coach_id], SLOT_INDEX[slot]): price
        for coach_id, slot, price in keys
        if coach_id in table.number and slot in SLOT_INDEX
    }
    coaches = {
        table.number[name]: p for name, p in proof.coach_prices.items() if name in table.number
    }
    return Prices(slots, coaches, dict(proof.supervisor_prices))


def _recruitment_faults(
    problem: Problem, table: PairTable, pairs: Pairs, claim: Claim
) -> list[str]:
    """Each profile's gain, by adding the coach and matching on from where the proposals stand."""
    faults = []
    for number, row in enumerate(claim.recruitment, start=1):
        coach = _recruit(table, row)
        alone = PairTable(
            replace(problem, coaches=(coach,), exclusions=frozenset(), pins={}, previous={},
                    placements=(), supervisors={})
        )  # fmt: skip
        new = len(table.coaches)
        widened = dict(pairs)
        for family in problem.families:
            found, costs, masks = alone.pairs(family)
            if len(found) and family.family_id not in problem.pins:
                old = pairs[family.family_id]
                widened[family.family_id] = (
                    np.append(old[0], new), np.append(old[1], costs), np.append(old[2], masks)
                )  # fmt: skip
        assignment = _assignment(problem, table, widened, claim.proposals)
        assignment.coaches.append(coach)
        gained = families_gained(assignment, min(coach.capacity, len(coach.slots)))
        if gained != row.families_gained:
            faults.append(
                f"recruitment row {number}: families_gained is {row.families_gained}, "
                f"must be {gained}"
            )
    return faults


def _recruit(table: PairTable, row: ClaimedProfile) -> Coach:
    """The profile as a coach with an id that nobody has."""
    name = "recruit"
    while name in table.number:
        name += "_"
    return Coach(
        coach_id=name, easting=row.easting, northing=row.northing, status="cleared",
        slots=row.slots, capacity=row.capacity, languages=frozenset(row.languages),
        gender=row.gender, training=frozenset(row.training), max_distance_m=row.max_distance_m,
    )  # fmt: skip


def _summary_faults(problem: Problem, pairs: Pairs, claim: Claim) -> list[str]:
    """Figures of the summary that do not agree with problem and proposals."""
    truth: dict[str, int | bool] = {
        "families": len(problem.families),
        "coaches": len(problem.coaches),
        "pairs": sum(len(found) for found, _, _ in pairs.values()),
        "matched": len(claim.proposals),
        "optimal": True,
    }
    return [
        f"summary: {name} is {getattr(claim, name)}, must be {value}"
        for name, value in truth.items()
        if getattr(claim, name) != value
    ]


__all__ = ["Claim", "VerificationError", "limit_faults", "match_faults", "total_cost", "verify"]
