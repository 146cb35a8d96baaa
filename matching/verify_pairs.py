"""All pairs and their costs once more, for the verification: the laws restated.

Shares nothing with the solver. Each law is plain Python over single values; what a family asks for
is looked up per distinct value, so that a county is checked in seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from matching.problem import SLOTS, Coach, Family, Problem

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
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


class PairTable:
    """Finds the pairs of one family at a time.

    Attributes
    ----------
    coaches
        Sorted by easting; pairs name coaches by their place in it.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.coaches = sorted(problem.coaches, key=lambda coach: (coach.easting, coach.coach_id))
        self.number = {coach.coach_id: place for place, coach in enumerate(self.coaches)}
        free = free_slots_of(problem)
        self.eastings = [coach.easting for coach in self.coaches]
        self.reach = max((coach.max_distance_m for coach in self.coaches), default=0)
        self.x = self._numbers(lambda c: c.easting)
        self.y = self._numbers(lambda c: c.northing)
        self.farthest = self._numbers(lambda c: c.max_distance_m)
        self.free = self._numbers(
            lambda c: sum(2**bit for bit, slot in enumerate(SLOTS) if slot in free[c.coach_id])
        )
        self.cleared = self._flags(lambda c: c.status == "cleared")
        self.remote = self._flags(lambda c: c.offers_remote)
        self.other_language = self._flags(lambda c: any(word != "en" for word in c.languages))
        self._known: dict[tuple[str, object], Flags] = {}
        self._counts: dict[frozenset[str], Numbers] = {}
        self._banned: dict[str, list[int]] = {}
        for family_id, coach_id in problem.exclusions:
            self._banned.setdefault(family_id, []).append(self.number[coach_id])

    def _numbers(self, value: Callable[[Coach], int]) -> Numbers:
        return np.array([value(coach) for coach in self.coaches], dtype=np.int64)

    def _flags(self, law: Callable[[Coach], bool]) -> Flags:
        return np.array([law(coach) for coach in self.coaches], dtype=np.bool_)

    def _cached(self, name: str, value: object, law: Callable[[Coach], bool]) -> Flags:
        """The law for every coach, computed once for each value that families ask for."""
        key = (name, value)
        if key not in self._known:
            self._known[key] = self._flags(law)
        return self._known[key]

    def kept(self, family: Family, window: slice) -> dict[str, Flags]:
        """For each rule whether the coaches in the window keep it."""
        away = self.distances(family, window)
        near = (away >= family.min_distance_m) & (away <= self.farthest[window])
        mask = sum(2**bit for bit, slot in enumerate(SLOTS) if slot in family.slots)
        banned = np.zeros(len(self.coaches), dtype=np.bool_)
        banned[self._banned.get(family.family_id, [])] = True
        tongues, wanted = family.languages, family.training
        language = self._cached("language", tongues, lambda c: bool(tongues & c.languages))
        house = family.household
        return {
            "clearance": self.cleared[window],
            "distance": near | (self.remote[window] & family.accepts_remote),
            "slots": (self.free[window] & mask) > 0,
            "language": language[window] | (not tongues),
            "gender": self._cached(
                "gender", family.coach_gender, lambda c: family.coach_gender in ("any", c.gender)
            )[window],
            "training": self._cached("training", wanted, lambda c: wanted <= c.training)[window],
            "household": self._cached("house", house, lambda c: not house & c.avoids)[window],
            "excluded": ~banned[window],
        }

    def distances(self, family: Family, window: slice) -> Numbers:
        dx, dy = self.x[window] - family.easting, self.y[window] - family.northing
        square = dx**2 + dy**2
        root = np.floor(np.sqrt(square)).astype(np.int64)
        root -= root * root > square
        return np.asarray(root + ((root + 1) * (root + 1) <= square), dtype=np.int64)

    def pairs(self, family: Family) -> tuple[Numbers, Numbers, Numbers]:
        """Coaches, costs and masks of shared slots of all pairs of a family, pins obeyed."""
        window = slice(0, len(self.coaches))
        if not family.accepts_remote:
            low = bisect_left(self.eastings, family.easting - self.reach)
            window = slice(low, bisect_right(self.eastings, family.easting + self.reach))
        allowed = np.logical_and.reduce(list(self.kept(family, window).values()))
        found = np.flatnonzero(allowed) + window.start
        pin = self.problem.pins.get(family.family_id)
        if pin is not None:
            found = found[found == self.number[pin]]
        mask = sum(2**bit for bit, slot in enumerate(SLOTS) if slot in family.slots)
        return found, self._costs(family, found), self.free[found] & mask

    def near_misses(self, family: Family) -> dict[str, int]:
        """For each rule how many coaches break only that one."""
        verdicts = self.kept(family, slice(0, len(self.coaches)))
        broken = {name: ~kept for name, kept in verdicts.items()}
        times = np.sum(list(broken.values()), axis=0) if broken else np.zeros(0)
        counts = {name: int((flags & (times == 1)).sum()) for name, flags in broken.items()}
        return {name: count for name, count in counts.items() if count}

    def _costs(self, family: Family, found: Numbers) -> Numbers:
        points = self.problem.settings
        away = self.distances(family, slice(0, None))[found] if len(found) else found
        near = (away >= family.min_distance_m) & (away <= self.farthest[found])
        on_foot = points.travel_per_mile * away // 1609
        remote = self.remote[found] & family.accepts_remote
        cost = np.where(near, on_foot, points.remote)
        cost = np.where(remote, np.minimum(cost, points.remote), cost)
        peer = np.zeros(len(found), dtype=np.bool_)
        for tag, weight in family.needs:
            lived = self._lived(tag)[found]
            cost = cost + weight * points.unmet_need * ~(lived | self._works(tag)[found])
            peer |= lived
        cost = cost + points.no_peer * ~peer
        if not family.languages:
            cost = cost + points.scarce_language * self.other_language[found]
        cost = cost + points.scarce_training * self._spare_training(family.training)[found]
        before = self.problem.previous.get(family.family_id)
        if before is not None:
            cost = cost + points.change * (found != self.number[before])
        return np.asarray(cost, dtype=np.int64)

    def _lived(self, tag: str) -> Flags:
        return self._cached("lived", tag, lambda c: tag in c.lived_experience)

    def _works(self, tag: str) -> Flags:
        return self._cached("works", tag, lambda c: tag in c.experience)

    def _spare_training(self, wanted: frozenset[str]) -> Numbers:
        if wanted not in self._counts:
            self._counts[wanted] = self._numbers(
                lambda c: sum(word not in wanted for word in c.training)
            )
        return self._counts[wanted]


def ranks_of(problem: Problem) -> Mapping[str, int]:
    """Each family's place in the order: pinned, priority, waiting since, id."""

    def place(family: Family) -> tuple[int, int, str, str]:
        late = 0 if family.family_id in problem.pins else 1
        return late, family.priority, family.waiting_since.isoformat(), family.family_id

    ordered: Sequence[Family] = sorted(problem.families, key=place)
    return {family.family_id: rank for rank, family in enumerate(ordered)}
