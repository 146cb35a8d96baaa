"""Who holds the places that families left out could have had, in one pass over their pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled
from matching.encoding import Ints, Numbers
from matching.places import BIT, NOBODY, PRIME, SEATS, Pairs, Places, pairs_for_loops
from matching.plan import Plan
from matching.problem import Problem

BLOCK = 4_096  # families at a time: their lists share one array


class Crowds(NamedTuple):
    """Whoever uses up a coach.

    Attributes
    ----------
    start, rank
        The families matched with coach ``c``, by rank: ``rank[start[c]:start[c + 1]]``.
    placed_start, placed
        Numbers of the families of the coach's active placements, likewise.
    """

    start: Ints
    rank: Ints
    placed_start: Ints
    placed: Ints


class Lists(NamedTuple):
    """Room for the lists of one family.

    Attributes
    ----------
    found, placed_found
        Ranks of matched families, numbers of placed ones.
    opened
        Coaches with a free slot that the family could use.
    times, placed_times, team_times
        The last mark with which somebody, or a whole team, was listed.
    size
        Lengths of `found` and `placed_found`, and the last mark.
    """

    found: Ints
    placed_found: Ints
    opened: Ints
    times: Ints
    placed_times: Ints
    team_times: Ints
    size: Ints


class Holders:
    """Says of families left out who holds the places that they could have had.

    Attributes
    ----------
    placed
        The families of active placements, sorted; their numbers are places in it.
    """

    def __init__(self, problem: Problem, pairs: Candidates, places: Places, plan: Plan) -> None:
        self.pairs, self.places, self.plan = pairs, places, plan
        self.placed = tuple(sorted({row.family_id for row in problem.placements}))
        self.crowds = self._crowds(problem)

    def _crowds(self, problem: Problem) -> Crowds:
        encoded = self.pairs.encoded
        seats = np.flatnonzero(self.plan.holder >= 0)
        number = {name: place for place, name in enumerate(self.placed)}
        rows = [
            [number[row.family_id] for row in problem.placements_of.get(coach.coach_id, ())]
            for coach in encoded.coaches
        ]
        return Crowds(
            np.searchsorted(seats // SEATS, np.arange(len(encoded.coaches) + 1)),
            encoded.rank[self.plan.holder[seats]],
            np.cumsum([0, *map(len, rows)], dtype=np.int64),
            np.array([one for row in rows for one in row], dtype=np.int64),
        )

    def of(self, families: Ints) -> Iterator[tuple[Numbers, Numbers]]:
        """For each family the ranks of matched ones and the numbers of placed ones, sorted."""
        loops, rank = pairs_for_loops(self.pairs), self.pairs.encoded.rank
        sizes = len(rank), len(self.placed), len(self.places.room)
        marked = len(rank), len(self.placed), len(self.places.supervisor_room), 3
        lists = Lists(*(np.zeros(size, dtype=np.int64) for size in (*sizes, *marked)))
        for at in range(0, len(families), BLOCK):
            matched, placed, ends = holders_of(
                families[at : at + BLOCK], loops, self.places, self.plan.holder, self.plan.used,
                rank, self.crowds, lists,
            )  # fmt: skip
            done = placed_done = 0
            for end, placed_end in ends.tolist():
                yield matched[done:end], placed[placed_done:placed_end]
                done, placed_done = end, placed_end


@compiled
def _note(number: int, times: Ints, mark: int, found: Ints, count: int) -> int:
    """Add somebody who is not yet in the list with that mark; how many they are."""
    if times[number] == mark:
        return count
    times[number] = mark
    found[count] = number
    return count + 1


@compiled
def _from_seats(f: int, mark: int, pairs: Pairs, holder: Ints, rank: Ints, lists: Lists) -> int:
    """List those who hold a seat that a family could have, and the coaches with a free one."""
    coach, c_slots = pairs.coach, pairs.coach_slots
    own, times, found, opened = pairs.family_slots[f], lists.times, lists.found, lists.opened
    count = free_ones = 0
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(coach[pair])
        shared, first, free = own & c_slots[c], c * SEATS, False
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            if holder[seat] >= 0:
                count = _note(rank[holder[seat]], times, mark, found, count)
            else:
                free = True
        if free:
            opened[free_ones] = c
            free_ones += 1
    lists.size[0], lists.size[1] = count, 0
    return free_ones


@compiled
def _from_crowds(
    mark: int, free_ones: int, places: Places, used: Ints, crowds: Crowds, lists: Lists
) -> None:
    """List those who use up a coach with a free slot: the coach's families or, if there is room
    for more, those of the supervisor's team."""
    room, supervisor, of_coach, of_placed = (
        places.room, places.supervisor, crowds.start, crowds.placed_start,
    )  # fmt: skip
    count, placed_count = lists.size[0], 0
    for at in range(free_ones):
        c = lists.opened[at]
        boss = NOBODY if used[c] >= room[c] else supervisor[c]
        team = lists.opened[at : at + 1]
        if boss >= 0:
            if lists.team_times[boss] == mark:
                continue
            lists.team_times[boss] = mark
            team = places.team[places.team_start[boss] : places.team_start[boss + 1]]
        for one in team:
            for place in range(of_coach[one], of_coach[one + 1]):
                count = _note(crowds.rank[place], lists.times, mark, lists.found, count)
            for place in range(of_placed[one], of_placed[one + 1]):
                number = crowds.placed[place]
                placed_count = _note(
                    number, lists.placed_times, mark, lists.placed_found, placed_count
                )
    lists.size[0], lists.size[1] = count, placed_count


@compiled
def _appended(column: Numbers, filled: int, rows: Ints) -> Numbers:
    """The column, longer if need be, with the rows sorted where it was filled to."""
    rows.sort()
    while len(column) < filled + len(rows):
        column = np.concatenate((column, np.empty_like(column)))
    column[filled : filled + len(rows)] = rows
    return column


@compiled
def holders_of(
    block: Ints, pairs: Pairs, places: Places, holder: Ints, used: Ints, rank: Ints,
    crowds: Crowds, lists: Lists,
) -> tuple[Numbers, Numbers, Ints]:  # fmt: skip
    """The lists of some families one after the other, and where each ends in both."""
    matched, placed = np.empty(4096, np.int32), np.empty(256, np.int32)
    ends = np.zeros((len(block) + 1, 2), np.int64)
    for at in range(len(block)):
        lists.size[2] += 1
        mark = lists.size[2]
        free_ones = _from_seats(block[at], mark, pairs, holder, rank, lists)
        _from_crowds(mark, free_ones, places, used, crowds, lists)
        matched = _appended(matched, ends[at, 0], lists.found[: lists.size[0]])
        placed = _appended(placed, ends[at, 1], lists.placed_found[: lists.size[1]])
        ends[at + 1] = ends[at] + lists.size[:2]
    return matched[: ends[-1, 0]].copy(), placed[: ends[-1, 1]].copy(), ends[1:]
