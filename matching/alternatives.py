"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes a seat of
the forced coach, others move along, and somebody or nobody takes the seat that it left. With
reduced costs, none of which is negative, the cheapest such cycle is a shortest path back to that
seat, so the totals are exact without a new solve. The steps that lead to each node are sorted by
their cost, so that a search looks only at those which could still make one of the best.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled
from matching.encoding import Encoded, Ints
from matching.heap import Heap, clear, new_heap, pop, push
from matching.places import SEATS, Pairs, Places
from matching.plan import Plan, seat_node, seat_price
from matching.result import NextBest

HOW_MANY = 3
NONE = -1
NEVER = 1 << 50


class Steps(NamedTuple):
    """The residual network turned round: those who can step to node ``v``, cheapest first.

    Attributes
    ----------
    start
        The steps to node ``v`` are ``start[v]:start[v + 1]``.
    tail, cost
        Whence, and the reduced cost.
    """

    start: Ints
    tail: NDArray[np.int32]
    cost: Ints


class Choices(NamedTuple):
    """What each family could take instead: node, reduced cost and pair, cheapest first."""

    start: Ints
    node: Ints
    cost: Ints
    pair: Ints


class Room(NamedTuple):
    """Room for one search at a time.

    Attributes
    ----------
    settled
        Twice the number of the search: reached; one more: settled.
    number
        Of the last search.
    """

    heap: Heap
    settled: Ints
    number: Ints


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
        self._rooms: list[Room] = []

    def of(self, families: Ints, count: int = HOW_MANY) -> dict[int, tuple[NextBest, ...]]:
        """For each of some matched families up to `count` other coaches, cheapest total first.

        Equally cheap ones are in the order of their ids. Coaches that cannot be forced while the
        same families stay matched are left out.
        """
        choices = _choices(families, self._pairs, self._plan)
        found, extra = self._in_parts(families, choices, count)
        return {
            f: tuple(
                self._row(pair, more)
                for pair, more in zip(found[at].tolist(), extra[at].tolist(), strict=True)
                if pair != NONE
            )
            for at, f in enumerate(families.tolist())
        }

    def _row(self, pair: int, more: int) -> NextBest:
        return NextBest(
            coach_id=self._encoded.coaches[int(self._pairs.coach[pair])].coach_id,
            cost=int(self._pairs.cost[pair]),
            total_cost=self._cost + more,
            extra=more,
        )

    def _in_parts(self, families: Ints, choices: Choices, most: int) -> tuple[Ints, Ints]:
        """Search for all families, side by side on all processors."""
        coach_rank = self._id_rank[self._pairs.coach[choices.pair]]

        def search(part: Ints, room: Room) -> tuple[Ints, Ints]:
            return _next_of_all(part, families, choices, coach_rank, self._steps, room, most)

        count = min(os.cpu_count() or 1, max(1, len(families)))
        while len(self._rooms) < count:
            nodes = len(self._steps.start)
            settled, number = np.zeros(nodes, dtype=np.int64), np.zeros(1, dtype=np.int64)
            self._rooms.append(Room(new_heap(nodes), settled, number))
        parts = np.array_split(np.arange(len(families)), count)
        with ThreadPoolExecutor(max_workers=count) as pool:
            found, extra = zip(*pool.map(search, parts, self._rooms), strict=True)
        return np.concatenate(found), np.concatenate(extra)


def steps_of(pairs: Pairs, places: Places, plan: Plan) -> Steps:
    """Every step of the residual network over the families that are seated."""
    families = np.flatnonzero(plan.matched)
    parts = [_steps_of_families(families, pairs, plan), _steps_of_coaches(places, plan)]
    tail, head, cost = (np.concatenate([part[column] for part in parts]) for column in range(3))
    nodes = len(plan.family) + len(plan.coach) + len(plan.supervisor) + 1
    order = np.lexsort((cost, head))
    start = np.searchsorted(head[order], np.arange(nodes + 1))
    return Steps(start, tail[order].astype(np.int32), cost[order])


