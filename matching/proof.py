"""The certificates of both levels, read off the residual network of a flow.

Residual arcs: forwards where there is room, backwards (at minus the cost) where there is flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.encoding import Bools, Encoded, Ints
from matching.flow import FlowError, arcs_of
from matching.network import Network
from matching.problem import SLOTS, Problem
from matching.result import Proof


@dataclass(frozen=True)
class Residual:
    """Arcs sorted by tail; those of node v are ``start[v]:start[v + 1]``."""

    start: Ints
    head: Ints
    cost: Ints

    def out_of(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Numbers of all arcs out of `nodes`, and for each the node it leaves."""
        counts = self.start[nodes + 1] - self.start[nodes]
        tails = np.repeat(nodes, counts)
        first = np.repeat(self.start[nodes] - (np.cumsum(counts) - counts), counts)
        return first + np.arange(len(tails), dtype=np.int64), tails


def residual_of(network: Network, flow: Ints, usable: Bools) -> Residual:
    """The residual network of `flow` over the arcs in `usable`."""
    forward = np.flatnonzero(usable & (flow < network.capacity))
    backward = np.flatnonzero(usable & (flow > 0))
    tail = np.concatenate([network.tail[forward], network.head[backward]])
    head = np.concatenate([network.head[forward], network.tail[backward]])
    cost = np.concatenate([network.cost[forward], -network.cost[backward]])
    order = np.argsort(tail, kind="stable")
    start = np.searchsorted(tail[order], np.arange(network.nodes + 1, dtype=np.int64))
    return Residual(start, head[order], cost[order])


def potentials(network: Network, flow: Ints, matched: Bools) -> Ints:
    """Shortest distance to each node from anywhere: no residual arc has a reduced cost below 0.

    Bellman-Ford over a frontier; it ends because a flow of least cost has no negative cycle.

    Raises
    ------
    FlowError
        When there is a negative cycle, which is to say that the flow is not of least cost.
    """
    residual = residual_of(network, flow, arcs_of(network, matched))
    distance = np.zeros(network.nodes, dtype=np.int64)
    frontier = np.arange(network.nodes, dtype=np.int64)
    for _ in range(network.nodes + 1):
        arcs, tails = residual.out_of(frontier)
        heads, offers = residual.head[arcs], distance[tails] + residual.cost[arcs]
        better = offers < distance[heads]
        heads, offers = heads[better], offers[better]
        if not len(heads):
            return distance
        np.minimum.at(distance, heads, offers)
        frontier = np.unique(heads)
    raise FlowError("the flow solver's answer is not of least cost")


def first_reached_by(network: Network, flow: Ints, matched: Bools, rank: Ints) -> Ints:
    """For each node the least rank of a left-out family that reaches it, or -1.

    Left-out families are taken in their order and each marks what nobody before it has reached, so
    every arc is looked at once.
    """
    residual = residual_of(network, flow, np.ones(len(flow), dtype=np.bool_))
    heads, starts = residual.head.tolist(), residual.start.tolist()
    reached = [-1] * network.nodes
    left_out = np.flatnonzero(~matched)
    for family in left_out[np.argsort(rank[left_out])].tolist():
        label = int(rank[family])
        stack = [family]
        while stack:
            node = stack.pop()
            for head in heads[starts[node] : starts[node + 1]]:
                if reached[head] == -1:
                    reached[head] = label
                    stack.append(head)
    return np.array(reached, dtype=np.int64)


def make_proof(
    encoded: Encoded, network: Network, flow: Ints, matched: Bools, potential: Ints
) -> Proof:
    """Both certificates by name. Prices are what a unit of flow pays from a node to the sink."""
    reached = first_reached_by(network, flow, matched, encoded.rank)
    price = (potential[network.sink] - potential).tolist()
    names = [family.family_id for family in encoded.families]
    by_rank = [names[number] for number in np.argsort(encoded.rank).tolist()]
    slot_nodes = _open_slots(network, matched)
    coaches = [coach.coach_id for coach in encoded.coaches]
    return Proof(
        closed={
            names[number]: by_rank[reached[number]]
            for number in np.flatnonzero(matched & (reached[: network.families] >= 0)).tolist()
        },
        slot_prices={
            f"{coaches[key // len(SLOTS)]} {SLOTS[key % len(SLOTS)]}": price[node]
            for node, key in slot_nodes
        },
        coach_prices={
            coaches[number]: price[network.first_coach + node]
            for node, number in enumerate(network.coach_key.tolist())
        },
        supervisor_prices={
            name: price[network.first_supervisor + node]
            for node, name in enumerate(network.supervisor_key)
        },
    )


def _open_slots(network: Network, matched: Bools) -> list[tuple[int, int]]:
    """Node and key of each slot that a matched family could use; the others need no price."""
    tails, heads = network.tail[: network.pair_arcs], network.head[: network.pair_arcs]
    nodes = np.unique(heads[matched[tails]])
    keys = network.slot_key[nodes - network.first_slot]
    return list(zip(nodes.tolist(), keys.tolist(), strict=True))


def blocking_pins(
    problem: Problem, encoded: Encoded, network: Network, flow: Ints, family: int
) -> tuple[str, tuple[str, ...]]:
    """Which limit keeps a pinned family out, and the pinned families that use it up.

    The limit is that of the coach's ``slots``, the coach's ``capacity`` or the ``supervisor``,
    whichever is tightest; the families are its circuit in the matroid.
    """
    residual = residual_of(network, flow, np.ones(len(flow), dtype=np.bool_))
    seen = {family}
    stack = [family]
    while stack:
        node = stack.pop()
        heads = residual.head[residual.start[node] : residual.start[node + 1]].tolist()
        stack += [head for head in heads if head not in seen]
        seen.update(heads)
    others = sorted(
        encoded.families[node].family_id
        for node in seen
        if node < network.families and node != family
    )
    coach = problem.coach_by_id[problem.pins[encoded.families[family].family_id]]
    same_coach = [name for name in others if problem.pins.get(name) == coach.coach_id]
    if len(same_coach) >= problem.free_places(coach):
        return f"coach {coach.coach_id}'s capacity", tuple(same_coach)
    if any(network.first_supervisor <= node < network.sink for node in seen):
        return f"supervisor {coach.supervisor}'s capacity", tuple(others)
    return f"coach {coach.coach_id}'s slots", tuple(same_coach)
