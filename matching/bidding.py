"""Families bid for seats until nearly everybody has the best there is at these prices.

An auction after Bertsekas (1988): whoever has no seat bids for the one that is cheapest for it, by
as much more than it is worth as the next best would be dearer, and whoever is outbid bids again.
Each bid is a step too high, so the outcome is near the optimum and not it; `matching.mend` makes
it the optimum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.bids import Bids, least_worth, no_bids, take
from matching.compiled import lean
from matching.encoding import Ints, Numbers
from matching.places import Pairs, Places
from matching.plan import OUT_OF_REACH

STEPS = 50  # the mean cost of a pair is about so many steps
MOST = 64  # steps more than a seat is worth, that are bid at once
KEPT = 16  # pairs of a family that it looks at
PATIENCE = 200  # bids for each family, on average, after which it ends


class Shortlist(NamedTuple):
    """The pairs of each family that were cheapest when they were last looked for, in that order.

    Attributes
    ----------
    first, size
        Those of family ``f`` are ``coach[first[f] : first[f] + size[f]]``.
    total
        Points of the pair and of its cheapest seat, then.
    bound
        No other pair had a smaller total then, and what seats are worth has only risen.
    """

    first: Ints
    size: Ints
    coach: Numbers
    cost: Ints
    total: Ints
    bound: Ints


def bid(families: Ints, pairs: Pairs, places: Places) -> tuple[Bids, Ints]:
    """What comes of it when some families bid, all of whom can be matched; who has no seat then."""
    bids = no_bids(pairs, places, max(1, int(pairs.cost.sum()) // len(pairs.cost) // STEPS))
    waiting = families.copy()
    count = hold_auction(
        waiting, PATIENCE * len(families), _no_shortlist(pairs), pairs, places, bids
    )
    return bids, waiting[:count]


def _no_shortlist(pairs: Pairs) -> Shortlist:
    families = len(pairs.start)
    coach = np.zeros(families * KEPT, dtype=pairs.coach.dtype)
    cost, total = np.zeros((2, families * KEPT), dtype=np.int64)
    first = np.arange(families, dtype=np.int64) * KEPT
    size = np.zeros(families, dtype=np.int64)
    bound = np.full(families, -OUT_OF_REACH, dtype=np.int64)
    return Shortlist(first, size, coach, cost, total, bound)


@lean
def hold_auction(
    waiting: Ints, most: int, short: Shortlist, pairs: Pairs, places: Places, bids: Bids
) -> int:
    """Let families bid until each has a seat, or so many bids are made; how many have none.

    Those are left at the beginning of `waiting`.
    """
    count = len(waiting)
    while count and most:
        most -= 1
        out = _bid(waiting[count - 1], short, pairs, places, bids)
        if out >= 0:
            waiting[count - 1] = out
        else:
            count -= 1
    return count


@lean
def _bid(f: int, short: Shortlist, pairs: Pairs, places: Places, bids: Bids) -> int:
    """Let a family bid for the seat that is best for it; who is outbid, or `NOBODY`."""
    while True:
        best, total, second = -1, OUT_OF_REACH, OUT_OF_REACH
        for at in range(short.first[f], short.first[f] + short.size[f]):
            c, cost = int(short.coach[at]), short.cost[at]
            if cost + bids.least[c] < second:
                offer = cost + least_worth(f, c, pairs, bids)
                if offer < total:
                    best, total, second = at, offer, total
                elif offer < second:
                    second = offer
        if second <= short.bound[f] or short.bound[f] == OUT_OF_REACH:
            break
        _look_again(f, short, pairs, bids)
    bids.cost[f] = short.cost[best]
    more = min(second - total, MOST * bids.step) + bids.step
    return take(f, int(short.coach[best]), more, pairs, places, bids)


@lean
def _look_again(f: int, short: Shortlist, pairs: Pairs, bids: Bids) -> None:
    """Keep the pairs of a family that are cheapest as it is now."""
    first, count, bound, totals = short.first[f], 0, OUT_OF_REACH, short.total
    most = len(totals) // len(short.first)
    for pair in range(pairs.start[f], pairs.stop[f]):
        c, cost = int(pairs.coach[pair]), pairs.cost[pair]
        total = cost + bids.least[c]
        if count < most or total < totals[first + most - 1]:
            total = cost + least_worth(f, c, pairs, bids)
        if count < most:
            count += 1
        else:
            last = totals[first + most - 1]
            bound = min(bound, max(total, last))
            if total >= last:
                continue
        at = first + count - 1
        while at > first and totals[at - 1] > total:
            totals[at] = totals[at - 1]
            short.coach[at], short.cost[at] = short.coach[at - 1], short.cost[at - 1]
            at -= 1
        totals[at], short.coach[at], short.cost[at] = total, c, cost
    short.size[f], short.bound[f] = count, bound
