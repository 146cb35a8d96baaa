"""Make a plan the cheapest again where some families could have a cheaper seat.

Such a family leaves its seat, which stays paid for as a hole; then all of them are seated anew and
all holes closed, by shortest alternating paths.
"""

from __future__ import annotations

import numpy as np

from matching.balance import balance
from matching.closure import UnfinishedWalk
from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.near import Near, nearest
from matching.paths import Search, new_search
from matching.places import BIT, PRIME, SEATS, Pairs, Places
from matching.plan import OUT_OF_REACH, Plan, leave, seat_price, with_holes


def mend(plan: Plan, waiting: Ints, pairs: Pairs, places: Places) -> Plan:
    """Seat who waits, and give each family that could have a cheaper seat the right one.

    Prices may be wrong only in that a seated family pays more than its cheapest seat costs. The
    answer is the optimum over all pairs; it shares its arrays with `plan`, which is used up.

    Raises
    ------
    UnfinishedWalk
        When somebody finds no seat: a defect, since all of them can be matched.
    """
    restless = find_restless(np.flatnonzero(plan.seat >= 0), pairs, plan)
    if len(restless) + len(waiting) == 0:
        return plan
    holed = with_holes(plan, len(restless))
    leave_all(restless, 0, holed)
    everyone = np.sort(np.concatenate([restless, waiting]))
    price_all(everyone, pairs, holed)
    put_right(everyone, nearest(everyone, pairs, holed), places, holed, new_search(holed))
    return with_holes(holed, 0)


@lean
def leave_all(families: Ints, first: int, plan: Plan) -> None:
    """Take families from their seats; their holes are numbered from `first`."""
    for at in range(len(families)):
        leave(families[at], first + at, plan)


@lean
def open_coach(c: int, places: Places, plan: Plan, search: Search) -> None:
    """Use up, with units that nobody sends, what a coach offers for less than it is worth."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    boss = places.supervisor[c]
    ahead = teams + (boss if boss >= 0 else len(plan.supervisor))
    worth = plan.coach[c] - (plan.supervisor[boss] if boss >= 0 else plan.sink[0])
    while plan.used[c] < places.room[c]:
        if places.load * (places.placed[c] + plan.used[c]) >= worth:
            break
        plan.used[c] += 1
        search.uneven[families + c] -= 1
        search.uneven[ahead] += 1


def put_right(waiting: Ints, near: Near, places: Places, plan: Plan, search: Search) -> None:
    """Seat who waits, close the holes and even out what else is uneven, for the least cost.

    Whoever waits must have the price of the cheapest seat.

    Raises
    ------
    UnfinishedWalk
        When there is no way to do so.
    """
    sink = len(plan.family) + len(plan.coach) + len(plan.supervisor)
    search.uneven[waiting] = 1
    search.uneven[sink + 1 : sink + 1 + len(plan.hole)] = -1
    search.uneven[sink] -= search.uneven.sum()
    sources = np.flatnonzero(search.uneven > 0)
    if not balance(sources, near, places, plan, search):
        raise UnfinishedWalk("a family that can be matched found no seat")
    moved = int(plan.sink[0])
    for prices in (plan.coach, plan.supervisor, plan.sink):
        prices -= moved
    plan.family[plan.seat >= 0] -= moved


@lean
def price_all(families: Ints, pairs: Pairs, plan: Plan) -> None:
    """Let families pay what the cheapest of their seats costs them."""
    for f in families:
        plan.family[f] = least_price(f, pairs, plan)


@lean
def least_price(f: int, pairs: Pairs, plan: Plan) -> int:
    """The least that a family would pay for any of its seats."""
    least = OUT_OF_REACH
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(pairs.coach[pair])
        shared, first = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            least = min(least, pairs.cost[pair] + seat_price(seat, plan))
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
