"""Level 2: how. The least total cost among all ways to match the families of level 1.

The flow solver gets each family's cheapest pairs only. Its prices then tell, over all pairs there
are, whether a pair that was left out could make the matching cheaper; those that could are added
and it is solved again. When there are none, the answer is the optimum of the whole problem: pairs
are left out by proof, never by guess. The last few families are moved by shortest paths instead,
which is the same optimum in less time.
"""

from __future__ import annotations

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.flow import cheapest_flow, prices_of
from matching.mend import find_restless, mend
from matching.network import build_network
from matching.places import BIT, PRIME, SEATS, Pairs, Places, Seating, pairs_for_loops, part_of
from matching.plan import Plan, empty_plan, seat_price, seat_prices

AT_FIRST = 16
AT_FIRST_AGAIN = 8
NEAR = 16
ADDED = 8
MENDED = 0.02  # share of the families below which paths are faster than another flow
OUT_OF_REACH = 1 << 50


def cheapest_plan(
    pairs: Candidates,
    places: Places,
    seating: Seating,
    worth: Ints | None = None,
) -> Plan:
    """The cheapest way to match the families that `seating` matches, with the prices of it.

    Parameters
    ----------
    worth
        What each seat is likely to be worth, from an earlier run; it saves time and changes nothing
        else.
    """
    loops = pairs_for_loops(pairs)
    families = np.flatnonzero(seating.matched)
    count = AT_FIRST if worth is None else AT_FIRST_AGAIN
    guess = np.zeros_like(seating.holder) if worth is None else worth
    chosen = cheapest_pairs(families, seating.seat, loops, guess, count)
    plan = _solved(loops, places, chosen, seating)
    restless = find_restless(families, loops, plan)
    few = MENDED * len(families)
    while len(restless):
        if len(restless) > few:
            near = cheapest_pairs(families, plan.seat, loops, seat_prices(plan), NEAR)
            chosen = np.union1d(chosen, near)
            plan = _solved(loops, places, chosen, seating)
        else:
            more = cheaper_pairs(restless, loops, plan, ADDED)
            chosen = np.union1d(chosen, more)
            mend(plan, restless, part_of(loops, chosen), places)
        restless = find_restless(families, loops, plan)
    return plan


def _solved(pairs: Pairs, places: Places, chosen: Ints, seating: Seating) -> Plan:
    """The optimum over some of the pairs, as a plan over all."""
    family_of = np.searchsorted(pairs.start, chosen, side="right") - 1
    network = build_network(pairs, places, chosen, family_of)
    flow = cheapest_flow(network)
    price = prices_of(network, flow)
    arcs = np.flatnonzero(flow[: network.pair_arcs])
    family = network.family[network.tail[arcs]]
    seat = network.seat[network.head[arcs] - network.first_seat]
    plan = empty_plan(len(seating.seat), places)
    plan.seat[family] = seat
    plan.holder[seat] = family
    plan.own_cost[family] = network.cost[arcs]
    plan.family[family] = network.cost[arcs] + price[network.head[arcs]]
    np.add.at(plan.used, seat // SEATS, 1)
    bosses = places.supervisor[seat // SEATS]
    np.add.at(plan.carried, bosses[bosses >= 0], 1)
    plan.supervisor[:] = np.where(places.supervisor_room > 0, 0, OUT_OF_REACH)
    plan.supervisor[network.supervisor] = price[network.first_supervisor : network.sink]
    boss = np.append(plan.supervisor, 0)[places.supervisor]
    plan.coach[:] = np.where(places.room > 0, places.load * places.placed + boss, OUT_OF_REACH)
    plan.coach[network.coach] = price[network.first_coach : network.first_supervisor]
    return plan


@compiled
def cheapest_pairs(families: Ints, seats: Ints, pairs: Pairs, worth: Ints, count: int) -> Ints:
    """For each family the pair of its seat, if any, and so many that are cheapest with a seat,
    sorted."""
    found = np.empty(len(families) * (count + 1), np.int64)
    sums = np.empty(count + 1, np.int64)
    filled = 0
    for f in families:
        kept, own = 0, -1
        for pair in range(pairs.start[f], pairs.stop[f]):
            c = int(pairs.coach[pair])
            if c == seats[f] // SEATS:
                own = pair
            total = pairs.cost[pair] + _least_worth(f, c, pairs, worth)
            if kept < count or total < sums[kept - 1]:
                place = min(kept, count - 1)
                while place and sums[place - 1] > total:
                    sums[place] = sums[place - 1]
                    found[filled + place] = found[filled + place - 1]
                    place -= 1
                sums[place] = total
                found[filled + place] = pair
                kept = min(count, kept + 1)
        if own >= 0 and not np.any(found[filled : filled + kept] == own):
            found[filled + kept] = own
            kept += 1
        found[filled : filled + kept].sort()
        filled += kept
    return found[:filled].copy()


@lean
def _least_worth(f: int, c: int, pairs: Pairs, worth: Ints) -> int:
    """What the cheapest seat that a family shares with a coach is worth."""
    shared, first = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
    least = OUT_OF_REACH
    while shared:
        seat = first + BIT[(shared & -shared) % PRIME]
        shared &= shared - 1
        least = min(least, worth[seat])
    return least


@compiled
def cheaper_pairs(families: Ints, pairs: Pairs, plan: Plan, count: int) -> Ints:
    """Up to so many pairs of each family that are cheaper than its own at these prices, sorted."""
    found = np.empty(len(families) * (count + 1), np.int64)
    gains = np.empty(count + 1, np.int64)
    filled = 0
    for f in families:
        kept = 0
        for pair in range(pairs.start[f], pairs.stop[f]):
            gain = plan.family[f] - pairs.cost[pair] - _least_seat(f, pair, pairs, plan)
            if gain > 0:
                place = kept
                while place and gains[place - 1] < gain:
                    gains[place] = gains[place - 1]
                    found[filled + place] = found[filled + place - 1]
                    place -= 1
                gains[place] = gain
                found[filled + place] = pair
                kept = min(count, kept + 1)
        found[filled : filled + kept].sort()
        filled += kept
    return found[:filled].copy()


@lean
def _least_seat(f: int, pair: int, pairs: Pairs, plan: Plan) -> int:
    """The price of the cheapest seat that a pair shares."""
    c = int(pairs.coach[pair])
    shared, first = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
    least = OUT_OF_REACH
    while shared:
        seat = first + BIT[(shared & -shared) % PRIME]
        shared &= shared - 1
        least = min(least, seat_price(seat, plan))
    return least
