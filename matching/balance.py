"""Send every unit of flow that is too much somewhere to where one is lacking, at the least cost.

In rounds: `approach` makes the ways to as many of the nearest lacks as there are units free of
charge, then a walk from each node with too much follows steps that are free and lets everybody on
its path move along. All stays the cheapest for what has been sent, since no reduced cost is ever
below 0. The last unit goes by as few steps as can be.
"""

from __future__ import annotations

from matching.compiled import lean
from matching.encoding import Ints, Numbers
from matching.near import Near, renew
from matching.paths import Search, approach
from matching.places import BIT, NOBODY, PRIME, SEATS, Places
from matching.plan import Plan, seat_node, seat_price

NOWHERE = -1


@lean
def balance(sources: Ints, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """Even out what is uneven; false when somebody finds nothing.

    Parameters
    ----------
    sources
        Every node that has too much.
    """
    left = 0
    for node in sources:
        left += search.uneven[node]
    while left:
        if not approach(sources, max(1, left // 3), near, places, plan, search):
            return False
        _begin_walks(near, places, plan, search)
        if left == 1:
            for node in sources:
                if search.uneven[node] > 0 and _walk_shortly(node, near, places, plan, search):
                    left = 0
            continue
        for node in sources:
            while search.uneven[node] > 0 and _walk(node, near, places, plan, search):
                left -= 1
    return True


@lean
def _begin_walks(near: Near, places: Places, plan: Plan, search: Search) -> None:
    """Every walk looks from the first step of each node on."""
    teams = len(plan.family) + len(plan.coach)
    search.number[2] += 1
    for f in range(len(plan.family)):
        search.arc[f] = near.start[f]
    for s in range(len(plan.supervisor)):
        search.arc[teams + s] = places.team_start[s]
    search.arc[teams + len(plan.supervisor)] = 0


@lean
def _walk(source: int, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """Find a way that is free to a node that lacks something, and let everybody move along."""
    path, by, now = search.path, search.by, search.number[2]
    path[0] = source
    search.seen[source] = now
    depth = 0
    while depth >= 0:
        node = path[depth]
        if search.uneven[node] < 0:
            _move(depth, plan, search)
            return True
        to, seat, cost = _from_node(node, near, places, plan, search)
        if to == NOWHERE:
            depth -= 1
            continue
        depth += 1
        path[depth], by[depth], search.cost[depth] = to, seat, cost
        search.seen[to] = now
    return False


@lean
def _walk_shortly(source: int, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """As `_walk`, by the way of the fewest steps: nobody moves for nothing."""
    before, by, cost, now = search.path, search.by, search.cost, search.number[2]
    queue = search.reached
    queue[0] = source
    search.seen[source] = now
    at, count = 0, 1
    while at < count:
        node = queue[at]
        if search.uneven[node] < 0:
            _move_back(source, node, plan, search)
            return True
        to, seat, paid = _from_node(node, near, places, plan, search)
        if to == NOWHERE:
            at += 1
            continue
        before[to], by[to], cost[to] = node, seat, paid
        search.seen[to] = now
        queue[count] = to
        count += 1
    return False


@lean
def _move_back(source: int, end: int, plan: Plan, search: Search) -> None:
    """Send a unit along the way that `_walk_shortly` has found, from its end back."""
    node = end
    while node != source:
        tail = search.path[node]
        _step(tail, node, search.by[node], search.cost[node], plan)
        node = tail
    _arrive(source, end, plan, search)


@lean
def _arrive(source: int, end: int, plan: Plan, search: Search) -> None:
    """Count a unit that was sent."""
    first_hole = len(plan.family) + len(plan.coach) + len(plan.supervisor) + 1
    search.uneven[source] -= 1
    search.uneven[end] += 1
    if end >= first_hole:
        plan.hole_seat[end - first_hole] = NOBODY


@lean
def _from_node(
    node: int, near: Near, places: Places, plan: Plan, search: Search
) -> tuple[int, int, int]:
    """A free step that this walk has not taken: node, seat, cost of the pair."""
    families = len(plan.family)
    teams = families + len(plan.coach)
    if node < families:
        return _from_family(node, near, plan, search)
    if node < teams:
        to, seat = _from_coach(node - families, places, plan, search)
        return to, seat, 0
    if node < teams + len(plan.supervisor):
        return _from_team(node - teams, places, plan, search), NOBODY, 0
    return _from_sink(places, plan, search), NOBODY, 0


@lean
def _from_family(f: int, near: Near, plan: Plan, search: Search) -> tuple[int, int, int]:
    """A free step from a family that this walk has not taken: node, seat, cost of the pair."""
    pairs, arc = near.all, search.arc
    if arc[f] == near.start[f] and near.bound[f] <= near.raised[f] != 0:
        renew(f, near, plan)
    if arc[f] >= 0:
        stop = arc[f]
        while stop < near.stop[f] and near.detour[stop] <= near.raised[f]:
            stop += 1
        at, seat = _free_pair(f, arc[f], stop, near.coach, near.cost, near, plan, search)
        arc[f] = at
        if seat >= 0:
            return seat_node(seat, plan), seat, near.cost[at]
        arc[f] = -1 - (pairs.start[f] if near.bound[f] <= near.raised[f] else pairs.stop[f])
    at, seat = _free_pair(
        f, -1 - arc[f], pairs.stop[f], pairs.coach, pairs.cost, near, plan, search
    )
    arc[f] = -1 - at
    if seat >= 0:
        return seat_node(seat, plan), seat, pairs.cost[at]
    return NOWHERE, NOBODY, 0


@lean
def _free_pair(
    f: int,
    begin: int,
    stop: int,
    coach: Numbers,
    cost: Ints,
    near: Near,
    plan: Plan,
    search: Search,
) -> tuple[int, int]:
    """The first of some pairs that is free and leads to somebody not seen yet, and the seat."""
    own, pays, now = plan.seat[f], plan.family[f], search.number[2]
    slots, c_slots = near.all.family_slots[f], near.all.coach_slots
    for at in range(begin, stop):
        c = int(coach[at])
        shared, first, rest = slots & c_slots[c], c * SEATS, pays - cost[at]
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            if seat == own or seat_price(seat, plan) != rest:
                continue
            if search.seen[seat_node(seat, plan)] != now:
                return at, seat
    return stop, NOBODY


@lean
def _from_coach(c: int, places: Places, plan: Plan, search: Search) -> tuple[int, int]:
    """A free step from a coach: to whom the next place leads, or to somebody who has one."""
    teams, now, price = len(plan.family) + len(plan.coach), search.number[2], plan.coach[c]
    if plan.used[c] < places.room[c]:
        boss = places.supervisor[c]
        node = teams + (boss if boss >= 0 else len(plan.supervisor))
        onward = plan.supervisor[boss] if boss >= 0 else plan.sink[0]
        length = places.load * (places.placed[c] + plan.used[c]) + onward - price
        if length == 0 and search.seen[node] != now:
            return int(node), NOBODY
    if plan.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if plan.holder[seat] != NOBODY and seat_price(seat, plan) == price:
                node = seat_node(seat, plan)
                if search.seen[node] != now:
                    return int(node), seat
    return NOWHERE, NOBODY


@lean
def _from_team(s: int, places: Places, plan: Plan, search: Search) -> int:
    """A free step from a supervisor: on to the sink, or back to a coach."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    sink, now, price = teams + len(plan.supervisor), search.number[2], plan.supervisor[s]
    has_room = plan.carried[s] < places.supervisor_room[s]
    if has_room and plan.sink[0] == price and search.seen[sink] != now:
        return int(sink)
    for at in range(search.arc[teams + s], places.team_start[s + 1]):
        c = places.team[at]
        if _gives_back(c, price, places, plan) and search.seen[families + c] != now:
            search.arc[teams + s] = at
            return int(families + c)
    search.arc[teams + s] = places.team_start[s + 1]
    return NOWHERE


@lean
def _from_sink(places: Places, plan: Plan, search: Search) -> int:
    """A free step back from the sink: to a supervisor, or to a coach who has none."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    sink, now, price = teams + len(plan.supervisor), search.number[2], plan.sink[0]
    bosses = len(plan.supervisor)
    for at in range(search.arc[sink], bosses + len(plan.coach)):
        if at < bosses:
            node, free = teams + at, plan.carried[at] > 0 and plan.supervisor[at] == price
        else:
            c = at - bosses
            node = families + c
            free = places.supervisor[c] < 0 and _gives_back(c, price, places, plan)
        if free and search.seen[node] != now:
            search.arc[sink] = at
            return int(node)
    search.arc[sink] = bosses + len(plan.coach)
    return NOWHERE


@lean
def _gives_back(c: int, price: int, places: Places, plan: Plan) -> bool:
    """Whether a coach's last place can be given back for nothing to whoever has that price."""
    last = places.load * (places.placed[c] + plan.used[c] - 1)
    return bool(plan.used[c] > 0 and plan.coach[c] - last == price)


@lean
def _move(depth: int, plan: Plan, search: Search) -> None:
    """Send a unit along the path; its nodes may be passed again."""
    path, by = search.path, search.by
    for step in range(depth):
        _step(path[step], path[step + 1], by[step + 1], search.cost[step + 1], plan)
    _arrive(path[0], path[depth], plan, search)
    for step in range(depth + 1):
        search.seen[path[step]] = 0


@lean
def _step(tail: int, head: int, seat: int, cost: int, plan: Plan) -> None:
    """Send a unit along one step."""
    families = len(plan.family)
    teams = families + len(plan.coach)
    sink = teams + len(plan.supervisor)
    if tail < families:
        plan.seat[tail], plan.own_cost[tail] = seat, cost
        plan.holder[seat] = tail
    elif tail < teams:
        if seat >= 0:
            plan.holder[seat] = NOBODY
        else:
            plan.used[tail - families] += 1
    elif head < teams:
        plan.used[head - families] -= 1
    elif tail < sink:
        plan.carried[tail - teams] += 1
    else:
        plan.carried[head - teams] -= 1
