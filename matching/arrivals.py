"""One family or coach more: the optimum of the problem with them, by shortest paths alone.

Whoever comes gets a number after all others, in room that is kept spare. A new family is matched
if its alternating paths reach a free place, or somebody who ranks after it and who then goes
without; the way there that adds the least to the total is a shortest path at the prices there are.
A new coach first takes whoever gains by it; then families left out are asked in their order whether
they reach somebody who ranks after them, or a free place, until nobody does: each such exchange
makes the set better, and a set that none makes better is the best one. Prices stay those of an
optimum throughout.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np

from matching.alternatives import Others
from matching.candidates import Candidates
from matching.closure import first_to_gain, no_traces, reach
from matching.encoding import Ints, Numbers, slot_mask
from matching.mend import open_coach, price_all, put_right
from matching.near import forget, nearest, renew_all, widened
from matching.newcomers import Newcomers
from matching.paths import new_search
from matching.places import NOBODY, SEATS, Places, pairs_for_loops, supervisor_names
from matching.plan import OUT_OF_REACH, Plan, leave, with_holes
from matching.problem import SLOTS, Coach, Family, Problem
from matching.proof import costs_of

SPARE_ROWS = 256
SPARE_PAIRS = 1 << 18
LAST = 1 << 40  # the rank of a number that nobody has yet
Column = TypeVar("Column", Ints, Numbers)
Seat = tuple[str, str]
"""coach_id and slot."""


@dataclass(frozen=True)
class Arrival:
    """What changes when somebody comes.

    Attributes
    ----------
    moves
        The new seat, ``(coach_id, slot)``, of each family that does not stay where it was; None
        for whoever goes without. A new family is always among them.
    matched, cost
        Families matched and the cost of the whole matching, with the newcomer.
    """

    moves: Mapping[str, Seat | None]
    matched: int
    cost: int


class Arrivals:
    """An optimum that takes newcomers one by one. The one it began with stays as it is."""

    def __init__(self, problem: Problem, pairs: Candidates, places: Places, plan: Plan) -> None:
        self._encoded = pairs.encoded
        self._supervisors = {n: at for at, n in enumerate(supervisor_names(pairs.encoded))}
        self._newcomers = Newcomers(pairs.encoded, problem.settings)
        self._order: list[tuple[bool, int, date, str]] = [
            (row.family_id not in problem.pins, row.priority, row.waiting_since, row.family_id)
            for row in problem.ranked()
        ]
        self._rank = pairs.encoded.rank
        self._pairs, self._places, self._plan = pairs_for_loops(pairs), places, plan
        self._filled = len(pairs)
        self._near = nearest(np.flatnonzero(plan.matched), self._pairs, plan)
        self._widen(SPARE_ROWS, SPARE_ROWS, SPARE_PAIRS + len(pairs) // 16)

    def can_take(self, newcomer: Family | Coach) -> bool:
        """False for whoever brings a word or a supervisor that nobody had before."""
        boss = newcomer.supervisor if isinstance(newcomer, Coach) else None
        return self._newcomers.know(newcomer) and (boss is None or boss in self._supervisors)

    @property
    def number(self) -> Mapping[str, int]:
        """Each family's number."""
        return self._newcomers.family_number

    @property
    def coach_number(self) -> Mapping[str, int]:
        """Each coach's number."""
        return self._newcomers.coach_number

    @property
    def cost(self) -> int:
        return sum(costs_of(self._places, self._plan))

    def others(self) -> Others:
        """Answers whom families could have instead; only until somebody else comes."""
        encoded = replace(self._encoded, coaches=tuple(self._newcomers.coaches))
        return Others(encoded, self._pairs, self._places, self._plan, self.cost)

    def is_matched(self, family: int) -> bool:
        return bool(self._plan.seat[family] >= 0)

    def pairs_of(self, family: int) -> int:
        return int(self._pairs.stop[family] - self._pairs.start[family])

    def seats(self) -> dict[str, Seat]:
        """Where everybody sits."""
        matched = np.flatnonzero(self._plan.matched).tolist()
        return {self._newcomers.families[f].family_id: self._seat_of(f) for f in matched}

    def add_family(
        self, family: Family, excluded: Collection[str], previous: str | None
    ) -> Arrival:
        """Match a new family, if it can be matched or ranks before somebody in its way."""
        proposed = {} if previous is None else {family.family_id: previous}
        coaches, costs = self._newcomers.add_family(family, proposed, excluded)
        f = self._new_family(family, coaches, costs)
        before = self._plan.seat.copy()
        self._take_in(f)
        return self._arrival(before, family.family_id)

    def add_coach(self, coach: Coach, excluded: Collection[str]) -> Arrival:
        """Let a new coach take whoever gains by it, and match whoever can be matched now."""
        families, costs = self._newcomers.add_coach(coach, excluded)
        c = self._new_coach(coach, families, costs)
        before = self._plan.seat.copy()
        reached = self._reached_from(len(before) + c)
        self._open(c, families, costs)
        limit = LAST if reached is None else int(self._rank[reached].max(initial=NOBODY))
        f = self._first_to_gain(limit)
        while f != NOBODY:
            self._take_in(f)
            f = self._first_to_gain(LAST)
        return self._arrival(before, None)

    def _seat_of(self, f: int) -> Seat:
        c, slot = divmod(int(self._plan.seat[f]), SEATS)
        return self._newcomers.coaches[c].coach_id, SLOTS[slot]

    def _arrival(self, before: Ints, newcomer: str | None) -> Arrival:
        families, seat = self._newcomers.families, self._plan.seat
        moves = {
            families[f].family_id: self._seat_of(f) if seat[f] >= 0 else None
            for f in np.flatnonzero(before != seat).tolist()
        }
        if newcomer is not None:
            moves.setdefault(newcomer, None)
        return Arrival(moves, int(np.count_nonzero(seat >= 0)), self.cost)

    def _reached_from(self, node: int) -> Ints | None:
        """The families that alternating paths reach; None if there is a free place."""
        seating = self._plan.seating
        traces = no_traces(seating)
        count = reach(node, 0, self._pairs, self._places, seating, traces)
        if count < 0:
            return None
        reached = traces.queue[:count]
        return reached[reached < len(seating.seat)]

    def _first_to_gain(self, limit: int) -> int:
        """The first family left out that could be matched, also instead of another, or -1."""
        seating, rank = self._plan.seating, self._rank
        left_out = np.flatnonzero((seating.seat < 0) & (rank < limit))
        order = left_out[np.argsort(rank[left_out])]
        traces = no_traces(seating)
        return first_to_gain(order, rank, limit, self._pairs, self._places, seating, traces)

    def _take_in(self, f: int) -> None:
        """Match a family left out, if there is a place or it ranks before somebody in its way."""
        reached = self._reached_from(f)
        if reached is None:
            self._seat(f)
        else:
            last = int(reached[np.argmax(self._rank[reached])])
            if last != f:
                self._seat(f, instead_of=last)

    def _seat(self, f: int, instead_of: int = NOBODY) -> None:
        plan = self._plan
        if instead_of != NOBODY:
            plan = with_holes(plan, 1)
            leave(instead_of, 0, plan)
        waiting = np.array([f], dtype=np.int64)
        price_all(waiting, self._pairs, plan)
        renew_all(waiting, self._near, plan)
        put_right(waiting, self._near, self._places, plan, self._search)

    def _open(self, c: int, families: Ints, costs: Ints) -> None:
        """Price a new coach so high that nobody gains, and then let go on whoever would."""
        plan, places = self._plan, self._places
        boss = places.supervisor[c]
        onward = plan.supervisor[boss] if boss >= 0 else plan.sink[0]
        seated = plan.seat[families] >= 0
        bids = (plan.family[families] - costs)[seated]
        plan.coach[c] = max(onward, bids.max(initial=onward)) if places.room[c] else OUT_OF_REACH
        renew_all(families[seated], self._near, plan)
        open_coach(c, places, plan, self._search)
        put_right(np.zeros(0, dtype=np.int64), self._near, places, plan, self._search)

    def _new_family(self, family: Family, coaches: Ints, costs: Ints) -> int:
        f = self.number[family.family_id]
        if f == len(self._rank):
            self._widen(SPARE_ROWS, 0, 0)
        key = (True, family.priority, family.waiting_since, family.family_id)
        place = bisect_left(self._order, key)
        insort(self._order, key)
        self._rank[(self._rank >= place) & (self._rank < LAST)] += 1
        self._rank[f] = place
        self._pairs.family_slots[f] = slot_mask(family.slots)
        self._write(f, coaches, costs)
        return f

    def _new_coach(self, coach: Coach, families: Ints, costs: Ints) -> int:
        c = len(self._newcomers.coaches) - 1
        if c == len(self._places.room):
            self._widen(0, SPARE_ROWS, 0)
        places = self._places
        self._pairs.coach_slots[c] = slot_mask(coach.slots)
        places.room[c] = min(coach.capacity, len(coach.slots) + 1)
        if coach.supervisor is not None:
            boss = self._supervisors[coach.supervisor]
            places.supervisor[c] = boss
            team = np.insert(places.team, places.team_start[boss + 1], c)
            start = places.team_start.copy()
            start[boss + 1 :] += 1
            self._places = places._replace(team_start=start, team=team)
        for f, cost in zip(families.tolist(), costs.tolist(), strict=True):
            row = slice(self._pairs.start[f], self._pairs.stop[f])
            known, paid = self._pairs.coach[row], self._pairs.cost[row]
            self._write(f, np.append(known, c), np.append(paid, cost))
        return c

    def _write(self, f: int, coaches: Ints | Numbers, costs: Ints) -> None:
        """Give a family a new row of pairs, after all others."""
        end = self._filled + len(coaches)
        if end > len(self._pairs.coach):
            self._widen(0, 0, SPARE_PAIRS + len(coaches) + end // 16)
        row = slice(self._filled, end)
        self._pairs.coach[row], self._pairs.cost[row] = coaches, costs
        self._pairs.start[f], self._pairs.stop[f] = self._filled, end
        forget(f, self._near)
        self._filled = end

    def _widen(self, families: int, coaches: int, pairs: int) -> None:
        """Copy all columns, with more spare room."""
        rows, places, plan = self._pairs, self._places, self._plan
        self._rank = _longer(self._rank, families, LAST)
        self._pairs = rows._replace(
            start=_longer(rows.start, families),
            stop=_longer(rows.stop, families),
            coach=_longer(rows.coach, pairs),
            cost=_longer(rows.cost, pairs),
            family_slots=_longer(rows.family_slots, families),
            coach_slots=_longer(rows.coach_slots, coaches),
        )
        self._places = places._replace(
            room=_longer(places.room, coaches),
            placed=_longer(places.placed, coaches),
            supervisor=_longer(places.supervisor, coaches, NOBODY),
        )
        self._plan = Plan(
            seat=_longer(plan.seat, families, NOBODY),
            holder=_longer(plan.holder, coaches * SEATS, NOBODY),
            used=_longer(plan.used, coaches),
            carried=plan.carried.copy(),
            own_cost=_longer(plan.own_cost, families),
            family=_longer(plan.family, families),
            coach=_longer(plan.coach, coaches, OUT_OF_REACH),
            supervisor=plan.supervisor.copy(),
            sink=plan.sink.copy(),
            hole=plan.hole,
            hole_seat=plan.hole_seat,
        )
        self._near = widened(self._near, self._pairs)
        self._search = new_search(with_holes(self._plan, 1))


def _longer(column: Column, more: int, value: int = 0) -> Column:
    return np.concatenate([column, np.full(more, value, dtype=column.dtype)])
