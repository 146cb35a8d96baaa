"""What a coach to be recruited would bring, by adding one and matching on: for the verification.

Shares nothing with the solver.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.problem import Coach
from matching.verify_claim import ClaimedProfile
from matching.verify_columns import Asks, Columns, Offers
from matching.verify_reading import Numbers
from matching.verify_search import Book, make_book
from matching.verify_seats import Seats, move
from matching.verify_walk import Trail, walk


def recruit_faults(
    columns: Columns, book: Book, seats: Seats, rows: Sequence[ClaimedProfile]
) -> list[str]:
    """Profiles whose gain is not the true increase of the most families that can be matched."""
    faults = []
    for number, row in enumerate(rows, start=1):
        gained = families_gained(columns, book, seats, row)
        if gained != row.families_gained:
            faults.append(
                f"recruitment row {number}: families_gained is {row.families_gained}, "
                f"must be {gained}"
            )
    return faults


def families_gained(columns: Columns, book: Book, seats: Seats, row: ClaimedProfile) -> int:
    """From a greatest matching, augment as long as it goes with the coach added."""
    coach = Coach(
        coach_id="recruit", easting=row.easting, northing=row.northing, status="cleared",
        slots=row.slots, capacity=row.capacity, languages=frozenset(row.languages),
        gender=row.gender, training=frozenset(row.training), max_distance_m=row.max_distance_m,
    )  # fmt: skip
    offers = columns.offers([coach], len(seats.placed) - 1, {})
    alone = make_book(book.asks, offers, book.points)
    price = np.zeros(len(seats.holder), dtype=np.int64)
    nobody = price[:0]
    paired = walk(alone, seats, price, nobody, _near(book.asks, offers)).pairs > 0
    seats = seats._replace(
        recruit=np.where(paired, book.asks.slots & offers.slots[0], 0),
        limit=np.append(seats.limit[:-1], coach.capacity),
        **{name: getattr(seats, name).copy() for name in ("place", "holder", "carried",
                                                          "team_carried")},
    )  # fmt: skip
    most = min(coach.capacity, len(coach.slots))
    for gained in range(most):
        out = np.flatnonzero(seats.place < 0)
        # Those who could go to the recruit at once come first: most often one of them does.
        starts = out[np.argsort(seats.recruit[out] == 0, kind="stable")]
        trail = walk(book, seats, price, starts, nobody, once=True)
        if not _augment(seats, starts, trail):
            return gained
    return most


def _near(asks: Asks, offers: Offers) -> Numbers:
    """Families who share a slot with the first coach and live within reach: nobody else can be a
    pair, as a profile never offers to meet remotely."""
    east, north = asks.x - offers.x[0], asks.y - offers.y[0]
    near = (asks.slots & offers.slots[0] != 0) & (east**2 + north**2 < offers.beyond[0])
    return np.flatnonzero(near)


def _augment(seats: Seats, starts: Numbers, trail: Trail) -> bool:
    """Move everybody on the path to the place that was found, if one was."""
    ends = starts[trail.open[starts] >= 0]
    if not len(ends):
        return False
    family, place = int(trail.taker[ends[0]]), int(trail.open[ends[0]])
    while family >= 0:
        move(seats, family, place)
        family, place = int(trail.came[family]), int(trail.toward[family])
    return True
