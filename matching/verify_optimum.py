"""Whether an assignment is the best there is: both levels, for the verification.

Shares nothing with the solver. Level 1 walks alternating paths; level 2 evaluates the lower bound
that whole-number prices give, which holds for any prices, and finds prices itself if it must.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from matching.problem import SLOTS, Coach, Problem
from matching.verify_pairs import Numbers, PairTable

Place = tuple[int, int]


@dataclass
class Prices:
    """What a unit of flow would pay from a slot, a coach, a supervisor; absent means 0."""

    slot: Mapping[Place, int] = field(default_factory=dict)
    coach: Mapping[int, int] = field(default_factory=dict)
    supervisor: Mapping[str, int] = field(default_factory=dict)


class Assignment:
    """Who holds which place, and how to reach others by alternating paths.

    Coaches and slots are numbers, families and supervisors ids. `pairs` maps each family to
    ``(coaches, costs, masks of shared slots)``.
    """

    def __init__(
        self,
        problem: Problem,
        table: PairTable,
        pairs: dict[str, tuple[Numbers, Numbers, Numbers]],
        held: Mapping[str, Place],
    ) -> None:
        self.pairs = pairs
        self.coaches: list[Coach] = list(table.coaches)
        self.held = dict(held)
        self.holder = {place: family_id for family_id, place in held.items()}
        self.families_of: dict[int, set[str]] = defaultdict(set)
        for family_id, (place, _) in held.items():
            self.families_of[place].add(family_id)
        self.placed = Counter(table.number[row.coach_id] for row in problem.placements)
        self.limit = dict(problem.supervisors)
        self.carried: Counter[str] = Counter()
        self.coaches_of: dict[str, list[int]] = defaultdict(list)
        for number, coach in enumerate(self.coaches):
            if coach.supervisor is not None:
                self.coaches_of[coach.supervisor].append(number)
                carried = self.placed[number] + len(self.families_of[number])
                self.carried[coach.supervisor] += carried

    def coach_has_room(self, coach: int) -> bool:
        carried = self.placed[coach] + len(self.families_of[coach])
        return carried < self.coaches[coach].capacity

    def supervisor_has_room(self, coach: int) -> bool:
        name = self.coaches[coach].supervisor
        return name is None or self.carried[name] < self.limit[name]

    def in_the_way(self, place: Place) -> set[str] | None:
        """Families of which one must leave for `place` to be taken; None when nobody must.

        If a limit is used up by placements alone the set is empty: the place cannot be had.
        """
        coach, _ = place
        if place in self.holder:
            return {self.holder[place]}
        if not self.coach_has_room(coach):
            return self.families_of[coach]
        name = self.coaches[coach].supervisor
        if name is None or self.carried[name] < self.limit[name]:
            return None
        return {f for other in self.coaches_of[name] for f in self.families_of[other]}

    def move(self, family_id: str, place: Place | None) -> None:
        """Take the family out of its place and put it into another."""
        old = self.held.pop(family_id, None)
        for step, where in ((-1, old), (1, place)):
            if where is None:
                continue
            name = self.coaches[where[0]].supervisor
            if name is not None:
                self.carried[name] += step
        if old is not None:
            self.families_of[old[0]].discard(family_id)
            if self.holder.get(old) == family_id:
                del self.holder[old]
        if place is not None:
            self.families_of[place[0]].add(family_id)
            self.held[family_id], self.holder[place] = place, family_id


class Search:
    """Alternating paths from families that hold nothing; what was seen is never seen again."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.seen = np.zeros(len(assignment.coaches), dtype=np.int64)
        self.came: dict[str, tuple[str, Place] | None] = {}
        self._crowds: set[object] = set()

    def reach(self, start: str) -> Iterator[str | tuple[str, Place]]:
        """Yield each family reached, and ``(family, place)`` where a place can simply be taken."""
        self.came.setdefault(start, None)
        waiting = [start]
        while waiting:
            family_id = waiting.pop()
            for place in self._new_places(family_id):
                others = self._newly_in_the_way(place)
                if others is None:
                    yield family_id, place
                    continue
                for other in sorted(others - self.came.keys()):
                    self.came[other] = (family_id, place)
                    waiting.append(other)
                    yield other

    def _newly_in_the_way(self, place: Place) -> set[str] | None:
        """As `Assignment.in_the_way`, each coach's or supervisor's families told only once."""
        others = self.assignment.in_the_way(place)
        if others is None or place in self.assignment.holder:
            return others
        coach = place[0]
        full = not self.assignment.coach_has_room(coach)
        crowd = coach if full else self.assignment.coaches[coach].supervisor
        if crowd in self._crowds:
            return set()
        self._crowds.add(crowd)
        return others

    def _new_places(self, family_id: str) -> Iterator[Place]:
        coaches, _, masks = self.assignment.pairs[family_id]
        fresh = masks & ~self.seen[coaches]
        self.seen[coaches] |= masks
        for at in np.flatnonzero(fresh).tolist():
            mask = int(fresh[at])
            for slot in range(len(SLOTS)):
                if mask >> slot & 1:
                    yield int(coaches[at]), slot


