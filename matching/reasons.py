"""Why a family's match differs between two results: what the change of the problem did to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from matching.chains import Link, Seat, Takes
from matching.costs import cost_parts
from matching.problem import Problem
from matching.rules import broken, shared_slots


class Why(StrEnum):
    """Kinds of causes. Those before `MAKES_ROOM` are facts of the changed problem."""

    FAMILY_GONE = "family_gone"
    COACH_GONE = "coach_gone"
    FORBIDDEN = "forbidden"
    SLOT_GONE = "slot_gone"
    FEWER_PLACES = "fewer_places"
    FAMILY_NEW = "family_new"
    COACH_NEW = "coach_new"
    ALLOWED = "allowed"
    SLOT_OPENED = "slot_opened"
    MORE_PLACES = "more_places"
    PINNED = "pinned"
    RANKS_BEFORE = "ranks_before"
    MAKES_ROOM = "makes_room"
    OUTRANKED = "outranked"
    MODE = "mode"
    CHEAPER = "cheaper"
    TIE = "tie"


@dataclass(frozen=True)
class Cause:
    """One cause: `who` is the id of the coach, family or supervisor that it is about.

    `rules` are those that forbid the pair now, for ``forbidden``, or did before, for ``allowed``.
    """

    why: Why
    who: str = ""
    rules: tuple[str, ...] = ()


class _Side:
    """One problem with its matching, and the room that is left at each limit."""

    def __init__(self, problem: Problem, seats: Mapping[str, Seat]) -> None:
        self.problem, self.seats = problem, seats
        self.of_coach = Counter(coach_id for coach_id, _ in seats.values())

    @cached_property
    def rank(self) -> dict[str, int]:
        return {row.family_id: at for at, row in enumerate(self.problem.ranked())}

    def room(self, coach_id: str) -> int:
        coach = self.problem.coach_by_id.get(coach_id)
        return self.problem.free_places(coach) if coach else 0

    def supervisor(self, coach_id: str) -> str | None:
        coach = self.problem.coach_by_id.get(coach_id)
        return coach.supervisor if coach else None

    def supervision(self, supervisor: str) -> int:
        limit = self.problem.supervisors.get(supervisor, 0)
        return limit - self.problem.supervised.get(supervisor, 0)

    @cached_property
    def carried(self) -> Counter[str | None]:
        """New matches by supervisor."""
        found: Counter[str | None] = Counter()
        for coach_id, count in self.of_coach.items():
            found[self.supervisor(coach_id)] += count
        return found

    def broken(self, family_id: str, coach_id: str) -> tuple[str, ...] | None:
        """None when one of the two is not there."""
        family = self.problem.family_by_id.get(family_id)
        coach = self.problem.coach_by_id.get(coach_id)
        return broken(self.problem, family, coach) if family and coach else None

    def has_slot(self, family_id: str, seat: Seat) -> bool:
        family, coach = self.problem.family_by_id[family_id], self.problem.coach_by_id[seat[0]]
        return seat[1] in shared_slots(self.problem, family, coach)

    def pinned_away(self, family_id: str, coach_id: str) -> bool:
        return self.problem.pins.get(family_id, coach_id) != coach_id

    def cost(self, family_id: str, coach_id: str) -> int:
        family, coach = self.problem.family_by_id[family_id], self.problem.coach_by_id[coach_id]
        return cost_parts(self.problem, family, coach).total


class Reasons:
    """Asks both problems why a family is where it is now and not where it was."""

    def __init__(
        self,
        problem_before: Problem,
        problem_after: Problem,
        before: Mapping[str, Seat],
        after: Mapping[str, Seat],
    ) -> None:
        self.old = _Side(problem_before, before)
        self.new = _Side(problem_after, after)

    def causes(self, family_id: str, link: Link | None) -> tuple[Cause, ...]:
        """Facts of the changed problem: why it leaves, then why it can have what it takes."""
        was, now = self.old.seats.get(family_id), self.new.seats.get(family_id)
        found: list[Cause] = []
        if was:
            found += self._leaving(family_id, was)
        if now and (was is None or now != was):
            found += self._entering(family_id, now, link)
        return tuple(dict.fromkeys(found))

    def _leaving(self, family_id: str, was: Seat) -> Iterable[Cause]:
        coach_id = was[0]
        if family_id not in self.new.problem.family_by_id:
            yield Cause(Why.FAMILY_GONE)
            return
        rules = self.new.broken(family_id, coach_id)
        if rules is None:
            yield Cause(Why.COACH_GONE, coach_id)
        elif rules:
            yield Cause(Why.FORBIDDEN, coach_id, rules)
        elif not self.new.has_slot(family_id, was):
            yield Cause(Why.SLOT_GONE, coach_id)
        elif self.new.pinned_away(family_id, coach_id):
            yield Cause(Why.PINNED, self.new.problem.pins[family_id])
        elif self.new.room(coach_id) < self.old.of_coach[coach_id]:
            yield Cause(Why.FEWER_PLACES, coach_id)
        elif (name := self.new.supervisor(coach_id)) and self.new.supervision(name) < min(
            self.old.carried[name], self.old.supervision(name)
        ):
            yield Cause(Why.FEWER_PLACES, name)

    def _entering(self, family_id: str, now: Seat, link: Link | None) -> Iterable[Cause]:
        coach_id = now[0]
        if family_id not in self.old.problem.family_by_id:
            yield Cause(Why.FAMILY_NEW)
        if coach_id not in self.old.problem.coach_by_id:
            yield Cause(Why.COACH_NEW, coach_id)
        rules = self.old.broken(family_id, coach_id)
        if rules:
            yield Cause(Why.ALLOWED, coach_id, rules)
        elif rules == () and not self.old.has_slot(family_id, now):
            yield Cause(Why.SLOT_OPENED, coach_id)
        if self.new.problem.pins.get(family_id) == coach_id != self.old.problem.pins.get(family_id):
            yield Cause(Why.PINNED, coach_id)
        if rules is not None and link and link.takes == Takes.FREE:
            yield from self._more_room(coach_id)

    def _more_room(self, coach_id: str) -> Iterable[Cause]:
        """A place that is free now and could not have been had before."""
        room = self.old.room(coach_id)
        if self.old.of_coach[coach_id] >= room and self.new.room(coach_id) > room:
            yield Cause(Why.MORE_PLACES, coach_id)
        name = self.new.supervisor(coach_id)
        if name and self.old.supervisor(coach_id) == name:
            room = self.old.supervision(name)
            if self.old.carried[name] >= room and self.new.supervision(name) > room:
                yield Cause(Why.MORE_PLACES, name)

    def rise(self, winner: str, loser: str) -> tuple[Cause, ...]:
        """That the winner comes before the loser now, and did not before."""
        if self.new.rank[winner] > self.new.rank[loser]:
            return ()
        old = self.old.rank
        new = winner not in old or old[winner] > old[loser]
        return (Cause(Why.RANKS_BEFORE, loser),) if new else ()

    def in_chain(
        self, name: str, chain: tuple[str, ...], taker: str | None, saves: int | None
    ) -> tuple[Cause, ...]:
        """Causes that lie in the chain: who comes first, whom it makes room for, points saved."""
        now, head = self.new.seats.get(name), chain[0]
        if now is not None and now == self.old.seats.get(name):
            return (Cause(Why.MODE, now[0]),)
        if now is None:
            first = head != name and self.new.rank.get(head, 0) < self.new.rank.get(name, 0)
            return (Cause(Why.OUTRANKED, head),) if first else ()
        if name not in self.old.seats:
            return ()
        if saves == 0:
            return (Cause(Why.TIE),)
        return (Cause(Why.MAKES_ROOM, taker),) if taker and saves is None else (Cause(Why.CHEAPER),)

    def saved(self, names: tuple[str, ...]) -> int | None:
        """Points that it would cost more to leave these families as they were; None if it cannot
        be done."""
        change = Counter[str]()
        points = 0
        for name in names:
            was, now = self.old.seats[name], self.new.seats[name]
            stays = self.new.broken(name, was[0]) == () and self.new.has_slot(name, was)
            if was == now or not stays or self.new.pinned_away(name, was[0]):
                return None
            points += self.new.cost(name, was[0]) - self.new.cost(name, now[0])
            change[was[0]] += 1
            change[now[0]] -= 1
        if any(self.new.of_coach[c] + n > self.new.room(c) for c, n in change.items()):
            return None
        carried = Counter[str | None]()
        for coach_id, more in change.items():
            carried[self.new.supervisor(coach_id)] += more
        for supervisor, more in carried.items():
            if supervisor and self.new.carried[supervisor] + more > self.new.supervision(
                supervisor
            ):
                return None
        return points + sum(self._load(coach_id, n) for coach_id, n in change.items())

    def _load(self, coach_id: str, more: int) -> int:
        """Points of load for so many more families (fewer, if negative) with a coach."""
        placed = len(self.new.problem.placements_of.get(coach_id, ()))
        first = placed + self.new.of_coach[coach_id] + min(more, 0)
        steps = sum(range(first, first + abs(more)))
        return self.new.problem.settings.load * (steps if more > 0 else -steps)