@compiled
def _steps_of_families(families: Ints, pairs: Pairs, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """From each family to whoever leads on from each seat that it could take."""
    size = 0
    for f in families:
        size += pairs.stop[f] - pairs.start[f]
    steps = np.empty((3, size + 64), np.int64)
    count = 0
    for f in families:
        for pair in range(pairs.start[f], pairs.stop[f]):
            if count + SEATS > steps.shape[1]:
                steps = np.concatenate((steps, np.empty_like(steps)), axis=1)
            c = int(pairs.coach[pair])
            shared, seat = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
            length = pairs.cost[pair] - plan.family[f]
            while shared:
                if shared & 1 and plan.seat[f] != seat:
                    steps[0, count] = f
                    steps[1, count] = seat_node(seat, plan)
                    steps[2, count] = length + seat_price(seat, plan)
                    count += 1
                shared >>= 1
                seat += 1
    return steps[0, :count].copy(), steps[1, :count].copy(), steps[2, :count].copy()


def _steps_of_coaches(places: Places, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """From coaches to their families and supervisors, and on to the sink; and back again."""
    coaches, teams = len(plan.family), len(plan.family) + len(plan.coach)
    sink = teams + len(plan.supervisor)
    held = np.flatnonzero(plan.holder >= 0)
    holder = plan.holder[held]
    ahead = np.where(places.supervisor >= 0, teams + places.supervisor, sink)
    price = np.append(plan.supervisor, 0)[places.supervisor]  # the sink's is 0
    nth = places.load * (places.placed + plan.used)
    gives = np.flatnonzero(plan.used < places.room)
    takes = np.flatnonzero(plan.used > 0)
    free = np.flatnonzero(plan.carried < places.supervisor_room)
    busy = np.flatnonzero(plan.carried > 0)
    rows = (
        (coaches + held // SEATS, holder,
         plan.family[holder] - plan.own_cost[holder] - plan.coach[held // SEATS]),
        (coaches + gives, ahead[gives], (nth + price - plan.coach)[gives]),
        (ahead[takes], coaches + takes, (plan.coach - price - nth + places.load)[takes]),
        (teams + free, np.full_like(free, sink), -plan.supervisor[free]),
        (np.full_like(busy, sink), teams + busy, plan.supervisor[busy]),
    )  # fmt: skip
    tail, head, cost = (np.concatenate([row[column] for row in rows]) for column in range(3))
    return tail, head, cost


def _choices(families: Ints, pairs: Pairs, plan: Plan) -> Choices:
    """The seats that each of some families could take instead, at another coach."""
    start, node, cost, pair = _seats_elsewhere(families, pairs, plan)
    order = np.lexsort((cost, np.repeat(np.arange(len(families)), np.diff(start))))
    return Choices(start, node[order], cost[order], pair[order])


@compiled
def _seats_elsewhere(families: Ints, pairs: Pairs, plan: Plan) -> tuple[Ints, Ints, Ints, Ints]:
    start = np.zeros(len(families) + 1, np.int64)
    rows = np.empty((3, 1024), np.int64)
    count = 0
    for at in range(len(families)):
        f = families[at]
        for pair in range(pairs.start[f], pairs.stop[f]):
            if count + SEATS > rows.shape[1]:
                rows = np.concatenate((rows, np.empty_like(rows)), axis=1)
            c = int(pairs.coach[pair])
            shared, seat = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
            while shared:
                if shared & 1 and c != plan.seat[f] // SEATS:
                    rows[0, count] = seat_node(seat, plan)
                    rows[1, count] = pairs.cost[pair] - plan.family[f] + seat_price(seat, plan)
                    rows[2, count] = pair
                    count += 1
                shared >>= 1
                seat += 1
        start[at + 1] = count
    return start, rows[0, :count].copy(), rows[1, :count].copy(), rows[2, :count].copy()


@compiled
def _next_of_all(
    part: Ints,
    families: Ints,
    choices: Choices,
    coach_rank: Ints,
    steps: Steps,
    room: Room,
    most: int,
) -> tuple[Ints, Ints]:
    """`most` pairs of each family, -1 where there are fewer, and what each adds to the total."""
    found = np.full((len(part), most), NONE, np.int64)
    extra = np.full((len(part), most), NEVER, np.int64)
    rank = np.full((len(part), most), NEVER, np.int64)
    for at in range(len(part)):
        begun, end = choices.start[part[at]], choices.start[part[at] + 1]
        first = _search(
            families[part[at]], choices.node[begun:end], choices.cost[begun:end],
            coach_rank[begun:end], found[at], extra[at], rank[at], steps, room,
        )  # fmt: skip
        for place in range(first):
            found[at, place] = choices.pair[begun + found[at, place]]
    return found, extra


@compiled
def _search(
    f: int,
    nodes: Ints,
    costs: Ints,
    ranks: Ints,
    found: Ints,
    extra: Ints,
    rank: Ints,
    steps: Steps,
    room: Room,
) -> int:
    """Search back from a family's seat until nothing nearer can come; how many were found."""
    start, tail, step_cost = steps.start, steps.tail, steps.cost
    heap, settled = room.heap, room.settled
    key_of, place = heap.key, heap.place
    clear(heap)
    room.number[0] += 1
    reached_mark, settled_mark = 2 * room.number[0], 2 * room.number[0] + 1
    settled[f] = reached_mark
    push(heap, f, 0)
    count, open_from = 0, 0
    while heap.size[0]:
        node = pop(heap)
        key = key_of[node]
        settled[node] = settled_mark
        while (
            open_from < len(nodes)
            and settled[nodes[open_from]] == settled_mark
            and (nodes[open_from] != node)
        ):
            open_from += 1
        if open_from == len(nodes) or key + costs[open_from] > extra[-1]:
            break
        at = open_from
        while at < len(nodes) and key + costs[at] <= extra[-1]:
            if nodes[at] == node:
                count = _keep(at, key + costs[at], ranks[at], found, extra, rank, count)
            at += 1
        farthest = extra[-1] - costs[open_from]
        for step in range(start[node], start[node + 1]):
            length = key + step_cost[step]
            if length > farthest:
                break
            other = tail[step]
            if settled[other] < reached_mark:
                settled[other] = reached_mark
                push(heap, other, length)
            elif place[other] >= 0 and length < key_of[other]:
                push(heap, other, length)
    return count


@compiled
def _keep(
    at: int,
    more: int,
    coach: int,
    found: Ints,
    extra: Ints,
    rank: Ints,
    count: int,
) -> int:
    """Put a choice among the best, one for each coach, by what it adds and then by the coach's id.

    How many there are then.
    """
    last = count
    for place in range(count):
        if rank[place] == coach:
            if extra[place] <= more:
                return count
            last = place
    if last == len(extra):
        last -= 1
        if (extra[last], rank[last]) <= (more, coach):
            return count
    grown = max(count, last + 1)
    while last > 0 and (more, coach) < (extra[last - 1], rank[last - 1]):
        found[last], extra[last], rank[last] = found[last - 1], extra[last - 1], rank[last - 1]
        last -= 1
    found[last], extra[last], rank[last] = at, more, coach
    return grown
