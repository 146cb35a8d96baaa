"""Coaches sorted into squares, apart for each class of reach, so that a row of squares is one run.

Shares nothing with the solver.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.verify_columns import Offers
from matching.verify_reading import Numbers

SQUARES_PER_REACH = 4


class Squares(NamedTuple):
    """Where to look: one entry per class of reach, and where each square's coaches begin.

    Attributes
    ----------
    reach
        The longest of the class, metres.
    side, x, y, across, down
        Of the class's grid: metres of a square's side, its south-west corner, squares each way.
    first
        The first square's entry in `start`; its coaches are those from ``start[square]`` to
        ``start[square + 1]``.
    near
        Entries of `Offers` from here on are those who offer to meet remotely, once more.
    """

    reach: Numbers
    side: Numbers
    x: Numbers
    y: Numbers
    across: Numbers
    down: Numbers
    first: Numbers
    start: Numbers
    near: int


def by_square(offers: Offers) -> tuple[Offers, Squares]:
    """The coaches who can be in a pair at all, in the order of their squares."""
    usable = np.flatnonzero((offers.cleared > 0) & (offers.slots > 0))
    classes = np.ceil(2 * np.log2(np.maximum(offers.reach[usable], 1))).astype(np.int64)
    grids, starts, orders = [], [], []
    first = done = 0
    for one in np.unique(classes):
        members = usable[classes == one]
        grid, square = _grid(offers, members)
        count = grid[4] * grid[5]
        held = np.bincount(square, minlength=count)
        starts.append(done + np.concatenate([[0], np.cumsum(held)]))
        orders.append(members[np.argsort(square, kind="stable")])
        grids.append((*grid, first))
        first, done = first + count + 1, done + len(members)
    near = np.concatenate([*orders, np.zeros(0, dtype=np.int64)])
    columns = np.array(grids, dtype=np.int64).reshape(-1, 7).T.copy()
    start = np.concatenate([*starts, np.zeros(1, dtype=np.int64)]).astype(np.int64)
    reach, side, x, y, across, down, begins = columns
    squares = Squares(reach, side, x, y, across, down, begins, start, len(near))
    return offers.take(np.append(near, usable[offers.remote[usable] > 0])), squares


def _grid(offers: Offers, members: Numbers) -> tuple[tuple[int, ...], Numbers]:
    """A grid for the members, never with many more squares than members, and each one's square."""
    x, y, reach = (column[members] for column in (offers.x, offers.y, offers.reach))
    left, bottom = int(x.min()), int(y.min())
    wide, high = int(x.max()) - left, int(y.max()) - bottom
    side = max(1, -(-int(reach.max()) // SQUARES_PER_REACH))
    while (wide // side + 1) * (high // side + 1) > 4 * len(members) + 64:
        side *= 2
    across, down = wide // side + 1, high // side + 1
    square = (y - bottom) // side * across + (x - left) // side
    return (int(reach.max()), side, left, bottom, across, down), square
