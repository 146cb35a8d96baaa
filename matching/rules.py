"""What forbids a pair: one function per rule, true when the family and the coach break it.

The names in `RULES` are used wherever a rule is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isqrt

from matching.faults import Fault
from matching.problem import Coach, Family, Problem

Rule = Callable[[Problem, Family, Coach], bool]


def distance_m(family: Family, coach: Coach) -> int:
    """Straight-line distance in whole metres, rounded down."""
    return isqrt((family.easting - coach.easting) ** 2 + (family.northing - coach.northing) ** 2)


def meets_in_person(family: Family, coach: Coach) -> bool:
    """Far enough for the family to be safe, near enough for the coach to travel."""
    return family.min_distance_m <= distance_m(family, coach) <= coach.max_distance_m


def meets_remotely(family: Family, coach: Coach) -> bool:
    """Both sides agree to meet by phone or video."""
    return family.accepts_remote and coach.offers_remote


def shared_slots(problem: Problem, family: Family, coach: Coach) -> tuple[str, ...]:
    """The coach's free slots in which the family could meet, in week order."""
    wanted = set(family.slots)
    return tuple(slot for slot in problem.free_slots(coach) if slot in wanted)


def clearance(_problem: Problem, _family: Family, coach: Coach) -> bool:
    """The coach's status is not ``cleared``."""
    return coach.status != "cleared"


def distance(_problem: Problem, family: Family, coach: Coach) -> bool:
    """They can meet neither in person nor remotely."""
    return not (meets_in_person(family, coach) or meets_remotely(family, coach))


def slots(problem: Problem, family: Family, coach: Coach) -> bool:
    """They share no slot that the coach has free; placements take slots."""
    return not shared_slots(problem, family, coach)


def language(_problem: Problem, family: Family, coach: Coach) -> bool:
    """The family lists languages and the coach speaks none of them."""
    return bool(family.languages) and family.languages.isdisjoint(coach.languages)


def gender(_problem: Problem, family: Family, coach: Coach) -> bool:
    """The family asks for a coach of one gender and this coach has another."""
    return family.coach_gender not in ("any", coach.gender)


def training(_problem: Problem, family: Family, coach: Coach) -> bool:
    """The family requires training that the coach lacks."""
    return not family.training <= coach.training


def household(_problem: Problem, family: Family, coach: Coach) -> bool:
    """The household has something that the coach avoids."""
    return not family.household.isdisjoint(coach.avoids)


def excluded(problem: Problem, family: Family, coach: Coach) -> bool:
    """The pair is listed in the exclusions."""
    return (family.family_id, coach.coach_id) in problem.exclusions


RULES: Mapping[str, Rule] = {
    "clearance": clearance,
    "distance": distance,
    "slots": slots,
    "language": language,
    "gender": gender,
    "training": training,
    "household": household,
    "excluded": excluded,
}


def broken(problem: Problem, family: Family, coach: Coach) -> tuple[str, ...]:
    """The names of all rules that the pair breaks, in the definition's order; empty = a pair.

    Only `problem.placements` and `problem.exclusions` are looked at, so the question can be asked
    for one family and one coach of a problem, or for what-ifs that are not in it.
    """
    return tuple(name for name, rule in RULES.items() if rule(problem, family, coach))


def pin_faults(problem: Problem) -> list[Fault]:
    """Pins on pairs that a rule forbids, each naming the rules."""
    faults = []
    for family_id, coach_id in sorted(problem.pins.items()):
        names = broken(problem, problem.family_by_id[family_id], problem.coach_by_id[coach_id])
        if names:
            allowed = f"a coach whom no rule forbids; this pair breaks {', '.join(names)}"
            faults.append(Fault("pins", f"{family_id} {coach_id}", "coach_id", coach_id, allowed))
    return faults
