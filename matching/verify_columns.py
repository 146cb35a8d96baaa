"""The problem as columns of numbers, for the compiled loops of the verification.

The rows are read in `verify_reading`; here is added what binds them: pins, exclusions, previous
proposals and placements. Shares nothing with the solver.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from matching.problem import Coach, Problem
from matching.verify_reading import CoachRows, Numbers, Reading, coaches_read, read, slot_mask


class Asks(NamedTuple):
    """One entry per family, in the problem's order.

    Attributes
    ----------
    least
        Square of the least distance to meet in person.
    pinned, before
        Numbers of the pinned and of the previously proposed coach, or -1.
    languages, training, household
        One row of words per family.
    need_start, need, weight
        The needs of family ``f`` are ``need[need_start[f]:need_start[f + 1]]``, as bits.
    ban_start, ban
        The numbers of the coaches excluded for family ``f``, likewise.
    """

    x: Numbers
    y: Numbers
    slots: Numbers
    gender: Numbers
    remote: Numbers
    least: Numbers
    pinned: Numbers
    before: Numbers
    languages: Numbers
    training: Numbers
    household: Numbers
    trained: Numbers
    need_start: Numbers
    need: Numbers
    weight: Numbers
    ban_start: Numbers
    ban: Numbers


class Offers(NamedTuple):
    """One entry per coach, or more, in whatever order suits a search.

    Attributes
    ----------
    who
        Number of the coach.
    slots
        Free ones.
    beyond
        Square of the first distance that is too far.
    other
        1 for a coach who speaks a language besides ``en``.
    trained
        How many trainings the coach has.
    lived, known
        Lived experience; that or experience.
    """

    who: Numbers
    x: Numbers
    y: Numbers
    slots: Numbers
    cleared: Numbers
    gender: Numbers
    remote: Numbers
    reach: Numbers
    beyond: Numbers
    other: Numbers
    trained: Numbers
    lived: Numbers
    known: Numbers
    languages: Numbers
    training: Numbers
    avoids: Numbers

    def take(self, which: Numbers) -> Offers:
        return Offers(*(np.ascontiguousarray(column[which]) for column in self))


class Points(NamedTuple):
    """The settings as whole numbers."""

    travel_per_mile: int
    remote: int
    unmet_need: int
    no_peer: int
    scarce_language: int
    scarce_training: int
    change: int


class Columns:
    """Both sides of a problem as columns; coaches can be added that are not in the problem.

    Attributes
    ----------
    number
        coach_id to the coach's number, its place among the problem's coaches.
    rank
        Each family's place in the order of level 1: pinned, priority, waiting since, id.
    """

    def __init__(self, problem: Problem, reading: Reading | None = None) -> None:
        self.reading = reading = reading or read(problem)
        self.number, self._family = reading.coach, reading.family
        points = problem.settings
        self.points = Points(*(getattr(points, name) for name in Points._fields))
        self.asks = self._asks(problem)
        self.rank = self._ranks()

    def _asks(self, problem: Problem) -> Asks:
        rows, needs = self.reading.asked._asdict(), self.reading.needs
        ban_start, ban = self._bans(problem.exclusions)
        return Asks(
            **{name: rows[name] for name in Asks._fields if name in rows},
            pinned=self._coach_in(problem.pins),
            before=self._coach_in(problem.previous),
            need_start=needs.start,
            need=needs.need,
            weight=needs.weight,
            ban_start=ban_start,
            ban=ban,
        )

    def _bans(self, exclusions: Collection[tuple[str, str]]) -> tuple[Numbers, Numbers]:
        families = np.array([self._family[name] for name, _ in exclusions], dtype=np.int64)
        coaches = np.array([self.number[name] for _, name in exclusions], dtype=np.int64)
        start = np.zeros(len(self._family) + 1, dtype=np.int64)
        np.cumsum(np.bincount(families, minlength=len(self._family)), out=start[1:])
        return start, coaches[np.argsort(families, kind="stable")]

    def _coach_in(self, table: Mapping[str, str]) -> Numbers:
        coach = np.full(len(self._family), -1, dtype=np.int64)
        families = [self._family[family_id] for family_id in table]
        coach[families] = [self.number[coach_id] for coach_id in table.values()]
        return coach

    def _ranks(self) -> Numbers:
        ids, rows = list(self._family), self.reading.asked
        place, rank = np.zeros((2, len(ids)), dtype=np.int64)
        everybody = np.arange(len(ids), dtype=np.int64)
        place[sorted(range(len(ids)), key=ids.__getitem__)] = everybody
        late = self.asks.pinned < 0
        rank[np.lexsort((place, rows.since, rows.priority, late))] = everybody
        return rank

    def offers(
        self, coaches: Sequence[Coach], first: int, taken: Mapping[str, Collection[str]]
    ) -> Offers:
        """The coaches in their order, numbered from `first`.

        `taken` are the slots of placements, of coaches who are all of the problem.
        """
        if coaches is self.reading.coaches:
            rows = self.reading.offered
        else:
            rows = coaches_read(coaches, self.reading.words)
        return _offers(rows, first, {self.number[name]: slots for name, slots in taken.items()})


def _offers(rows: CoachRows, first: int, taken: Mapping[int, Collection[str]]) -> Offers:
    free = rows.slots.copy()
    for at, slots in taken.items():
        free[at] &= ~slot_mask(slots)
    return Offers(
        **{**rows._asdict(), "slots": free},
        who=np.arange(first, first + len(free), dtype=np.int64),
        beyond=(rows.reach + 1) ** 2,
    )


def taken_slots(problem: Problem) -> dict[str, set[str]]:
    """Slots of coaches that active placements take."""
    taken: dict[str, set[str]] = {}
    for row in problem.placements:
        taken.setdefault(row.coach_id, set()).add(row.slot)
    return taken
