"""Send every unit of flow that is too much somewhere to where one is lacking, at the least cost.

In rounds: `approach` makes the ways to as many of the nearest lacks as there are units free of
charge, then a walk from each node with too much follows steps that are free and lets everybody on
its path move along. All stays the cheapest for what has been sent, since no reduced cost is ever
below 0.

A walk leaves aside what an earlier one has come by in vain. Mostly that is right and quick, but
what led only back to the walk itself is left aside as well. So where next to nothing was sent, and
for the last unit, it is measured first by how many free steps each node can be come to, and each
step must lead one further (Dinic 1970): then nothing leads back, and the last unit goes by as few
steps as can be.
"""

from __future__ import annotations

from matching.compiled import lean
from matching.encoding import Ints, Numbers
from matching.near import Near, renew
from matching.paths import Search, approach
from matching.places import BIT, NOBODY, PRIME, SEATS, Places
from matching.plan import Plan, seat_node, seat_price

NOWHERE = -1
NOT_SEEN = LEADS_NOWHERE = MEASURED = 0
FEW = 16  # so many times what was sent was near: next to nothing was


@lean
def balance(sources: Ints, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """Even out what is uneven; false when somebody finds nothing.

    Parameters
    ----------
    sources
        Every node that has too much.
    """
    left, measured = 0, False
    for node in sources:
        left += search.uneven[node]
    while left:
        found = approach(sources, max(1, left // 3), near, places, plan, search)
        if not found:
            return False
        found = min(found, left)
        if measured or left == 1:
            _measure(sources, found, near, places, plan, search)
            sent = _walk_all(sources, MEASURED, near, places, plan, search)
        else:
            search.number[2] += 1
            sent = _walk_all(sources, search.number[2], near, places, plan, search)
        left -= sent
        measured = FEW * sent < found
    return True


@lean
def _walk_all(
    sources: Ints, now: int, near: Near, places: Places, plan: Plan, search: Search
) -> int:
    """Walk from each node with too much while that leads somewhere; how many units were sent."""
    _look_from_the_start(near, places, plan, search)
    sent = 0
    for node in sources:
        while search.uneven[node] > 0 and _walk(node, now, near, places, plan, search):
            sent += 1
    return sent


@lean
def _look_from_the_start(near: Near, places: Places, plan: Plan, search: Search) -> None:
    """Each node is to look at its first step next."""
    teams = len(plan.family) + len(plan.coach)
    for f in range(len(plan.family)):
        search.arc[f] = near.start[f]
    for s in range(len(plan.supervisor)):
        search.arc[teams + s] = places.team_start[s]
    search.arc[teams + len(plan.supervisor)] = 0


@lean
def _measure(
    sources: Ints, wanted: int, near: Near, places: Places, plan: Plan, search: Search
) -> None:
    """Number the nodes by how many free steps away they are, until so many units are lacked there.

    Numbers go on from those of earlier rounds, so that all of these count as not numbered.
    """
    _look_from_the_start(near, places, plan, search)
    last, queue, count = int(search.number[2]), search.reached, 0
    search.number[2] = last + 1
    for node in sources:
        if search.uneven[node] > 0:
            search.steps[node] = last + 1
            queue[count] = node
            count += 1
    at = 0
    while at < count and wanted > 0:
        node = queue[at]
        to = _from_node(node, 0, last, near, places, plan, search)[0]
        if to == NOWHERE:
            at += 1
            continue
        search.steps[to] = search.steps[node] + 1
        search.number[2] = search.steps[to]
        queue[count] = to
        count += 1
        wanted += min(0, search.uneven[to])


@lean
def _walk(source: int, now: int, near: Near, places: Places, plan: Plan, search: Search) -> bool:
    """Find a way that is free to a node that lacks something, and let everybody move along.

    Parameters
    ----------
    now
        The number given to what is come by, which no node has yet as the first walk begins; or
        `MEASURED`.
    """
    path, by, steps = search.path, search.by, search.steps
    if now == MEASURED and steps[source] == LEADS_NOWHERE:
        return False
    path[0] = source
    depth = 0
    while depth >= 0:
        node = path[depth]
        if search.uneven[node] < 0:
            _move(depth, plan, search)
            if now != MEASURED:
                for step in range(depth + 1):
                    steps[path[step]] = NOT_SEEN
            return True
        if now == MEASURED:
            least = most = steps[node] + 1
        else:
            least, most = 0, now - 1
            steps[node] = now
        to, seat, cost = _from_node(node, least, most, near, places, plan, search)
        if to == NOWHERE:
            if now == MEASURED:
                steps[node] = LEADS_NOWHERE
            depth -= 1
            continue
        depth += 1
        path[depth], by[depth], search.cost[depth] = to, seat, cost
    return False


@lean
def _from_node(
    node: int, least: int, most: int, near: Near, places: Places, plan: Plan, search: Search
) -> tuple[int, int, int]:
    """A free step to a node with a number from `least` to `most`: node, seat, cost of the pair."""
    families = len(plan.family)
    teams = families + len(plan.coach)
    if node < families:
        return _from_family(node, least, most, near, plan, search)
    if node < teams:
        to, seat = _from_coach(node - families, least, most, places, plan, search)
        return to, seat, 0
    if node < teams + len(plan.supervisor):
        return _from_team(node - teams, least, most, places, plan, search), NOBODY, 0
    return _from_sink(least, most, places, plan, search), NOBODY, 0


@lean
def _from_family(
    f: int, least: int, most: int, near: Near, plan: Plan, search: Search
) -> tuple[int, int, int]:
    """A free step from a family: node, seat, cost of the pair."""
    pairs, arc = near.all, search.arc
    if arc[f] == near.start[f] and near.bound[f] <= near.raised[f] != 0:
        renew(f, near, plan)
    if arc[f] >= 0:
        stop = arc[f]
        while stop < near.stop[f] and near.detour[stop] <= near.raised[f]:
            stop += 1
        at, seat = _free_pair(
            f, least, most, (arc[f], stop), near.coach, near.cost, near, plan, search
        )
        arc[f] = at
        if seat >= 0:
            return seat_node(seat, plan), seat, near.cost[at]
        arc[f] = -1 - (pairs.start[f] if near.bound[f] <= near.raised[f] else pairs.stop[f])
    rest = (-1 - arc[f], pairs.stop[f])
    at, seat = _free_pair(f, least, most, rest, pairs.coach, pairs.cost, near, plan, search)
    arc[f] = -1 - at
    if seat >= 0:
        return seat_node(seat, plan), seat, pairs.cost[at]
    return NOWHERE, NOBODY, 0


@lean
def _free_pair(
    f: int,
    least: int,
    most: int,
    rows: tuple[int, int],
    coach: Numbers,
    cost: Ints,
    near: Near,
    plan: Plan,
    search: Search,
) -> tuple[int, int]:
    """The first of some pairs by which a step is free, and the seat."""
    own, pays = plan.seat[f], plan.family[f]
    slots, c_slots = near.all.family_slots[f], near.all.coach_slots
    for at in range(rows[0], rows[1]):
        c = int(coach[at])
        shared, first, rest = slots & c_slots[c], c * SEATS, pays - cost[at]
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            if seat == own or seat_price(seat, plan) != rest:
                continue
            if least <= search.steps[seat_node(seat, plan)] <= most:
                return at, seat
    return rows[1], NOBODY


@lean
def _from_coach(
    c: int, least: int, most: int, places: Places, plan: Plan, search: Search
) -> tuple[int, int]:
    """A free step from a coach: to whom the next place leads, or to somebody who has one."""
    teams, price = len(plan.family) + len(plan.coach), plan.coach[c]
    if plan.used[c] < places.room[c]:
        boss = places.supervisor[c]
        node = teams + (boss if boss >= 0 else len(plan.supervisor))
        onward = plan.supervisor[boss] if boss >= 0 else plan.sink[0]
        length = places.load * (places.placed[c] + plan.used[c]) + onward - price
        if length == 0 and least <= search.steps[node] <= most:
            return int(node), NOBODY
    if plan.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if plan.holder[seat] != NOBODY and seat_price(seat, plan) == price:
                node = seat_node(seat, plan)
                if least <= search.steps[node] <= most:
                    return int(node), seat
    return NOWHERE, NOBODY


@lean
def _from_team(s: int, least: int, most: int, places: Places, plan: Plan, search: Search) -> int:
    """A free step from a supervisor: on to the sink, or back to a coach."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    sink, price = teams + len(plan.supervisor), plan.supervisor[s]
    has_room = plan.carried[s] < places.supervisor_room[s]
    if has_room and plan.sink[0] == price and least <= search.steps[sink] <= most:
        return int(sink)
    for at in range(search.arc[teams + s], places.team_start[s + 1]):
        c = places.team[at]
        numbered = search.steps[families + c]
        if least <= numbered <= most and _gives_back(c, price, places, plan):
            search.arc[teams + s] = at
            return int(families + c)
    search.arc[teams + s] = places.team_start[s + 1]
    return NOWHERE


@lean
def _from_sink(least: int, most: int, places: Places, plan: Plan, search: Search) -> int:
    """A free step back from the sink: to a supervisor, or to a coach who has none."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    sink, price = teams + len(plan.supervisor), plan.sink[0]
    bosses = len(plan.supervisor)
    for at in range(search.arc[sink], bosses + len(plan.coach)):
        if at < bosses:
            node, free = teams + at, plan.carried[at] > 0 and plan.supervisor[at] == price
        else:
            c = at - bosses
            node = families + c
            free = places.supervisor[c] < 0 and _gives_back(c, price, places, plan)
        if free and least <= search.steps[node] <= most:
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
    end, first_hole = path[depth], len(plan.family) + len(plan.coach) + len(plan.supervisor) + 1
    search.uneven[path[0]] -= 1
    search.uneven[end] += 1
    if end >= first_hole:
        plan.hole_seat[end - first_hole] = NOBODY


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
