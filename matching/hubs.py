"""A few nodes of the residual network that most shortest paths pass, and how far all others are.

The way from one node to another by the best hub is never shorter than the shortest, and mostly just
as short. So a search need only look at what is nearer than that. Each search tells what it had to
look at all the same; the node that most of that passes on its way is the next hub.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Ints
from matching.heap import Heap, new_heap, pop, push
from matching.plan import OUT_OF_REACH
from matching.steps import Steps


class Hubs(NamedTuple):
    """Shortest distances, one column for each hub.

    Attributes
    ----------
    there, back
        From each node to the hub, and from the hub to each node.
    """

    there: Ints
    back: Ints


def no_hubs(nodes: int) -> Hubs:
    """As long as nothing is known of such a network."""
    return Hubs(*np.empty((2, nodes, 0), dtype=np.int64))


def with_hub(hubs: Hubs, node: int, steps: Steps, onward: Steps, pool: Executor) -> Hubs:
    """One hub more.

    Parameters
    ----------
    steps, onward
        Those to each node, and the same from each node.
    """

    def spread(way: Steps, far: Ints, near: Ints) -> Ints:
        heap = new_heap(len(way.start) - 1)
        # By the hubs there are it is no nearer than it is: mostly just as near, and then known.
        heap.key[:] = (far + near[node]).min(axis=1, initial=OUT_OF_REACH)
        _spread(node, way, heap)
        return heap.key

    columns = pool.map(spread, (steps, onward), hubs, hubs[::-1])
    return Hubs(*(np.column_stack(rows) for rows in zip(hubs, columns, strict=True)))


@lean
def _spread(root: int, steps: Steps, heap: Heap) -> None:
    """Shortest distances of all nodes from a root, left in the heap's `key`.

    What stands there at first is never too small. Where it is right nothing is looked at: those
    whose shortest way leads on from there have a `key` that is right as well.
    """
    start, other, cost, key = steps.start, steps.other, steps.cost, heap.key
    push(heap, root, 0)
    while heap.size[0]:
        node = pop(heap)
        for step in range(start[node], start[node + 1]):
            length = key[node] + cost[step]
            if length < key[other[step]]:
                push(heap, other[step], length)


@lean
def by_hub(node: int, f: int, there: Ints, back: Ints) -> int:
    """How far it is at most from a node to a family, by the columns of `Hubs`."""
    nearest = OUT_OF_REACH
    for hub in range(there.shape[1]):
        nearest = min(nearest, there[node, hub] + back[f, hub])
    return nearest


@lean
def at_least(node: int, f: int, there: Ints, back: Ints) -> int:
    """How far it is at least: no way of the two by a hub is longer than the other and it."""
    least = 0
    for hub in range(there.shape[1]):
        least = max(least, there[node, hub] - there[f, hub], back[f, hub] - back[node, hub])
    return least


@lean
def count_passing(order: Ints, came: Ints, below: Ints, passed: Ints) -> None:
    """Add to each node how many of the nodes looked at pass it on their shortest ways.

    Parameters
    ----------
    order, came
        The nodes in the order in which they were looked at, and the next on each one's way.
    below
        All 0, before and afterwards.
    """
    for at in range(len(order) - 1, 0, -1):
        node = order[at]
        below[node] += 1
        passed[node] += below[node]
        below[came[node]] += below[node]
    for node in order:
        below[node] = 0
