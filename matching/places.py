"""What limits the matching, and who sits where, as plain arrays for the compiled loops.

A *seat* is a coach's slot: ``coach * 28 + slot``. A coach has `room` for so many families, a
supervisor for so many matches; both count what active placements leave.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates
from matching.encoding import Bools, Encoded, Ints, Numbers
from matching.problem import SLOTS, Problem

SEATS = len(SLOTS)
NOBODY = -1

# The place of a mask's lowest bit, by that bit modulo a prime to which 2 is a primitive root: the
# loops go from bit to bit, and not from place to place.
PRIME = 29
BIT = np.zeros(PRIME, dtype=np.int64)
BIT[[(1 << place) % PRIME for place in range(SEATS)]] = np.arange(SEATS)


class Places(NamedTuple):
    """The limits, which no matching changes.

    Attributes
    ----------
    room
        Families that each coach can still take: at most one more than there are free slots, so
        that where slots are what is scarce they have the price and not the coach.
    placed
        Active placements of each coach: the load of further families counts from there.
    supervisor
        Number of each coach's supervisor, or -1.
    team_start, team
        The coaches of supervisor ``s`` are ``team[team_start[s]:team_start[s + 1]]``.
    supervisor_room
        Matches that each supervisor can still carry.
    load
        Points for each family that a coach has already.
    """

    room: Ints
    placed: Ints
    supervisor: Ints
    team_start: Ints
    team: Ints
    supervisor_room: Ints
    load: int


class Pairs(NamedTuple):
    """The pairs for the compiled loops: of family ``f``, ``coach[start[f]:stop[f]]``."""

    start: Ints
    stop: Ints
    coach: Numbers
    cost: Ints
    family_slots: Ints
    coach_slots: Ints


class Seating(NamedTuple):
    """Who sits where; the compiled loops change it.

    Attributes
    ----------
    seat
        Each family's seat, or -1.
    holder
        Each seat's family, or -1.
    used, carried
        Families of each coach and matches of each supervisor, placements left out.
    """

    seat: Ints
    holder: Ints
    used: Ints
    carried: Ints

    @property
    def matched(self) -> Bools:
        return self.seat >= 0

    @property
    def coach(self) -> Ints:
        """Number of each family's coach, or -1."""
        return np.where(self.seat >= 0, self.seat // SEATS, NOBODY)

    def copy(self) -> Seating:
        return Seating(*(column.copy() for column in self))


def pairs_for_loops(pairs: Candidates) -> Pairs:
    """The columns that compiled loops read."""
    slots = pairs.encoded.family.slots, pairs.encoded.coach.slots
    return Pairs(pairs.start[:-1], pairs.start[1:], pairs.coach, pairs.cost, *slots)


def supervisor_names(encoded: Encoded) -> tuple[str, ...]:
    """The ids of the supervisors, in the order of their numbers."""
    return tuple(sorted({c.supervisor for c in encoded.coaches if c.supervisor is not None}))


def places_of(problem: Problem, encoded: Encoded) -> Places:
    """The limits of the problem, coaches in the order of `encoded`."""
    names = supervisor_names(encoded)
    number: dict[str | None, int] = {name: position for position, name in enumerate(names)}
    placed = np.zeros(len(encoded.coaches), dtype=np.int64)
    for coach_id, rows in problem.placements_of.items():
        placed[encoded.coach_number[coach_id]] = len(rows)
    bosses = [coach.supervisor for coach in encoded.coaches]
    supervisor = np.array([number.get(boss, NOBODY) for boss in bosses], dtype=np.int64)
    capacity = np.array([coach.capacity for coach in encoded.coaches], dtype=np.int64)
    free = sum(encoded.coach.slots >> slot & 1 for slot in range(SEATS))
    order = np.argsort(supervisor, kind="stable")
    team = order[np.searchsorted(supervisor[order], 0) :]
    return Places(
        room=np.minimum(np.maximum(0, capacity - placed), free + 1),
        placed=placed,
        supervisor=supervisor,
        team_start=np.searchsorted(supervisor[team], np.arange(len(names) + 1)),
        team=team,
        supervisor_room=np.array(
            [max(0, problem.supervisors[name] - problem.supervised[name]) for name in names],
            dtype=np.int64,
        ),
        load=problem.settings.load,
    )


def nobody_seated(families: int, places: Places) -> Seating:
    """The seating with which a cold solve begins."""
    coaches, supervisors = len(places.room), len(places.supervisor_room)
    return Seating(
        seat=np.full(families, NOBODY, dtype=np.int64),
        holder=np.full(coaches * SEATS, NOBODY, dtype=np.int64),
        used=np.zeros(coaches, dtype=np.int64),
        carried=np.zeros(supervisors, dtype=np.int64),
    )
