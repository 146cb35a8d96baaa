"""The yardstick: one pass on one thread that finds every pair and touches it once.

All rules and the cost of every pair, as compiled loops: a grid of squares for each class of reach,
coaches laid out in the order of the grid, families in the order of the land. Nothing is kept but
three sums. That is about the least any exact matcher has to do, so what the matcher takes is told
as a multiple of it. The same loop, asked to, also stores the pairs for those we compare with.
"""

from __future__ import annotations

from math import isqrt
from typing import Any, NamedTuple

import numpy as np

from benchmarks.columns import Columns, Ints, Points, Records
from benchmarks.compiled import compiled

METRES_PER_MILE = 1609
SQUARES_PER_REACH = 4
SQUARES_PER_COACH = 4
FAMILY_SQUARE_M = 2_000

# Squares, class of reach by class. The coaches of a class's square ``(row, column)`` are, in the
# order of the grid, those from ``start[first + row * columns + column]`` up to the next entry.
CLASS = np.dtype(
    [(n, np.int64) for n in ("reach", "side", "west", "south", "rows", "columns", "first")]
)
# Every pair, numbered as in the problem; `shared` is the mask of the slots both have free.
PAIR = np.dtype([(n, np.int32) for n in ("family", "coach", "cost", "shared")])


class Totals(NamedTuple):
    """What one pass sums up; `cost` in points, load left out."""

    pairs: int
    slot_arcs: int
    cost: int


def touch(columns: Columns) -> Totals:
    """The pass; the second call in a process tells how long it takes, the first may compile."""
    return Totals(*(int(total) for total in _run(columns, np.empty(0, dtype=PAIR))))


def pairs_of(columns: Columns) -> Records:
    """Records of `PAIR`, families in order and each one's coaches in order: the pass, twice."""
    found = np.empty(touch(columns).pairs, dtype=PAIR)
    _run(columns, found)
    return found[np.lexsort((found["coach"], found["family"]))]


def _run(columns: Columns, into: Records) -> tuple[int, int, int]:
    families, coaches = columns.families, columns.coaches
    usable = coaches[coaches["slots"] != 0]
    classes, start, order = _grid_of(usable)
    laid_out = usable[order]
    totals: tuple[int, int, int] = _walk(
        families, _along_the_land(families), laid_out, classes, start,
        np.flatnonzero(laid_out["remote"]), columns.excluded_from, columns.excluded,
        columns.points, into,
    )  # fmt: skip
    return totals


