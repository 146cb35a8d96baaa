"""The proposals one by one, in plain Python: rules, pins, costs, what is told, and limits.

Shares nothing with the solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.problem import Coach, Family, Problem
from matching.verify_claim import Claim, ClaimedMatch
from matching.verify_columns import taken_slots
from matching.verify_pairs import metres_between, pair_cost, rules_broken

# What a proposal may say beside its pair; files read back do not have these.
TOLD = ("shared_slots", "needs_met", "needs_unmet", "lived_shared", "languages_shared")


@dataclass(frozen=True)
class Matches:
    """The proposals' faults, and for each proposal the points of its pair computed anew."""

    faults: list[str]
    paid: list[int]


def check_matches(problem: Problem, proposals: Sequence[ClaimedMatch]) -> Matches:
    """Rules broken, and modes, distances, costs and reasons that are not those of the pair."""
    families = {family.family_id: family for family in problem.families}
    coaches = {coach.coach_id: coach for coach in problem.coaches}
    taken = taken_slots(problem)
    found = Matches([], [])
    for row in proposals:
        family, coach = families.get(row.family_id), coaches.get(row.coach_id)
        if family is None or coach is None:
            who = f"proposal {row.family_id} with {row.coach_id}"
            found.faults.append(f"{who}: unknown {'family' if family is None else 'coach'}")
            found.paid.append(0)
            continue
        free = set(coach.slots).difference(taken.get(coach.coach_id, ()))
        _check_one(problem, row, family, coach, free, found)
    return found


def _check_one(
    problem: Problem,
    row: ClaimedMatch,
    family: Family,
    coach: Coach,
    free: set[str],
    found: Matches,
) -> None:
    who = f"proposal {row.family_id} with {row.coach_id}"
    names = rules_broken(family, coach, free, problem.exclusions)
    found.faults.extend(f"{who}: breaks the rule {name}" for name in names)
    if row.slot not in free or row.slot not in family.slots:
        found.faults.append(f"{who}: {row.slot} is not a slot that both have free")
    if problem.pins.get(row.family_id, row.coach_id) != row.coach_id:
        found.faults.append(f"{who}: the family is pinned to {problem.pins[row.family_id]}")
    if "distance" in names:
        found.paid.append(0)
        return
    mode, cost = pair_cost(problem, family, coach)
    found.paid.append(cost)
    facts = ("mode", mode), ("distance_m", metres_between(family, coach)), ("cost", cost)
    found.faults.extend(
        f"{who}: {name} is {getattr(row, name)}, must be {value}"
        for name, value in facts
        if getattr(row, name) != value
    )
    if hasattr(row, TOLD[0]):
        found.faults.extend(_told_wrongly(who, row, family, coach, free))


def _told_wrongly(
    who: str, row: ClaimedMatch, family: Family, coach: Coach, free: set[str]
) -> list[str]:
    """Reasons given with the proposal that are not so."""
    lived = coach.lived_experience
    met = [tag for tag, _ in family.needs if tag in lived or tag in coach.experience]
    spoken = family.languages if family.languages else {"en"}
    truth = (
        [slot for slot in family.slots if slot in free],
        met,
        [tag for tag, _ in family.needs if tag not in met],
        [tag for tag, _ in family.needs if tag in lived],
        sorted(word for word in spoken if word in coach.languages),
    )
    return [
        f"{who}: {name} is {_words(getattr(row, name))}, must be {_words(value)}"
        for name, value in zip(TOLD, truth, strict=True)
        if list(getattr(row, name)) != value
    ]


def _words(values: Sequence[str]) -> str:
    return " ".join(values) or "none"


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
        if coach.coach_id in new and load[coach.coach_id] > coach.capacity:
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


def completeness_faults(problem: Problem, claim: Claim) -> list[str]:
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


def load_points(problem: Problem, proposals: Sequence[ClaimedMatch]) -> int:
    """The load of all new matches: a coach's k-th family costs ``load * (k - 1)``."""
    before: Mapping[str, int] = Counter(row.coach_id for row in problem.placements)
    total = 0
    for coach_id, count in Counter(row.coach_id for row in proposals).items():
        placed = before.get(coach_id, 0)
        total += sum(problem.settings.load * (placed + k - 1) for k in range(1, count + 1))
    return total
