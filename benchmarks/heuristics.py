"""What a scheme without an optimiser does, as fast compiled loops: greedy, deferred acceptance.

Both keep every rule and every limit. When all coaches rank families alike, deferred acceptance is
greedy in that order. So ours lets coaches rank them as people do: by priority, then by what the
pair costs, then by who waits longest.
"""

from __future__ import annotations

import numpy as np

from benchmarks.columns import Ints
from benchmarks.compiled import compiled
from benchmarks.peers.exchange import SLOTS, Answer, Arcs


def greedy(arcs: Arcs) -> Answer:
    """Families in order, each with its cheapest coach who still can, in the first slot left.

    Nobody is moved to make room, as with a list on paper. Ties go to the coach who comes first.
    """
    start = np.searchsorted(arcs.family, np.arange(len(arcs.rank) + 1))
    return _answer(
        _greedy(
            np.argsort(arcs.rank), start, arcs.coach, arcs.cost, arcs.shared,
            arcs.places.copy(), arcs.supervisor, arcs.room.copy(),
        )
    )  # fmt: skip


def deferred(arcs: Arcs) -> Answer:
    """Families propose, cheapest first; a coach keeps the best that slots and limits allow."""
    order = np.lexsort((arcs.coach, arcs.cost, arcs.family))
    start = np.searchsorted(arcs.family, np.arange(len(arcs.rank) + 1))
    most = int(arcs.cost.max(initial=0)) + 1
    # Lower is better; different for each family, so that a coach always knows whom to prefer.
    worth = (arcs.band[arcs.family] * most + arcs.cost) * len(arcs.rank) + arcs.rank[arcs.family]
    by_supervisor = np.argsort(arcs.supervisor, kind="stable")
    team = np.searchsorted(arcs.supervisor[by_supervisor], np.arange(len(arcs.room) + 1))
    return _answer(
        _deferred(
            start, arcs.coach[order], arcs.shared[order], worth[order], arcs.places,
            arcs.supervisor, arcs.room, by_supervisor, team,
        )
    )  # fmt: skip


def _answer(coach_slot: Ints) -> Answer:
    matched = np.flatnonzero(coach_slot >= 0)
    return Answer.of_slots(matched, coach_slot[matched])


@compiled
def _greedy(
    order: Ints,
    start: Ints,
    coaches: Ints,
    cost: Ints,
    shared: Ints,
    places: Ints,
    supervisor: Ints,
    room: Ints,
) -> Ints:
    got = np.full(len(order), -1)
    busy = np.zeros(len(places), dtype=np.int64)
    for family in order:
        best = -1
        for pair in range(start[family], start[family + 1]):
            coach = coaches[pair]
            above = supervisor[coach]
            able = places[coach] > 0 and shared[pair] & ~busy[coach] != 0
            if not able or (above >= 0 and room[above] <= 0):
                continue
            if best < 0 or cost[pair] < cost[best]:
                best = pair
        if best < 0:
            continue
        coach, slot = coaches[best], 0
        while not (shared[best] & ~busy[coach]) >> slot & 1:
            slot += 1
        busy[coach] |= 1 << slot
        places[coach] -= 1
        if supervisor[coach] >= 0:
            room[supervisor[coach]] -= 1
        got[family] = coach * SLOTS + slot
    return got


@compiled
def _deferred(
    start: Ints, coaches: Ints, shared: Ints, worth: Ints, places: Ints, supervisor: Ints,
    room: Ints, by_supervisor: Ints, team: Ints,
) -> Ints:  # fmt: skip
    families = len(start) - 1
    # The family in each slot of each coach, and what the coach makes of it.
    holder, value = np.full(len(places) * SLOTS, -1), np.zeros(len(places) * SLOTS, dtype=np.int64)
    held, carried = np.zeros_like(places), np.zeros_like(room)
    turn = np.empty(families, dtype=np.int64)  # each family's next pair and slot in it, as one
    turn[:] = start[:-1] * SLOTS
    waiting = np.arange(families)[::-1].copy()
    count = families
    while count:
        family = waiting[count - 1]
        pair, slot = turn[family] // SLOTS, turn[family] % SLOTS
        if pair >= start[family + 1]:
            count -= 1  # has asked all
            continue
        turn[family] += 1
        at = coaches[pair] * SLOTS + slot
        refused = holder[at] >= 0 and value[at] <= worth[pair]
        if not shared[pair] >> slot & 1 or refused:
            continue
        loser, above = holder[at], supervisor[coaches[pair]]
        holder[at], value[at] = family, worth[pair]
        if loser < 0:
            _carry(held, carried, coaches[pair], above, 1)
            drop = -1
            if held[coaches[pair]] > places[coaches[pair]]:
                drop = _worst(holder, value, coaches[pair : pair + 1])
            elif above >= 0 and carried[above] > room[above]:
                drop = _worst(holder, value, by_supervisor[team[above] : team[above + 1]])
            if drop >= 0:
                loser, holder[drop] = holder[drop], -1
                _carry(held, carried, drop // SLOTS, above, -1)
        count -= 1
        if loser >= 0:
            waiting[count] = loser
            count += 1
    return _slots_held(holder, families)


@compiled
def _carry(held: Ints, carried: Ints, coach: int, above: int, more: int) -> None:
    held[coach] += more
    if above >= 0:
        carried[above] += more


@compiled
def _slots_held(holder: Ints, families: int) -> Ints:
    got = np.full(families, -1)
    for at in range(len(holder)):
        if holder[at] >= 0:
            got[holder[at]] = at
    return got


@compiled
def _worst(holder: Ints, value: Ints, coaches: Ints) -> int:
    """The slot of some coaches whose family is worth least."""
    worst = -1
    for coach in coaches:
        for at in range(coach * SLOTS, coach * SLOTS + SLOTS):
            if holder[at] >= 0 and (worst < 0 or value[at] > value[worst]):
                worst = at
    return worst
