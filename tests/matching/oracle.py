"""The definition once more, as a whole-number program for scipy's HiGHS.

Written from the definition's text alone: of the package it knows the problem's dataclasses, nothing
of its rules, costs, network or verification.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isqrt

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from matching.problem import Coach, Family, Problem

AT_ONCE = 12  # families whose turn is settled by one program; weights up to 2**11 stay exact


def away(family: Family, coach: Coach) -> int:
    """Whole metres."""
    dx, dy = family.easting - coach.easting, family.northing - coach.northing
    return isqrt(dx * dx + dy * dy)


def shared(problem: Problem, family: Family, coach: Coach) -> tuple[str, ...]:
    """Slots of both that no placement takes."""
    taken = {row.slot for row in problem.placements if row.coach_id == coach.coach_id}
    return tuple(slot for slot in family.slots if slot in set(coach.slots) - taken)


def rules_broken(problem: Problem, family: Family, coach: Coach) -> tuple[str, ...]:
    """The table "Rules", row by row."""
    in_person = family.min_distance_m <= away(family, coach) <= coach.max_distance_m
    remotely = family.accepts_remote and coach.offers_remote
    table = {
        "clearance": coach.status != "cleared",
        "distance": not in_person and not remotely,
        "slots": len(shared(problem, family, coach)) == 0,
        "language": len(family.languages) > 0 and len(family.languages & coach.languages) == 0,
        "gender": family.coach_gender != "any" and family.coach_gender != coach.gender,
        "training": len(family.training - coach.training) > 0,
        "household": len(family.household & coach.avoids) > 0,
        "excluded": (family.family_id, coach.coach_id) in problem.exclusions,
    }
    return tuple(name for name, breaks in table.items() if breaks)


def points(problem: Problem, family: Family, coach: Coach) -> dict[str, int]:
    """The list "Cost of a pair", row by row; the pair can meet."""
    law = problem.settings
    metres = away(family, coach)
    ways = []
    if family.min_distance_m <= metres <= coach.max_distance_m:
        ways.append((law.travel_per_mile * metres) // 1609)
    if family.accepts_remote and coach.offers_remote:
        ways.append(law.remote)
    lived = {tag for tag, _ in family.needs if tag in coach.lived_experience}
    known = lived | {tag for tag, _ in family.needs if tag in coach.experience}
    rare = not family.languages and len(coach.languages - {"en"}) > 0
    before = problem.previous.get(family.family_id)
    return {
        "travel": min(ways),
        "unmet_need": sum(law.unmet_need * weight for tag, weight in family.needs
                          if tag not in known),
        "no_peer": law.no_peer if not lived else 0,
        "scarce_language": law.scarce_language if rare else 0,
        "scarce_training": law.scarce_training * len(coach.training - family.training),
        "change": law.change if before is not None and before != coach.coach_id else 0,
    }  # fmt: skip


def order(problem: Problem) -> list[str]:
    """Pinned first, then priority, waiting since, id."""
    rows = sorted(problem.families, key=lambda row: row.family_id)
    rows.sort(key=lambda row: row.waiting_since)
    rows.sort(key=lambda row: row.priority)
    return [
        row.family_id for row in sorted(rows, key=lambda row: row.family_id not in problem.pins)
    ]


@dataclass(frozen=True)
class Choice:
    """One column of the program: a family with a coach at a slot."""

    family_id: str
    coach_id: str
    slot: str
    points: int


def choices(problem: Problem) -> list[Choice]:
    """All of them."""
    return [
        Choice(one.family_id, other.coach_id, slot, sum(points(problem, one, other).values()))
        for one in problem.families
        for other in problem.coaches
        if problem.pins.get(one.family_id) in (None, other.coach_id)
        and not rules_broken(problem, one, other)
        for slot in shared(problem, one, other)
    ]


class Program:
    """Columns: choices, then for each coach one for the first further family, the second, …"""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.choices = choices(problem)
        self.placed = Counter(row.coach_id for row in problem.placements)
        asked = Counter(choice.coach_id for choice in self.choices)
        self.further = [
            (row.coach_id, problem.settings.load * (self.placed[row.coach_id] + nth))
            for row in problem.coaches
            for nth in range(min(asked[row.coach_id], len(problem.families)))
        ]
        self.low: list[float] = []
        self.high: list[float] = []
        self.cells: list[tuple[int, int, int]] = []
        self.row_of: dict[str, int] = {}
        self._add_rows()

    def _row(self, entries: list[tuple[int, int]], low: float, high: float) -> None:
        self.cells += [(len(self.low), column, value) for column, value in entries]
        self.low.append(low)
        self.high.append(high)

    def _add_rows(self) -> None:
        """The section "Limits", sentence by sentence."""
        columns = list(enumerate(self.choices))
        for family_id in dict.fromkeys(c.family_id for c in self.choices):
            self.row_of[family_id] = len(self.low)
            self._row([(n, 1) for n, c in columns if c.family_id == family_id], 0, 1)
        for place in dict.fromkeys((c.coach_id, c.slot) for c in self.choices):
            self._row([(n, 1) for n, c in columns if (c.coach_id, c.slot) == place], 0, 1)
        for coach in self.problem.coaches:
            own = [(n, 1) for n, c in columns if c.coach_id == coach.coach_id]
            self._row(own, 0, max(0, coach.capacity - self.placed[coach.coach_id]))
            steps = [
                (n, -1)
                for n, (coach_id, _) in enumerate(self.further, start=len(columns))
                if coach_id == coach.coach_id
            ]
            self._row(own + steps, 0, 0)
        boss = {row.coach_id: row.supervisor for row in self.problem.coaches}
        carried = Counter(boss[row.coach_id] for row in self.problem.placements)
        for name, capacity in self.problem.supervisors.items():
            own = [(n, 1) for n, c in columns if boss[c.coach_id] == name]
            self._row(own, 0, max(0, capacity - carried[name]))

    def least(self, cost: list[int]) -> tuple[list[int], int]:
        """The columns chosen and what they cost."""
        rows, columns, values = zip(*self.cells, strict=True)
        matrix = csr_matrix((values, (rows, columns)), shape=(len(self.low), len(cost)))
        found = milp(
            np.array(cost, dtype=float),
            constraints=LinearConstraint(matrix, self.low, self.high),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(cost)),
            options={"mip_rel_gap": 0},
        )
        assert found.status == 0, found.message
        chosen = np.flatnonzero(found.x > 0.5).tolist()
        return chosen, sum(cost[n] for n in chosen)

    def matched(self) -> list[str]:
        """Level 1, some families of the order at a time: each outweighs all that follow it."""
        walk = [family_id for family_id in order(self.problem) if family_id in self.row_of]
        taken: list[str] = []
        for begun in range(0, len(walk), AT_ONCE):
            block = walk[begun : begun + AT_ONCE]
            weight = {family_id: 2 ** (AT_ONCE - n) for n, family_id in enumerate(block, start=1)}
            gain = [-weight.get(c.family_id, 0) for c in self.choices] + [0] * len(self.further)
            held = {self.choices[n].family_id for n in self.least(gain)[0] if gain[n]}
            for family_id in block:
                place = self.row_of[family_id]
                self.low[place] = self.high[place] = int(family_id in held)
            taken += [family_id for family_id in block if family_id in held]
        return taken

    def solved(self) -> tuple[list[str], int]:
        """Whom to match, in their order, and the least cost of matching exactly those."""
        if not self.choices:
            return [], 0
        taken = self.matched()
        cost = [c.points for c in self.choices] + [load for _, load in self.further]
        return taken, self.least(cost)[1]


def answer(problem: Problem) -> tuple[list[str], int] | None:
    """Both levels; None where a pin is on a forbidden pair or the pins cannot all hold."""
    families = {row.family_id: row for row in problem.families}
    coaches = {row.coach_id: row for row in problem.coaches}
    for family_id, coach_id in problem.pins.items():
        if rules_broken(problem, families[family_id], coaches[coach_id]):
            return None
    taken, cost = Program(problem).solved()
    return (taken, cost) if set(problem.pins) <= set(taken) else None
