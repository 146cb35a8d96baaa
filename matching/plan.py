"""A matching with its prices: what every search for a shortest alternating path works on.

Nodes are families, then coaches, supervisors, the sink and last the *holes*: seats that were paid
for and whose family has left. A seat needs no price of its own: a held one is worth what its family
pays less the cost of the pair, a free one what its coach is worth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Bools, Ints
from matching.places import NOBODY, SEATS, Places, Seating, nobody_seated

OUT_OF_REACH = 1 << 50  # more than any price, worth or way; what nobody can have costs so much
FIRST_HOLE = -2  # in `Seating.holder`, hole number k is -2 - k


class Plan(NamedTuple):
    """Everything changes in place.

    Attributes
    ----------
    seat, holder, used, carried
        As in `Seating`; `used` and `carried` count holes too.
    own_cost
        The cost of each seated family's pair.
    family, coach, supervisor, sink
        Prices: what a unit of flow pays from the node on. For every residual arc, cost less price
        of the tail plus price of the head is at least 0.
    hole, hole_seat
        Price and seat of each hole; the seat is -1 where a hole has been closed.
    """

    seat: Ints
    holder: Ints
    used: Ints
    carried: Ints
    own_cost: Ints
    family: Ints
    coach: Ints
    supervisor: Ints
    sink: Ints
    hole: Ints
    hole_seat: Ints

    @property
    def seating(self) -> Seating:
        return Seating(self.seat, self.holder, self.used, self.carried)

    @property
    def matched(self) -> Bools:
        return self.seat >= 0


def empty_plan(families: int, places: Places) -> Plan:
    """Nobody seated, every price 0, no room for holes."""
    coaches, supervisors = len(places.room), len(places.supervisor_room)
    prices = (families, families, coaches, supervisors, 1, 0, 0)
    return Plan(
        *nobody_seated(families, places), *(np.zeros(size, dtype=np.int64) for size in prices)
    )


def with_holes(plan: Plan, count: int) -> Plan:
    """The same plan, sharing its arrays, with room for so many holes."""
    return plan._replace(
        hole=np.zeros(count, dtype=np.int64), hole_seat=np.full(count, NOBODY, dtype=np.int64)
    )


@lean
def seat_price(seat: int, plan: Plan) -> int:
    """What a seat is worth."""
    h = plan.holder[seat]
    if h >= 0:
        return int(plan.family[h] - plan.own_cost[h])
    if h == NOBODY:
        return int(plan.coach[seat // SEATS])
    return int(plan.hole[FIRST_HOLE - h])


@lean
def seat_node(seat: int, plan: Plan) -> int:
    """Where a seat leads: to its family or hole, or free to its coach."""
    h = plan.holder[seat]
    if h >= 0:
        return int(h)
    coaches = len(plan.family)
    if h == NOBODY:
        return coaches + seat // SEATS
    return int(coaches + len(plan.coach) + len(plan.supervisor) + 1 + FIRST_HOLE - h)


@lean
def leave(f: int, hole: int, plan: Plan) -> None:
    """Take a family from its seat and leave a hole that is worth as much as the seat was."""
    seat = plan.seat[f]
    plan.hole[hole] = plan.family[f] - plan.own_cost[f]
    plan.hole_seat[hole] = seat
    plan.holder[seat] = FIRST_HOLE - hole
    plan.seat[f] = NOBODY


def seat_prices(plan: Plan) -> Ints:
    """What each seat is worth, where there are no holes."""
    held = (plan.family - plan.own_cost)[plan.holder]
    return np.where(plan.holder >= 0, held, np.repeat(plan.coach, SEATS))
