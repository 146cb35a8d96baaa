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
        self.found: dict[str, Link] = {}
        self.taker: dict[str, str] = {}

    def links(self) -> dict[str, Link]:
        self._link_slots()
        self._link_crowded(
            Takes.PLACE,
            {name: seat[0] for name, seat in self.before.items()},
            {name: seat[0] for name, seat in self.after.items()},
            {coach.coach_id: self.problem.free_places(coach) for coach in self.problem.coaches},
        )
        self._link_crowded(
            Takes.SUPERVISION,
            {name: self.supervisor[seat[0]] for name, seat in self.before.items()},
            {name: self.supervisor[seat[0]] for name, seat in self.after.items()},
            {
                name: limit - self.problem.supervised[name]
                for name, limit in self.problem.supervisors.items()
            },
        )
        rest = (name for name in self.entering if name not in self.found)
        return {**self.found, **{name: Link(Takes.FREE, None) for name in rest}}

    def _link_slots(self) -> None:
        leaver = {self.before[name]: name for name in self.leaving}
        for name in self.entering:
            if self.after[name] in leaver:
                self._link(name, leaver[self.after[name]], Takes.SLOT)

    def _link_crowded(
        self,
        takes: Takes,
        before: Mapping[str, str],
        after: Mapping[str, str],
        room: Mapping[str, int],
    ) -> None:
        """Link as many as must leave so that all who enter have room, and no more."""
        held = Counter(before.values())
        enter = _by_value(after, self.entering)
        leave = _by_value(before, self.leaving)
        for key, limit in sorted(room.items()):
            linked = sum(name in self.found for name in enter[key])
            needed = held[key] + len(enter[key]) - limit - linked
            comers = [name for name in enter[key] if name not in self.found]
            goers = [name for name in leave[key] if name not in self.taker]
            for comer, goer in self._pairs(comers, goers)[: max(0, needed)]:
                self._link(comer, goer, takes)

    def _pairs(self, comers: list[str], goers: list[str]) -> list[tuple[str, str]]:
        """Who could take whose place. Those that close a chain come first, so that moves which do
        not need each other stay apart; one who comes and goes brings the own place along."""
        left = dict.fromkeys(goers)
        closing, open_ = [], []
        for comer in comers:
            head = self._head(comer)
            if head in left:
                del left[head]
                closing.append((comer, head))
            else:
                open_.append(comer)
        return [*closing, *zip(open_, left, strict=False)]

    def _head(self, name: str) -> str:
        """The first family of the chain that ends with this one."""
        while name in self.taker:
            name = self.taker[name]
        return name

    def _link(self, comer: str, goer: str, takes: Takes) -> None:
        self.taker[goer] = comer
        own = comer == goer
        self.found[comer] = Link(Takes.FREE, None) if own else Link(takes, goer)


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
