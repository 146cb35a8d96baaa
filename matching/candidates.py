"""Which pairs there are, and what each costs: every rule and every cost, in one compiled loop.

Coaches are sorted into travel classes and, in each class, into square cells as wide as a quarter of
the class's reach; a family looks only at the rows of cells that its coaches could come from. The
pairs are all kept, none is pruned: 12 bytes each.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled
from matching.costs import METRES_PER_MILE
from matching.encoding import ALL_BITS, ALL_GENDERS, Bools, Encoded, Ints
from matching.problem import Settings

Numbers = NDArray[np.int32]

CELLS_PER_REACH = 4
LEAST_CELL_M = 500
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


class Seekers(NamedTuple):
    """The families' columns for the compiled loop.

    Attributes
    ----------
    languages
        Masks of which one bit must be a coach's; families without a wish have the common bit.
    forbids
        Masks of which no bit may be a coach's: other genders, training that would be lacking,
        what the household has.
    """

    easting: Ints
    northing: Ints
    slots: Ints
    remote: Bools
    min_distance: Ints
    pinned: Ints
    previous: Ints
    languages: Ints
    forbids: Ints
    needs: Ints
    training: Ints
    excluded_start: Ints
    excluded: Ints


class Helpers(NamedTuple):
    """The usable coaches' columns, in the order of the cells; `number` leads back.

    Attributes
    ----------
    languages, forbidden
        The other side of `Seekers.languages` and `Seekers.forbids`.
    """

    number: Numbers
    easting: Ints
    northing: Ints
    slots: Ints
    remote: Bools
    max_distance: Ints
    other_language: Bools
    languages: Ints
    forbidden: Ints
    lived: Ints
    known: Ints
    training: Ints


class Cells(NamedTuple):
    """Where coaches live: one grid per travel class.

    Attributes
    ----------
    reach, size
        Longest way and width of a cell in each class, metres.
    left, bottom, columns, rows
        Corner and extent of each class's grid.
    offset
        Where the class's cells begin in `first`.
    first
        Number of the first coach of each cell, and one past the last.
    remote
        Coaches who offer remote meetings.
    """

    reach: Ints
    size: Ints
    left: Ints
    bottom: Ints
    columns: Ints
    rows: Ints
    offset: Ints
    first: Ints
    remote: Ints


class Prices(NamedTuple):
    """The settings that the cost of a pair is made of."""

    travel_per_mile: int
    remote: int
    unmet_need: int
    no_peer: int
    scarce_language: int
    scarce_training: int
    change: int


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
    seekers, prices = _seekers(encoded), _prices(settings)
    cells, order = _cells(encoded, chosen)
    helpers = _helpers(encoded, order)
    cells = cells._replace(remote=np.flatnonzero(helpers.remote))

    def search(block: Ints) -> tuple[Ints, Numbers, Ints]:
        return pairs_of(block, seekers, helpers, cells, prices)

    blocks = [asked[at : at + BLOCK] for at in range(0, len(asked), BLOCK)]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        parts = list(pool.map(search, blocks))
    counts = np.zeros(len(encoded.families) + 1, dtype=np.int64)
    for block, part in zip(blocks, parts, strict=True):
        counts[block + 1] = part[0]
    start = np.cumsum(counts)
    coach = np.empty(start[-1], dtype=np.int32)
    cost = np.empty(start[-1], dtype=np.int64)
    done = 0
    for at in range(len(parts)):
        _, coaches_found, costs_found = parts[at]
        coach[done : done + len(coaches_found)] = coaches_found
        cost[done : done + len(costs_found)] = costs_found
        done += len(coaches_found)
        parts[at] = (start, coach, cost)  # lets the block's own memory go
    return Candidates(encoded, settings, start, coach, cost)


def _seekers(encoded: Encoded) -> Seekers:
    f = encoded.family
    count = max(1, len(encoded.coaches))
    owner = encoded.excluded // count
    anybody = ~f.languages.any(axis=1)
    return Seekers(
        easting=f.easting,
        northing=f.northing,
        slots=f.slots,
        remote=f.remote,
        min_distance=f.min_distance,
        pinned=f.pinned,
        previous=f.previous,
        languages=np.column_stack([anybody.astype(np.int64), f.languages]),
        forbids=np.column_stack([ALL_GENDERS & ~f.genders, f.training, f.household]),
        needs=np.ascontiguousarray(np.stack(f.needs, axis=1)),
        training=f.training,
        excluded_start=np.searchsorted(owner, np.arange(len(encoded.families) + 1)),
        excluded=encoded.excluded % count,
    )


def _helpers(encoded: Encoded, order: Ints) -> Helpers:
    c = encoded.coach
    common = np.ones(len(encoded.coaches), dtype=np.int64)
    return Helpers(
        number=order.astype(np.int32),
        easting=c.easting[order],
        northing=c.northing[order],
        slots=c.slots[order],
        remote=c.remote[order],
        max_distance=c.max_distance[order],
        other_language=c.other_language[order],
        languages=np.column_stack([common, c.languages])[order],
        forbidden=np.column_stack([c.gender, ALL_BITS & ~c.training, c.avoids])[order],
        lived=c.lived[order],
        known=c.known[order],
        training=c.training[order],
    )


def _prices(settings: Settings) -> Prices:
    return Prices(*(getattr(settings, name) for name in Prices._fields))


def _cells(encoded: Encoded, usable: Ints) -> tuple[Cells, Ints]:
    """The grids, and the coaches in the order of their cells."""
    reach = encoded.coach.max_distance[usable]
    travel_class = np.ceil(2 * np.log2(np.maximum(reach, 1))).astype(np.int64)
    rows: list[tuple[int, ...]] = []
    firsts: list[Ints] = []
    orders: list[Ints] = []
    offset = done = 0
    for value in np.unique(travel_class).tolist():
        members = usable[travel_class == value]
        x, y = encoded.coach.easting[members], encoded.coach.northing[members]
        longest = int(encoded.coach.max_distance[members].max())
        size = max(LEAST_CELL_M, -(-longest // CELLS_PER_REACH))
        left, bottom = int(x.min()), int(y.min())
        columns, height = (int(v.max() - v.min()) // size + 1 for v in (x, y))
        cell = (y - bottom) // size * columns + (x - left) // size
        order = np.argsort(cell, kind="stable")
        counts = np.bincount(cell, minlength=columns * height)
        firsts.append(done + np.concatenate([[0], np.cumsum(counts)]))
        orders.append(members[order])
        rows.append((longest, size, left, bottom, columns, height, offset))
        offset += columns * height + 1
        done += len(members)
    table = np.array(rows, dtype=np.int64).reshape(-1, 7)
    first = np.concatenate(firsts).astype(np.int64) if firsts else np.zeros(0, np.int64)
    order = np.concatenate(orders) if orders else np.zeros(0, np.int64)
    reach_of, sizes, lefts, bottoms, widths, heights, offsets = np.ascontiguousarray(table.T)
    nobody = np.zeros(0, np.int64)
    grid = Cells(reach_of, sizes, lefts, bottoms, widths, heights, offsets, first, nobody)
    return grid, order


@compiled
def _meets(left: Ints, row: int, right: Ints, column: int) -> bool:
    """Whether two rows of masks have a bit in common."""
    for word in range(left.shape[1]):  # noqa: SIM110
        if left[row, word] & right[column, word]:
            return True
    return False


@compiled
def _missing(wanted: int, held: int) -> int:
    """How many bits of one mask are not in the other."""
    rest = wanted & ~held
    total = 0
    while rest:
        rest &= rest - 1
        total += 1
    return total


@compiled
def _excluded(f: int, number: np.int64, start: Ints, excluded: Ints) -> bool:
    for at in range(start[f], start[f + 1]):  # noqa: SIM110
        if excluded[at] == number:
            return True
    return False


@compiled
def _needs_points(
    f: int, c: int, needs: Ints, known: Ints, lived: Ints, unmet_need: int, no_peer: int
) -> int:
    """Points for needs that the coach does not know, and for sharing no experience."""
    points = 0
    peer = False
    for word in range(known.shape[1]):
        for weight in range(3):
            wanted = needs[f, weight, word]
            points += unmet_need * (weight + 1) * _missing(wanted, known[c, word])
            peer |= wanted & lived[c, word] != 0
    return points if peer else points + no_peer


@compiled
def _scarce_points(f: int, c: int, wanted: Ints, held: Ints, scarce_training: int) -> int:
    """Points for training that the coach has and the family does not need."""
    points = 0
    for word in range(held.shape[1]):
        points += scarce_training * _missing(held[c, word], wanted[f, word])
    return points


@compiled
def _span(x: int, gap: int, reach: int, size: int, columns: int) -> tuple[int, int]:
    """First and last cell of a row that could hold somebody within reach.

    East of the grid the first is one past the row, where the last ends: nobody is looked at.
    """
    width = int(np.sqrt(float((reach + 1) * (reach + 1) - gap * gap))) + 1
    return max(0, min(columns, (x - width) // size)), min(columns - 1, (x + width) // size)


@compiled
def _nearby(
    f: int, found: Ints, seekers: Seekers, helpers: Helpers, cells: Cells
) -> tuple[Ints, int]:
    """Coaches who share a slot with a family and can meet it in person, put into `found`."""
    x, y, slots = seekers.easting[f], seekers.northing[f], seekers.slots[f]
    least = seekers.min_distance[f] * seekers.min_distance[f]
    c_x, c_y, c_slots, c_most = (
        helpers.easting,
        helpers.northing,
        helpers.slots,
        helpers.max_distance,
    )
    count = 0
    for kind in range(len(cells.reach)):
        reach, size = cells.reach[kind], cells.size[kind]
        east, north = x - cells.left[kind], y - cells.bottom[kind]
        highest = min(cells.rows[kind] - 1, (north + reach) // size)
        for row in range(max(0, (north - reach) // size), highest + 1):
            gap = max(0, max(row * size - north, north - (row * size + size - 1)))
            low, high = _span(east, gap, reach, size, cells.columns[kind])
            base = cells.offset[kind] + row * cells.columns[kind]
            for c in range(cells.first[base + low], cells.first[base + max(low, high + 1)]):
                if slots & c_slots[c]:
                    # Distances are rounded down to whole metres.
                    dx, dy, most = x - c_x[c], y - c_y[c], c_most[c] + 1
                    square = dx * dx + dy * dy
                    if least <= square < most * most:
                        if count == len(found):
                            found = np.concatenate((found, np.empty_like(found)))
                        found[count] = c
                        count += 1
    return found, count


@compiled
def _remotely(
    f: int, found: Ints, count: int, seekers: Seekers, helpers: Helpers, cells: Cells
) -> tuple[Ints, int]:
    """Coaches who share a slot with a family and can meet it remotely only, added to `found`."""
    for c in cells.remote:
        if seekers.slots[f] & helpers.slots[c]:
            dx = seekers.easting[f] - helpers.easting[c]
            dy = seekers.northing[f] - helpers.northing[c]
            square = dx * dx + dy * dy
            least, most = seekers.min_distance[f], helpers.max_distance[c] + 1
            if not least * least <= square < most * most:
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[count] = c
                count += 1
    return found, count


@compiled
def _screened(f: int, found: Ints, count: int, seekers: Seekers, helpers: Helpers) -> int:
    """Keep those whom no other rule forbids, sorted by number; how many they are.

    Left in `found` is ``number << 32 | place among the helpers``.
    """
    forbids, forbidden = seekers.forbids, helpers.forbidden
    wanted, spoken = seekers.languages, helpers.languages
    pinned, numbers = seekers.pinned[f], helpers.number
    kept = 0
    for at in range(count):
        c = found[at]
        number = np.int64(numbers[c])
        if (
            not _meets(forbids, f, forbidden, c)
            and _meets(wanted, f, spoken, c)
            and (pinned < 0 or pinned == number)
            and not _excluded(f, number, seekers.excluded_start, seekers.excluded)
        ):
            found[kept] = number << 32 | c
            kept += 1
    found[:kept].sort()
    return kept


@compiled
def _priced(
    f: int, found: Ints, cost: Ints, seekers: Seekers, helpers: Helpers, prices: Prices
) -> None:
    """Turn what `_screened` left into numbers of coaches, and reckon each one's points."""
    x, y, remote = seekers.easting[f], seekers.northing[f], seekers.remote[f]
    speaks_any, previous = seekers.languages[f, 0], seekers.previous[f]
    wanted, held, needs = seekers.training, helpers.training, seekers.needs
    known, lived = helpers.known, helpers.lived
    for at in range(len(found)):
        c, number = found[at] & 0xFFFFFFFF, found[at] >> 32
        dx, dy = x - helpers.easting[c], y - helpers.northing[c]
        square = dx * dx + dy * dy
        # Exact: below 2**52 the root of a whole number never reaches the next whole number.
        points = prices.travel_per_mile * int(np.sqrt(float(square))) // METRES_PER_MILE
        if remote and helpers.remote[c]:
            least, most = seekers.min_distance[f], helpers.max_distance[c] + 1
            if points > prices.remote or not least * least <= square < most * most:
                points = prices.remote
        points += _needs_points(f, c, needs, known, lived, prices.unmet_need, prices.no_peer)
        points += _scarce_points(f, c, wanted, held, prices.scarce_training)
        if speaks_any and helpers.other_language[c]:
            points += prices.scarce_language
        if previous >= 0 and previous != number:
            points += prices.change
        found[at], cost[at] = number, points


@compiled
def pairs_of(
    block: Ints, seekers: Seekers, helpers: Helpers, cells: Cells, prices: Prices
) -> tuple[Ints, Numbers, Ints]:
    """The pairs of some families: how many each has, then coaches and costs, sorted by coach."""
    counts = np.zeros(len(block), np.int64)
    coach = np.empty(4096, np.int32)
    cost = np.empty(4096, np.int64)
    found = np.empty(1024, np.int64)
    filled = 0
    for at in range(len(block)):
        f = block[at]
        if not seekers.slots[f]:
            continue
        found, count = _nearby(f, found, seekers, helpers, cells)
        if seekers.remote[f]:
            found, count = _remotely(f, found, count, seekers, helpers, cells)
        count = _screened(f, found, count, seekers, helpers)
        while filled + count > len(coach):
            coach = np.concatenate((coach, np.empty_like(coach)))
            cost = np.concatenate((cost, np.empty_like(cost)))
        done = filled + count
        _priced(f, found[:count], cost[filled:done], seekers, helpers, prices)
        coach[filled:done] = found[:count]
        counts[at] = count
        filled = done
    return counts, coach[:filled].copy(), cost[:filled].copy()
