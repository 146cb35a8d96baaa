"""Who has which seat while families bid for them, and what has to be bid for each.

A coach's places are worth as much as the lowest bid for one of them once all are taken, and the
places of a supervisor's coaches as the lowest bid for any once the supervisor carries no more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Ints
from matching.places import BIT, NOBODY, PRIME, SEATS, Pairs, Places, nobody_seated
from matching.plan import OUT_OF_REACH, Plan, empty_plan


class Bids(NamedTuple):
    """The state of an auction; the compiled loops change it.

    Attributes
    ----------
    seat, holder
        Of each family and of each seat, or `NOBODY`.
    cost
        Points of the pair that each family has.
    place, slot
        What each family has bid: for its place with its coach, and for its slot there, which is
        less where it could have had another slot as well.
    used, carried
        Places taken of each coach and of each supervisor.
    low
        The lowest bid for a coach's places.
    worth
        What has to be bid for each seat.
    least
        What has to be bid for the cheapest seat of each coach.
    step
        Points by which each bid is higher than it need be.
    """

    seat: Ints
    holder: Ints
    cost: Ints
    place: Ints
    slot: Ints
    used: Ints
    carried: Ints
    low: Ints
    worth: Ints
    least: Ints
    step: int


def no_bids(pairs: Pairs, places: Places, step: int) -> Bids:
    """Nobody has bid yet."""
    seating = nobody_seated(len(pairs.start), places)
    cost, place, slot = np.zeros((3, len(pairs.start)), dtype=np.int64)
    low, least = np.full((2, len(places.room)), OUT_OF_REACH, dtype=np.int64)
    worth = np.zeros_like(seating.holder)
    bids = Bids(
        seating.seat, seating.holder, cost, place, slot, seating.used, seating.carried,
        low, worth, least, step,
    )  # fmt: skip
    _set_all(pairs, places, bids)
    return bids


@lean
def least_worth(f: int, c: int, pairs: Pairs, bids: Bids) -> int:
    """What a family would have to bid for the cheapest seat that it shares with a coach."""
    shared, first, least = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS, OUT_OF_REACH
    while shared:
        seat = first + BIT[(shared & -shared) % PRIME]
        shared &= shared - 1
        least = min(least, bids.worth[seat])
    return least


@lean
def take(f: int, c: int, more: int, pairs: Pairs, places: Places, bids: Bids) -> int:
    """Give a family the cheapest seat that it shares with a coach; who has to leave, or `NOBODY`.

    It bids so much more for the place than it is worth, and for the slot no more than `step` above
    what the next slot is worth.
    """
    price, other, seat = OUT_OF_REACH, OUT_OF_REACH, NOBODY
    shared = pairs.family_slots[f] & pairs.coach_slots[c]
    while shared:
        one = c * SEATS + BIT[(shared & -shared) % PRIME]
        shared &= shared - 1
        if bids.worth[one] < price:
            price, other, seat = bids.worth[one], price, one
        elif bids.worth[one] < other:
            other = bids.worth[one]
    out = _in_the_way(seat, pairs, places, bids)
    if out >= 0:
        _leave(out, c, pairs, places, bids)
    bids.seat[f], bids.holder[seat] = seat, f
    bids.place[f], bids.slot[f] = price + more, min(price + more, other + bids.step)
    _count(c, 1, places, bids)
    _set_coach(c, pairs, places, bids)
    if _is_full(c, places, bids):
        _set_team(places.supervisor[c], pairs, places, bids)
    return out


@lean
def _in_the_way(seat: int, pairs: Pairs, places: Places, bids: Bids) -> int:
    """Who has to leave for somebody who takes a seat, or `NOBODY`."""
    c = seat // SEATS
    if bids.holder[seat] >= 0:
        return int(bids.holder[seat])
    if bids.used[c] >= places.room[c]:
        return _lowest(c, pairs, bids)
    if _is_full(c, places, bids):
        return _lowest(_lowest_of_team(places.supervisor[c], places, bids), pairs, bids)
    return NOBODY


@lean
def _leave(f: int, to: int, pairs: Pairs, places: Places, bids: Bids) -> None:
    """Take a family from its seat; the worth of a coach's seats is set anew but for `to`."""
    c = bids.seat[f] // SEATS
    bids.holder[bids.seat[f]] = NOBODY
    bids.seat[f] = NOBODY
    _count(c, -1, places, bids)
    if c != to:
        _set_coach(c, pairs, places, bids)


@lean
def _count(c: int, by: int, places: Places, bids: Bids) -> None:
    bids.used[c] += by
    if places.supervisor[c] >= 0:
        bids.carried[places.supervisor[c]] += by


