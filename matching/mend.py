"""Make a plan the cheapest again after something has changed, by shortest alternating paths.

A family that could have a cheaper seat leaves its own, which stays paid for as a hole. Then each
such family takes the nearest hole or free place, and each hole that is left is closed.
"""

from __future__ import annotations

import numpy as np

from matching.closure import UnfinishedWalk
from matching.compiled import compiled
from matching.encoding import Ints
from matching.paths import NO_PATH, Back, path_from, path_to
from matching.places import SEATS, Pairs, Places
from matching.plan import Plan, Trail, follow, leave, new_trail, seat_price, with_holes

NO_SEAT = 1 << 50


def mend(plan: Plan, restless: Ints, pairs: Pairs, back: Back, places: Places) -> None:
    """Give each family that could have a cheaper seat the right one; `plan` changes in place.

    Raises
    ------
    UnfinishedWalk
        When somebody finds no seat: a defect, since they all had one.
    """
    if len(restless):
        holed = with_holes(plan, len(restless))
        if not _mend_all(restless, pairs, back, places, holed, new_trail(holed)):
            raise UnfinishedWalk("a family that had a seat found none")


@compiled
def least_price(f: int, pairs: Pairs, plan: Plan) -> int:
    """The least that a family would pay for any of its seats."""
    least = NO_SEAT
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(pairs.coach[pair])
        shared, seat = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
        while shared:
            if shared & 1:
                least = min(least, pairs.cost[pair] + seat_price(seat, plan))
            shared >>= 1
            seat += 1
    return least


@compiled
def find_restless(families: Ints, pairs: Pairs, plan: Plan) -> Ints:
    """Those of some seated families who could have a seat that is cheaper than their own."""
    found = np.empty(len(families), np.int64)
    count = 0
    for f in families:
        if least_price(f, pairs, plan) < plan.family[f]:
            found[count] = f
            count += 1
    return found[:count].copy()


@compiled
def _mend_all(
    restless: Ints, pairs: Pairs, back: Back, places: Places, plan: Plan, trail: Trail
) -> bool:
    for number in range(len(restless)):
        leave(restless[number], number, plan)
    for f in restless:
        plan.family[f] = least_price(f, pairs, plan)
    for f in restless:
        if not settle(f, pairs, places, plan, trail):
            return False
    for hole in range(len(restless)):
        if plan.hole_seat[hole] >= 0 and not close(hole, pairs, back, places, plan, trail):
            return False
    return True


@compiled
def settle(f: int, pairs: Pairs, places: Places, plan: Plan, trail: Trail) -> bool:
    """Seat a family in the nearest hole or free place; false when it reaches none."""
    end = path_from(f, True, pairs, places, plan, trail)
    if end == NO_PATH:
        return False
    follow(end, places, plan, trail, True)
    return True


@compiled
def close(hole: int, pairs: Pairs, back: Back, places: Places, plan: Plan, trail: Trail) -> bool:
    """Let somebody take a hole, and so on, until a place is given back for the least cost."""
    sink = len(plan.family) + len(plan.coach) + len(plan.supervisor)
    if not path_to(sink + 1 + hole, sink, pairs, back, places, plan, trail):
        return False
    follow(sink, places, plan, trail, False)
    return True
