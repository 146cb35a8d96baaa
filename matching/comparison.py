"""Two results compared: who gains, who loses, who moves and why, and what it does to the total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from matching.chains import Seat, Takes, link, runs
from matching.costs import CostParts
from matching.problem import Problem
from matching.reasons import Cause, Reasons
from matching.result import Proposal, Result, Status

LOAD = "load"


class Fate(StrEnum):
    """What becomes of a family."""

    GAINS = "gains"
    MOVES = "moves"
    SHIFTS = "shifts"
    LOSES = "loses"
    GOES = "goes"


@dataclass(frozen=True)
class Place:
    """Where a family is matched; `cost` is the pair's, load left out."""

    coach_id: str
    slot: str
    mode: str
    cost: int


@dataclass(frozen=True)
class Move:
    """One family whose match differs.

    Attributes
    ----------
    fate
        ``gains`` a coach, ``moves`` to another one, ``shifts`` to another slot or mode of the same
        one, ``loses`` its coach, or ``goes``: it is no longer in the problem.
    takes, left_by
        What the family takes, and which family leaves it; nobody if it is free.
    causes
        Why; empty where nothing but the moves beside it in the chain explains it.
    """

    family_id: str
    fate: Fate
    before: Place | None
    after: Place | None
    takes: Takes | None
    left_by: str | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Chain:
    """Moves that hang together: each family takes what the next one leaves.

    Attributes
    ----------
    closed
        Whether the last one takes what the first one leaves.
    saves
        For a chain in which all keep a coach: how many points more it would cost today to leave
        these families as they were. 0 is a tie. None where that cannot be done, or where
        families gain or lose.
    """

    moves: tuple[Move, ...]
    closed: bool = False
    saves: int | None = None


