"""The two exact solves over the network, by OR-Tools' minimum-cost flow (cost scaling)."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.encoding import Bools, Ints
from matching.network import Network


class FlowError(RuntimeError):
    """The flow solver refused a network that is sound: a defect, never the input's fault."""


def greatest_set(network: Network, rank: Ints) -> tuple[Bools, Ints]:
    """Level 1: the families that are matched, and the flow that shows they can be.

    Among all flows of the greatest size, the one whose matched families have the least sum of
    ranks. The sets that can be matched at once are the independent sets of a matroid, so that is
    the set of the greedy walk down the order.

    Returns
    -------
    (matched, flow)
        One entry per family and one per arc.
    """
    cost = np.zeros_like(network.cost)
    cost[: network.pair_arcs] = rank[network.tail[: network.pair_arcs]]
    supply = np.zeros(network.nodes, dtype=np.int64)
    supply[: network.families] = 1
    supply[network.sink] = -network.families
    flow = _solved(network, cost, supply, np.arange(len(cost)), most=True)
    matched = np.zeros(network.families, dtype=np.bool_)
    matched[network.tail[: network.pair_arcs][flow[: network.pair_arcs] > 0]] = True
    return matched, flow


def cheapest_flow(network: Network, matched: Bools) -> Ints:
    """Level 2: the flow of least cost that matches exactly the families in `matched`."""
    arcs = np.flatnonzero(arcs_of(network, matched))
    supply = np.zeros(network.nodes, dtype=np.int64)
    supply[: network.families] = matched
    supply[network.sink] = -int(matched.sum())
    flow = np.zeros_like(network.cost)
    flow[arcs] = _solved(network, network.cost, supply, arcs, most=False)
    return flow


def arcs_of(network: Network, matched: Bools) -> Bools:
    """The arcs that level 2 may use: all but those of families that stay unmatched."""
    usable = np.ones(len(network.tail), dtype=np.bool_)
    usable[: network.pair_arcs] = matched[network.tail[: network.pair_arcs]]
    return usable


def _solved(network: Network, cost: Ints, supply: Ints, arcs: Ints, *, most: bool) -> Ints:
    """Flow on `arcs`; with `most`, as much as fits, otherwise exactly the supply."""
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        network.tail[arcs], network.head[arcs], network.capacity[arcs], cost[arcs]
    )
    solver.set_nodes_supplies(np.arange(network.nodes), supply)
    status = solver.solve_max_flow_with_min_cost() if most else solver.solve()
    if status != solver.OPTIMAL:
        raise FlowError(f"minimum-cost flow over {len(arcs)} arcs ended with {status}")
    return np.asarray(solver.flows(np.arange(len(arcs))), dtype=np.int64)
