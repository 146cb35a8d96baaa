"""Why a family is left out, told place by place: who would have to move, and why they cannot.

From the family the alternating paths lead to whoever holds a place that it could have, from them
to whoever holds one that they could move to, and so on. No free place is among them all, and all of
them come first: that is the proof of level 1, told here for one family. It names other people and
is for coordinators only; `matching.letters` is for families.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matching.candidates import find_candidates
from matching.closure import UnfinishedWalk, no_traces, reach
from matching.encoding import encode
from matching.places import (
    NOBODY,
    SEATS,
    Places,
    Seating,
    nobody_seated,
    pairs_for_loops,
    places_of,
)
from matching.problem import SLOT_INDEX, SLOTS, Problem
from matching.result import Result

TOLD = 4
OWN_OPTIONS, OPTIONS, NAMED = 5, 3, 4  # of each family, so that a story can still be read


class Blocked(StrEnum):
    """Why a place cannot be had: the slot, the coach's capacity or the supervisor's."""

    SLOT = "slot"
    COACH = "coach"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Option:
    """A place that a family could have if it were free.

    Attributes
    ----------
    slots
        The coach's slots that suit; for a slot that somebody holds just that one.
    supervisor
        Of the coach, where it is the supervisor who carries no more.
    families
        Matched families of whom one would have to move, in the order of level 1.
    placements
        Families of active placements there, who do not move.
    """

    coach_id: str
    slots: tuple[str, ...]
    blocked: Blocked
    supervisor: str | None
    families: tuple[str, ...]
    placements: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """What one family could have instead of what it has; a pinned one nothing."""

    family_id: str
    coach_id: str | None
    pinned: bool
    options: tuple[Option, ...]

    @property
    def first_options(self) -> tuple[Option, ...]:
        """As many as are told in sentences; the steps that follow are about those."""
        return self.options[: OWN_OPTIONS if self.coach_id is None else OPTIONS]


@dataclass(frozen=True)
class Story:
    """The steps, the family's own first, then those of the families who would have to move.

    Attributes
    ----------
    reached
        How many matched families its alternating paths reach in all: they all come first, and
        none of them could move to a free place.
    """

    family_id: str
    steps: tuple[Step, ...]
    reached: int


def story_of(problem: Problem, result: Result, family_id: str, told: int = TOLD) -> Story:
    """The story of one family that is left out.

    Parameters
    ----------
    told
        How many of the families who would have to move are told about.

    Raises
    ------
    ValueError
        When the family is not in the problem, or is matched.
    UnfinishedWalk
        When it could be matched: the result is not the optimum.
    """
    return Stories(problem, result).of(family_id, told)


class Stories:
    """Stories of one result; what they share is found once."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem = problem
        self.encoded = encode(problem)
        self.pairs = find_candidates(self.encoded, problem.settings)
        self.places = places_of(problem, self.encoded)
        self.number = {row.family_id: at for at, row in enumerate(self.encoded.families)}
        self.seating = self._seating(result)

    def _seating(self, result: Result) -> Seating:
        coaches = {row.coach_id: at for at, row in enumerate(self.encoded.coaches)}
        seating = nobody_seated(len(self.encoded.families), self.places)
        for row in result.proposals:
            f, c = self.number[row.family_id], coaches[row.coach_id]
            seating.seat[f] = c * SEATS + SLOT_INDEX[row.slot]
            seating.holder[seating.seat[f]] = f
            seating.used[c] += 1
            if self.places.supervisor[c] != NOBODY:
                seating.carried[self.places.supervisor[c]] += 1
        return seating

    def of(self, family_id: str, told: int = TOLD) -> Story:
        """As `story_of`."""
        if family_id not in self.number:
            raise ValueError("the family is not in the problem")
        first = self.number[family_id]
        if self.seating.seat[first] != NOBODY:
            raise ValueError("the family is matched")
        reached = self._reached(first)
        steps = {family_id: self._step(first)}
        waiting = [family_id]
        while waiting:
            for option in steps[waiting.pop(0)].first_options:
                for name in option.families[:NAMED]:
                    if name not in steps and len(steps) <= told:
                        steps[name] = self._step(self.number[name])
                        waiting.append(name)
        return Story(family_id, tuple(steps.values()), reached)

    def _reached(self, first: int) -> int:
        traces = no_traces(self.seating)
        loops = pairs_for_loops(self.pairs)
        count = reach(first, 0, loops, self.places, self.seating, traces)
        if count < 0:
            raise UnfinishedWalk("the family could be matched: the result is not the optimum")
        return int((traces.queue[:count] < len(self.seating.seat)).sum()) - 1

    def _step(self, f: int) -> Step:
        family, seat = self.encoded.families[f], int(self.seating.seat[f])
        pinned = family.family_id in self.problem.pins
        begun, end = self.pairs.start[f : f + 2].tolist()
        coaches = [] if pinned else self.pairs.coach[begun:end].tolist()
        options = [option for c in coaches for option in self._options(f, c)]
        has = None if seat == NOBODY else self.encoded.coaches[seat // SEATS].coach_id
        return Step(
            family.family_id, has, pinned, tuple(sorted(options, key=lambda one: one.coach_id))
        )

    def _options(self, f: int, c: int) -> list[Option]:
        """The slots that others hold, each by itself, then those that are free, together."""
        shared = int(self.encoded.family.slots[f] & self.encoded.coach.slots[c])
        slots = [slot for slot in range(SEATS) if shared >> slot & 1]
        holder = self.seating.holder[c * SEATS : (c + 1) * SEATS].tolist()
        coach_id = self.encoded.coaches[c].coach_id
        found = [
            Option(coach_id, (SLOTS[slot],), Blocked.SLOT, None, self._names({holder[slot]}), ())
            for slot in slots
            if holder[slot] not in (NOBODY, f)
        ]
        free = tuple(SLOTS[slot] for slot in slots if holder[slot] == NOBODY)
        # With its own coach a family brings its own place along, which frees none.
        if free and self.seating.seat[f] // SEATS != c:
            found.append(self._full(c, free))
        return found

    def _full(self, c: int, free: tuple[str, ...]) -> Option:
        """Who uses up the coach or, if the coach has a place left, the supervisor."""
        coach, boss = self.encoded.coaches[c], int(self.places.supervisor[c])
        full = self.seating.used[c] >= self.places.room[c] or boss == NOBODY
        team = [c] if full else _team(self.places, boss)
        held = self.seating.holder.reshape(-1, SEATS)[team]
        names = [self.encoded.coaches[one].coach_id for one in team]
        placed = [row for name in names for row in self.problem.placements_of.get(name, ())]
        return Option(
            coach_id=coach.coach_id,
            slots=free,
            blocked=Blocked.COACH if full else Blocked.SUPERVISOR,
            supervisor=None if full else coach.supervisor,
            families=self._names(set(held[held != NOBODY].tolist())),
            placements=tuple(sorted({row.family_id for row in placed})),
        )

    def _names(self, families: set[int]) -> tuple[str, ...]:
        ordered = sorted(families, key=self.encoded.rank.__getitem__)
        return tuple(self.encoded.families[number].family_id for number in ordered)


def _team(places: Places, boss: int) -> list[int]:
    first, end = places.team_start[boss : boss + 2].tolist()
    return [int(one) for one in places.team[first:end]]
