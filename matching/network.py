"""Pairs as a flow network: family → coach's seat → coach → supervisor → sink.

A unit of flow is a match. The arcs say every limit: a seat passes one unit, a coach as many as the
capacity leaves (the k-th at ``load * (k - 1)``, placements counted), a supervisor likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.encoding import Ints
from matching.places import NOBODY, SEATS, Pairs, Places


@dataclass(frozen=True)
class Network:
    """Nodes: families, then seats, coaches, supervisors and last the sink. Arcs in four runs.

    Attributes
    ----------
    tail, head, capacity, cost
        One entry per arc. The first run goes from families to seats.
    family, seat, coach, supervisor
        Number of each node, in the order of the nodes; sorted.
    pair_arcs
        Length of the first run.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    family: Ints
    seat: Ints
    coach: Ints
    supervisor: Ints
    pair_arcs: int

    @property
    def first_seat(self) -> int:
        return len(self.family)

    @property
    def first_coach(self) -> int:
        return self.first_seat + len(self.seat)

    @property
    def first_supervisor(self) -> int:
        return self.first_coach + len(self.coach)

    @property
    def sink(self) -> int:
        return self.first_supervisor + len(self.supervisor)

    @property
    def nodes(self) -> int:
        return self.sink + 1


def build_network(pairs: Pairs, places: Places, chosen: Ints, family_of: Ints) -> Network:
    """The network of some pairs, each family with each of the shared seats.

    Parameters
    ----------
    chosen
        Numbers of the pairs, sorted.
    family_of
        The family of each of them.
    """
    coach_of = pairs.coach[chosen].astype(np.int64)
    at, slot = _shared(pairs.family_slots[family_of] & pairs.coach_slots[coach_of])
    family, tail = np.unique(family_of[at], return_inverse=True)
    seat, seat_of = np.unique(coach_of[at] * SEATS + slot, return_inverse=True)
    coach, coach_of_seat = np.unique(seat // SEATS, return_inverse=True)
    bosses = places.supervisor[coach]
    supervisor = np.unique(bosses[bosses >= 0])
    first_seat, first_coach = len(family), len(family) + len(seat)
    first_supervisor = first_coach + len(coach)
    sink = first_supervisor + len(supervisor)
    position, nth = _places(places.room[coach])
    ahead = np.where(bosses == NOBODY, sink, first_supervisor + np.searchsorted(supervisor, bosses))
    teams = first_supervisor + np.arange(len(supervisor))
    runs = (
        (tail, first_seat + seat_of, np.ones_like(tail), pairs.cost[chosen][at]),
        (first_seat + np.arange(len(seat)), first_coach + coach_of_seat, 1, 0),
        (first_coach + position, ahead[position], 1,
         places.load * (places.placed[coach][position] + nth)),
        (teams, np.full_like(teams, sink), places.supervisor_room[supervisor], 0),
    )  # fmt: skip
    tails, heads, capacity, cost = (
        np.concatenate([np.broadcast_to(run[part], len(run[0])) for run in runs]).astype(np.int64)
        for part in range(4)
    )
    return Network(tails, heads, capacity, cost, family, seat, coach, supervisor, len(tail))


def _shared(masks: Ints) -> tuple[Ints, Ints]:
    """Every mask with every slot that is in it, in that order: positions and slots."""
    found = [np.flatnonzero(masks >> slot & 1) for slot in range(SEATS)]
    at = np.concatenate(found)
    slot = np.repeat(np.arange(SEATS), [len(which) for which in found])
    order = np.argsort(at * SEATS + slot)
    return at[order], slot[order]


def _places(room: Ints) -> tuple[Ints, Ints]:
    """One entry for each place of each coach: whose it is, and how many come before it."""
    position = np.repeat(np.arange(len(room)), room)
    return position, np.arange(len(position)) - np.repeat(np.cumsum(room) - room, room)
