"""What a solve gives back, as plain data that can be written down as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from matching.costs import CostParts

NAMED = 10


class Status(StrEnum):
    """How a solve ended. A status, not an exception: running out of time is no fault."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"


class Reason(StrEnum):
    """Why a family is left out."""

    NO_CANDIDATE = "no_candidate"
    OUTRANKED = "outranked"


@dataclass(frozen=True)
class NextBest:
    """Another coach that the family could have had, the same families being matched.

    Attributes
    ----------
    cost
        The cost of the pair itself, load left out.
    total_cost
        What the whole matching would cost at least with this pair forced.
    extra
        `total_cost` less the optimum; never negative.
    """

    coach_id: str
    cost: int
    total_cost: int
    extra: int


@dataclass(frozen=True)
class Proposal:
    """One match to be reviewed.

    Attributes
    ----------
    mode
        ``in_person`` or ``remote``.
    distance_m
        Straight-line metres between the two, also when they meet remotely.
    cost
        The sum of `parts`, load left out.
    shared_slots
        All slots that would have done, in week order; `slot` is one of them.
    """

    family_id: str
    coach_id: str
    slot: str
    mode: str
    distance_m: int
    cost: int
    parts: CostParts
    shared_slots: tuple[str, ...]
    needs_met: tuple[str, ...]
    needs_unmet: tuple[str, ...]
    lived_shared: tuple[str, ...]
    languages_shared: tuple[str, ...]
    next_best: tuple[NextBest, ...] = ()


@dataclass(frozen=True)
class Change:
    """One single change that would make a pair for a family that has none.

    Attributes
    ----------
    rule
        ``distance``, ``slots`` or ``clearance``.
    metres
        How much further the coach would have to travel, for ``distance``.
    slot
        The slot that is missing, for ``slots``.
    offered_by
        Who would have to offer that slot: ``family`` or ``coach``.
    """

    rule: str
    coach_id: str
    metres: int | None = None
    slot: str | None = None
    offered_by: str | None = None

    def __str__(self) -> str:
        if self.rule == "distance":
            return f"Coach {self.coach_id} would have to travel {self.metres} metres further."
        if self.rule == "slots":
            return f"The {self.offered_by} would have to offer {self.slot}: coach {self.coach_id}."
        return f"Coach {self.coach_id} would have to be cleared."


class Ids(Sequence[str]):
    """Ids as numbers into a list that many share: four bytes each, for lists that are long.

    Equal to a tuple of the same ids, and used like one.

    Parameters
    ----------
    numbers
        Places in `everybody`.
    """

    __slots__ = ("_everybody", "_numbers")

    def __init__(self, numbers: NDArray[np.int32], everybody: tuple[str, ...]) -> None:
        self._numbers, self._everybody = numbers, everybody

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self._everybody[number] for number in self._numbers[at].tolist())
        return self._everybody[int(self._numbers[at])]

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Ids, tuple)) and self[:] == tuple(other)

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return repr(self[:])

    def __deepcopy__(self, memo: dict[int, Any]) -> Ids:
        return self


@dataclass(frozen=True)
class Unmatched:
    """A family that is left out, and why.

    Attributes
    ----------
    near_misses
        ``(rule, coaches that break only that rule)``, for a family without any pair.
    changes
        The smallest change of each kind that would make a pair; the first is the one to try.
    outranked_by
        Families matched in this run that hold the places this one could have had, in the order
        of level 1. In a dense town they are many: see `Ids`.
    placements
        Families of active placements that hold such places.
    """

    family_id: str
    reason: Reason
    near_misses: tuple[tuple[str, int], ...] = ()
    changes: tuple[Change, ...] = ()
    outranked_by: Sequence[str] = ()
    placements: tuple[str, ...] = ()

    @property
    def suggestion(self) -> str:
        """One sentence for the coordinator. It names other people's ids: not for the family."""
        if self.reason == Reason.NO_CANDIDATE:
            return str(self.changes[0]) if self.changes else "No single change makes a pair."
        held = []
        if self.outranked_by:
            held.append(f"families that come first: {_first_few(self.outranked_by)}")
        if self.placements:
            held.append(f"active placements: {_first_few(self.placements)}")
        return f"Its places are held by {' and by '.join(held) or 'nobody: they have no capacity'}."


def _first_few(ids: Sequence[str]) -> str:
    """Enough for a sentence; the data has them all."""
    shown = " ".join(ids[:NAMED])
    return shown if len(ids) <= NAMED else f"{shown} and {len(ids) - NAMED} more"


@dataclass(frozen=True)
class Profile:
    """A coach worth recruiting: cleared, without experience, supervisor or anything avoided.

    Attributes
    ----------
    families_gained
        How many more families the optimum matches with this coach added.
    """

    easting: int
    northing: int
    slots: tuple[str, ...]
    capacity: int
    languages: tuple[str, ...]
    gender: str
    training: tuple[str, ...]
    max_distance_m: int
    families_gained: int


@dataclass(frozen=True)
class Proof:
    """What lets anybody check that no other choice is better, without solving again.

    Attributes
    ----------
    closed
        Level 1: matched family to the first left-out family, in the order, whose alternating
        paths reach it. It ranks before that one, and no path reaches a free place.
    slot_prices, coach_prices, supervisor_prices
        Level 2: whole-number prices, slots keyed ``coach_id slot``. Any prices give a lower bound
        of the cost; these give one equal to the cost.
    """

    closed: Mapping[str, str] = field(default_factory=dict)
    slot_prices: Mapping[str, int] = field(default_factory=dict)
    coach_prices: Mapping[str, int] = field(default_factory=dict)
    supervisor_prices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """The outcome of one solve.

    Attributes
    ----------
    pairs
        How many pairs no rule forbids, a pinned family's others left out.
    pair_cost, load_cost
        Their sum is `cost`.
    bound
        The least that any matching of these families can cost; equal to `cost` when optimal.
    seconds
        By stage. All else is the same whenever the input is.
    """

    status: Status
    families: int
    coaches: int
    pairs: int = 0
    proposals: tuple[Proposal, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    recruitment: tuple[Profile, ...] = ()
    pair_cost: int = 0
    load_cost: int = 0
    bound: int = 0
    proof: Proof = field(default_factory=Proof)
    seconds: Mapping[str, float] = field(default_factory=dict)
    version: str = ""

    @property
    def matched(self) -> int:
        return len(self.proposals)

    @property
    def cost(self) -> int:
        return self.pair_cost + self.load_cost

    @property
    def optimal(self) -> bool:
        return self.status == Status.OPTIMAL and self.bound == self.cost

    def summary(self) -> dict[str, Any]:
        """The figures of the run, as written to ``summary.json``."""
        return {
            "status": str(self.status),
            "families": self.families,
            "coaches": self.coaches,
            "pairs": self.pairs,
            "matched": self.matched,
            "cost": self.cost,
            "pair_cost": self.pair_cost,
            "load_cost": self.load_cost,
            "bound": self.bound,
            "optimal": self.optimal,
            "seconds": dict(self.seconds),
            "version": self.version,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        rows = {
            name: [asdict(row) for row in getattr(self, name)]
            for name in ("proposals", "unmatched", "recruitment")
        }
        for row, unmatched in zip(rows["unmatched"], self.unmatched, strict=True):
            row["outranked_by"] = tuple(unmatched.outranked_by)
            row["suggestion"] = unmatched.suggestion
        return {**self.summary(), **rows, "proof": asdict(self.proof)}
