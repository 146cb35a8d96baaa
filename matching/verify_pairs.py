"""The laws of a pair restated: what forbids it, how it meets, what it costs.

Plain Python over single values, word for word from the definition; shares nothing with the
solver. Every proposal is held against these; the tests hold the compiled loop of `verify_search`
against them too, pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isqrt

from matching.problem import Coach, Family, Problem

RULE_NAMES = (
    "clearance", "distance", "slots", "language", "gender", "training", "household", "excluded",
)  # fmt: skip


def free_slots_of(problem: Problem) -> dict[str, set[str]]:
    """What each coach offers less what active placements take."""
    free = {coach.coach_id: set(coach.slots) for coach in problem.coaches}
    for row in problem.placements:
        free[row.coach_id].discard(row.slot)
    return free


def metres_between(family: Family, coach: Coach) -> int:
    return isqrt((family.easting - coach.easting) ** 2 + (family.northing - coach.northing) ** 2)


def rules_broken(
    family: Family, coach: Coach, free: set[str], exclusions: frozenset[tuple[str, str]]
) -> list[str]:
    """Names of the rules that a pair breaks, restated one by one."""
    away = metres_between(family, coach)
    near = away >= family.min_distance_m and away <= coach.max_distance_m
    remote = family.accepts_remote and coach.offers_remote
    verdicts = (
        coach.status == "cleared",
        near or remote,
        any(slot in free for slot in family.slots),
        not family.languages or any(word in coach.languages for word in family.languages),
        family.coach_gender == "any" or family.coach_gender == coach.gender,
        all(word in coach.training for word in family.training),
        not any(word in coach.avoids for word in family.household),
        (family.family_id, coach.coach_id) not in exclusions,
    )
    return [name for name, kept in zip(RULE_NAMES, verdicts, strict=True) if not kept]


def pair_cost(problem: Problem, family: Family, coach: Coach) -> tuple[str, int]:
    """Mode and points of a pair that can meet, restated."""
    points = problem.settings
    away = metres_between(family, coach)
    in_person = points.travel_per_mile * away // 1609
    near = family.min_distance_m <= away <= coach.max_distance_m
    remote = family.accepts_remote and coach.offers_remote
    mode = "in_person" if near and not (remote and points.remote < in_person) else "remote"
    total = in_person if mode == "in_person" else points.remote
    for tag, weight in family.needs:
        if tag not in coach.experience and tag not in coach.lived_experience:
            total += weight * points.unmet_need
    if not {tag for tag, _ in family.needs} & coach.lived_experience:
        total += points.no_peer
    if not family.languages and any(word != "en" for word in coach.languages):
        total += points.scarce_language
    total += points.scarce_training * sum(word not in family.training for word in coach.training)
    if problem.previous.get(family.family_id, coach.coach_id) != coach.coach_id:
        total += points.change
    return mode, total


def ranks_of(problem: Problem) -> Mapping[str, int]:
    """Each family's place in the order: pinned, priority, waiting since, id."""

    def place(family: Family) -> tuple[int, int, date, str]:
        late = 0 if family.family_id in problem.pins else 1
        return late, family.priority, family.waiting_since, family.family_id

    ordered: Sequence[Family] = sorted(problem.families, key=place)
    return {family.family_id: rank for rank, family in enumerate(ordered)}
