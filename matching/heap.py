"""A heap of nodes by distance, for the compiled searches.

Each node is in it once at most; a shorter distance moves it up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Ints

ABSENT = -1


class Heap(NamedTuple):
    """Attributes
    ----------
    nodes
        The heap itself; `size` says how much of it is in use.
    place
        Where in the heap each node is, or -1.
    key
        The distance of each node.
    """

    nodes: Ints
    place: Ints
    key: Ints
    size: Ints


def new_heap(nodes: int) -> Heap:
    """An empty heap for nodes numbered below `nodes`."""
    return Heap(
        nodes=np.empty(nodes, dtype=np.int64),
        place=np.full(nodes, ABSENT, dtype=np.int64),
        key=np.zeros(nodes, dtype=np.int64),
        size=np.zeros(1, dtype=np.int64),
    )


@lean
def push(heap: Heap, node: int, key: int) -> None:
    """Put a node in, or bring it forward; the key must not grow."""
    at = heap.place[node]
    if at == ABSENT:
        at = heap.size[0]
        heap.size[0] += 1
    heap.key[node] = key
    while at > 0:
        above = (at - 1) // 2
        other = heap.nodes[above]
        if heap.key[other] <= key:
            break
        heap.nodes[at] = other
        heap.place[other] = at
        at = above
    heap.nodes[at] = node
    heap.place[node] = at


@lean
def pop(heap: Heap) -> int:
    """Take out the nearest node."""
    top = heap.nodes[0]
    heap.place[top] = ABSENT
    heap.size[0] -= 1
    size = heap.size[0]
    if size:
        node = heap.nodes[size]
        key = heap.key[node]
        at = 0
        while True:
            below = 2 * at + 1
            if below >= size:
                break
            if below + 1 < size and heap.key[heap.nodes[below + 1]] < heap.key[heap.nodes[below]]:
                below += 1
            other = heap.nodes[below]
            if heap.key[other] >= key:
                break
            heap.nodes[at] = other
            heap.place[other] = at
            at = below
        heap.nodes[at] = node
        heap.place[node] = at
    return int(top)


@lean
def clear(heap: Heap) -> None:
    for at in range(heap.size[0]):
        heap.place[heap.nodes[at]] = ABSENT
    heap.size[0] = 0
