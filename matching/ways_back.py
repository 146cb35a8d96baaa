"""The way back to the seat of each matched family: the search that `matching.alternatives` makes.

What is known of the ways by hubs comes first. A search looks only at nodes that are nearer than by
any hub, and ends as soon as nothing that it could find would change who is among the best.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.heap import Heap, clear, new_heap, pop, push
from matching.hubs import Hubs, at_least, by_hub, count_passing
from matching.places import BIT, PRIME, SEATS, Pairs
from matching.plan import OUT_OF_REACH, Plan, seat_node, seat_price
from matching.steps import Steps

NONE = -1


class Offers(NamedTuple):
    """Seats that a family could take: of which pair, where each leads, what it costs to take it,
    and how far the way back is by the best hub."""

    pair: Ints
    node: Ints
    taken: Ints
    back: Ints


class Doubts(NamedTuple):
    """Nodes of seats; nearer than its limit, a node would change who is among the best."""

    node: Ints
    limit: Ints


class Room(NamedTuple):
    """Room for one search at a time.

    Attributes
    ----------
    mark
        The number of the search that has reached each node.
    number
        Of the last search.
    order, came, below, passed
        As for `count_passing`; `passed` since the last hub.
    offers
        To the family of the last search.
    doubts, doubted
        The nodes in doubt, and the number of the search in which each node was.
    """

    heap: Heap
    mark: Ints
    number: Ints
    order: Ints
    came: Ints
    below: Ints
    passed: Ints
    offers: Offers
    doubts: Doubts
    doubted: Ints


class Best(NamedTuple):
    """The best coaches of one family, the best first.

    Attributes
    ----------
    pair
        Number of the pair, -1 where there are fewer.
    extra
        What it adds to the total.
    rank
        Where the coach is in the order of ids.
    """

    pair: Ints
    extra: Ints
    rank: Ints


def new_room(nodes: int, seats: int) -> Room:
    """Room for searches of families who could take so many seats at most."""
    mark, order, came, below, passed, doubted = np.zeros((6, nodes), dtype=np.int64)
    number, lists = np.zeros(1, dtype=np.int64), np.zeros((6, seats), dtype=np.int64)
    offers, doubts = Offers(*lists[:4]), Doubts(*lists[4:])
    return Room(new_heap(nodes), mark, number, order, came, below, passed, offers, doubts, doubted)


@compiled
def next_of_all(
    families: Ints,
    pairs: Pairs,
    plan: Plan,
    coach_rank: Ints,
    steps: Steps,
    hubs: Hubs,
    room: Room,
    most: int,
) -> tuple[Ints, Ints]:
    """`most` pairs of each family, -1 where there are fewer, and what each adds to the total."""
    found = np.empty((len(families), most), np.int64)
    extra = np.empty((len(families), most), np.int64)
    rank = np.empty(most, np.int64)
    for at in range(len(families)):
        f, best = families[at], Best(found[at], extra[at], rank)
        room.number[0] += 1
        seats = _offer(f, pairs, plan, hubs, room.offers)
        _choose(seats, pairs, coach_rank, room, best)
        # What is found by way of the hubs tells how far to look.
        worst = _worst(f, hubs, best)
        seats = _within(worst, seats, room.offers)
        doubts = _doubt(f, worst, seats, hubs, room)
        if doubts:
            count = _search(f, doubts, steps, hubs, room)
            count_passing(room.order[:count], room.came, room.below, room.passed)
            _choose(seats, pairs, coach_rank, room, best)
    return found, extra


@lean
def _offer(f: int, pairs: Pairs, plan: Plan, hubs: Hubs, offers: Offers) -> int:
    """List the seats that a family could take at other coaches, those of a pair together; how
    many."""
    own, count = plan.seat[f] // SEATS, 0
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(pairs.coach[pair])
        shared = pairs.family_slots[f] & pairs.coach_slots[c]
        while shared and c != own:
            seat = c * SEATS + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            node = seat_node(seat, plan)
            offers.pair[count], offers.node[count] = pair, node
            offers.taken[count] = pairs.cost[pair] - plan.family[f] + seat_price(seat, plan)
            offers.back[count] = by_hub(node, f, hubs.there, hubs.back)
            count += 1
    return count


@lean
def _worst(f: int, hubs: Hubs, best: Best) -> int:
    """What a coach may add at most to come among the best.

    Where a way leads to a hub and back, whoever has a way to the family has one by that hub: then
    there are no others than those found, only cheaper ways.
    """
    if best.extra[-1] < OUT_OF_REACH or by_hub(f, f, hubs.there, hubs.back) == OUT_OF_REACH:
        return int(best.extra[-1])
    worst = -1
    for place in range(len(best.extra)):
        if best.pair[place] != NONE:
            worst = best.extra[place]
    return worst


@lean
def _within(worst: int, seats: int, offers: Offers) -> int:
    """Take off the list what is not among the best however near the way back; how many are left."""
    left = 0
    for at in range(seats):
        if offers.taken[at] <= worst:
            for column in offers:
                column[left] = column[at]
            left += 1
    return left


@lean
def _doubt(f: int, worst: int, seats: int, hubs: Hubs, room: Room) -> int:
    """List the seats whose way back, if it is short enough, changes who is among the best; how
    many."""
    offers, doubts, count = room.offers, room.doubts, 0
    for at in range(seats):
        node, most, back = offers.node[at], worst - offers.taken[at], offers.back[at]
        if at_least(node, f, hubs.there, hubs.back) < min(most + 1, back):
            room.doubted[node] = room.number[0]
            doubts.node[count], doubts.limit[count] = node, min(most + 1, back)
            count += 1
    return count


@lean
def _farthest(doubts: Doubts, count: int) -> int:
    """From what distance on nothing is in doubt."""
    far = 0
    for at in range(count):
        far = max(far, doubts.limit[at])
    return far


@lean
def _settle(node: int, doubts: Doubts, count: int) -> int:
    """Take a node off the list; how many are left."""
    left = 0
    for at in range(count):
        if doubts.node[at] != node:
            doubts.node[left], doubts.limit[left] = doubts.node[at], doubts.limit[at]
            left += 1
    return left


@lean
def _choose(seats: int, pairs: Pairs, coach_rank: Ints, room: Room, best: Best) -> None:
    """The best of the seats on the list, by what is known of the ways back."""
    for place in range(len(best.extra)):
        best.pair[place], best.extra[place], best.rank[place] = NONE, OUT_OF_REACH, OUT_OF_REACH
    mark, number, key, offers = room.mark, room.number[0], room.heap.key, room.offers
    count = at = 0
    while at < seats:
        pair, cost = offers.pair[at], OUT_OF_REACH
        while at < seats and offers.pair[at] == pair:
            node = offers.node[at]
            back = key[node] if mark[node] == number else offers.back[at]
            cost = min(cost, offers.taken[at] + back)
            at += 1
        if cost < OUT_OF_REACH:
            count = _keep(pair, cost, coach_rank[pairs.coach[pair]], best, count)


@lean
def _search(f: int, doubts: int, steps: Steps, hubs: Hubs, room: Room) -> int:
    """Search back from a family's seat until nothing is in doubt, where no hub leads as near; how
    many nodes it has looked at."""
    start, other, cost = steps.start, steps.other, steps.cost
    there, back = hubs.there, hubs.back
    heap, mark, number, key = room.heap, room.mark, room.number[0], room.heap.key
    far = _farthest(room.doubts, doubts)
    clear(heap)
    mark[f] = number
    push(heap, f, 0)
    count = 0
    while heap.size[0]:
        node = pop(heap)
        if key[node] >= far:
            break
        room.order[count] = node
        count += 1
        if room.doubted[node] == number:
            doubts = _settle(node, room.doubts, doubts)
            far = _farthest(room.doubts, doubts)
        for step in range(start[node], start[node + 1]):
            tail, length = other[step], key[node] + cost[step]
            if length >= far:
                break
            if mark[tail] != number:
                mark[tail] = number
                key[tail] = by_hub(tail, f, there, back)
            if length < key[tail]:
                room.came[tail] = node
                push(heap, tail, length)
    return count


@lean
def _keep(pair: int, more: int, coach: int, best: Best, count: int) -> int:
    """Put a coach among the best by what it adds and then by its id; how many there are then."""
    last = min(count, len(best.extra) - 1)
    if (best.extra[last], best.rank[last]) <= (more, coach):
        return count
    while last > 0 and (more, coach) < (best.extra[last - 1], best.rank[last - 1]):
        for column in best:
            column[last] = column[last - 1]
        last -= 1
    best.pair[last], best.extra[last], best.rank[last] = pair, more, coach
    return min(count + 1, len(best.extra))
