"""The next best coaches of each matched family, with what the whole matching would then cost.

Forcing a pair turns the optimum by one cycle of the residual network: the family takes a seat of
the forced coach, others move along, and somebody or nobody takes the seat that it left. With
reduced costs, none of which is negative, the cheapest such cycle is a shortest path back to that
seat, so the totals are exact without a new solve. Prices are first made the distances to the
sink: whoever reaches the sink then reaches the seat in no more than the sink does.
"""

from __future__ import annotations

import numpy as np

from matching.compiled import compiled
from matching.encoding import Encoded, Ints
from matching.heap import clear, pop
from matching.paths import Back, begin, into_coach, into_seat, into_team, path_to
from matching.places import SEATS, Pairs, Places
from matching.plan import Plan, Trail, new_trail, seat_node, seat_price
from matching.result import NextBest

HOW_MANY = 3
NONE = -1
NEVER = 1 << 50


def next_best(
    encoded: Encoded,
    families: Ints,
    pairs: Pairs,
    back: Back,
    places: Places,
    plan: Plan,
    cost: int,
) -> dict[int, tuple[NextBest, ...]]:
    """For each of some matched families up to three other coaches, cheapest total first.

    Equally cheap ones are in the order of their ids. Coaches that cannot be forced while the same families stay matched are left out.

    Parameters
    ----------
    plan
        Its prices are changed, and prove the same.
    cost
        What the whole matching costs.
    """
    trail = new_trail(plan)
    reaches = price_by_distance(pairs, back, places, plan, trail)
    names = np.array([coach.coach_id for coach in encoded.coaches])
    id_rank = np.empty(len(names), dtype=np.int64)
    id_rank[np.argsort(names, kind="stable")] = np.arange(len(names))
    found, extra = _next_of_all(families, reaches, id_rank, pairs, back, places, plan, trail)
    rows: dict[int, tuple[NextBest, ...]] = {}
    for at, f in enumerate(families.tolist()):
        rows[f] = tuple(
            NextBest(
                coach_id=encoded.coaches[int(pairs.coach[pair])].coach_id,
                cost=int(pairs.cost[pair]),
                total_cost=cost + more,
                extra=more,
            )
            for pair, more in zip(found[at].tolist(), extra[at].tolist(), strict=True)
            if pair != NONE
        )
    return rows


def price_by_distance(pairs: Pairs, back: Back, places: Places, plan: Plan, trail: Trail) -> Ints:
    """Make each price the distance to the sink; says which nodes reach it (1) and which not (0)."""
    coaches = len(plan.family)
    teams, sink = coaches + len(plan.coach), coaches + len(plan.coach) + len(plan.supervisor)
    path_to(sink, False, pairs, back, places, plan, trail)
    reached = trail.reached[: trail.number[1]]
    away = np.full(len(trail.mark), NONE, dtype=np.int64)
    away[reached] = trail.heap.key[reached]
    longest = int(away.max(initial=0))
    raised = np.where(away == NONE, longest, away)
    plan.family[:] += raised[:coaches]
    plan.coach[:] += raised[coaches:teams]
    plan.supervisor[:] += raised[teams:sink]
    return np.asarray(away != NONE, dtype=np.int64)


@compiled
def _next_of_all(
    families: Ints,
    reaches: Ints,
    id_rank: Ints,
    pairs: Pairs,
    back: Back,
    places: Places,
    plan: Plan,
    trail: Trail,
) -> tuple[Ints, Ints]:
    """Three pairs of each family, -1 where there are fewer, and what each adds to the total."""
    found = np.full((len(families), HOW_MANY), NONE, np.int64)
    extra = np.full((len(families), HOW_MANY), NEVER, np.int64)
    size = 0
    for f in families:
        size = max(size, (pairs.start[f + 1] - pairs.start[f]) * SEATS)
    options = np.empty((4, size), np.int64)
    for at in range(len(families)):
        count = _options(families[at], options, pairs, plan)
        _next_of_one(
            families[at], options[:, :count], found[at], extra[at],
            reaches, id_rank, pairs, back, places, plan, trail,
        )  # fmt: skip
    return found, extra


