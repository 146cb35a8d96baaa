"""The pairs that a search looks at first: those that would cost a family least to change to.

A shortest path goes by pairs whose *detour* is small, the points by which a pair is dearer than
what the family pays now. Each family keeps the few pairs of the smallest detour, and the detour
below which it keeps them all. A search looks at them as it gets as far as each, and at the rest if
it gets so far: it finds what it would find over all pairs, and most never get there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Ints, Numbers
from matching.places import BIT, PRIME, SEATS, Pairs
from matching.plan import OUT_OF_REACH, Plan, seat_price

KEPT = 24


class Near(NamedTuple):
    """Some pairs of each family: of family ``f``, ``coach[start[f]:stop[f]]``.

    Attributes
    ----------
    detour
        Of each pair when it was kept, in rising order. Since then it can only have become smaller
        by what its family pays more now: a seat that is worth more makes it greater.
    raised
        What each family pays more since its pairs were kept.
    bound
        No other pair of the family had a smaller detour then.
    kept
        Pairs kept of a family at most.
    all
        All pairs of everybody.
    """

    start: Ints
    stop: Ints
    coach: Numbers
    cost: Ints
    detour: Ints
    raised: Ints
    bound: Ints
    kept: int
    all: Pairs


def nearest(families: Ints, pairs: Pairs, plan: Plan) -> Near:
    """The nearest pairs of some families; none of the others."""
    nothing = np.zeros(0, dtype=np.int64)
    coach, rest = pairs.coach[:0].copy(), (nothing, nothing, nothing, nothing)
    near = widened(Near(nothing, nothing, coach, *rest, KEPT, pairs), pairs)
    renew_all(families, near, plan)
    return near


def widened(near: Near, pairs: Pairs) -> Near:
    """The same, with room for families more, of whom nothing is kept yet."""
    start = np.arange(len(pairs.start), dtype=np.int64) * near.kept
    more = len(start) - len(near.start)
    return Near(
        start=start,
        stop=np.concatenate([near.stop, start[len(near.stop) :]]),
        coach=np.concatenate([near.coach, np.zeros(more * near.kept, dtype=near.coach.dtype)]),
        cost=np.concatenate([near.cost, np.zeros(more * near.kept, dtype=np.int64)]),
        detour=np.concatenate([near.detour, np.zeros(more * near.kept, dtype=np.int64)]),
        raised=np.concatenate([near.raised, np.zeros(more, dtype=np.int64)]),
        bound=np.concatenate([near.bound, np.zeros(more, dtype=np.int64)]),
        kept=near.kept,
        all=pairs,
    )


def forget(f: int, near: Near) -> None:
    """Keep nothing of a family, whose pairs have changed."""
    near.stop[f], near.bound[f] = near.start[f], 0


@lean
def renew_all(families: Ints, near: Near, plan: Plan) -> None:
    for f in families:
        renew(f, near, plan)


@lean
def renew(f: int, near: Near, plan: Plan) -> None:
    """Keep the pairs of a family that are nearest at the prices there are now."""
    pairs, start, detours = near.all, near.start[f], near.detour
    kept, bound = 0, OUT_OF_REACH
    for pair in range(pairs.start[f], pairs.stop[f]):
        detour = pairs.cost[pair] + _least_worth(f, int(pairs.coach[pair]), pairs, plan)
        detour -= plan.family[f]
        if kept == near.kept:
            last = detours[start + near.kept - 1]
            bound = min(bound, max(detour, last))
            if detour >= last:
                continue
        else:
            kept += 1
        at = start + kept - 1
        while at > start and detours[at - 1] > detour:
            detours[at] = detours[at - 1]
            near.coach[at] = near.coach[at - 1]
            near.cost[at] = near.cost[at - 1]
            at -= 1
        detours[at] = detour
        near.coach[at], near.cost[at] = pairs.coach[pair], pairs.cost[pair]
    near.stop[f], near.bound[f], near.raised[f] = start + kept, bound, 0


@lean
def _least_worth(f: int, c: int, pairs: Pairs, plan: Plan) -> int:
    """What the cheapest seat that a family could have with a coach is worth."""
    least = OUT_OF_REACH
    shared = pairs.family_slots[f] & pairs.coach_slots[c]
    while shared:
        seat = c * SEATS + BIT[(shared & -shared) % PRIME]
        shared &= shared - 1
        least = min(least, seat_price(seat, plan))
    return least
