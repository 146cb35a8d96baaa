"""Who holds the places that families left out could have had, in one pass over their pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled, lean
from matching.encoding import Ints, Numbers
from matching.gathered import Gathered, nothing_gathered, put_in, take_out
from matching.places import BIT, NOBODY, PRIME, SEATS, Pairs, Places, pairs_for_loops
from matching.plan import Plan
from matching.problem import Problem

BLOCK = 4_096  # families at a time: their lists share one array


class Crowds(NamedTuple):
    """Whoever uses up a coach, or a supervisor: numbers are those of coaches, then supervisors.

    Attributes
    ----------
    start, rank
        The ranks of the families matched there: ``rank[start[n]:start[n + 1]]``.
    placed_start, placed
        Numbers of the families of the active placements there, likewise.
    """

    start: Ints
    rank: Ints
    placed_start: Ints
    placed: Ints


class Lists(NamedTuple):
    """Room for the lists of one family.

    Attributes
    ----------
    matched, placed
        Ranks of matched families, numbers of placed ones.
    opened
        Coaches with a free slot that the family could use.
    team_times
        The last family for which a whole team was listed, by its number plus 1.
    """

    matched: Gathered
    placed: Gathered
    opened: Ints
    team_times: Ints


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
        placed = np.zeros((2, len(problem.placements)), dtype=np.int64)
        for at, row in enumerate(problem.placements):
            placed[:, at] = encoded.coach_number[row.coach_id], number[row.family_id]
        matched = self._by_node(seats // SEATS, encoded.rank[self.plan.holder[seats]])
        return Crowds(*matched, *self._by_node(*placed))

    def _by_node(self, coach: Ints, who: Ints) -> tuple[Ints, Ints]:
        """Those who are with some coaches, listed at the coach and at the supervisor."""
        coaches, boss = len(self.places.room), self.places.supervisor[coach]
        led = boss >= 0
        node = np.concatenate((coach, coaches + boss[led]))
        order = np.argsort(node, kind="stable")
        nodes = np.arange(coaches + len(self.places.supervisor_room) + 1)
        return np.searchsorted(node[order], nodes), np.concatenate((who, who[led]))[order]

    def of(self, families: Ints) -> Iterator[tuple[Numbers, Numbers]]:
        """For each family the ranks of matched ones and the numbers of placed ones, sorted."""
        loops, rank = pairs_for_loops(self.pairs), self.pairs.encoded.rank
        ranks = np.append(rank, NOBODY)[self.plan.holder]
        lists = Lists(
            nothing_gathered(len(rank)),
            nothing_gathered(len(self.placed)),
            np.zeros(len(self.places.room), dtype=np.int64),
            np.zeros(len(self.places.supervisor_room), dtype=np.int64),
        )
        for at in range(0, len(families), BLOCK):
            matched, placed, ends = holders_of(
                families[at : at + BLOCK], loops, self.places, ranks, self.plan.used,
                self.crowds, lists,
            )  # fmt: skip
            done = placed_done = 0
            for end, placed_end in ends.tolist():
                yield matched[done:end], placed[placed_done:placed_end]
                done, placed_done = end, placed_end


@lean
def _from_seats(f: int, pairs: Pairs, ranks: Ints, lists: Lists) -> int:
    """List those who hold a seat that a family could have, and the coaches with a free one."""
    coach, c_slots, own, opened = (
        pairs.coach, pairs.coach_slots, pairs.family_slots[f], lists.opened,
    )  # fmt: skip
    free_ones = 0
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(coach[pair])
        shared, first, free = own & c_slots[c], c * SEATS, False
        while shared:
            rank = ranks[first + BIT[(shared & -shared) % PRIME]]
            shared &= shared - 1
            if rank >= 0:
                put_in(rank, lists.matched)
            else:
                free = True
        if free:
            opened[free_ones] = c
            free_ones += 1
    return free_ones


@lean
def _from_crowds(
    f: int, free_ones: int, places: Places, used: Ints, crowds: Crowds, lists: Lists
) -> None:
    """List those who use up a coach with a free slot: the coach's families or, if there is room
    for more, those of the supervisor's team."""
    room, supervisor, start, placed_start, ranks, placed = (
        places.room, places.supervisor, crowds.start, crowds.placed_start, crowds.rank,
        crowds.placed,
    )  # fmt: skip
    for at in range(free_ones):
        c = lists.opened[at]
        boss = NOBODY if used[c] >= room[c] else supervisor[c]
        node = c if boss < 0 else len(room) + boss
        if boss >= 0:
            if lists.team_times[boss] == f + 1:
                continue
            lists.team_times[boss] = f + 1
        for place in range(start[node], start[node + 1]):
            put_in(ranks[place], lists.matched)
        for place in range(placed_start[node], placed_start[node + 1]):
            put_in(placed[place], lists.placed)


@compiled
def holders_of(
    block: Ints, pairs: Pairs, places: Places, ranks: Ints, used: Ints, crowds: Crowds, lists: Lists
) -> tuple[Numbers, Numbers, Ints]:
    """The lists of some families one after the other, and where each ends in both.

    Parameters
    ----------
    ranks
        Of each seat's holder, or -1.
    """
    matched, placed = np.empty(4096, np.int32), np.empty(256, np.int32)
    ends = np.zeros((len(block), 2), np.int64)
    end = placed_end = int(np.int64(0))  # no literals, for which callees would be compiled again
    for at in range(len(block)):
        f = block[at]
        free_ones = _from_seats(f, pairs, ranks, lists)
        _from_crowds(f, free_ones, places, used, crowds, lists)
        matched, end = take_out(matched, end, lists.matched)
        placed, placed_end = take_out(placed, placed_end, lists.placed)
        ends[at, 0], ends[at, 1] = end, placed_end
    return matched[:end].copy(), placed[:placed_end].copy(), ends
