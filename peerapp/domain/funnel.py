"""Figures of the funnel: what each is, and which counts may leave the site."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from peerapp.domain.onboarding import BEFORE_COACHING, PATH
from peerapp.enums import VolunteerState

SHOWN = (*PATH, VolunteerState.PAUSED, VolunteerState.SUSPENDED)
"""The states of records that are open, in the order of the way."""

CAN_STICK = tuple(state for state in PATH if state in BEFORE_COACHING)
SMALLEST = 5
"""Counts below are not in a file: they could tell of single people."""

MONTHS = 12
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Spread:
    """Some waits in days: how many, and the days within which half and 90 % of them lie.

    Attributes
    ----------
    median, ninety
        The smallest number of days that at least 50 % or 90 % of the waits do not exceed
        (nearest rank); None without any.
    """

    count: int
    median: int | None
    ninety: int | None
    longest: int | None


def spread(days: Sequence[int]) -> Spread:
    """Return the spread of some waits, in any order."""
    ordered = sorted(days)
    if not ordered:
        return Spread(0, None, None, None)
    return Spread(len(ordered), _nearest_rank(ordered, 50), _nearest_rank(ordered, 90), ordered[-1])


def _nearest_rank(ordered: Sequence[int], per_cent: int) -> int:
    return ordered[math.ceil(per_cent * len(ordered) / 100) - 1]


def hidden(counts: Mapping[Key, int]) -> frozenset[Key]:
    """Return the groups whose count is not shown in a file.

    Those under five; and the smallest of the others too while what is left out is one group, or
    under five in all: with a total it could be had by subtraction.
    """
    ordered = sorted(counts, key=lambda key: counts[key])
    away = [key for key in ordered if counts[key] < SMALLEST]
    others = [key for key in ordered if counts[key] >= SMALLEST]
    while others and (len(away) == 1 or 0 < sum(counts[key] for key in away) < SMALLEST):
        away.append(others.pop(0))
    return frozenset(away)


def months_until(today: date) -> list[date]:
    """Return the first days of the last twelve months, this one included, oldest first."""
    current = today.year * 12 + today.month - 1
    numbers = range(current - MONTHS + 1, current + 1)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
