"""NetworkX, in plain Python: a flow for the whole problem, and matching in a general graph."""

from __future__ import annotations

import numpy as np

from .exchange import Answer, Arcs
from .linear import places


def by_network_simplex(arcs: Arcs) -> Answer:
    """Both levels in one flow: leaving a family out costs more than all that comes after it."""
    import networkx

    graph = networkx.DiGraph()
    count = len(arcs.rank)
    above_all = count * (int(arcs.cost.max(initial=0)) + int(arcs.load[0]) * 1_000) + 1
    graph.add_node("out", demand=count)
    for family, rank in enumerate(arcs.rank.tolist()):
        graph.add_node(("family", family), demand=-1)
        graph.add_edge(("family", family), "out", weight=above_all * (count - rank), capacity=1)
    pair, coach_slot = arcs.slotted
    family_of, cost_of = arcs.family[pair].tolist(), arcs.cost[pair].tolist()
    for family, slot, cost in zip(family_of, coach_slot.tolist(), cost_of, strict=True):
        graph.add_edge(("family", family), ("slot", slot), weight=cost, capacity=1)
    for slot in np.unique(coach_slot).tolist():
        graph.add_edge(("slot", slot), ("coach", slot // 28), weight=0, capacity=1)
    for number, (coach, cost) in enumerate(zip(*(x.tolist() for x in places(arcs)), strict=True)):
        above = int(arcs.supervisor[coach])
        graph.add_edge(("coach", coach), ("place", number), weight=cost, capacity=1)
        to = "out" if above < 0 else ("supervisor", above)
        graph.add_edge(("place", number), to, weight=0, capacity=1)
    for above, room in enumerate(arcs.room.tolist()):
        graph.add_edge(("supervisor", above), "out", weight=0, capacity=room)
    _, flow = networkx.network_simplex(graph)
    met = [
        (family, to[1])
        for family in range(count)
        for to, units in flow["family", family].items()
        if units and to != "out"
    ]
    found = np.array(met, dtype=np.int64).reshape(-1, 2)
    return Answer.of_slots(found[:, 0], found[:, 1])


def by_blossom(arcs: Arcs) -> Answer:
    """`networkx.max_weight_matching`: as many as possible, then at the least cost."""
    import networkx

    family, column, cost, slots = arcs.by_slot
    most, count = int(cost.max(initial=0)) + 1, len(arcs.rank)
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        zip(family.tolist(), (count + column).tolist(), (most - cost).tolist(), strict=True)
    )
    matched = networkx.max_weight_matching(graph, maxcardinality=True)
    found = np.array([sorted(pair) for pair in matched], dtype=np.int64).reshape(-1, 2)
    return Answer.of_slots(found[:, 0], slots[found[:, 1] - count])
