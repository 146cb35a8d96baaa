"""What a peer is given and what it gives back: numbers in files, numpy only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
SLOTS = 28
NO_SLOT = -1


@dataclass(frozen=True)
class Arcs:
    """One problem with all its pairs, sorted by family then coach.

    Attributes
    ----------
    family, coach, cost, shared
        One entry per pair; `shared` is the mask of slots that both have free.
    rank, band
        One entry per family: its place in the order of who comes first; its priority.
    places, taken, supervisor
        One entry per coach: families more, families now, supervisor's number or -1.
    room
        One entry per supervisor: matches more.
    load
        One number: points for each family that a coach has already.
    """

    family: Ints
    coach: Ints
    cost: Ints
    shared: Ints
    rank: Ints
    band: Ints
    places: Ints
    taken: Ints
    supervisor: Ints
    room: Ints
    load: Ints

    def save(self, path: Path) -> None:
        """Write all columns, in 32 bits where they fit, to `path`."""
        columns = {part.name: getattr(self, part.name) for part in fields(self)}
        np.savez(path, **{name: column.astype(np.int32) for name, column in columns.items()})

    @classmethod
    def load_from(cls, path: Path) -> Arcs:
        """The columns that `save` wrote."""
        with np.load(path) as stored:
            return cls(**{part.name: stored[part.name].astype(np.int64) for part in fields(cls)})

    @cached_property
    def slotted(self) -> tuple[Ints, Ints]:
        """The slot arcs: number of the pair, and of the coach's slot (``coach * 28 + slot``)."""
        parts = [np.flatnonzero(self.shared >> slot & 1) for slot in range(SLOTS)]
        pair = np.concatenate(parts)
        slot = np.repeat(np.arange(SLOTS), [len(part) for part in parts])
        order = np.argsort(pair * SLOTS + slot)
        pair, slot = pair[order], slot[order]
        return pair, self.coach[pair] * SLOTS + slot

    @cached_property
    def by_slot(self) -> tuple[Ints, Ints, Ints, Ints]:
        """The slot arcs for an assignment: family, column, cost; and each column's coach slot."""
        pair, coach_slot = self.slotted
        kept, column = np.unique(coach_slot, return_inverse=True)
        return self.family[pair], column, self.cost[pair], kept


@dataclass(frozen=True)
class Answer:
    """Who meets whom and when; `slot` is `NO_SLOT` where the peer knows no slots."""

    family: Ints
    coach: Ints
    slot: Ints

    @classmethod
    def of_slots(cls, family: Ints, coach_slot: Ints) -> Answer:
        """From families and the coaches' slots that they got."""
        return cls(family, coach_slot // SLOTS, coach_slot % SLOTS)


@dataclass(frozen=True)
class Judged:
    """An answer held against the problem.

    Attributes
    ----------
    claimed
        Families matched by the answer, each in a pair that no rule forbids.
    kept, cost
        Families left when, going down the order, whoever breaks a limit is dropped; their points.
    who
        Fingerprint of the families kept.
    """

    claimed: int
    kept: int
    cost: int
    who: str


class WrongAnswerError(ValueError):
    """An answer matches a pair that a rule forbids, or a family twice."""


def judge(arcs: Arcs, answer: Answer) -> Judged:
    """Hold `answer` against every limit.

    Raises
    ------
    WrongAnswerError
        When a family comes twice, or a pair or its slot is not among the arcs.
    """
    if len(np.unique(answer.family)) != len(answer.family):
        raise WrongAnswerError("a family is matched twice")
    pair = _pair_numbers(arcs, answer)
    order = np.argsort(arcs.rank[answer.family])
    places, room = arcs.places.tolist(), arcs.room.tolist()
    free = np.full(len(arcs.places), (1 << SLOTS) - 1, dtype=np.int64).tolist()
    cost, load, kept = 0, int(arcs.load[0]), []
    for at in order.tolist():
        coach, above = int(answer.coach[at]), int(arcs.supervisor[answer.coach[at]])
        slot = _slot_for(int(answer.slot[at]), int(arcs.shared[pair[at]]) & free[coach])
        if not slot or not places[coach] or (above >= 0 and not room[above]):
            continue
        cost += int(arcs.cost[pair[at]])
        cost += load * int(arcs.taken[coach] + arcs.places[coach] - places[coach])
        free[coach] &= ~slot
        places[coach] -= 1
        if above >= 0:
            room[above] -= 1
        kept.append(int(answer.family[at]))
    who = sha256(np.array(sorted(kept), dtype=np.int64).tobytes()).hexdigest()
    return Judged(len(answer.family), len(kept), cost, who)


def _slot_for(wanted: int, open_slots: int) -> int:
    """The slot as a mask, 0 when it is taken; the first open one where none is named."""
    if wanted == NO_SLOT:
        return open_slots & -open_slots
    return open_slots & 1 << wanted


def _pair_numbers(arcs: Arcs, answer: Answer) -> Ints:
    coaches = len(arcs.places)
    keys, wanted = arcs.family * coaches + arcs.coach, answer.family * coaches + answer.coach
    pair = np.searchsorted(keys, wanted)
    known = (pair < len(keys)) & (keys[np.minimum(pair, len(keys) - 1)] == wanted)
    slotted = answer.slot != NO_SLOT
    if not known.all() or not (arcs.shared[pair[slotted]] >> answer.slot[slotted] & 1).all():
        raise WrongAnswerError("a pair that a rule forbids is matched")
    return pair
