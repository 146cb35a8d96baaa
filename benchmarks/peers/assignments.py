"""The easier problem of assigning families to the slots of coaches, by assignment solvers.

They want everybody assigned, so each family may also have nobody, dearly: the sooner its turn, the
dearer, as far as the solver's numbers reach.
"""

from __future__ import annotations

import numpy as np

from .exchange import Answer, Arcs, Ints

LAPX_NOBODY = 900_000  # lapx takes costs below 1,000,000 only
NEVER = 1e15


def nobody_costs(arcs: Arcs) -> Ints:
    """What leaving out each family costs: exact in doubles at any size we run."""
    most = int(arcs.cost.max(initial=0)) + 1
    return most * (2 * len(arcs.rank) - arcs.rank)


def by_scipy_cheapest(arcs: Arcs) -> Answer:
    """`scipy.sparse.csgraph.min_weight_full_bipartite_matching`."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    family, column, cost, slots = arcs.by_slot
    everyone = np.arange(len(arcs.rank))
    rows = np.concatenate([family, everyone])
    columns = np.concatenate([column, len(slots) + everyone])
    weights = np.concatenate([cost, nobody_costs(arcs)]) + 1  # it takes 0 for no arc
    shape = (len(everyone), len(slots) + len(everyone))
    graph = csr_matrix((weights.astype(np.float64), (rows, columns)), shape=shape)
    matched, to = min_weight_full_bipartite_matching(graph)
    real = to < len(slots)
    return Answer.of_slots(matched[real].astype(np.int64), slots[to[real]])


def by_scipy_most(arcs: Arcs) -> Answer:
    """`scipy.sparse.csgraph.maximum_bipartite_matching`: as many as possible, at any cost."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    family, column, _, slots = arcs.by_slot
    shape = (len(arcs.rank), len(slots))
    graph = csr_matrix((np.ones(len(family), dtype=np.int8), (family, column)), shape=shape)
    to = maximum_bipartite_matching(graph, perm_type="column")
    matched = np.flatnonzero(to >= 0)
    return Answer.of_slots(matched, slots[to[matched]])


def by_lapmod(arcs: Arcs) -> Answer:
    """`lap.lapmod`, which wants a square: each slot gets a row that nobody needs to fill."""
    import lap

    family, column, cost, slots = arcs.by_slot
    count, free = len(arcs.rank), len(slots)
    everyone, each_slot = np.arange(count), np.arange(free)
    rows = np.concatenate([family, everyone, count + each_slot, count + column])
    columns = np.concatenate([column, free + everyone, each_slot, free + family])
    nothing = np.zeros(free + len(family), dtype=np.int64)
    costs = np.concatenate([cost, np.full(count, LAPX_NOBODY), nothing])
    order = np.lexsort((columns, rows))
    start = np.searchsorted(rows[order], np.arange(count + free + 1))
    _, to, _ = lap.lapmod(
        count + free, costs[order].astype(np.float64), start.astype(np.int32),
        columns[order].astype(np.int32),
    )  # fmt: skip
    matched = np.flatnonzero(to[:count] < free)
    return Answer.of_slots(matched, slots[to[matched]])


def by_lapjvs(arcs: Arcs) -> Answer:
    """`lap.lapjvs` on the full table of families and slots."""
    import lap

    family, column, cost, slots = arcs.by_slot
    everyone = np.arange(len(arcs.rank))
    table = np.full((len(everyone), len(slots) + len(everyone)), NEVER)
    table[everyone, len(slots) + everyone] = nobody_costs(arcs)
    table[family, column] = cost
    _, rows, to = lap.lapjvs(table, prefer_float32=False)
    real = to < len(slots)
    return Answer.of_slots(rows[real], slots[to[real]])
