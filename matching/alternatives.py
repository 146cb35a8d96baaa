"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes a seat of
the forced coach, others move along, and somebody or nobody takes the seat that it left. With
reduced costs, none of which is negative, the cheapest such cycle is a shortest path back to that
seat, so the totals are exact without a new solve. Ways by a hub are known beforehand; a search
looks only at nodes that are nearer than by any hub, and could still make one of the best.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Encoded, Ints
from matching.heap import Heap, clear, new_heap, pop, push
from matching.hubs import NEVER, Hubs, by_hub, count_passing, no_hubs, with_hub
from matching.places import BIT, PRIME, SEATS, Pairs, Places
from matching.plan import Plan, seat_node, seat_price
from matching.result import NextBest
from matching.steps import Steps, steps_of, turned

HOW_MANY = 3
NONE = -1
FIRST, LEARNT = 8, 64  # families asked about before the first hub, and at least to have hubs at all
MIX = 2_654_435_761


class Room(NamedTuple):
    """Room for one search at a time.

    Attributes
    ----------
    mark
        The number of the search that has reached each node.
    number
        Of the last search.
    order, came, below, passed
        As for `count_passing`; `passed` since the last hub.
    """

    heap: Heap
    mark: Ints
    number: Ints
    order: Ints
    came: Ints
    below: Ints
    passed: Ints


class Best(NamedTuple):
    """The best coaches of one family, the best first.

    Attributes
    ----------
    pair
        Number of the pair, -1 where there are fewer.
    extra
        What it adds to the total.
    rank
        Where the coach is in the order of ids.
    """

    pair: Ints
    extra: Ints
    rank: Ints


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
        self._rooms = [_room(nodes) for _ in range(os.cpu_count() or 1)]

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
                some = mixed[done : done + max(done, FIRST)]
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
            return _next_of_all(
                part, self._pairs, self._plan, self._id_rank, self._steps, hubs, room, most
            )

        parts = np.array_split(families, count)
        found, extra = zip(*pool.map(search, parts, self._rooms[:count]), strict=True)
        return np.concatenate(found), np.concatenate(extra)


def _room(nodes: int) -> Room:
    mark, order, came, below, passed = np.zeros((5, nodes), dtype=np.int64)
    return Room(new_heap(nodes), mark, np.zeros(1, dtype=np.int64), order, came, below, passed)


@compiled
def _next_of_all(
    families: Ints,
    pairs: Pairs,
    plan: Plan,
    coach_rank: Ints,
    steps: Steps,
    hubs: Hubs,
    room: Room,
    most: int,
) -> tuple[Ints, Ints]:
    """`most` pairs of each family, -1 where there are fewer, and what each adds to the total."""
    found = np.empty((len(families), most), np.int64)
    extra = np.empty((len(families), most), np.int64)
    rank = np.empty(most, np.int64)
    for at in range(len(families)):
        f, best = families[at], Best(found[at], extra[at], rank)
        room.number[0] += 1
        # What is found by way of the hubs tells how far to look.
        least = _choose(f, pairs, plan, coach_rank, hubs, room, best)
        count = _search(f, _worst(f, hubs, best) - least, steps, hubs, room)
        count_passing(room.order[:count], room.came, room.below, room.passed)
        _choose(f, pairs, plan, coach_rank, hubs, room, best)
    return found, extra


@lean
def _worst(f: int, hubs: Hubs, best: Best) -> int:
    """What a coach may add at most to come among the best.

    Where a way leads to a hub and back, whoever has a way to the family has one by that hub: then
    there are no others than those found, only cheaper ways.
    """
    if best.extra[-1] < NEVER or by_hub(f, f, hubs.there, hubs.back) == NEVER:
        return int(best.extra[-1])
    worst = -1
    for place in range(len(best.extra)):
        if best.pair[place] != NONE:
            worst = best.extra[place]
    return worst


@lean
def _choose(
    f: int, pairs: Pairs, plan: Plan, coach_rank: Ints, hubs: Hubs, room: Room, best: Best
) -> int:
    """The best seats that a family could take at other coaches, by what is known of the ways
    back; the least that it costs to take any."""
    for place in range(len(best.extra)):
        best.pair[place], best.extra[place], best.rank[place] = NONE, NEVER, NEVER
    mark, number, key, own = room.mark, room.number[0], room.heap.key, plan.seat[f] // SEATS
    least, count = NEVER, 0
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(pairs.coach[pair])
        shared, cost = pairs.family_slots[f] & pairs.coach_slots[c], NEVER
        while shared and c != own:
            seat = c * SEATS + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            node = seat_node(seat, plan)
            taken = pairs.cost[pair] - plan.family[f] + seat_price(seat, plan)
            least = min(least, taken)
            back = key[node] if mark[node] == number else by_hub(node, f, hubs.there, hubs.back)
            cost = min(cost, taken + back)
        if cost < NEVER:
            count = _keep(pair, cost, coach_rank[c], best, count)
    return least


@lean
def _search(f: int, most: int, steps: Steps, hubs: Hubs, room: Room) -> int:
    """Search back from a family's seat up to some distance, where no hub leads as near; how many
    nodes it has looked at."""
    start, other, cost = steps.start, steps.other, steps.cost
    there, back = hubs.there, hubs.back
    heap, mark, number, key = room.heap, room.mark, room.number[0], room.heap.key
    clear(heap)
    mark[f] = number
    push(heap, f, 0)
    count = 0
    while heap.size[0]:
        node = pop(heap)
        room.order[count] = node
        count += 1
        farthest = most - key[node]
        for step in range(start[node], start[node + 1]):
            if cost[step] > farthest:
                break
            tail, length = other[step], key[node] + cost[step]
            if mark[tail] != number:
                mark[tail] = number
                key[tail] = by_hub(tail, f, there, back)
            if length < key[tail]:
                room.came[tail] = node
                push(heap, tail, length)
    return count


@lean
def _keep(pair: int, more: int, coach: int, best: Best, count: int) -> int:
    """Put a coach among the best by what it adds and then by its id; how many there are then."""
    last = min(count, len(best.extra) - 1)
    if (best.extra[last], best.rank[last]) <= (more, coach):
        return count
    while last > 0 and (more, coach) < (best.extra[last - 1], best.rank[last - 1]):
        for column in best:
            column[last] = column[last - 1]
        last -= 1
    best.pair[last], best.extra[last], best.rank[last] = pair, more, coach
    return min(count + 1, len(best.extra))