def _along_the_land(families: Records) -> Ints:
    """Numbers of the families so that neighbours follow each other: they read the same coaches."""
    row, column = (families[name] // FAMILY_SQUARE_M for name in ("northing", "easting"))
    return np.lexsort((np.where(row % 2 == 0, column, -column), row))


def _grid_of(coaches: Records) -> tuple[Records, Ints, Ints]:
    """Records of `CLASS`, `start` and the order of the coaches in the grid."""
    reach, east, north = coaches["reach"], coaches["easting"], coaches["northing"]
    of_coach = np.ceil(2 * np.log2(np.maximum(reach, 1))).astype(np.int64)
    classes, starts, orders, count, laid = [], [], [], 0, 0
    for one in np.unique(of_coach):
        mine = np.flatnonzero(of_coach == one)
        furthest = int(reach[mine].max())
        side, west, south, rows, wide = _frame(east[mine], north[mine], furthest)
        square = (north[mine] - south) // side * wide + (east[mine] - west) // side
        begin = np.zeros(rows * wide + 1, dtype=np.int64)
        np.cumsum(np.bincount(square, minlength=rows * wide), out=begin[1:])
        orders.append(mine[np.argsort(square, kind="stable")])
        classes.append((furthest, side, west, south, rows, wide, count))
        starts.append(begin + laid)
        count, laid = count + len(begin), laid + len(mine)
    none = np.zeros(0, dtype=np.int64)
    start, order = np.concatenate([none, *starts]), np.concatenate([none, *orders])
    return np.array(classes, dtype=CLASS), start, order


def _frame(east: Ints, north: Ints, reach: int) -> tuple[int, int, int, int, int]:
    """Side, west, south, rows and columns: not many more squares than coaches."""
    west, south = int(east.min()), int(north.min())
    width, height = int(east.max()) - west + 1, int(north.max()) - south + 1
    least = isqrt(width * height // (SQUARES_PER_COACH * len(east))) + 1
    longest = max(width, height) // (SQUARES_PER_COACH * len(east)) + 1
    side = max(1, reach // SQUARES_PER_REACH, least, longest)
    return side, west, south, (height - 1) // side + 1, (width - 1) // side + 1


@compiled
def _ones(mask: int) -> int:
    """Bits set in a mask of up to 62 bits."""
    mask = mask - ((mask >> 1) & 0x5555555555555555)
    mask = (mask & 0x3333333333333333) + ((mask >> 2) & 0x3333333333333333)
    mask = (mask + (mask >> 4)) & 0x0F0F0F0F0F0F0F0F
    mask = mask + (mask >> 8)
    mask = mask + (mask >> 16)
    return (mask + (mask >> 32)) & 0x7F


@compiled
def _allowed(f: Any, c: Any) -> bool:
    """Every rule but clearance, distance and exclusions, and the pins; without a branch.

    What a pair breaks is hard to guess, so each branch here would cost more than all the tests.
    """
    allowed = (f.slots & c.slots != 0) & (f.genders & c.gender != 0)
    allowed &= (f.languages == 0) | (f.languages & c.languages != 0)
    allowed &= (f.training & ~c.training) | (f.household & c.avoids) == 0
    allowed &= (f.pinned < 0) | (f.pinned == c.number)
    return bool(allowed)


@compiled
def _listed(number: int, family: int, start: Ints, excluded: Ints) -> bool:
    for at in range(start[family], start[family + 1]):  # noqa: SIM110 -- a loop is what compiles
        if excluded[at] == number:
            return True
    return False


@compiled
def _points(f: Any, c: Any, points: Points) -> int:
    """The cost of a pair, travel left out."""
    unknown = ~c.known
    unmet = _ones(f.need_1 & unknown) + 2 * _ones(f.need_2 & unknown)
    unmet += 3 * _ones(f.need_3 & unknown)
    no_peer = (f.need_1 | f.need_2 | f.need_3) & c.lived == 0
    changed = (f.previous >= 0) & (f.previous != c.number)
    return int(
        points.unmet_need * unmet
        + points.no_peer * no_peer
        + points.scarce_language * ((f.languages == 0) & (c.other_language != 0))
        + points.scarce_training * _ones(c.training & ~f.training)
        + points.change * changed
    )


@compiled
def _in_row(x: int, y: int, row: int, square: Any) -> tuple[int, int]:
    """First and last column of a row of squares that may hold somebody in reach."""
    edge = square.south + row * square.side
    gap = max(0, edge - y, y - (edge + square.side - 1))
    if gap > square.reach:
        return 0, -1
    # Distances are rounded down: all less than `reach + 1` away is within reach.
    half = int(np.sqrt((square.reach + 1) ** 2 - gap**2)) + 1
    first = max(0, (x - half - square.west) // square.side)
    return first, min(square.columns - 1, (x + half - square.west) // square.side)


@compiled
def _walk(
    families: Records,
    numbers: Ints,
    coaches: Records,
    classes: Records,
    squares: Ints,
    remote: Ints,
    start: Ints,
    excluded: Ints,
    points: Points,
    into: Records,
) -> tuple[int, int, int]:
    """Every family: those in reach, then those whom it meets remotely only."""
    pairs, arcs, cost = 0, 0, 0
    for i in numbers:
        f = families[i]
        for k in range(len(classes)):
            one = classes[k]
            low = max(0, (f.northing - one.reach - one.south) // one.side)
            high = min(one.rows - 1, (f.northing + one.reach - one.south) // one.side)
            for row in range(low, high + 1):
                first, last = _in_row(f.easting, f.northing, row, one)
                if last < first:
                    continue
                base = one.first + row * one.columns
                found = _meet_near(
                    f, i, coaches, squares[base + first], squares[base + last + 1],
                    start, excluded, points, into, pairs,
                )  # fmt: skip
                pairs, arcs, cost = pairs + found[0], arcs + found[1], cost + found[2]
        if f.remote != 0:
            found = _meet_remotely(
                f, i, coaches, remote, start, excluded, points, into, pairs,
            )  # fmt: skip
            pairs, arcs, cost = pairs + found[0], arcs + found[1], cost + found[2]
    return pairs, arcs, cost


@compiled
def _meet_near(
    f: Any, i: int, coaches: Records, first: int, stop: int, start: Ints, excluded: Ints,
    points: Points, into: Records, at: int,
) -> tuple[int, int, int]:  # fmt: skip
    pairs, arcs, cost = 0, 0, 0
    least = f.min_distance**2
    for j in range(first, stop):
        c = coaches[j]
        away = (f.easting - c.easting) ** 2 + (f.northing - c.northing) ** 2
        meet = (away >= least) & (away < (c.reach + 1) ** 2)
        if not meet & _allowed(f, c) or _listed(c.number, i, start, excluded):
            continue
        way = points.travel_per_mile * int(np.sqrt(away)) // METRES_PER_MILE
        if f.remote & c.remote:
            way = min(way, points.remote)
        way += _points(f, c, points)
        _store(into, at + pairs, i, c.number, way, f.slots & c.slots)
        pairs, arcs, cost = pairs + 1, arcs + _ones(f.slots & c.slots), cost + way
    return pairs, arcs, cost


@compiled
def _meet_remotely(
    f: Any, i: int, coaches: Records, remote: Ints, start: Ints, excluded: Ints, points: Points,
    into: Records, at: int,
) -> tuple[int, int, int]:  # fmt: skip
    pairs, arcs, cost = 0, 0, 0
    least = f.min_distance**2
    for j in remote:
        c = coaches[j]
        away = (f.easting - c.easting) ** 2 + (f.northing - c.northing) ** 2
        apart = (away < least) | (away >= (c.reach + 1) ** 2)  # the others are found above
        if not apart & _allowed(f, c) or _listed(c.number, i, start, excluded):
            continue
        way = points.remote + _points(f, c, points)
        _store(into, at + pairs, i, c.number, way, f.slots & c.slots)
        pairs, arcs, cost = pairs + 1, arcs + _ones(f.slots & c.slots), cost + way
    return pairs, arcs, cost


@compiled
def _store(into: Records, at: int, family: int, coach: int, cost: int, shared: int) -> None:
    """Keep the pair, where pairs are to be kept."""
    if len(into) == 0:
        return
    into[at].family = family
    into[at].coach = coach
    into[at].cost = cost
    into[at].shared = shared
