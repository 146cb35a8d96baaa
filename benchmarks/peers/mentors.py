"""mentor-match on a full table of scores: its own pairing of people, its own call of Munkres."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from .exchange import NO_SLOT, Answer, Arcs, Ints


def by_mentor_match(arcs: Arcs) -> Answer:
    """`matching.process.process_data` with one rule, which looks the pair's score up."""
    table = _table(arcs)
    best = int(table.max()) + 1
    scores = [[best - cost for cost in row] for row in table.tolist()]
    mentor, mentee = (import_module(f"matching.{name}") for name in ("mentor", "mentee"))
    families = [_person(mentee.Mentee, "f", at) for at in range(len(table))]
    coaches = [_person(mentor.Mentor, "c", at) for at in range(len(table[0]))]
    rule = _ScoreOf(scores)
    import_module("matching.process").process_data(coaches, families, [[rule]])
    met = [(at, _number(f.mentors[0])) for at, f in enumerate(families) if f.mentors]
    return _answer(met)


def by_munkres(arcs: Arcs) -> Answer:
    """Munkres' algorithm alone on the same table, without making people and pairs of it."""
    return _answer(import_module("munkres").Munkres().compute(_table(arcs).tolist()))


class _ScoreOf:
    """A rule of mentor-match."""

    def __init__(self, scores: list[list[int]]) -> None:
        self.scores = scores

    def apply(self, match: Any) -> int:
        return self.scores[_number(match.mentee)][_number(match.mentor)]


def _person(kind: Callable[..., Any], side: str, number: int) -> Any:
    """Known by address; a mentor and a mentee of one address would never be matched."""
    return kind(email=f"{side}{number}", grade="1")


def _number(person: Any) -> int:
    return int(person.email[1:])


def _table(arcs: Arcs) -> Ints:
    """Costs of all families and coaches; every pair must be possible."""
    return arcs.cost.reshape(len(arcs.rank), len(arcs.places))


def _answer(met: list[tuple[int, int]]) -> Answer:
    found = np.array(met, dtype=np.int64).reshape(-1, 2)
    return Answer(found[:, 0], found[:, 1], np.full(len(found), NO_SLOT))
