"""Minimum-cost flow by OR-Tools (cost scaling), and the prices that go with its answer."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.compiled import compiled
from matching.encoding import Ints
from matching.network import Network

FAR = 1 << 60


class FlowError(RuntimeError):
    """The flow solver refused a network that is sound: a defect, never the input's fault."""


def cheapest_flow(network: Network) -> Ints:
    """The flow of least cost that matches every family of the network; one entry per arc."""
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        network.tail, network.head, network.capacity, network.cost
    )
    supply = np.zeros(network.nodes, dtype=np.int64)
    supply[: len(network.family)] = 1
    supply[network.sink] = -len(network.family)
    solver.set_nodes_supplies(np.arange(network.nodes), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise FlowError(f"minimum-cost flow over {len(network.tail)} arcs ended with {status}")
    return np.asarray(solver.flows(np.arange(len(network.tail))), dtype=np.int64)


def prices_of(network: Network, flow: Ints) -> Ints:
    """What a unit of flow pays at least from each node to the sink, beside what flows already.

    The solver's interface tells no potentials, so they are read off the residual network: arcs
    forwards where there is room, backwards, at minus the cost, where there is flow. The price is
    the length of the shortest way to the sink; nodes that have none pay so much that no residual
    arc has a reduced cost below 0.

    Raises
    ------
    FlowError
        When there is a negative cycle, which is to say that the flow is not of least cost.
    """
    forward = np.flatnonzero(flow < network.capacity)
    backward = np.flatnonzero(flow > 0)
    tail = np.concatenate([network.tail[forward], network.head[backward]])
    head = np.concatenate([network.head[forward], network.tail[backward]])
    cost = np.concatenate([network.cost[forward], -network.cost[backward]])
    order = np.argsort(head, kind="stable")
    start = np.searchsorted(head[order], np.arange(network.nodes + 1))
    price = np.full(network.nodes, FAR, dtype=np.int64)
    price[network.sink] = 0
    sound = _relax(start, tail[order], cost[order], np.array([network.sink]), price)
    inner = price == FAR
    cut_off = np.flatnonzero(inner)
    price[cut_off] = 0
    kept = order[inner[tail[order]] & inner[head[order]]]
    start = np.searchsorted(head[kept], np.arange(network.nodes + 1))
    sound &= _relax(start, tail[kept], cost[kept], cut_off, price)
    into = inner[head] & ~inner[tail]
    if into.any():
        price[cut_off] += max(0, int((price[tail] - cost - price[head])[into].max()))
    if not sound:
        raise FlowError("the flow solver's answer is not of least cost")
    return price


@compiled
def _relax(start: Ints, tail: Ints, cost: Ints, first: Ints, price: Ints) -> bool:
    """Bellman and Ford's method over a queue, from heads to tails, beginning at some; in place.

    False when a node has been lowered more often than there are nodes: there is no end then.
    """
    nodes = len(price)
    queue = np.empty(nodes, np.int64)
    queue[: len(first)] = first
    waits = np.zeros(nodes, np.bool_)
    waits[first] = True
    lowered = np.zeros(nodes, np.int64)
    at, count = 0, len(first)
    while count:
        node = queue[at]
        at = at + 1 if at + 1 < nodes else 0
        count -= 1
        waits[node] = False
        for arc in range(start[node], start[node + 1]):
            other, offer = tail[arc], price[node] + cost[arc]
            if offer < price[other]:
                price[other] = offer
                if not waits[other]:
                    lowered[other] += 1
                    if lowered[other] > nodes:
                        return False
                    waits[other] = True
                    end = at + count
                    queue[end if end < nodes else end - nodes] = other
                    count += 1
    return True
