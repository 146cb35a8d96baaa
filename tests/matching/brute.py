"""The definition by trying everything: all assignments of a small problem, no flow, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from matching.problem import Problem
from tests.matching.oracle import order, points, rules_broken, shared

Choice = tuple[str, str]
Assignment = dict[str, Choice]


class Brute:
    """Every question about one small problem, answered by enumeration."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.costs: dict[tuple[str, str], int] = {}
        self.choices: dict[str, list[Choice]] = {}
        for family in problem.families:
            rows = self.choices.setdefault(family.family_id, [])
            for coach in problem.coaches:
                pinned = problem.pins.get(family.family_id, coach.coach_id)
                if pinned != coach.coach_id or rules_broken(problem, family, coach):
                    continue
                pair = family.family_id, coach.coach_id
                self.costs[pair] = sum(points(problem, family, coach).values())
                rows += [(coach.coach_id, slot) for slot in shared(problem, family, coach)]
        self.supervisor = {coach.coach_id: coach.supervisor for coach in problem.coaches}
        self.placed = Counter(row.coach_id for row in problem.placements)

    def fits(self, held: Assignment) -> bool:
        """Whether all limits are kept."""
        if len(set(held.values())) < len(held):
            return False
        new = Counter(coach_id for coach_id, _ in held.values())
        if any(n + self.placed[c] > self.problem.coach_by_id[c].capacity for c, n in new.items()):
            return False
        carried: Counter[str | None] = Counter()
        for coach_id, count in (new + self.placed).items():
            carried[self.supervisor[coach_id]] += count
        growing = {self.supervisor[coach_id] for coach_id in new} - {None}
        return all(carried[s] <= self.problem.supervisors[s] for s in growing if s is not None)

    def ways(self, wanted: tuple[str, ...], held: Assignment | None = None) -> Iterator[Assignment]:
        """All ways to match exactly the wanted families."""
        held = held or {}
        if not wanted:
            yield dict(held)
            return
        for choice in self.choices[wanted[0]]:
            longer = {**held, wanted[0]: choice}
            if self.fits(longer):
                yield from self.ways(wanted[1:], longer)

    @cached_property
    def greedy(self) -> tuple[str, ...]:
        """Level 1, word for word."""
        taken: tuple[str, ...] = ()
        for family_id in order(self.problem):
            longer = (*taken, family_id)
            if next(self.ways(longer), None) is not None:
                taken = longer
        return taken

    def cost(self, held: Assignment) -> int:
        total = sum(self.costs[family_id, coach_id] for family_id, (coach_id, _) in held.items())
        for coach_id, count in Counter(coach_id for coach_id, _ in held.values()).items():
            start = self.placed[coach_id]
            total += sum(self.problem.settings.load * (start + k) for k in range(count))
        return total

    @cached_property
    def least_cost(self) -> int:
        """Level 2, word for word."""
        return min(self.cost(held) for held in self.ways(self.greedy))

    @cached_property
    def forced(self) -> dict[tuple[str, str], int]:
        """The least cost for the same families with each pair forced that can be."""
        found: dict[tuple[str, str], int] = {}
        for held in self.ways(self.greedy):
            cost = self.cost(held)
            for family_id, (coach_id, _) in held.items():
                pair = family_id, coach_id
                found[pair] = min(cost, found.get(pair, cost))
        return found

    @property
    def pins_hold(self) -> bool:
        return set(self.problem.pins) <= set(self.greedy)
