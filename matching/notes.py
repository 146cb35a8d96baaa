"""Sentences for a coordinator about a result: they name families and coaches by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Protocol

from matching.costs import METRES_PER_MILE, CostParts
from matching.problem import Coach, Problem
from matching.result import Profile, Proposal, Reason
from matching.wording import english_slot

_PARTS = {
    "travel": "travel",
    "unmet_need": "needs not met",
    "no_peer": "no lived experience shared",
    "scarce_language": "a rare language not needed",
    "scarce_training": "training not needed",
    "change": "a change from last time",
    "load": "load",
}
_RULES = {
    "clearance": "not cleared",
    "distance": "too far away, or too near",
    "slots": "no free slot in common",
    "language": "none of the languages",
    "gender": "not the gender asked for",
    "training": "training missing",
    "household": "something in the household avoided",
    "excluded": "must not meet",
}


class LeftOut(Protocol):
    """A family left out, as in the result or as read back from its file."""

    @property
    def family_id(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def near_misses(self) -> tuple[tuple[str, int], ...]: ...
    @property
    def suggestion(self) -> str: ...


def part_name(part: str) -> str:
    """What a part of the cost is called."""
    return _PARTS[part]


def rule_names(rules: Iterable[str]) -> str:
    """What stands between a family and a coach who break these rules."""
    return ", ".join(_RULES[rule] for rule in rules)


def miles(metres: int) -> str:
    """Metres as miles to one place, which is as exact as a straight line means anything."""
    tenths = round(metres * 10 / METRES_PER_MILE)
    return f"{tenths // 10}.{tenths % 10} miles"


def match_note(proposal: Proposal) -> tuple[str, ...]:
    """Why a family is proposed to its coach, and whom it could have had."""
    return tuple(_match(proposal))


def _match(row: Proposal) -> Iterator[str]:
    way = "in person" if row.mode == "in_person" else "remotely"
    where = f"{miles(row.distance_m)} away"
    yield f"{row.family_id} with {row.coach_id}: {english_slot(row.slot)}, {way}, {where}."
    points = ", ".join(
        f"{part_name(part.name)} {value}"
        for part in fields(CostParts)
        if (value := getattr(row.parts, part.name))
    )
    yield f"Points: {row.cost}" + (f" ({points})." if points else ".")
    others = [english_slot(slot) for slot in row.shared_slots if slot != row.slot]
    if others:
        yield f"Also possible: {', '.join(others)}."
    for said, tags in (
        ("Needs met", row.needs_met),
        ("Needs not met", row.needs_unmet),
        ("Lived experience shared", row.lived_shared),
        ("Languages shared", row.languages_shared),
    ):
        if tags:
            yield f"{said}: {', '.join(tags)}."
    for other in row.next_best:
        more = f"{other.extra} points more in all" if other.extra else "just as good in all"
        yield f"Could have had {other.coach_id}: {more}."


def waiting_note(left_out: LeftOut) -> tuple[str, ...]:
    """Why a family is left out, and the smallest change that would help."""
    if left_out.reason != Reason.NO_CANDIDATE:
        return (f"{left_out.family_id} is left out: others come first.", left_out.suggestion)
    lines = [f"{left_out.family_id} is left out: no coach is possible."]
    for rule, count in left_out.near_misses:
        who = "1 coach" if count == 1 else f"{count} coaches"
        lines.append(f"{who} would do but for one thing: {_RULES[rule]}.")
    return (*lines, left_out.suggestion)


def coach_note(problem: Problem, coach: Coach, proposals: Iterable[Proposal]) -> tuple[str, ...]:
    """What a coach is proposed, and what room that leaves.

    Parameters
    ----------
    proposals
        All of the result; those of other coaches are passed over.
    """
    own = [row for row in proposals if row.coach_id == coach.coach_id]
    return tuple(_coach(problem, coach, own))


def _coach(problem: Problem, coach: Coach, own: list[Proposal]) -> Iterator[str]:
    placed = problem.placements_of.get(coach.coach_id, ())
    yield (
        f"{coach.coach_id} has {len(placed)} active and {len(own)} proposed of at most "
        f"{coach.capacity}."
    )
    if coach.status != "cleared":
        yield "Not cleared: nothing can be proposed."
    for row in own:
        yield f"{english_slot(row.slot)}: {row.family_id}, {row.cost} points."
    taken = {row.slot for row in own}
    free = [slot for slot in problem.free_slots(coach) if slot not in taken]
    if free:
        yield f"Free: {', '.join(english_slot(slot) for slot in free)}."
    if coach.supervisor is not None:
        limit = problem.supervisors[coach.supervisor]
        carried = problem.supervised[coach.supervisor]
        yield (
            f"Supervisor {coach.supervisor} carries at most {limit}, of which {carried} are active."
        )


def recruit_note(profile: Profile) -> str:
    """Whom to look for, and how many more families that coach would let you match."""
    families = "family" if profile.families_gained == 1 else "families"
    who = profile.gender if profile.gender != "other" else "coach of another gender"
    trained = f", trained in {', '.join(profile.training)}" if profile.training else ""
    times = ", ".join(english_slot(slot) for slot in profile.slots)
    return (
        f"Recruit a {who} near {profile.easting} {profile.northing} who speaks "
        f"{', '.join(profile.languages)}{trained}, free on {times}: "
        f"{profile.families_gained} more {families} matched."
    )
