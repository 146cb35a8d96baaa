"""Two other ways to match: a linear program solved by HiGHS, and greedy by priority.

Both are given the same pairs and costs. They share nothing with the matcher's network and flows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from matching.candidates import Candidates
from matching.costs import cost_parts
from matching.encoding import Bools, Encoded, Ints
from matching.problem import SLOTS, Problem

TOLERANCE = 1e-6


class PeerError(RuntimeError):
    """HiGHS gave no whole solution of a program that has one."""


@dataclass(frozen=True)
class Optimum:
    """Ids of the families matched, and the points in all, load included."""

    matched: frozenset[str]
    cost: int


@dataclass(frozen=True)
class Instance:
    """A problem with its pairs, found once for all who solve it."""

    problem: Problem
    encoded: Encoded
    pairs: Candidates


def highs(instance: Instance) -> Optimum:
    """Both levels as linear programs, by the dual simplex method.

    The simplex method ends in a corner of the polytope and every corner of this one is whole (it
    describes a flow), so integrality need not be asked for. That makes HiGHS faster.
    """
    program = _Program(instance)
    everyone = np.ones(len(program.family), dtype=np.bool_)
    last_first = instance.encoded.rank - len(instance.encoded.families)  # all negative
    who = program.solved(everyone, last_first[program.family], 0 * program.place_cost, must=False)
    matched = np.zeros(len(instance.encoded.families), dtype=np.bool_)
    matched[program.family[who[: len(program.family)]]] = True
    use = matched[program.family]
    cost = program.cost[use]
    how = program.solved(use, cost, program.place_cost, must=True)
    total = int(np.concatenate([cost, program.place_cost])[how].sum())
    families = instance.encoded.families
    return Optimum(frozenset(families[n].family_id for n in np.flatnonzero(matched)), total)


class _Program:
    """Variables from 0 to 1: each pair in each shared slot, then each free place of each coach.

    Rows: a family and a slot at most once, a supervisor within the limit, and a coach in as many
    slots as places.
    """

    def __init__(self, instance: Instance) -> None:
        self.problem, self.coaches = instance.problem, instance.encoded.coaches
        pairs = instance.pairs
        pair, self.slot = np.nonzero(pairs.shared[:, None] >> np.arange(len(SLOTS)) & 1)
        self.family, self.coach, self.cost = pairs.family[pair], pairs.coach[pair], pairs.cost[pair]
        places = [
            (number, self.problem.settings.load * (coach.capacity - left))
            for number, coach in enumerate(self.coaches)
            for left in range(self.problem.free_places(coach), 0, -1)
        ]
        self.place_coach, self.place_cost = np.array(places, dtype=np.int64).reshape(-1, 2).T

    @cached_property
    def supervisors(self) -> tuple[Ints, Ints]:
        """Each coach's supervisor by number, -1 for none; and how many more each may carry."""
        number = {name: at for at, name in enumerate(self.problem.supervisors)}
        room = [
            max(0, limit - self.problem.supervised[name])
            for name, limit in self.problem.supervisors.items()
        ]
        of_coach = [-1 if c.supervisor is None else number[c.supervisor] for c in self.coaches]
        return np.array(of_coach, dtype=np.int64), np.array(room, dtype=np.int64)

    def solved(self, use: Bools, cost: Ints, place_cost: Ints, *, must: bool) -> Bools:
        """Which of the pairs in `use`, then which of the places, are taken at the least cost.

        With `must`, every family that has a pair in `use` is matched.
        """
        count, places = int(use.sum()), len(place_cost)
        coach = self.coach[use]
        families = _once_each(self.family[use], places)
        slots = _once_each(coach * len(SLOTS) + self.slot[use], places)
        supervisor, room = self.supervisors
        carried = _rows(supervisor[coach], len(room), places)
        filled = _rows(coach, len(self.coaches), places) - csr_matrix(
            (np.ones(places), (self.place_coach, count + np.arange(places))),
            shape=(len(self.coaches), count + places),
        )
        most, exact = [slots], [filled]
        (exact if must else most).append(families)
        at_most = [np.ones(sum(part.shape[0] for part in most)), room]
        equal = [np.zeros(len(self.coaches)), np.ones(families.shape[0] if must else 0)]
        answer = linprog(
            np.concatenate([cost, place_cost]),
            A_ub=vstack([*most, carried]), b_ub=np.concatenate(at_most),
            A_eq=vstack(exact), b_eq=np.concatenate(equal),
            bounds=(0, 1), method="highs-ds",
        )  # fmt: skip
        return _whole(answer.x, answer.message)


def _rows(number: Ints, count: int, extra: int) -> csr_matrix:
    """A row for each number: 1 in the columns that have it. Numbers below 0 have no row."""
    columns = np.flatnonzero(number >= 0)
    shape = (count, len(number) + extra)
    return csr_matrix((np.ones(len(columns)), (number[columns], columns)), shape=shape)


def _once_each(keys: Ints, extra: int) -> csr_matrix:
    distinct, number = np.unique(keys, return_inverse=True)
    return _rows(number, len(distinct), extra)


def _whole(values: NDArray[np.float64] | None, message: str) -> Bools:
    if values is None:
        raise PeerError(message)
    taken = np.rint(values)
    if np.abs(values - taken).max(initial=0) > TOLERANCE:
        raise PeerError("a value is not whole")
    return np.asarray(taken > 0, dtype=np.bool_)


def greedy(instance: Instance) -> dict[str, tuple[str, str]]:
    """Families in order, each with its cheapest coach who still can, in the first slot left.

    Nobody is moved to make room, as with a list on paper. Ties go to the coach who comes first.

    Returns
    -------
    dict
        ``family_id: (coach_id, slot)``.
    """
    problem, encoded, pairs = instance.problem, instance.encoded, instance.pairs
    places = [problem.free_places(coach) for coach in encoded.coaches]
    carried = Counter(problem.supervised)
    taken: Counter[int] = Counter()  # masks of slots by coach
    start = np.searchsorted(pairs.family, np.arange(len(encoded.families) + 1))
    found: dict[str, tuple[str, str]] = {}
    for family in np.argsort(encoded.rank).tolist():
        mine = np.arange(start[family], start[family + 1])
        for pair in mine[np.lexsort((pairs.coach[mine], pairs.cost[mine]))].tolist():
            number = int(pairs.coach[pair])
            coach = encoded.coaches[number]
            left = int(pairs.shared[pair]) & ~taken[number]
            above = coach.supervisor
            full = above is not None and carried[above] >= problem.supervisors[above]
            if not left or not places[number] or full:
                continue
            slot = left & -left
            taken[number] |= slot
            places[number] -= 1
            if above is not None:
                carried[above] += 1
            name = SLOTS[slot.bit_length() - 1]
            found[encoded.families[family].family_id] = coach.coach_id, name
            break
    return found


def points(problem: Problem, held: dict[str, tuple[str, str]]) -> int:
    """What a matching costs, load included, counted pair by pair."""
    load, total = problem.settings.load, 0
    carried = Counter(row.coach_id for row in problem.placements)
    for family_id, (coach_id, _) in held.items():
        family, coach = problem.family_by_id[family_id], problem.coach_by_id[coach_id]
        total += cost_parts(problem, family, coach).total + load * carried[coach_id]
        carried[coach_id] += 1
    return total
