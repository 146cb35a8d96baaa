"""Level 2: how. The least total cost among all ways to match the families of level 1.

Two ways come near it. The flow solver gets each family's cheapest pairs only, and finds what is
best among those. Where there are many families it takes longest by far, so they bid for seats
instead. Either way the prices then tell, over all pairs there are, which families could have a
cheaper seat; these are moved by shortest alternating paths. When there are none left, the answer is
the optimum of the whole problem: pairs are left out by proof, never by guess.
"""

from __future__ import annotations

import numpy as np

from matching.bidding import bid
from matching.bids import plan_of
from matching.candidates import Candidates
from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.flow import cheapest_flow, prices_of
from matching.mend import find_restless, mend
from matching.network import build_network
from matching.places import BIT, PRIME, SEATS, Pairs, Places, Seating, pairs_for_loops
from matching.plan import OUT_OF_REACH, Plan, empty_plan, seat_prices

BY_FLOW = 100_000  # pairs up to which the flow solver is asked first
KEPT = 16  # pairs of a family that the flow solver gets at first, and at a time
MENDED = 0.02  # share of the families below which paths are faster than another flow
UNSEATED = 0.02  # share of the families without a seat above which bidding has come to nothing


def cheapest_plan(
    pairs: Candidates, places: Places, seating: Seating, *, again: bool = False
) -> Plan:
    """The cheapest way to match the families that `seating` matches, with the prices of it.

    `again`: families bid, however few pairs there are, since a re-run is waited for.
    """
    loops = pairs_for_loops(pairs)
    families = np.flatnonzero(seating.matched)
    if len(families) and (again or len(pairs) > BY_FLOW):
        bids, waiting = bid(families, loops, places)
        if len(waiting) <= UNSEATED * len(families):
            return mend(plan_of(bids, places), waiting, loops, places)
    return mend(_plan_by_flow(families, loops, places, seating), families[:0], loops, places)


def _plan_by_flow(families: Ints, pairs: Pairs, places: Places, seating: Seating) -> Plan:
    """A plan that is the cheapest over some pairs, and for most families over all."""
    nothing = np.zeros_like(seating.holder)
    chosen = cheapest_pairs(families, seating.seat, pairs, nothing, KEPT)
    plan = _solved(pairs, places, chosen, seating)
    while len(find_restless(families, pairs, plan)) > MENDED * len(families):
        near = cheapest_pairs(families, plan.seat, pairs, seat_prices(plan), KEPT)
        chosen = np.union1d(chosen, near)
        plan = _solved(pairs, places, chosen, seating)
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
