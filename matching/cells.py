"""Where coaches live, so that a family looks only at those who could come.

Coaches are sorted into travel classes and, in each class, into square cells as wide as a quarter of
the class's reach; a family looks only at the rows of cells that its coaches could come from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Encoded, Ints
from matching.pair_columns import Helpers, Seekers

CELLS_PER_REACH = 4
LEAST_CELL_M = 500


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


def cells_of(encoded: Encoded, usable: Ints) -> tuple[Cells, Ints]:
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


@lean
def _span(x: int, gap: int, reach: int, size: int, columns: int) -> tuple[int, int]:
    """First and last cell of a row that could hold somebody within reach.

    East of the grid the first is one past the row, where the last ends: nobody is looked at.
    """
    width = int(np.sqrt(float((reach + 1) * (reach + 1) - gap * gap))) + 1
    return max(0, min(columns, (x - width) // size)), min(columns - 1, (x + width) // size)


@compiled
def nearby(
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
def remotely(
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
