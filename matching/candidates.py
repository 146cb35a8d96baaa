"""Which pairs there are, and what each costs. They are all kept, none is pruned: 12 bytes each."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.cells import cells_of
from matching.costs import METRES_PER_MILE
from matching.encoding import Bools, Encoded, Ints, Numbers
from matching.pair_columns import helpers_of, prices_of, seekers_of
from matching.pairs import pairs_of
from matching.problem import Settings

BLOCK = 2_048  # families that one thread works on at a time


@dataclass(frozen=True)
class Candidates:
    """All pairs, family by family; numbers are those of `Encoded`.

    Attributes
    ----------
    start
        The pairs of family ``f`` are ``start[f]:start[f + 1]``, sorted by coach.
    coach
        Number of the coach.
    cost
        Points, load left out.
    """

    encoded: Encoded
    settings: Settings
    start: Ints
    coach: Numbers
    cost: Ints

    def __len__(self) -> int:
        return len(self.coach)

    @cached_property
    def family(self) -> Numbers:
        """Number of each pair's family."""
        everyone = np.arange(len(self.start) - 1, dtype=np.int32)
        return np.repeat(everyone, np.diff(self.start))

    @property
    def shared(self) -> Ints:
        """Mask of the slots that both have free."""
        return self.encoded.family.slots[self.family] & self.encoded.coach.slots[self.coach]

    @property
    def distance(self) -> Ints:
        """Metres, also where they meet remotely."""
        return distances(self.encoded, self.family, self.coach)

    @property
    def remote(self) -> Bools:
        """True where remote is cheaper than in person, or the only way."""
        return meets_remotely(self.encoded, self.settings, self.family, self.coach)


def distances(encoded: Encoded, family: Numbers | Ints, coach: Numbers | Ints) -> Ints:
    """Whole metres between families and coaches, row by row."""
    dx = encoded.family.easting[family] - encoded.coach.easting[coach]
    dy = encoded.family.northing[family] - encoded.coach.northing[coach]
    # Exact: below 2**52 the rounded root of a whole number never reaches the next whole number.
    return np.asarray(np.sqrt(dx * dx + dy * dy).astype(np.int64))


def meets_remotely(
    encoded: Encoded, settings: Settings, family: Numbers | Ints, coach: Numbers | Ints
) -> Bools:
    """Whether pairs meet remotely: remote is cheaper than in person, or the only way."""
    away = distances(encoded, family, coach)
    near = encoded.family.min_distance[family] <= away
    near &= away <= encoded.coach.max_distance[coach]
    both = encoded.family.remote[family] & encoded.coach.remote[coach]
    dearer = settings.travel_per_mile * away // METRES_PER_MILE > settings.remote
    return np.asarray(both & (~near | dearer), dtype=np.bool_)


def find_candidates(
    encoded: Encoded, settings: Settings, families: Ints | None = None, coaches: Ints | None = None
) -> Candidates:
    """Every pair that no rule forbids; a pinned family keeps only its pinned coach.

    Parameters
    ----------
    families, coaches
        Numbers to look at only, for what-ifs and re-runs; everyone by default. `start` always
        has a row for every family.
    """
    usable = encoded.coach.cleared & (encoded.coach.slots != 0)
    chosen = np.flatnonzero(usable) if coaches is None else coaches[usable[coaches]]
    asked = np.arange(len(encoded.families)) if families is None else np.sort(families)
    seekers, prices = seekers_of(encoded), prices_of(settings)
    cells, order = cells_of(encoded, chosen)
    helpers = helpers_of(encoded, order)
    cells = cells._replace(remote=np.flatnonzero(helpers.remote))

    def search(block: Ints) -> tuple[Ints, Numbers, Ints]:
        return pairs_of(block, seekers, helpers, cells, prices)

    workers = os.cpu_count() or 1
    size = max(1, min(BLOCK, -(-len(asked) // workers)))
    blocks = [asked[at : at + size] for at in range(0, len(asked), size)]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        parts = list(pool.map(search, blocks))
    counts = np.zeros(len(encoded.families) + 1, dtype=np.int64)
    for block, part in zip(blocks, parts, strict=True):
        counts[block + 1] = part[0]
    return Candidates(encoded, settings, *_joined(parts, np.cumsum(counts)))


def _joined(parts: list[tuple[Ints, Numbers, Ints]], start: Ints) -> tuple[Ints, Numbers, Ints]:
    """Put the pairs of all blocks behind each other; a block's own memory goes on the way."""
    coach = np.empty(start[-1], dtype=np.int32)
    cost = np.empty(start[-1], dtype=np.int64)
    done = 0
    for at in range(len(parts)):
        _, coaches_found, costs_found = parts[at]
        coach[done : done + len(coaches_found)] = coaches_found
        cost[done : done + len(costs_found)] = costs_found
        done += len(coaches_found)
        parts[at] = (start, coach, cost)
    return start, coach, cost