@lean
def _is_full(c: int, places: Places, bids: Bids) -> bool:
    """Whether a coach has a supervisor who carries no more."""
    boss = places.supervisor[c]
    return bool(boss >= 0 and bids.carried[boss] >= places.supervisor_room[boss])


@lean
def _lowest(c: int, pairs: Pairs, bids: Bids) -> int:
    """Who has bid least for a place with a coach, or `NOBODY`."""
    found, slots = NOBODY, pairs.coach_slots[c]
    while slots:
        h = int(bids.holder[c * SEATS + BIT[(slots & -slots) % PRIME]])
        slots &= slots - 1
        if h >= 0 and (found < 0 or bids.place[h] < bids.place[found]):
            found = h
    return found


@lean
def _lowest_of_team(boss: int, places: Places, bids: Bids) -> int:
    """With which of a supervisor's coaches the lowest bid is."""
    found = int(places.team[places.team_start[boss]])
    for at in range(places.team_start[boss], places.team_start[boss + 1]):
        c = int(places.team[at])
        if bids.low[c] < bids.low[found]:
            found = c
    return found


@lean
def _set_all(pairs: Pairs, places: Places, bids: Bids) -> None:
    """Say what every seat is worth while nobody has one."""
    for c in range(len(bids.used)):
        is_shut = not places.room[c] or _is_full(c, places, bids)
        _set_worth(c, OUT_OF_REACH if is_shut else _next_load(c, places, bids), pairs, bids)


@lean
def _set_coach(c: int, pairs: Pairs, places: Places, bids: Bids) -> None:
    """Say what a coach's seats are worth, unless it is for `_set_team` to say."""
    h = _lowest(c, pairs, bids)
    bids.low[c] = bids.place[h] if h >= 0 else OUT_OF_REACH
    if bids.used[c] >= places.room[c]:
        _set_worth(c, bids.low[c], pairs, bids)
    elif not _is_full(c, places, bids):
        _set_worth(c, _next_load(c, places, bids), pairs, bids)


@lean
def _set_team(boss: int, pairs: Pairs, places: Places, bids: Bids) -> None:
    """Say what seats are worth with the coaches who have room for more than their supervisor."""
    lowest = bids.low[_lowest_of_team(boss, places, bids)]
    for at in range(places.team_start[boss], places.team_start[boss + 1]):
        c = int(places.team[at])
        if bids.used[c] < places.room[c]:
            _set_worth(c, max(lowest, _next_load(c, places, bids)), pairs, bids)


@lean
def _next_load(c: int, places: Places, bids: Bids) -> int:
    """Points for one family more with a coach."""
    return int(places.load * (places.placed[c] + bids.used[c]))


@lean
def _set_worth(c: int, free: int, pairs: Pairs, bids: Bids) -> None:
    """Note what a coach's seats are worth, and those that nobody has."""
    least, slots = free, pairs.coach_slots[c]
    while slots:
        seat = c * SEATS + BIT[(slots & -slots) % PRIME]
        slots &= slots - 1
        h = bids.holder[seat]
        worth = bids.slot[h] if h >= 0 else free
        bids.worth[seat] = worth
        least = min(least, worth)
    bids.least[c] = least


def plan_of(bids: Bids, places: Places) -> Plan:
    """The state as a plan, in which no reduced cost is below 0 but of pairs.

    Whose pair that is, is among `matching.mend.find_restless`.
    """
    plan = empty_plan(len(bids.seat), places)
    for name in ("seat", "holder", "used", "carried"):
        getattr(plan, name)[:] = getattr(bids, name)
    plan.own_cost[:] = bids.cost
    taken = plan.used > 0
    low = np.where(taken, bids.low - bids.step, 0)
    last = places.load * (places.placed + plan.used - 1)
    plan.supervisor[:] = _carried_for(places, plan, np.flatnonzero(taken), low - last)
    onward = np.append(plan.supervisor, 0)[places.supervisor]
    most = np.where(plan.used < places.room, last + places.load + onward, OUT_OF_REACH)
    plan.coach[:] = np.where(taken, np.clip(low, last + onward, most), most)
    seated = np.flatnonzero(plan.seat >= 0)
    of_coach = plan.coach[plan.seat[seated] // SEATS]
    worth = np.maximum(bids.slot[seated] - bids.step, of_coach)
    plan.family[seated] = plan.own_cost[seated] + worth
    return plan


def _carried_for(places: Places, plan: Plan, taken: Ints, spare: Ints) -> Ints:
    """Prices of the supervisors: of one who carries no more, the least that is bid above load."""
    price = np.full(len(places.supervisor_room), OUT_OF_REACH, dtype=np.int64)
    of_team = taken[places.supervisor[taken] >= 0]
    np.minimum.at(price, places.supervisor[of_team], spare[of_team])
    price = np.maximum(0, price)
    price[plan.carried < places.supervisor_room] = 0
    return price