@compiled
def _options(f: int, options: Ints, pairs: Pairs, plan: Plan) -> int:
    """Each other seat that a family could have: node, reduced cost, pair, and 0 for *open*.

    Sorted by reduced cost.
    """
    count = 0
    own = plan.seat[f] // SEATS
    for pair in range(pairs.start[f], pairs.start[f + 1]):
        c = int(pairs.coach[pair])
        shared, seat = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
        while shared:
            if shared & 1 and c != own:
                options[0, count] = seat_node(seat, plan)
                options[1, count] = pairs.cost[pair] + seat_price(seat, plan) - plan.family[f]
                options[2, count] = pair
                options[3, count] = 0
                count += 1
            shared >>= 1
            seat += 1
    order = np.argsort(options[1, :count], kind="mergesort")
    for row in range(3):
        options[row, :count] = options[row, :count][order]
    return count


@compiled
def _keep(pair: int, more: int, found: Ints, extra: Ints, id_rank: Ints, pairs: Pairs) -> None:
    """Put a pair among the best, one for each coach, by what it adds and then by the coach's id."""
    coach = pairs.coach[pair]
    last = HOW_MANY - 1
    for place in range(HOW_MANY):
        if found[place] != NONE and pairs.coach[found[place]] == coach:
            if extra[place] <= more:
                return
            last = place
    if last == HOW_MANY - 1 and not _before(pair, more, found[last], extra[last], id_rank, pairs):
        return
    while last > 0 and _before(pair, more, found[last - 1], extra[last - 1], id_rank, pairs):
        found[last], extra[last] = found[last - 1], extra[last - 1]
        last -= 1
    found[last], extra[last] = pair, more


@compiled
def _before(pair: int, more: int, other: int, other_more: int, id_rank: Ints, pairs: Pairs) -> bool:
    if other == NONE or more != other_more:
        return other == NONE or more < other_more
    return bool(id_rank[pairs.coach[pair]] < id_rank[pairs.coach[other]])


@compiled
def _next_of_one(
    f: int,
    options: Ints,
    found: Ints,
    extra: Ints,
    reaches: Ints,
    id_rank: Ints,
    pairs: Pairs,
    back: Back,
    places: Places,
    plan: Plan,
    trail: Trail,
) -> None:
    """Search back from a family's seat until nothing nearer can come."""
    sink = len(plan.family) + len(plan.coach) + len(plan.supervisor)
    count = options.shape[1]
    past_sink = False
    first = 0
    begin(f, trail)
    while trail.heap.size[0]:
        node = pop(trail.heap)
        trail.mark[node] += 1
        key = trail.heap.key[node]
        while first < count and options[3, first]:
            first += 1
        if first == count or key + options[1, first] > extra[HOW_MANY - 1]:
            break
        if past_sink and reaches[node]:
            continue
        at = first
        while at < count and key + options[1, at] <= extra[HOW_MANY - 1]:
            ends = options[0, at]
            if not options[3, at] and (ends == node or (node == sink and reaches[ends])):
                options[3, at] = 1
                _keep(options[2, at], key + options[1, at], found, extra, id_rank, pairs)
            at += 1
        past_sink |= node == sink
        _go_back(node, key, pairs, back, places, plan, trail)
    clear(trail.heap)


@compiled
def _go_back(
    node: int, key: int, pairs: Pairs, back: Back, places: Places, plan: Plan, trail: Trail
) -> None:
    """Reach all from which a step leads to a node; the way through the sink is known already."""
    coaches = len(plan.family)
    teams, sink = coaches + len(plan.coach), coaches + len(plan.coach) + len(plan.supervisor)
    if node < coaches:
        into_seat(plan.seat[node], node, key, pairs, back, plan, trail)
    elif node < teams:
        into_coach(node - coaches, key, pairs, back, places, plan, trail)
    elif node < sink:
        into_team(node - teams, key, places, plan, trail)