def level_one_faults(assignment: Assignment, rank: Mapping[str, int]) -> list[str]:
    """Families left out that could be matched as well, or instead of one that ranks after."""
    faults = []
    search = Search(assignment)
    left_out = [family_id for family_id in rank if family_id not in assignment.held]
    for family_id in sorted(left_out, key=rank.__getitem__):
        for found in search.reach(family_id):
            if isinstance(found, tuple):
                faults.append(f"level 1: family {family_id} could be matched as well")
            elif rank[found] > rank[family_id]:
                faults.append(
                    f"level 1: family {family_id} ranks before family {found} "
                    "and could be matched in its stead"
                )
    return faults


def families_gained(assignment: Assignment, limit: int) -> int:
    """Augment as long as it goes, at most `limit` times. Changes the assignment."""
    for gained in range(limit):
        if not _augment(assignment):
            return gained
    return limit


def _augment(assignment: Assignment) -> bool:
    search = Search(assignment)
    for start in sorted(assignment.pairs.keys() - assignment.held.keys()):
        for found in search.reach(start):
            if isinstance(found, tuple):
                _apply(assignment, search, found)
                return True
    return False


def _apply(assignment: Assignment, search: Search, end: tuple[str, Place]) -> None:
    """Move everybody on the path that ends with a family taking a free place."""
    step: tuple[str, Place] | None = end
    while step is not None:
        family_id, place = step
        assignment.move(family_id, place)
        step = search.came[family_id]


def lower_bound(problem: Problem, assignment: Assignment, prices: Prices) -> int:
    """The least cost of matching the assignment's families, as far as the prices show.

    Weak duality: whatever the prices, no matching of these families costs less.
    """
    table = _price_table(assignment, prices)
    total = 0
    used: set[Place] = set()
    for family_id in assignment.held:
        coaches, costs, masks = assignment.pairs[family_id]
        shared = (masks[:, None] >> np.arange(len(SLOTS))) & 1 > 0
        offers = np.where(shared, table[coaches] + costs[:, None], np.iinfo(np.int64).max)
        total += int(offers.min())
        used.update(zip(*_places(coaches, shared), strict=True))
    return total - _surplus(problem, assignment, prices, used)


