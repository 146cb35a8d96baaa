"""The pairs by coach, and shortest alternating paths at the prices of a plan.

`approach` measures by Dijkstra's method over reduced costs how far it is from all who have a unit
of flow too many to those who have one too few, and moves prices so that the shortest ways are free
of charge. That keeps every reduced cost at 0 or more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Ints, Numbers
from matching.heap import Heap, clear, new_heap, pop, push
from matching.near import Near, renew
from matching.places import BIT, NOBODY, PRIME, SEATS, Pairs, Places
from matching.plan import OUT_OF_REACH, Plan, seat_node, seat_price

AT_ONCE = 4  # points of detour: so much of a family's pairs is looked at in one turn


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


class Search(NamedTuple):
    """What is remembered of each node.

    Attributes
    ----------
    uneven
        Units of flow that the node has too many, or too few if below 0.
    mark
        Twice the number of the search: reached; one more: settled.
    reached
        The nodes in the order in which they were first reached.
    steps
        Free steps from where there is too much, counted on from round to round; see
        `matching.balance`.
    arc
        Where each node looks next.
    path, by, cost
        The nodes on the way, and the seat and the cost of the pair by which each is come to.
    number
        Of the search, how many nodes it has reached, and the highest of `steps`.
    """

    heap: Heap
    uneven: Ints
    mark: Ints
    reached: Ints
    steps: Ints
    arc: Ints
    path: Ints
    by: Ints
    cost: Ints
    number: Ints


def new_search(plan: Plan) -> Search:
    """Room for the searches over one plan."""
    nodes = len(plan.family) + len(plan.coach) + len(plan.supervisor) + 1 + len(plan.hole)
    uneven, mark, reached, steps, arc, path, by, cost = np.zeros((8, nodes + 1), dtype=np.int64)
    number = np.zeros(3, dtype=np.int64)
    heap = new_heap(nodes + len(plan.family))
    return Search(heap, uneven, mark, reached, steps, arc, path, by, cost, number)


@lean
def _offer(node: int, key: int, search: Search) -> None:
    """Reach a node by a path of that length, unless a shorter one is known."""
    reached = 2 * search.number[0]
    if search.mark[node] < reached:
        search.mark[node] = reached
        search.reached[search.number[1]] = node
        search.number[1] += 1
    elif search.mark[node] > reached or search.heap.key[node] <= key:
        return
    push(search.heap, node, key)


@lean
def approach(
    sources: Ints, wanted: int, near: Near, places: Places, plan: Plan, search: Search
) -> int:
    """Move prices so that ways to the nearest lacks are free; how many units those lack.

    Parameters
    ----------
    sources
        Nodes, of which those count that have something too many.
    wanted
        Units to be lacked by the nodes that are approached, if there are as many.
    """
    turns = len(search.heap.key) - len(plan.family)
    clear(search.heap)
    search.number[0] += 1
    search.number[1] = 0
    for node in sources:
        if search.uneven[node] > 0:
            _offer(node, 0, search)
    found = upto = 0
    while search.heap.size[0]:
        node = pop(search.heap)
        if node >= turns:
            _past_family(node - turns, near, plan, search)
            continue
        search.mark[node] += 1
        key = search.heap.key[node]
        if search.uneven[node] < 0:
            found -= search.uneven[node]
            upto = key
        if found >= wanted:
            break
        _past(node, near, places, plan, search)
    _shift(upto, near, plan, search)
    return int(found)


@lean
def _past(node: int, near: Near, places: Places, plan: Plan, search: Search) -> None:
    """To wherever a node leads."""
    families, key = len(plan.family), search.heap.key[node]
    teams = families + len(plan.coach)
    sink = teams + len(plan.supervisor)
    if node < families:
        if near.start[node] == near.stop[node]:
            renew(node, near, plan)
        search.arc[node] = near.start[node]
        _past_family(node, near, plan, search)
    elif node < teams:
        _past_coach(node - families, key, places, plan, search)
    elif node < sink:
        _past_team(node - teams, key, places, plan, search)
    elif node == sink:
        _past_sink(key, places, plan, search)


@lean
def _shift(upto: int, near: Near, plan: Plan, search: Search) -> None:
    """Raise the price of each node nearer than `upto` by how much nearer it is."""
    families = len(plan.family)
    teams = families + len(plan.coach)
    sink = teams + len(plan.supervisor)
    for at in range(search.number[1]):
        node = search.reached[at]
        by = upto - search.heap.key[node]
        if search.mark[node] != 2 * search.number[0] + 1 or by <= 0:
            continue
        if node < families:
            plan.family[node] += by
            near.raised[node] += by
        elif node < teams:
            plan.coach[node - families] += by
        elif node < sink:
            plan.supervisor[node - teams] += by
        elif node == sink:
            plan.sink[0] += by
        else:
            plan.hole[node - sink - 1] += by


@lean
def _past_family(g: int, near: Near, plan: Plan, search: Search) -> None:
    """To the seats that the family could have: a few now, the others in their turn."""
    pairs, begun = near.all, search.heap.key[g] - plan.family[g]
    at, stop, raised = search.arc[g], near.stop[g], near.raised[g]
    if at == stop and at > near.start[g] and near.bound[g] < OUT_OF_REACH:
        rows = (pairs.start[g], pairs.stop[g])
        _past_pairs(g, begun, rows, pairs.coach, pairs.cost, pairs, plan, search)
        renew(g, near, plan)
        return
    first = at
    while at < stop and near.detour[at] - raised <= max(0, near.detour[first] - raised) + AT_ONCE:
        at += 1
    search.arc[g] = at
    _past_pairs(g, begun, (first, at), near.coach, near.cost, pairs, plan, search)
    ahead = near.detour[at] if at < stop else near.bound[g]
    if ahead < OUT_OF_REACH:
        turn = len(search.heap.key) - len(plan.family) + g
        push(search.heap, turn, search.heap.key[g] + ahead - raised)


@lean
def _past_pairs(
    g: int,
    begun: int,
    rows: tuple[int, int],
    coach: Numbers,
    costs: Ints,
    pairs: Pairs,
    plan: Plan,
    search: Search,
) -> None:
    # Columns are taken out of the tuples first, and most seats are dismissed before a call: this
    # loop is where the time goes.
    holder, prices, own_cost, own = plan.holder, plan.family, plan.own_cost, plan.seat[g]
    mark, keys, reached = search.mark, search.heap.key, 2 * search.number[0]
    c_slots, f_slots = pairs.coach_slots, pairs.family_slots[g]
    c_prices, coaches = plan.coach, len(plan.family)
    for pair in range(rows[0], rows[1]):
        c = int(coach[pair])
        shared, first, length = f_slots & c_slots[c], c * SEATS, begun + costs[pair]
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            if seat != own:
                h = holder[seat]
                if h >= 0:
                    node, total = h, length + prices[h] - own_cost[h]
                elif h == NOBODY:
                    node, total = coaches + c, length + c_prices[c]
                else:
                    node, total = seat_node(seat, plan), length + seat_price(seat, plan)
                if mark[node] < reached or (mark[node] == reached and total < keys[node]):
                    _offer(node, total, search)


@lean
def _past_coach(c: int, key: int, places: Places, plan: Plan, search: Search) -> None:
    """To a place of the coach that is free, or to one of those who have one."""
    begun = key - plan.coach[c]
    if plan.used[c] < places.room[c]:
        length = begun + places.load * (places.placed[c] + plan.used[c])
        boss = places.supervisor[c]
        teams = len(plan.family) + len(plan.coach)
        if boss >= 0:
            _offer(teams + boss, length + plan.supervisor[boss], search)
        else:
            _offer(teams + len(plan.supervisor), length + plan.sink[0], search)
    if plan.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if plan.holder[seat] != NOBODY:
                _offer(seat_node(seat, plan), begun + seat_price(seat, plan), search)


@lean
def _past_team(s: int, key: int, places: Places, plan: Plan, search: Search) -> None:
    """To room that the supervisor has, or to a coach who would give some back."""
    coaches = len(plan.family)
    begun = key - plan.supervisor[s]
    if plan.carried[s] < places.supervisor_room[s]:
        sink = coaches + len(plan.coach) + len(plan.supervisor)
        _offer(sink, begun + plan.sink[0], search)
    for at in range(places.team_start[s], places.team_start[s + 1]):
        c = places.team[at]
        if plan.used[c]:
            back = plan.coach[c] - places.load * (places.placed[c] + plan.used[c] - 1)
            _offer(coaches + c, begun + back, search)


@lean
def _past_sink(key: int, places: Places, plan: Plan, search: Search) -> None:
    """To every supervisor, or coach without one, who has a match to give back."""
    coaches = len(plan.family)
    teams = coaches + len(plan.coach)
    begun = key - plan.sink[0]
    for s in range(len(plan.supervisor)):
        if plan.carried[s]:
            _offer(teams + s, begun + plan.supervisor[s], search)
    for c in range(len(plan.coach)):
        if places.supervisor[c] < 0 and plan.used[c]:
            back = plan.coach[c] - places.load * (places.placed[c] + plan.used[c] - 1)
            _offer(coaches + c, begun + back, search)
