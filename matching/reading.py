"""A result read back from its files as the data that it was written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from matching.costs import cost_parts, met_needs, mode_and_travel
from matching.output import ReadClaim, ReadMatch
from matching.problem import Coach, Family, Problem
from matching.result import NextBest, Proposal, Reason, Result, Status, Unmatched
from matching.rules import broken, distance_m, shared_slots
from matching.tables import FileFault, FilesError


def result_of(problem: Problem, claim: ReadClaim) -> Result:
    """The result that the files describe.

    What the files do not hold stays empty: the proof, and of those left out whom they give way to
    and what would help. Whether the result is the best one is not asked here but by
    `matching.verify`.

    Raises
    ------
    FilesError
        When it is not a result of this problem: unknown or missing people, pairs that a rule
        forbids, slots that the two do not share, other modes or points.
    """
    faults = [*_people_faults(problem, claim)]
    if faults:
        raise FilesError(faults)
    faults = [fault for row in claim.proposals for fault in _match_faults(problem, row)]
    if faults:
        raise FilesError(faults)
    proposals = tuple(_proposal(problem, row, claim.cost) for row in claim.proposals)
    pair_cost = sum(row.cost for row in proposals)
    return Result(
        status=Status.OPTIMAL,
        families=claim.families,
        coaches=claim.coaches,
        pairs=claim.pairs,
        proposals=proposals,
        unmatched=tuple(
            Unmatched(row.family_id, Reason(row.reason), row.near_misses) for row in claim.unmatched
        ),
        recruitment=claim.recruitment,
        pair_cost=pair_cost,
        load_cost=claim.cost - pair_cost,
        bound=claim.bound,
        proof=claim.proof,
    )


def _people_faults(problem: Problem, claim: ReadClaim) -> Iterator[FileFault]:
    told = [row.family_id for row in claim.proposals]
    told += [row.family_id for row in claim.unmatched]
    if sorted(told) != sorted(problem.family_by_id):
        for name in sorted(set(told) ^ problem.family_by_id.keys()):
            yield FileFault("proposals.csv", 0, "family_id", name, "the families of the problem")
        for name in sorted(name for name, times in Counter(told).items() if times > 1):
            yield FileFault("proposals.csv", 0, "family_id", name, "each family once")
    for row in claim.proposals:
        if row.coach_id not in problem.coach_by_id:
            yield FileFault("proposals.csv", 0, "coach_id", row.coach_id, "an id in coaches")
    for left_out in claim.unmatched:
        if left_out.reason not in tuple(Reason):
            allowed = ", ".join(Reason)
            yield FileFault("unmatched.csv", 0, "reason", left_out.reason, allowed)


def _match_faults(problem: Problem, row: ReadMatch) -> Iterator[FileFault]:
    family, coach = problem.family_by_id[row.family_id], problem.coach_by_id[row.coach_id]
    who = f"{row.family_id} with {row.coach_id}"
    rules = broken(problem, family, coach)
    if rules:
        allowed = f"pairs that no rule forbids; this one breaks {', '.join(rules)}"
        yield FileFault("proposals.csv", 0, "coach_id", who, allowed)
        return
    slots = shared_slots(problem, family, coach)
    mode, _ = mode_and_travel(problem, family, coach)
    cost = cost_parts(problem, family, coach).total
    wanted = {"slot": row.slot if row.slot in slots else " or ".join(slots), "mode": mode}
    wanted |= {"cost": str(cost), "distance_m": str(distance_m(family, coach))}
    for column, value in wanted.items():
        found = str(getattr(row, column))
        if found != value:
            yield FileFault("proposals.csv", 0, column, f"{found} for {who}", value)


def _proposal(problem: Problem, row: ReadMatch, total: int) -> Proposal:
    family, coach = problem.family_by_id[row.family_id], problem.coach_by_id[row.coach_id]
    met = met_needs(family, coach)
    return Proposal(
        family_id=row.family_id,
        coach_id=row.coach_id,
        slot=row.slot,
        mode=row.mode,
        distance_m=row.distance_m,
        cost=row.cost,
        parts=cost_parts(problem, family, coach),
        shared_slots=shared_slots(problem, family, coach),
        needs_met=met,
        needs_unmet=tuple(tag for tag, _ in family.needs if tag not in met),
        lived_shared=tuple(tag for tag, _ in family.needs if tag in coach.lived_experience),
        languages_shared=tuple(sorted((family.languages or {"en"}) & coach.languages)),
        next_best=tuple(_next_best(problem, family, row.reasons, total)),
    )


def _next_best(problem: Problem, family: Family, reasons: str, total: int) -> Iterator[NextBest]:
    """From ``next:coach_id=total``; what is not of that form, or no pair, is passed over."""
    for word in reasons.split():
        name, _, number = word.removeprefix("next:").rpartition("=")
        coach: Coach | None = problem.coach_by_id.get(name)
        if word.startswith("next:") and number.isdecimal() and coach is not None:
            if broken(problem, family, coach):
                continue
            cost = cost_parts(problem, family, coach).total
            yield NextBest(name, cost, int(number), int(number) - total)
