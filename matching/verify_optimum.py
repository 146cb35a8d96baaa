"""What prices show of the least cost, and prices found where none are given: for the verification.

Weak duality: whatever the prices, no matching of the same families costs less than the bound that
they give. Shares nothing with the solver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.problem import Problem
from matching.verify_reading import Numbers
from matching.verify_search import Book, Found, pairs_of, room_for
from matching.verify_seats import SLOT_PLACE, WEEK, Seats
from matching.verify_walk import Trail

# Prices beyond this prove nothing that smaller ones could not; sums of two stay exact.
PRICE_MAX = 1 << 50


class Prices(NamedTuple):
    """What a unit of flow would pay from a place, a coach, a supervisor."""

    place: Numbers
    coach: Numbers
    team: Numbers


def given_prices(
    problem: Problem,
    number: Mapping[str, int],
    slot: Mapping[str, int],
    coach: Mapping[str, int],
    supervisor: Mapping[str, int],
) -> Prices:
    """Prices by name as columns; those of anybody unknown say nothing and are left out."""
    coaches = len(number) + 1
    prices = Prices(
        *(np.zeros(n, dtype=np.int64) for n in (coaches * WEEK, coaches, len(problem.supervisors)))
    )
    places, given = [], []
    for key, price in slot.items():
        name, _, word = key.rpartition(" ")
        at, place = number.get(name), SLOT_PLACE.get(word)
        if at is not None and place is not None and -PRICE_MAX < price < PRICE_MAX:
            places.append(at * WEEK + place)
            given.append(price)
    prices.place[places] = given
    team_of = {name: at for at, name in enumerate(problem.supervisors)}
    for column, at_name, table in (
        (prices.coach, number, coach), (prices.team, team_of, supervisor)
    ):  # fmt: skip
        for name, price in table.items():
            at = at_name.get(name)
            if at is not None and -PRICE_MAX < price < PRICE_MAX:
                column[at] = price
    return prices


def exact_sum(values: Numbers) -> int:
    """A sum that may exceed 64 bits, of numbers that do not."""
    return (int((values >> 20).sum()) << 20) + int((values & 0xFFFFF).sum())


def lower_bound(seats: Seats, load: int, prices: Prices, trail: Trail) -> int:
    """The least cost of matching the families that are matched, as far as the prices show."""
    return exact_sum(trail.least[seats.place >= 0]) - _surplus(seats, load, prices, trail.used)


def _surplus(seats: Seats, load: int, prices: Prices, used: Numbers) -> int:
    """What slots, coaches and supervisors would earn at these prices if filled to the limit."""
    total = 0
    of_coach = prices.place.reshape(-1, WEEK)
    for slot in range(WEEK):
        which = np.flatnonzero(used >> slot & 1)
        total += exact_sum(np.maximum(0, of_coach[which, slot] - prices.coach[which]))
    coaches = np.flatnonzero(used)
    supervised = coaches[seats.team[coaches] >= 0]
    onward = np.zeros(len(used), dtype=np.int64)
    onward[supervised] = prices.team[seats.team[supervised]]
    margin = prices.coach[coaches] - onward[coaches]
    placed, limit = seats.placed[coaches], seats.limit[coaches]
    for more in range(WEEK):
        earned = np.maximum(0, margin - load * (placed + more))
        total += exact_sum(earned[placed + more < limit])
    for team in np.unique(seats.team[supervised]).tolist():
        room = max(0, int(seats.team_limit[team] - seats.team_placed[team]))
        total += max(0, int(prices.team[team])) * room
    return total


class Net(NamedTuple):
    """The residual network's nodes, numbered families, places, coaches, supervisors, sink.

    Attributes
    ----------
    paid
        What each matched family pays for its pair.
    distance, parent
        The shortest way to each node from anywhere, and the node before it.
    queue, queued
        Nodes whose ways may have become shorter, as a ring.
    """

    paid: Numbers
    distance: Numbers
    parent: Numbers
    queue: Numbers
    queued: Numbers
    ends: Numbers


def find_prices(book: Book, seats: Seats, load: int, paid: Numbers) -> Prices | None:
    """Prices that show the matching to be the cheapest; None when it is not.

    Shortest ways over the residual network, corrected node by node. That does not end when a
    cycle lowers the cost, so the tree of ways is searched for one each time the steps double.
    """
    families, coaches, teams = len(seats.place), len(seats.placed), len(seats.team_limit)
    nodes = families + coaches * WEEK + coaches + teams + 1
    net = Net(
        paid=paid,
        distance=np.zeros(nodes, dtype=np.int64),
        parent=np.full(nodes, -1, dtype=np.int64),
        queue=np.zeros(nodes, dtype=np.int64),
        queued=np.zeros(nodes, dtype=np.int64),
        ends=np.zeros(2, dtype=np.int64),
    )
    first = np.flatnonzero(seats.place >= 0)
    later = np.arange(nodes - 1 - teams, nodes, dtype=np.int64)
    begun = np.concatenate([families + seats.place[first], later])
    net.queue[: len(begun)], net.queued[begun], net.ends[1] = begun, 1, len(begun)
    found, steps = room_for(coaches), 4 * len(first) + 64
    while _settle(book, seats, load, net, found, steps):
        if _has_cycle(net.parent):
            return None
        steps *= 2
    left = net.distance[-1] - net.distance
    parts = np.split(left, np.cumsum([families, coaches * WEEK, coaches, teams]))
    return Prices(parts[1], parts[2], parts[3])


def _has_cycle(parent: Numbers) -> bool:
    """Whether following parents from some node never ends."""
    end = len(parent)
    jump = np.append(np.where(parent < 0, end, parent), end)
    for _ in range(end.bit_length() + 1):
        jump = jump[jump]
    return bool((jump != end).any())


@lean
def _enqueue(net: Net, node: int) -> None:
    if not net.queued[node]:
        net.queued[node] = 1
        net.queue[net.ends[1] % len(net.queue)] = node
        net.ends[1] += 1


@lean
def _offer(net: Net, tail: int, head: int, cost: int) -> None:
    if net.distance[tail] + cost < net.distance[head]:
        net.distance[head] = net.distance[tail] + cost
        net.parent[head] = tail
        _enqueue(net, head)


@compiled
def _settle(book: Book, seats: Seats, load: int, net: Net, found: Found, steps: int) -> bool:
    """Correct so many nodes; true when there are more."""
    families, coaches = len(seats.place), len(seats.placed)
    first_coach = families + coaches * WEEK
    first_team = first_coach + coaches
    sink = first_team + len(seats.team_limit)
    for _ in range(steps):
        if net.ends[0] == net.ends[1]:
            return False
        node = net.queue[net.ends[0] % len(net.queue)]
        net.ends[0] += 1
        net.queued[node] = 0
        if node < families:
            _from_family(book, seats, net, node, families, found)
        elif node < first_coach:
            family = seats.holder[node - families]
            if family >= 0:
                _offer(net, node, family, -net.paid[family])
            else:
                _offer(net, node, first_coach + (node - families) // WEEK, 0)
        elif node < first_team:
            _from_coach(seats, load, net, node, families, first_coach)
        elif node < sink:
            _from_team(seats, load, net, node, first_coach)
        else:
            _from_sink(seats, load, net, first_coach)
    return True


@compiled
def _from_family(
    book: Book, seats: Seats, net: Net, family: int, families: int, found: Found
) -> None:
    """To all places that the family could have and has not."""
    for at in range(pairs_of(book, family, found)):
        for slot in range(WEEK):
            place = found.who[at] * WEEK + slot
            if found.shared[at] >> slot & 1 and place != seats.place[family]:
                _offer(net, family, families + place, found.cost[at])


@lean
def _from_team(seats: Seats, load: int, net: Net, node: int, first_coach: int) -> None:
    """To the sink where there is room for one more, and back to the coaches."""
    team = node - first_coach - len(seats.placed)
    if seats.team_carried[team] < seats.team_limit[team]:
        _offer(net, node, len(net.distance) - 1, 0)
    for at in range(seats.member_start[team], seats.member_start[team + 1]):
        _back_to(seats, load, net, node, first_coach, seats.member[at])


@lean
def _from_sink(seats: Seats, load: int, net: Net, first_coach: int) -> None:
    """Back to the supervisors, and to the coaches who have none."""
    sink = len(net.distance) - 1
    for team in range(len(seats.team_limit)):
        if seats.team_carried[team] > seats.team_placed[team]:
            _offer(net, sink, first_coach + len(seats.placed) + team, 0)
    for coach in range(len(seats.placed)):
        if seats.team[coach] < 0:
            _back_to(seats, load, net, sink, first_coach, coach)


@lean
def _back_to(seats: Seats, load: int, net: Net, node: int, first_coach: int, coach: int) -> None:
    """The last place taken may be given back: the others never matter."""
    if seats.carried[coach] > seats.placed[coach]:
        _offer(net, node, first_coach + coach, -load * (seats.carried[coach] - 1))


@lean
def _from_coach(
    seats: Seats, load: int, net: Net, node: int, families: int, first_coach: int
) -> None:
    """Back to the places that are taken, and onward where there is room for one more."""
    coach = node - first_coach
    for place in range(coach * WEEK, coach * WEEK + WEEK):
        if seats.holder[place] >= 0:
            _offer(net, node, families + place, 0)
    if seats.carried[coach] < seats.limit[coach]:
        team = seats.team[coach]
        onward = first_coach + len(seats.placed) + team if team >= 0 else len(net.distance) - 1
        _offer(net, node, onward, load * seats.carried[coach])
