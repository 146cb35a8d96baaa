"""The flow network arc by arc, with the plainest search there is: slow, and easy to believe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from matching.candidates import Candidates
from matching.places import Seating
from matching.plan import Plan
from matching.problem import SLOTS, Problem

SINK = "sink"
Node = tuple[str, int] | str
WEEK = len(SLOTS)


class Residual:
    """Arcs in pairs, forward and back; a unit of flow moves room from one to the other.

    Families are those that `only` names, all by default; numbers are those of `Encoded`.
    """

    def __init__(
        self, problem: Problem, pairs: Candidates, only: Iterable[int] | None = None
    ) -> None:
        self.tail: list[Node] = []
        self.head: list[Node] = []
        self.room: list[int] = []
        self.cost: list[int] = []
        self.out: dict[Node, list[int]] = {}
        self.problem, self.pairs = problem, pairs
        coaches = pairs.encoded.coaches
        self.placed = Counter(row.coach_id for row in problem.placements)
        carried = Counter(
            problem.coach_by_id[row.coach_id].supervisor for row in problem.placements
        )
        self.boss = [row.supervisor for row in coaches]
        self.families = range(len(problem.families)) if only is None else sorted(only)
        for f in self.families:
            self._family(f)
        for c in range(len(coaches)):
            self._coach(c)
        for name, capacity in problem.supervisors.items():
            self._arc(("boss", name), SINK, max(0, capacity - carried[name]), 0)  # type: ignore[arg-type]

    def _arc(self, tail: Node, head: Node, room: int, cost: int) -> None:
        for one, other, free, price in ((tail, head, room, cost), (head, tail, 0, -cost)):
            self.out.setdefault(one, []).append(len(self.tail))
            self.tail.append(one)
            self.head.append(other)
            self.room.append(free)
            self.cost.append(price)

    def _family(self, f: int) -> None:
        encoded = self.pairs.encoded
        for at in range(self.pairs.start[f], self.pairs.start[f + 1]):
            c = int(self.pairs.coach[at])
            mask = int(encoded.family.slots[f]) & int(encoded.coach.slots[c])
            for slot in range(WEEK):
                if mask >> slot & 1:
                    self._arc(("f", f), ("seat", c * WEEK + slot), 1, int(self.pairs.cost[at]))

    def _coach(self, c: int) -> None:
        coach = self.pairs.encoded.coaches[c]
        onward: Node = SINK if self.boss[c] is None else ("boss", self.boss[c])  # type: ignore[assignment]
        for slot in range(WEEK):
            self._arc(("seat", c * WEEK + slot), ("c", c), 1, 0)
        placed = self.placed[coach.coach_id]
        for nth in range(placed, min(coach.capacity, placed + WEEK + 1)):
            self._arc(("c", c), onward, 1, self.problem.settings.load * nth)

    def reached(self, start: Node) -> dict[Node, int]:
        """Every node that flow from `start` can still get to, and the arc it came by."""
        came = {start: -1}
        waiting = [start]
        for node in waiting:
            for arc in self.out.get(node, ()):
                if self.room[arc] and self.head[arc] not in came:
                    came[self.head[arc]] = arc
                    waiting.append(self.head[arc])
        return came

    def push(self, arc: int) -> None:
        self.room[arc] -= 1
        self.room[arc ^ 1] += 1

    def augment(self, f: int) -> bool:
        """One more unit from a family, if that is possible."""
        came = self.reached(("f", f))
        node: Node = SINK
        while node in came and came[node] >= 0:
            self.push(came[node])
            node = self.tail[came[node]]
        return SINK in came

    def greedy(self) -> list[int]:
        """Level 1: a greatest flow again for each family in turn."""
        rank = self.pairs.encoded.rank
        return [f for f in sorted(self.families, key=lambda f: rank[f]) if self.augment(f)]

    def seat(self, seating: Seating) -> None:
        """Let the flow be that of a seating; refuses one that breaks a limit."""
        for f in self.families:
            if seating.seat[f] >= 0:
                seat = int(seating.seat[f])
                c = seat // WEEK
                boss = self.boss[c]
                path: list[Node] = [("f", f), ("seat", seat), ("c", c), SINK]
                if boss is not None:
                    path.insert(3, ("boss", boss))  # type: ignore[arg-type]
                for tail, head in pairwise(path):
                    arcs = [a for a in self.out[tail] if self.head[a] == head and self.room[a]]
                    assert arcs, (tail, head)
                    self.push(min(arcs, key=lambda a: self.cost[a]))

    def first_reached_by(self) -> dict[int, int]:
        """For each matched family the least rank of a family left out that reaches it."""
        rank = self.pairs.encoded.rank
        out = [f for f in self.families if all(self.room[a] for a in self.out.get(("f", f), ()))]
        found: dict[int, int] = {}
        for f in sorted(out, key=lambda f: -rank[f]):
            came = self.reached(("f", f))
            assert SINK not in came
            found |= {n[1]: int(rank[f]) for n in came if n[0] == "f" and n[1] not in out}  # type: ignore[misc]
        return found

    def negative_arcs(self, price: Mapping[Node, int]) -> list[tuple[Node, Node, int]]:
        """Arcs with room whose cost, less the tail's price, plus the head's, is below 0."""
        return [
            (tail, head, cost - price[tail] + price[head])
            for tail, head, room, cost in zip(
                self.tail, self.head, self.room, self.cost, strict=True
            )
            if room and cost - price[tail] + price[head] < 0
        ]

    def spent(self) -> int:
        """What the flow costs."""
        return sum(self.room[arc ^ 1] * self.cost[arc] for arc in range(0, len(self.room), 2))


def prices_by_node(plan: Plan, problem: Problem) -> dict[Node, int]:
    """A plan's prices for every node of `Residual`."""
    bosses = sorted({row.supervisor for row in problem.coaches if row.supervisor is not None})
    price: dict[Node, int] = {SINK: 0}
    price |= {("boss", name): 0 for name in problem.supervisors}  # type: ignore[misc]
    price |= {("boss", name): int(plan.supervisor[n]) for n, name in enumerate(bosses)}  # type: ignore[misc]
    price |= {("c", c): int(plan.coach[c]) for c in range(len(plan.coach))}
    price |= {("f", f): int(plan.family[f]) for f in range(len(plan.family))}
    for seat, holder in enumerate(plan.holder.tolist()):
        held = int(plan.family[holder] - plan.own_cost[holder]) if holder >= 0 else None
        price["seat", seat] = int(plan.coach[seat // WEEK]) if held is None else held
    return price
