"""Who holds which place, as columns, and where families could move: for the verification.

A *place* is a coach's slot, ``coach * 28 + slot``. One coach more than the problem has can be
seated: the recruit, with no capacity until one is tried. Shares nothing with the solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from matching.problem import SLOTS, Problem
from matching.verify_reading import Numbers, numbers

WEEK = len(SLOTS)
SLOT_PLACE = {slot: place for place, slot in enumerate(SLOTS)}


class Seats(NamedTuple):
    """Who holds what, and the limits.

    Attributes
    ----------
    rank
        Each family's place in the order of level 1.
    place
        Where each family is matched, or -1.
    holder
        Which family each place has, or -1.
    placed, carried, limit
        Of each coach: active placements, all families, and how many there may be.
    team
        Number of each coach's supervisor, or -1.
    team_placed, team_carried, team_limit
        The same of each supervisor.
    member_start, member
        The coaches of each supervisor.
    recruit
        For each family the slots it shares with the coach who is tried.
    """

    rank: Numbers
    place: Numbers
    holder: Numbers
    placed: Numbers
    carried: Numbers
    limit: Numbers
    team: Numbers
    team_placed: Numbers
    team_carried: Numbers
    team_limit: Numbers
    member_start: Numbers
    member: Numbers
    recruit: Numbers


def make_seats(problem: Problem, number: Mapping[str, int], rank: Numbers, place: Numbers) -> Seats:
    """Seats with each family at its `place`; `number` is that of each coach."""
    coaches = problem.coaches
    team_of: dict[str | None, int] = {name: at for at, name in enumerate(problem.supervisors)}
    team = numbers([*(team_of.get(row.supervisor, -1) for row in coaches), -1])
    placements = numbers(number[row.coach_id] for row in problem.placements)
    placed = np.bincount(placements, minlength=len(coaches) + 1)
    held = np.flatnonzero(place >= 0)
    carried = placed + np.bincount(place[held] // WEEK, minlength=len(placed))
    holder = np.full(len(placed) * WEEK, -1, dtype=np.int64)
    holder[place[held]] = held
    grouped = np.argsort(team, kind="stable")
    teams = np.arange(len(team_of) + 1, dtype=np.int64)
    return Seats(
        rank=rank,
        place=place,
        holder=holder,
        placed=placed,
        carried=carried,
        limit=numbers([*(row.capacity for row in coaches), 0]),
        team=team,
        team_placed=_by_team(team, placed, len(team_of)),
        team_carried=_by_team(team, carried, len(team_of)),
        team_limit=numbers(problem.supervisors.values()),
        member_start=np.searchsorted(team[grouped], teams),
        member=grouped,
        recruit=np.zeros(len(place), dtype=np.int64),
    )


def _by_team(team: Numbers, count: Numbers, teams: int) -> Numbers:
    total = np.zeros(teams, dtype=np.int64)
    inside = team >= 0
    np.add.at(total, team[inside], count[inside])
    return total


def move(seats: Seats, family: int, place: int) -> None:
    """Take the family out of its place, if it has one, and put it into another."""
    old = int(seats.place[family])
    for step, where in ((-1, old), (1, place)):
        if where < 0:
            continue
        coach = where // WEEK
        seats.carried[coach] += step
        if seats.team[coach] >= 0:
            seats.team_carried[seats.team[coach]] += step
    if old >= 0 and seats.holder[old] == family:
        seats.holder[old] = -1
    seats.place[family], seats.holder[place] = place, family
