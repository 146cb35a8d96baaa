"""What a pair costs, part by part. The law is the definition's "Objective", level 2."""

from __future__ import annotations

from dataclasses import dataclass, fields

from matching.problem import Coach, Family, Problem
from matching.rules import distance_m, meets_in_person, meets_remotely

METRES_PER_MILE = 1609


@dataclass(frozen=True)
class CostParts:
    """The points of one pair by reason; their sum is the pair's cost, load left out."""

    travel: int = 0
    unmet_need: int = 0
    no_peer: int = 0
    scarce_language: int = 0
    scarce_training: int = 0
    change: int = 0

    @property
    def total(self) -> int:
        # Named one by one, since this is asked for every proposal.
        needs = self.unmet_need + self.no_peer
        return self.travel + needs + self.scarce_language + self.scarce_training + self.change

    def as_dict(self) -> dict[str, int]:
        return {part.name: getattr(self, part.name) for part in fields(self)}


def met_needs(family: Family, coach: Coach) -> tuple[str, ...]:
    """The family's needs that the coach knows by work or by life, sorted."""
    known = coach.experience | coach.lived_experience
    return tuple(tag for tag, _ in family.needs if tag in known)


def mode_and_travel(problem: Problem, family: Family, coach: Coach) -> tuple[str, int]:
    """How a pair meets and the points for it: the cheaper way, a tie is in person.

    Raises
    ------
    ValueError
        When they can meet neither way; then the two are no pair.
    """
    settings = problem.settings
    ways: list[tuple[int, int, str]] = []
    if meets_in_person(family, coach):
        points = settings.travel_per_mile * distance_m(family, coach) // METRES_PER_MILE
        ways.append((points, 0, "in_person"))
    if meets_remotely(family, coach):
        ways.append((settings.remote, 1, "remote"))
    if not ways:
        raise ValueError(f"{family.family_id} and {coach.coach_id} cannot meet")
    points, _, mode = min(ways)
    return mode, points


def cost_parts(problem: Problem, family: Family, coach: Coach) -> CostParts:
    """The cost of a pair, part by part. The pair must break no rule."""
    settings = problem.settings
    known = coach.experience | coach.lived_experience
    shares_life = any(tag in coach.lived_experience for tag, _ in family.needs)
    scarce = not family.languages and bool(coach.languages - {"en"})
    previous = problem.previous.get(family.family_id, coach.coach_id)
    return CostParts(
        travel=mode_and_travel(problem, family, coach)[1],
        unmet_need=settings.unmet_need * sum(w for tag, w in family.needs if tag not in known),
        no_peer=0 if shares_life else settings.no_peer,
        scarce_language=settings.scarce_language if scarce else 0,
        scarce_training=settings.scarce_training * len(coach.training - family.training),
        change=settings.change if previous != coach.coach_id else 0,
    )
