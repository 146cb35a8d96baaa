"""Hospitals and residents by the package `matching`: coaches take who comes first in the order."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import numpy as np

from .exchange import NO_SLOT, Answer, Arcs

DEEP, STACK_BYTES = 10_000_000, 1 << 30


def by_hospital_resident(arcs: Arcs) -> Answer:
    """Each family ranks its coaches by cost; each coach with room ranks families by their order.

    The package copies its players recursively, far deeper than Python's stack allows by itself.
    """
    sys.setrecursionlimit(DEEP)
    threading.stack_size(STACK_BYTES)
    with ThreadPoolExecutor(1) as roomy:
        return roomy.submit(_solved, arcs).result()


def _solved(arcs: Arcs) -> Answer:
    game = import_module("matching.games").HospitalResident
    use = np.flatnonzero(arcs.places[arcs.coach] > 0)
    families: dict[int, list[str]] = {}
    for pair in use[np.lexsort((arcs.cost[use], arcs.family[use]))].tolist():
        families.setdefault(int(arcs.family[pair]), []).append(f"c{arcs.coach[pair]}")
    coaches: dict[str, list[int]] = {}
    for pair in use[np.argsort(arcs.rank[arcs.family[use]], kind="stable")].tolist():
        coaches.setdefault(f"c{arcs.coach[pair]}", []).append(int(arcs.family[pair]))
    room = {name: int(arcs.places[int(name[1:])]) for name in coaches}
    solved = game.create_from_dictionaries(families, coaches, room).solve()
    met = [(guest.name, int(host.name[1:])) for host, guests in solved.items() for guest in guests]
    found = np.array(met, dtype=np.int64).reshape(-1, 2)
    return Answer(found[:, 0], found[:, 1], np.full(len(found), NO_SLOT))
