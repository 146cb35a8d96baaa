"""Shortest alternating paths at the prices of a plan (Dijkstra over reduced costs).

`path_from` follows what a family could take, `path_to` who could take a hole. Both stop at the
nearest end and then raise or lower prices so that the path is free of charge, which keeps every
reduced cost at 0 or more: the plan stays the cheapest for the families it seats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.candidates import Numbers
from matching.compiled import compiled
from matching.encoding import Ints
from matching.heap import clear, pop, push
from matching.places import NOBODY, SEATS, Pairs, Places
from matching.plan import Plan, Trail, seat_node, seat_price

NO_PATH = -1


class Back(NamedTuple):
    """The pairs by coach: those of coach ``c`` are ``start[c]:stop[c]``."""

    start: Ints
    stop: Ints
    family: Numbers
    cost: Ints


@compiled
def back_of(pairs: Pairs) -> Back:
    """Turn the pairs round."""
    coaches = len(pairs.coach_slots)
    start = np.zeros(coaches + 2, np.int64)
    for f in range(len(pairs.start)):
        for at in range(pairs.start[f], pairs.stop[f]):
            start[pairs.coach[at] + 2] += 1
    for c in range(coaches):
        start[c + 2] += start[c + 1]
    family = np.empty(start[-1], np.int32)
    cost = np.empty(start[-1], np.int64)
    for f in range(len(pairs.start)):
        for at in range(pairs.start[f], pairs.stop[f]):
            place = start[pairs.coach[at] + 1]
            start[pairs.coach[at] + 1] += 1
            family[place] = f
            cost[place] = pairs.cost[at]
    return Back(start[:-2].copy(), start[1:-1].copy(), family, cost)


@compiled
def begin(node: int, trail: Trail) -> None:
    """Start a search at a node."""
    clear(trail.heap)
    trail.number[0] += 1
    trail.number[1] = 0
    _offer(node, 0, node, NOBODY, 0, trail)


@compiled
def _offer(node: int, key: int, other: int, via: int, cost: int, trail: Trail) -> None:
    """Reach a node by a path of that length, unless a shorter one is known."""
    reached = 2 * trail.number[0]
    if trail.mark[node] < reached:
        trail.mark[node] = reached
        trail.reached[trail.number[1]] = node
        trail.number[1] += 1
    elif trail.mark[node] > reached or trail.heap.key[node] <= key:
        return
    trail.other[node], trail.via[node], trail.cost[node] = other, via, cost
    push(trail.heap, node, key)


@compiled
def _shift(upto: int, sign: int, plan: Plan, trail: Trail) -> None:
    """Raise (1) or lower (-1) the price of each node nearer than `upto` by how much nearer."""
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    sink = teams + len(plan.supervisor)
    for at in range(trail.number[1]):
        node = trail.reached[at]
        by = sign * (upto - trail.heap.key[node])
        if trail.mark[node] != 2 * trail.number[0] + 1 or by == 0:
            continue
        if node < coaches:
            plan.family[node] += by
        elif node < teams:
            plan.coach[node - coaches] += by
        elif node < sink:
            plan.supervisor[node - teams] += by
        elif node == sink:
            plan.sink[0] += by
        else:
            plan.hole[node - sink - 1] += by


@compiled
def path_from(f: int, to_sink: bool, pairs: Pairs, places: Places, plan: Plan, trail: Trail) -> int:
    """The nearest hole, or with `to_sink` free place, for a family without a seat; or -1.

    The trail leads from the end, which is given back, to the family.
    """
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    sink = teams + len(plan.supervisor)
    begin(f, trail)
    while trail.heap.size[0]:
        node = pop(trail.heap)
        trail.mark[node] += 1
        key = trail.heap.key[node]
        if node > sink or (to_sink and node == sink):
            _shift(key, 1, plan, trail)
            return node
        if node < coaches:
            _past_family(node, key, pairs, plan, trail)
        elif node < teams:
            _past_coach(node - coaches, key, places, plan, trail)
        elif node < sink:
            _past_team(node - teams, key, places, plan, trail)
        else:
            _past_sink(key, places, plan, trail)
    return NO_PATH


@compiled
def _past_family(g: int, key: int, pairs: Pairs, plan: Plan, trail: Trail) -> None:
    """To each seat that the family could have."""
    # Columns are taken out of the tuples first, and most seats are dismissed before a call: this
    # loop is where the time goes.
    holder, prices, own_cost, own = plan.holder, plan.family, plan.own_cost, plan.seat[g]
    mark, keys, reached = trail.mark, trail.heap.key, 2 * trail.number[0]
    coach, costs, c_slots, f_slots = (
        pairs.coach,
        pairs.cost,
        pairs.coach_slots,
        pairs.family_slots[g],
    )
    c_prices, coaches = plan.coach, len(plan.family)
    begun = key - prices[g]
    for pair in range(pairs.start[g], pairs.stop[g]):
        c = int(coach[pair])
        shared, seat, length = f_slots & c_slots[c], c * SEATS, begun + costs[pair]
        while shared:
            if shared & 1 and seat != own:
                h = holder[seat]
                if h >= 0:
                    node, total = h, length + prices[h] - own_cost[h]
                elif h == NOBODY:
                    node, total = coaches + c, length + c_prices[c]
                else:
                    node, total = seat_node(seat, plan), length + seat_price(seat, plan)
                if mark[node] < reached or (mark[node] == reached and total < keys[node]):
                    _offer(node, total, g, seat, costs[pair], trail)
            shared >>= 1
            seat += 1


@compiled
def _past_coach(c: int, key: int, places: Places, plan: Plan, trail: Trail) -> None:
    """To a place of the coach that is free, or to one of those who have one."""
    coaches, me = len(plan.family), len(plan.family) + c
    begun = key - plan.coach[c]
    if plan.used[c] < places.room[c]:
        length = begun + places.load * (places.placed[c] + plan.used[c])
        boss = places.supervisor[c]
        teams = coaches + len(plan.coach)
        if boss >= 0:
            _offer(teams + boss, length + plan.supervisor[boss], me, NOBODY, 0, trail)
        else:
            _offer(teams + len(plan.supervisor), length + plan.sink[0], me, NOBODY, 0, trail)
    if plan.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if plan.holder[seat] != NOBODY:
                length = begun + seat_price(seat, plan)
                _offer(seat_node(seat, plan), length, me, seat, 0, trail)


@compiled
def _past_team(s: int, key: int, places: Places, plan: Plan, trail: Trail) -> None:
    """To room that the supervisor has, or to a coach who would give some back."""
    coaches = len(plan.family)
    me = coaches + len(plan.coach) + s
    begun = key - plan.supervisor[s]
    if plan.carried[s] < places.supervisor_room[s]:
        sink = coaches + len(plan.coach) + len(plan.supervisor)
        _offer(sink, begun + plan.sink[0], me, NOBODY, 0, trail)
    for at in range(places.team_start[s], places.team_start[s + 1]):
        c = places.team[at]
        if plan.used[c]:
            back = plan.coach[c] - places.load * (places.placed[c] + plan.used[c] - 1)
            _offer(coaches + c, begun + back, me, NOBODY, 0, trail)


@compiled
def _past_sink(key: int, places: Places, plan: Plan, trail: Trail) -> None:
    """To every supervisor, or coach without one, who has a match to give back."""
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    me = teams + len(plan.supervisor)
    begun = key - plan.sink[0]
    for s in range(len(plan.supervisor)):
        if plan.carried[s]:
            _offer(teams + s, begun + plan.supervisor[s], me, NOBODY, 0, trail)
    for c in range(len(plan.coach)):
        if places.supervisor[c] < 0 and plan.used[c]:
            back = plan.coach[c] - places.load * (places.placed[c] + plan.used[c] - 1)
            _offer(coaches + c, begun + back, me, NOBODY, 0, trail)


@compiled
def path_to(
    end: int,
    begin_at: int,
    pairs: Pairs,
    back: Back,
    places: Places,
    plan: Plan,
    trail: Trail,
) -> bool:
    """The shortest way from one node, such as the sink, to another, such as a hole.

    The trail leads from `begin_at` to `end`; false when there is no way.
    """
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    sink = teams + len(plan.supervisor)
    begin(end, trail)
    while trail.heap.size[0]:
        node = pop(trail.heap)
        trail.mark[node] += 1
        key = trail.heap.key[node]
        if node == begin_at:
            _shift(key, -1, plan, trail)
            return True
        if node < coaches:
            into_seat(plan.seat[node], node, key, pairs, back, plan, trail)
        elif node < teams:
            into_coach(node - coaches, key, pairs, back, places, plan, trail)
        elif node < sink:
            into_team(node - teams, key, places, plan, trail)
        elif node == sink:
            into_sink(key, places, plan, trail)
        else:
            into_seat(plan.hole_seat[node - sink - 1], node, key, pairs, back, plan, trail)
    return False


@compiled
def into_seat(
    seat: int, node: int, key: int, pairs: Pairs, back: Back, plan: Plan, trail: Trail
) -> None:
    """From the families who could take a seat, and from its coach, who could clear it."""
    c = seat // SEATS
    slot = seat - c * SEATS
    price = key + seat_price(seat, plan)
    seats, prices, costs, f_slots = plan.seat, plan.family, back.cost, pairs.family_slots
    mark, keys, reached = trail.mark, trail.heap.key, 2 * trail.number[0]
    family = back.family
    for at in range(back.start[c], back.stop[c]):
        g = int(family[at])
        if mark[g] <= reached and f_slots[g] >> slot & 1 and seats[g] >= 0 and g != node:
            cost = costs[at]
            total = price + cost - prices[g]
            if mark[g] < reached or total < keys[g]:
                _offer(g, total, node, seat, cost, trail)
    _offer(len(plan.family) + c, price - plan.coach[c], node, seat, 0, trail)


@compiled
def into_coach(
    c: int, key: int, pairs: Pairs, back: Back, places: Places, plan: Plan, trail: Trail
) -> None:
    """From the families who could take a free seat, and from whoever could take a place back."""
    coaches, me = len(plan.family), len(plan.family) + c
    free = 0
    for slot in range(SEATS):
        if plan.holder[c * SEATS + slot] == NOBODY:
            free |= 1 << slot
    free &= pairs.coach_slots[c]
    price = key + plan.coach[c]
    seats, prices, costs, f_slots = plan.seat, plan.family, back.cost, pairs.family_slots
    mark, keys, reached = trail.mark, trail.heap.key, 2 * trail.number[0]
    family = back.family
    for at in range(back.start[c], back.stop[c]):
        g = int(family[at])
        both = f_slots[g] & free
        if both and mark[g] <= reached and seats[g] >= 0:
            cost = costs[at]
            total = price + cost - prices[g]
            if mark[g] < reached or total < keys[g]:
                seat = c * SEATS
                while not both & 1:
                    both >>= 1
                    seat += 1
                _offer(g, total, me, seat, cost, trail)
    if plan.used[c]:
        begun = price - places.load * (places.placed[c] + plan.used[c] - 1)
        boss, teams = places.supervisor[c], coaches + len(plan.coach)
        if boss >= 0:
            _offer(teams + boss, begun - plan.supervisor[boss], me, NOBODY, 0, trail)
        else:
            _offer(teams + len(plan.supervisor), begun - plan.sink[0], me, NOBODY, 0, trail)


@compiled
def into_team(s: int, key: int, places: Places, plan: Plan, trail: Trail) -> None:
    """From the coaches who have a free place, and from the sink."""
    coaches = len(plan.family)
    me = coaches + len(plan.coach) + s
    price = key + plan.supervisor[s]
    for at in range(places.team_start[s], places.team_start[s + 1]):
        c = places.team[at]
        if plan.used[c] < places.room[c]:
            onward = places.load * (places.placed[c] + plan.used[c])
            _offer(coaches + c, price + onward - plan.coach[c], me, NOBODY, 0, trail)
    if plan.carried[s]:
        sink = coaches + len(plan.coach) + len(plan.supervisor)
        _offer(sink, price - plan.sink[0], me, NOBODY, 0, trail)


@compiled
def into_sink(key: int, places: Places, plan: Plan, trail: Trail) -> None:
    """From every supervisor, or coach without one, who has room."""
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    me = teams + len(plan.supervisor)
    price = key + plan.sink[0]
    for s in range(len(plan.supervisor)):
        if plan.carried[s] < places.supervisor_room[s]:
            _offer(teams + s, price - plan.supervisor[s], me, NOBODY, 0, trail)
    for c in range(len(plan.coach)):
        if places.supervisor[c] < 0 and plan.used[c] < places.room[c]:
            onward = places.load * (places.placed[c] + plan.used[c])
            _offer(coaches + c, price + onward - plan.coach[c], me, NOBODY, 0, trail)
