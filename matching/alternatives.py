"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes a seat of
the forced coach, others move along, and somebody or nobody takes the seat that it left. With
reduced costs, none of which is negative, the cheapest such cycle is a shortest path back to that
seat, so the totals are exact without a new solve. `matching.ways_back` finds it, by hubs that are
learnt here from the families asked about first.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from matching.encoding import Encoded, Ints
from matching.hubs import no_hubs, with_hub
from matching.places import SEATS, Pairs, Places
from matching.plan import Plan
from matching.result import NextBest
from matching.steps import Steps, steps_of, turned
from matching.ways_back import NONE, Room, new_room, next_of_all

HOW_MANY = 3
FIRST, LEARNT = 8, 64  # families asked about before the first hub, and at least to have hubs at all
MIX = 2_654_435_761


class Others:
    """Who else matched families could have had, over one optimum, which must not change.

    Parameters
    ----------
    cost
        What the whole matching costs.
    """

    def __init__(
        self, encoded: Encoded, pairs: Pairs, places: Places, plan: Plan, cost: int
    ) -> None:
        self._encoded, self._pairs, self._plan, self._cost = encoded, pairs, plan, cost
        self._steps = steps_of(pairs, places, plan)
        names = np.array([coach.coach_id for coach in encoded.coaches])
        self._id_rank = np.empty(len(names), dtype=np.int64)
        self._id_rank[np.argsort(names, kind="stable")] = np.arange(len(names))
        nodes = len(self._steps.start) - 1
        self._hubs = no_hubs(nodes)
        most = int((pairs.stop - pairs.start).max(initial=0)) * SEATS  # a family may be offered
        self._rooms = [new_room(nodes, most) for _ in range(os.cpu_count() or 1)]

    def of(self, families: Ints, count: int = HOW_MANY) -> dict[int, tuple[NextBest, ...]]:
        """For each of some matched families up to `count` other coaches, cheapest total first.

        Equally cheap ones are in the order of their ids. Coaches that cannot be forced while the
        same families stay matched are left out.
        """
        if len(families) < LEARNT and not self._hubs.there.shape[1]:
            self._learn()
        found = np.empty((len(families), count), dtype=np.int64)
        extra = np.empty((len(families), count), dtype=np.int64)
        # Neighbours are not asked one after the other, so that hubs are learnt from all over.
        mixed = np.argsort(np.arange(len(families)) * MIX % (1 << 32))
        done = 0
        with ThreadPoolExecutor(max_workers=len(self._rooms)) as pool:
            while done < len(families):
                some = mixed[done : done + max(done // 2, FIRST)]
                found[some], extra[some] = self._in_parts(families[some], count, pool)
                done += len(some)
                if len(some) >= FIRST and done < len(families):
                    self._add_hub(pool)
        return self._told(families, found, extra)

    def _told(self, families: Ints, found: Ints, extra: Ints) -> dict[int, tuple[NextBest, ...]]:
        coaches, total = self._encoded.coaches, self._cost
        columns = found, self._pairs.coach[found], self._pairs.cost[found], extra
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {
            f: tuple(
                NextBest(coaches[c].coach_id, cost, total + more, more)
                for pair, c, cost, more in zip(*row, strict=True)
                if pair != NONE
            )
            for f, row in zip(families.tolist(), rows, strict=True)
        }

    def _learn(self) -> None:
        """Find hubs with some families that were not asked about."""
        matched = np.flatnonzero(self._plan.matched)
        if len(matched) >= LEARNT:
            self.of(matched[:: len(matched) // LEARNT][:LEARNT], 1)

    def _add_hub(self, pool: ThreadPoolExecutor) -> None:
        passed = sum(room.passed for room in self._rooms)
        for room in self._rooms:
            room.passed[:] = 0
        self._hubs = with_hub(self._hubs, int(np.argmax(passed)), self._steps, self._onward, pool)

    @cached_property
    def _onward(self) -> Steps:
        return turned(self._steps)

    def _in_parts(self, families: Ints, most: int, pool: ThreadPoolExecutor) -> tuple[Ints, Ints]:
        """Search for all families, side by side on all processors."""
        hubs, count = self._hubs, min(len(self._rooms), len(families))

        def search(part: Ints, room: Room) -> tuple[Ints, Ints]:
            return next_of_all(
                part, self._pairs, self._plan, self._id_rank, self._steps, hubs, room, most
            )

        parts = np.array_split(families, count)
        found, extra = zip(*pool.map(search, parts, self._rooms[:count]), strict=True)
        return np.concatenate(found), np.concatenate(extra)
