"""The pairs as a flow network: family → coach's slot → coach → supervisor → sink.

A unit of flow is a match. The arcs say every limit: a slot passes one unit, a coach as many as the
capacity leaves (the k-th at ``load * (k - 1)``, placements counted), a supervisor likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.encoding import Encoded, Ints
from matching.problem import SLOTS, Problem


@dataclass(frozen=True)
class Network:
    """Nodes: families, then slots, coaches, supervisors and last the sink. Arcs in four runs.

    Attributes
    ----------
    tail, head, capacity, cost
        One entry per arc. The first `pair_arcs` arcs go from families to slots.
    pair
        For each of the first arcs, the number of its pair in `Candidates`.
    slot_key
        For each slot node, ``coach * 28 + slot``; sorted.
    coach_key
        For each coach node, the coach's number; sorted.
    supervisor_key
        For each supervisor node, the id; sorted.
    families
        Number of family nodes.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    pair: Ints
    slot_key: Ints
    coach_key: Ints
    supervisor_key: tuple[str, ...]
    families: int

    @property
    def pair_arcs(self) -> int:
        return len(self.pair)

    @property
    def first_slot(self) -> int:
        return self.families

    @property
    def first_coach(self) -> int:
        return self.families + len(self.slot_key)

    @property
    def first_supervisor(self) -> int:
        return self.first_coach + len(self.coach_key)

    @property
    def sink(self) -> int:
        return self.first_supervisor + len(self.supervisor_key)

    @property
    def nodes(self) -> int:
        return self.sink + 1


def build_network(problem: Problem, encoded: Encoded, pairs: Candidates) -> Network:
    """The network of all pairs, each family with each of the shared slots."""
    pair, slot = _pair_slots(pairs)
    keys = pairs.coach[pair] * len(SLOTS) + slot
    slot_key, slot_of_arc = np.unique(keys, return_inverse=True)
    coach_key, coach_of_slot = np.unique(slot_key // len(SLOTS), return_inverse=True)
    supervisors = tuple(
        sorted({s for c in coach_key.tolist() if (s := encoded.coaches[c].supervisor) is not None})
    )
    first_slot = len(encoded.families)
    first_coach = first_slot + len(slot_key)
    first_supervisor = first_coach + len(coach_key)
    slots = np.arange(len(slot_key), dtype=np.int64)
    places = _place_arcs(problem, encoded, coach_key, supervisors, first_coach)
    limits = _supervisor_arcs(problem, supervisors, first_supervisor)
    runs = (
        (pairs.family[pair], first_slot + slot_of_arc, np.ones_like(pair), pairs.cost[pair]),
        (first_slot + slots, first_coach + coach_of_slot, np.ones_like(slots), 0 * slots),
        tuple(places.T),
        tuple(limits.T),
    )
    tail, head, capacity, cost = (np.concatenate(column) for column in zip(*runs, strict=True))
    return Network(
        tail, head, capacity, cost, pair, slot_key, coach_key, supervisors, first_slot
    )  # fmt: skip


def _pair_slots(pairs: Candidates) -> tuple[Ints, Ints]:
    """Every pair with every shared slot, in the order of pairs then slots."""
    found = [
        (which := np.flatnonzero(pairs.shared >> slot & 1), np.full(len(which), slot, np.int64))
        for slot in range(len(SLOTS))
    ]
    pair = np.concatenate([which for which, _ in found])
    slot = np.concatenate([slots for _, slots in found])
    order = np.argsort(pair * len(SLOTS) + slot)
    return pair[order], slot[order]


def _place_arcs(
    problem: Problem,
    encoded: Encoded,
    coach_key: Ints,
    supervisors: tuple[str, ...],
    first_coach: int,
) -> Ints:
    """One arc per free place of a coach, dearer one by one; rows of tail, head, capacity, cost."""
    first_supervisor = first_coach + len(coach_key)
    node_of = {name: first_supervisor + number for number, name in enumerate(supervisors)}
    sink = first_supervisor + len(supervisors)
    rows = []
    for number, coach_number in enumerate(coach_key.tolist()):
        coach = encoded.coaches[coach_number]
        head = sink if coach.supervisor is None else node_of[coach.supervisor]
        placed = len(problem.placements_of.get(coach.coach_id, ()))
        usable = min(problem.free_places(coach), len(problem.free_slots(coach)))
        for place in range(usable):
            rows.append((first_coach + number, head, 1, problem.settings.load * (placed + place)))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _supervisor_arcs(problem: Problem, supervisors: tuple[str, ...], first_supervisor: int) -> Ints:
    sink = first_supervisor + len(supervisors)
    rows = [
        (
            first_supervisor + number,
            sink,
            max(0, problem.supervisors[name] - problem.supervised[name]),
            0,
        )
        for number, name in enumerate(supervisors)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
