"""The residual network of one optimum, turned round: who can step to each node, and at what cost.

Nodes are those of `matching.plan`: families, coaches, supervisors, the sink. Costs are reduced by
the plan's prices, so that none is negative.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from matching.compiled import compiled
from matching.encoding import Ints, Numbers
from matching.places import BIT, PRIME, SEATS, Pairs, Places
from matching.plan import OUT_OF_REACH, Plan, seat_node, seat_price

DEAD_END = OUT_OF_REACH // 2


class Steps(NamedTuple):
    """Steps grouped by the node at one end.

    Attributes
    ----------
    start
        The steps of node ``v`` are ``start[v]:start[v + 1]``.
    other, cost
        The node at the other end, and the reduced cost.
    """

    start: Ints
    other: Numbers
    cost: Ints


def steps_of(pairs: Pairs, places: Places, plan: Plan) -> Steps:
    """The steps to each node, cheapest first, over the families that are seated."""
    families, count = np.flatnonzero(plan.matched), os.cpu_count() or 1

    def steps_of_some(families: Ints) -> tuple[Ints, Ints, Ints]:
        return _steps_of_families(families, pairs, plan)

    with ThreadPoolExecutor(max_workers=count) as pool:
        parts = [*pool.map(steps_of_some, np.array_split(families, count))]
    parts.append(_steps_of_coaches(places, plan))
    tail, head, cost = (np.concatenate([part[column] for part in parts]) for column in range(3))
    nodes = len(plan.family) + len(plan.coach) + len(plan.supervisor) + 1
    start = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(head, minlength=nodes), out=start[1:])
    return Steps(start, *_in_order(head, cost, tail, nodes))


def turned(steps: Steps) -> Steps:
    """The same steps grouped by the other end, in any order: those that lead on from each node."""
    nodes = len(steps.start) - 1
    end = np.repeat(np.arange(nodes), np.diff(steps.start))
    return Steps(*_grouped(steps.other.astype(np.int64), end, steps.cost, nodes))


@compiled
def _grouped(key: Ints, other: Ints, cost: Ints, nodes: int) -> tuple[Ints, Numbers, Ints]:
    """Columns of `Steps`, from as many rows in any order."""
    start = np.zeros(nodes + 2, np.int64)
    for node in key:
        start[node + 2] += 1
    for node in range(nodes):
        start[node + 2] += start[node + 1]
    others, costs = np.empty(len(key), np.int32), np.empty(len(key), np.int64)
    for row in range(len(key)):
        at = start[key[row] + 1]
        start[key[row] + 1] += 1
        others[at], costs[at] = other[row], cost[row]
    return start[:-1].copy(), others, costs


def _in_order(head: Ints, cost: Ints, tail: Ints, nodes: int) -> tuple[Numbers, Ints]:
    """Tails and costs in the order of heads, costs, tails; none is negative.

    Where the three fit into one number, that is sorted: much faster than three columns.
    """
    node_bits, cost_bits = nodes.bit_length(), int(cost.max(initial=0)).bit_length()
    if 2 * node_bits + cost_bits < 64:
        all_three = np.sort((((head << cost_bits) | cost) << node_bits) | tail)
        tails = (all_three & ((1 << node_bits) - 1)).astype(np.int32)
        return tails, (all_three >> node_bits) & ((1 << cost_bits) - 1)
    order = np.lexsort((tail, cost, head))
    return tail[order].astype(np.int32), cost[order]


@compiled
def _steps_of_families(families: Ints, pairs: Pairs, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """From each family to whoever leads on from each seat that it could take.

    Nothing leads on from a coach without room for anybody: steps there are left out.
    """
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
            shared = pairs.family_slots[f] & pairs.coach_slots[c]
            length = pairs.cost[pair] - plan.family[f]
            while shared:
                seat = c * SEATS + BIT[(shared & -shared) % PRIME]
                shared &= shared - 1
                cost = length + seat_price(seat, plan)
                if plan.seat[f] != seat and cost < DEAD_END:
                    steps[0, count] = f
                    steps[1, count] = seat_node(seat, plan)
                    steps[2, count] = cost
                    count += 1
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