def _places(coaches: Numbers, shared: np.typing.NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    rows, slots = np.nonzero(shared)
    return coaches[rows].tolist(), slots.tolist()


def _price_table(assignment: Assignment, prices: Prices) -> Numbers:
    table = np.zeros((len(assignment.coaches), len(SLOTS)), dtype=np.int64)
    for (coach, slot), price in prices.slot.items():
        table[coach, slot] = price
    return table


def _surplus(problem: Problem, assignment: Assignment, prices: Prices, used: set[Place]) -> int:
    """What slots, coaches and supervisors would earn at these prices if filled to the limit."""
    coaches = {coach for coach, _ in used}
    names = {assignment.coaches[c].supervisor for c in coaches}
    total = sum(max(0, prices.slot.get(place, 0) - prices.coach.get(place[0], 0)) for place in used)
    for number in coaches:
        coach = assignment.coaches[number]
        onward = 0 if coach.supervisor is None else prices.supervisor.get(coach.supervisor, 0)
        margin = prices.coach.get(number, 0) - onward
        placed = assignment.placed[number]
        for place in range(placed, min(coach.capacity, placed + len(SLOTS))):
            total += max(0, margin - problem.settings.load * place)
    for name in names - {None}:
        assert name is not None
        new = sum(len(assignment.families_of[c]) for c in assignment.coaches_of[name])
        room = max(0, assignment.limit[name] - (assignment.carried[name] - new))
        total += max(0, prices.supervisor.get(name, 0)) * room
    return total


def find_prices(problem: Problem, assignment: Assignment) -> Prices | None:
    """Prices that show the assignment to be the cheapest; None when it is not.

    Bellman-Ford over the residual network. It does not end by itself when a cycle lowers the
    cost, so the tree of predecessors is searched for one as the rounds double.
    """
    nodes = _Nodes(problem, assignment)
    tail, head, cost = nodes.arcs()  # makes the nodes, so it comes first
    distance = np.zeros(len(nodes.number), dtype=np.int64)
    parent = np.full(len(nodes.number), -1, dtype=np.int64)
    check = 16
    for turn in range(len(nodes.number) + 1):
        offer = distance[tail] + cost
        better = np.flatnonzero(offer < distance[head])
        if not len(better):
            return nodes.prices(distance)
        np.minimum.at(distance, head[better], offer[better])
        chosen = better[offer[better] == distance[head[better]]]
        parent[head[chosen]] = tail[chosen]
        if turn == check:
            check *= 2
            if _has_cycle(parent):
                return None
    return None


def _has_cycle(parent: Numbers) -> bool:
    """Whether following predecessors from some node never ends."""
    end = len(parent)
    jump = np.append(np.where(parent < 0, end, parent), end)
    for _ in range(end.bit_length() + 1):
        jump = jump[jump]
    return bool((jump != end).any())


class _Nodes:
    """The residual network of an assignment, its nodes numbered as they are met."""

    def __init__(self, problem: Problem, assignment: Assignment) -> None:
        self.assignment = assignment
        self.load = problem.settings.load
        self.number: dict[object, int] = {"sink": 0}
        self._arcs: list[tuple[int, int, int]] = []

    def _node(self, key: object) -> int:
        return self.number.setdefault(key, len(self.number))

    def _arc(self, tail: object, head: object, cost: int, *, flow: bool, room: bool) -> None:
        start, end = self._node(tail), self._node(head)
        if room:
            self._arcs.append((start, end, cost))
        if flow:
            self._arcs.append((end, start, -cost))

    def arcs(self) -> tuple[Numbers, Numbers, Numbers]:
        """Tails, heads and costs of all residual arcs."""
        places: set[Place] = set()
        for family_id, held in self.assignment.held.items():
            coaches, costs, masks = self.assignment.pairs[family_id]
            shared = (masks[:, None] >> np.arange(len(SLOTS))) & 1 > 0
            own = costs[np.nonzero(shared)[0]].tolist()
            for place, cost in zip(zip(*_places(coaches, shared), strict=True), own, strict=True):
                here = place == held
                self._arc(family_id, place, cost, flow=here, room=not here)
                places.add(place)
        for place in places:
            taken = place in self.assignment.holder
            self._arc(place, ("coach", place[0]), 0, flow=taken, room=not taken)
        names = {self._coach_arcs(coach) for coach in sorted({coach for coach, _ in places})}
        for name in names - {None}:
            assert name is not None
            carried, limit = self.assignment.carried[name], self.assignment.limit[name]
            flow = any(self.assignment.families_of[c] for c in self.assignment.coaches_of[name])
            self._arc(("supervisor", name), "sink", 0, flow=flow, room=carried < limit)
        tail, head, cost = np.array(self._arcs, dtype=np.int64).reshape(-1, 3).T
        return tail, head, cost

    def _coach_arcs(self, number: int) -> str | None:
        """The last place taken may be given back, the next one taken: the others never matter."""
        coach = self.assignment.coaches[number]
        onward = "sink" if coach.supervisor is None else ("supervisor", coach.supervisor)
        new = len(self.assignment.families_of[number])
        carried = self.assignment.placed[number] + new
        node = ("coach", number)
        if new:
            self._arc(node, onward, self.load * (carried - 1), flow=True, room=False)
        self._arc(node, onward, self.load * carried, flow=False, room=carried < coach.capacity)
        return coach.supervisor

    def prices(self, distance: Numbers) -> Prices:
        """What is left to pay from each node, the sink being at 0."""
        left = {key: int(distance[0] - distance[at]) for key, at in self.number.items()}
        slots: dict[Place, int] = {}
        coaches: dict[int, int] = {}
        supervisors: dict[str, int] = {}
        for key, price in left.items():
            match key:
                case ("coach", int(number)):
                    coaches[number] = price
                case ("supervisor", str(name)):
                    supervisors[name] = price
                case (int(coach), int(slot)):
                    slots[coach, slot] = price
        return Prices(slots, coaches, supervisors)