@dataclass(frozen=True)
class Total:
    """One part of the cost, summed over all matches."""

    part: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """What differs between two results.

    Attributes
    ----------
    chains
        Those in which somebody gains come first, then losses, then moves, ties last.
    figures
        ``families``, ``coaches``, ``pairs``, ``matched`` and ``cost``.
    parts
        The cost by part, ``load`` last; their sum is ``cost``.
    """

    chains: tuple[Chain, ...]
    figures: tuple[Total, ...]
    parts: tuple[Total, ...]

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every family whose match differs, by id."""
        rows = (move for chain in self.chains for move in chain.moves)
        return tuple(sorted(rows, key=lambda move: move.family_id))

    def having(self, *fates: Fate) -> tuple[Move, ...]:
        """The moves with one of these fates, by family_id."""
        return tuple(move for move in self.moves if move.fate in fates)

    @property
    def gainers(self) -> tuple[Move, ...]:
        return self.having(Fate.GAINS)

    @property
    def losers(self) -> tuple[Move, ...]:
        return self.having(Fate.LOSES)

    @property
    def movers(self) -> tuple[Move, ...]:
        return self.having(Fate.MOVES, Fate.SHIFTS)

    def to_dict(self) -> dict[str, Any]:
        """Everything, in types that JSON knows."""
        return {
            "gains": [move.family_id for move in self.gainers],
            "loses": [move.family_id for move in self.losers],
            "moves": [move.family_id for move in self.movers],
            "figures": [{**asdict(row), "change": row.change} for row in self.figures],
            "parts": [{**asdict(row), "change": row.change} for row in self.parts],
            "chains": [asdict(chain) for chain in self.chains],
        }


def compare(
    before: Result, after: Result, problem_before: Problem, problem_after: Problem
) -> Comparison:
    """What differs between two optimal results, and why.

    Raises
    ------
    ValueError
        When a result is not optimal, or is not one of its problem.
    """
    _check(before, problem_before)
    _check(after, problem_after)
    chains = _Chains(before, after, problem_before, problem_after).all()
    return Comparison(
        chains=tuple(chains),
        figures=tuple(
            Total(name, getattr(before, name), getattr(after, name))
            for name in ("families", "coaches", "pairs", "matched", "cost")
        ),
        parts=(
            *(
                Total(part.name, _sum(before, part.name), _sum(after, part.name))
                for part in fields(CostParts)
            ),
            Total(LOAD, before.load_cost, after.load_cost),
        ),
    )


def _sum(result: Result, part: str) -> int:
    return sum(getattr(row.parts, part) for row in result.proposals)


def _check(result: Result, problem: Problem) -> None:
    if result.status != Status.OPTIMAL:
        raise ValueError(f"a result with status {result.status} cannot be compared")
    matched = {row.family_id for row in result.proposals}
    known = matched <= problem.family_by_id.keys() and problem.coach_by_id.keys() >= {
        row.coach_id for row in result.proposals
    }
    if not known or result.families != len(problem.families):
        raise ValueError("a result can be compared only beside its own problem")


def _seats(rows: Iterable[Proposal]) -> dict[str, Seat]:
    return {row.family_id: (row.coach_id, row.slot) for row in rows}


def _place(row: Proposal | None) -> Place | None:
    return None if row is None else Place(row.coach_id, row.slot, row.mode, row.cost)


class _Chains:
    """Builds the chains of one comparison."""

    def __init__(
        self, before: Result, after: Result, problem_before: Problem, problem_after: Problem
    ) -> None:
        self.old = {row.family_id: row for row in before.proposals}
        self.new = {row.family_id: row for row in after.proposals}
        self.still_there = problem_after.family_by_id
        seats = _seats(before.proposals), _seats(after.proposals)
        gone = (
            row for row in problem_before.coaches if row.coach_id not in problem_after.coach_by_id
        )
        self.links = link(problem_after, *seats, gone)
        self.reasons = Reasons(problem_before, problem_after, *seats)
        self.moving = [
            name
            for name in self.old.keys() | self.new.keys()
            if seats[0].get(name) != seats[1].get(name) or self._mode_differs(name)
        ]

    def _mode_differs(self, name: str) -> bool:
        return self.old[name].mode != self.new[name].mode

    def all(self) -> list[Chain]:
        chains = [self._chain(names, closed) for names, closed in runs(self.moving, self.links)]
        return sorted(chains, key=_importance)

    def _chain(self, names: tuple[str, ...], closed: bool) -> Chain:
        fates = [self._fate(name) for name in names]
        keep = all(fate in (Fate.MOVES, Fate.SHIFTS) for fate in fates)
        saves = self.reasons.saved(names) if keep else None
        moves = []
        for at, (name, fate) in enumerate(zip(names, fates, strict=True)):
            taker = names[at - 1] if at or closed else None
            causes = self.reasons.causes(name, self.links.get(name))
            causes = causes or self.reasons.in_chain(name, names, taker, saves)
            if at == 0 and fate == Fate.GAINS and fates[-1] == Fate.LOSES:
                causes += self.reasons.rise(name, names[-1])
            moves.append(self._move(name, fate, causes))
        return Chain(tuple(moves), closed, saves)

    def _fate(self, name: str) -> Fate:
        if name not in self.old:
            return Fate.GAINS
        if name not in self.new:
            return Fate.LOSES if name in self.still_there else Fate.GOES
        same = self.old[name].coach_id == self.new[name].coach_id
        return Fate.SHIFTS if same else Fate.MOVES

    def _move(self, name: str, fate: Fate, causes: tuple[Cause, ...]) -> Move:
        found = self.links.get(name)
        return Move(
            family_id=name,
            fate=fate,
            before=_place(self.old.get(name)),
            after=_place(self.new.get(name)),
            takes=found.takes if found else None,
            left_by=found.left_by if found else None,
            causes=causes,
        )


def _importance(chain: Chain) -> tuple[int, str]:
    fates = {move.fate for move in chain.moves}
    order = (Fate.GAINS, Fate.LOSES, Fate.GOES)
    rank = next((at for at, fate in enumerate(order) if fate in fates), len(order))
    return rank + (chain.saves == 0), chain.moves[0].family_id
