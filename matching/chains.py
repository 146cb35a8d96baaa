"""Who takes the place that whom leaves: the moves between two matchings, link by link.

Two matchings differ by chains: one family takes a place that another leaves, which takes the place
of a third, until a place is free, or a family goes without. A place is needed at three limits in
turn: the coach's slot, the coach's capacity, the supervisor's capacity.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matching.problem import Coach, Problem

Seat = tuple[str, str]
"""coach_id and slot."""


class Takes(StrEnum):
    """What a family takes that another one leaves, or that it is free."""

    FREE = "free"
    SLOT = "slot"
    PLACE = "place"
    SUPERVISION = "supervision"


@dataclass(frozen=True)
class Link:
    """What a family takes, and who leaves it; nobody if it is free."""

    takes: Takes
    left_by: str | None


def link(
    problem: Problem,
    before: Mapping[str, Seat],
    after: Mapping[str, Seat],
    gone: Iterable[Coach] = (),
) -> dict[str, Link]:
    """For each family that takes another seat, what it needs somebody to leave.

    Parameters
    ----------
    problem
        The one that `after` keeps to: its limits say who must leave.
    before, after
        family_id to seat. Families with the same seat in both do not move.
    gone
        Coaches of `before` who are not in the problem any more.

    Returns
    -------
    dict
        Each family is named at most once as the one who leaves. A family that moves within a
        coach or a supervisor brings its own place along.
    """
    return _Linking(problem, before, after, gone).links()


class _Linking:
    """Entering and leaving families, linked limit by limit; each is used up when linked."""

    def __init__(
        self,
        problem: Problem,
        before: Mapping[str, Seat],
        after: Mapping[str, Seat],
        gone: Iterable[Coach],
    ) -> None:
        self.problem = problem
        self.supervisor = {row.coach_id: row.supervisor or "" for row in (*gone, *problem.coaches)}
        self.before, self.after = before, after
        self.entering = sorted(name for name, seat in after.items() if before.get(name) != seat)
        self.leaving = sorted(name for name, seat in before.items() if after.get(name) != seat)
        self.goer: dict[str, str] = {}
        self.used: set[str] = set()

    def links(self) -> dict[str, Link]:
        self._link_slots()
        self._link_crowded(
            {name: seat[0] for name, seat in self.before.items()},
            {name: seat[0] for name, seat in self.after.items()},
            {coach.coach_id: self.problem.free_places(coach) for coach in self.problem.coaches},
        )
        self._link_crowded(
            {name: self.supervisor[seat[0]] for name, seat in self.before.items()},
            {name: self.supervisor[seat[0]] for name, seat in self.after.items()},
            {
                name: limit - self.problem.supervised[name]
                for name, limit in self.problem.supervisors.items()
            },
        )
        for names, _ in runs((*self.entering, *self.leaving), self._as_links()):
            self._cut_loops(names)
        return self._as_links()

    def _as_links(self) -> dict[str, Link]:
        """One who brings the own place along takes nothing of anybody."""
        return {
            name: Link(self._takes(name), None if self.goer.get(name) == name else goer)
            for name in self.entering
            for goer in (self.goer.get(name),)
        }

    def _takes(self, comer: str) -> Takes:
        goer = self.goer.get(comer, comer)
        if goer == comer:
            return Takes.FREE
        if self.after[comer] == self.before[goer]:
            return Takes.SLOT
        same = self.after[comer][0] == self.before[goer][0]
        return Takes.PLACE if same else Takes.SUPERVISION

    def _link_slots(self) -> None:
        leaver = {self.before[name]: name for name in self.leaving}
        for name in self.entering:
            if self.after[name] in leaver:
                self._link(name, leaver[self.after[name]])

    def _link_crowded(
        self,
        before: Mapping[str, str],
        after: Mapping[str, str],
        room: Mapping[str, int],
    ) -> None:
        """Link as many as must leave so that all who enter have room, and no more. Who with whom
        is put right by `_cut_loops`."""
        held = Counter(before.values())
        enter = _by_value(after, self.entering)
        leave = _by_value(before, self.leaving)
        for key, limit in sorted(room.items()):
            linked = sum(name in self.goer for name in enter[key])
            needed = held[key] + len(enter[key]) - limit - linked
            comers = [name for name in enter[key] if name not in self.goer]
            goers = [name for name in leave[key] if name not in self.used]
            for comer, goer in list(zip(comers, goers, strict=False))[: max(0, needed)]:
                self._link(comer, goer)

    def _link(self, comer: str, goer: str) -> None:
        self.used.add(goer)
        self.goer[comer] = goer

    def _cut_loops(self, names: tuple[str, ...]) -> None:
        """Where a chain comes to the same coach or supervisor twice, what lies between is a chain
        of its own: the moves that need each other are left, and no others."""
        path: list[str] = []
        seen: dict[str, int] = {}
        for name in names:
            path.append(name)
            while (at := self._seen_at(path[-1], seen)) is not None:
                last, goer = path[-1], self.goer.get(path[-1])
                self.goer[last] = path[at + 1]
                del path[at + 1 :]
                if goer is None:
                    del self.goer[path[at]]
                else:
                    self.goer[path[at]] = goer
                seen = {node: place for node, place in seen.items() if place < at}
            seen |= dict.fromkeys(self._nodes(path[-1]), len(path) - 1)

    def _seen_at(self, name: str, seen: Mapping[str, int]) -> int | None:
        return next((seen[node] for node in self._nodes(name) if node in seen), None)

    def _nodes(self, name: str) -> tuple[str, ...]:
        """The coaches and supervisors whose limits a family must have somebody leave."""
        goer = self.goer.get(name)
        if name not in self.after or self.before.get(name) == self.after[name] or goer == name:
            return ()
        coach_id = self.after[name][0]
        nodes = [f"coach {coach_id}", f"supervisor {self.supervisor[coach_id]}"]
        if goer is None:
            return tuple(nodes) if self.supervisor[coach_id] else tuple(nodes[:1])
        takes = self._takes(name)
        if takes == Takes.SUPERVISION:
            return (*nodes, f"coach {self.before[goer][0]}")
        return tuple(nodes[:1]) if takes == Takes.PLACE else ()


def _by_value(values: Mapping[str, str], names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[values[name]].append(name)
    return found


def runs(names: Iterable[str], links: Mapping[str, Link]) -> list[tuple[tuple[str, ...], bool]]:
    """The chains: each family takes what the next one leaves; and whether the last one takes what
    the first one leaves. Chains by their first family, closed ones last.

    Parameters
    ----------
    names
        All families that move, come or go.
    """
    moving = sorted(set(names))
    taken = {one.left_by for one in links.values()}
    chains = [(_follow(name, links), False) for name in moving if name not in taken]
    done = {name for chain, _ in chains for name in chain}
    for name in moving:
        if name not in done:
            chain = _follow(name, links)
            done.update(chain)
            chains.append((chain, True))
    return chains


def _follow(first: str, links: Mapping[str, Link]) -> tuple[str, ...]:
    chain = [first]
    while chain[-1] in links:
        after = links[chain[-1]].left_by
        if after is None or after == first:
            break
        chain.append(after)
    return tuple(chain)
