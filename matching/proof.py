"""The certificates of both levels, by name, for anybody to check."""

from __future__ import annotations

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled
from matching.encoding import Encoded, Ints
from matching.places import (
    BIT,
    NOBODY,
    PRIME,
    SEATS,
    Pairs,
    Places,
    pairs_for_loops,
    supervisor_names,
)
from matching.plan import Plan, seat_price
from matching.problem import SLOTS
from matching.result import Proof


def make_proof(
    pairs: Candidates, places: Places, plan: Plan, closed: Ints, seats: tuple[Ints, Ints]
) -> Proof:
    """Both certificates. Prices are what a unit of flow pays from a place to the sink.

    Parameters
    ----------
    closed
        As from `matching.closure.closed_by`.
    seats
        As from `open_seats`.
    """
    encoded = pairs.encoded
    coaches = [coach.coach_id for coach in encoded.coaches]
    asked = np.flatnonzero(np.bincount(pairs.coach, minlength=len(coaches)))
    names = supervisor_names(encoded)
    bosses = np.unique(places.supervisor[asked])
    bosses = bosses[bosses != NOBODY]
    highest = highest_price(plan)
    seat, price = seats

    def prices(column: Ints) -> list[int]:
        found: list[int] = np.minimum(column, highest).tolist()
        return found

    return Proof(
        closed=_closed_for(closed, encoded),
        slot_prices={
            f"{coaches[c]} {SLOTS[slot]}": cost
            for c, slot, cost in zip(
                (seat // SEATS).tolist(), (seat % SEATS).tolist(), prices(price), strict=True
            )
        },
        coach_prices=dict(
            zip((coaches[c] for c in asked.tolist()), prices(plan.coach[asked]), strict=True)
        ),
        supervisor_prices=dict(
            zip((names[s] for s in bosses.tolist()), prices(plan.supervisor[bosses]), strict=True)
        ),
    )


def _closed_for(closed: Ints, encoded: Encoded) -> dict[str, str]:
    """For each family in a closed set the family left out that reaches it."""
    families = [family.family_id for family in encoded.families]
    left_out = np.argsort(encoded.rank)[closed]
    reached = np.flatnonzero(closed >= 0)
    return {
        families[number]: families[other]
        for number, other in zip(reached.tolist(), left_out[reached].tolist(), strict=True)
    }


def highest_price(plan: Plan) -> int:
    """More than any matched family would pay: the price of what nobody can have."""
    return int(plan.family[plan.matched].max(initial=0))


def open_seats(pairs: Candidates, plan: Plan) -> tuple[Ints, Ints]:
    """The seats that matched families could use, and their prices; the others need none."""
    return _open_seats(np.flatnonzero(plan.matched), pairs_for_loops(pairs), plan)


@compiled
def _open_seats(families: Ints, pairs: Pairs, plan: Plan) -> tuple[Ints, Ints]:
    wanted = np.zeros(len(plan.holder), np.bool_)
    for f in families:
        for pair in range(pairs.start[f], pairs.stop[f]):
            c = int(pairs.coach[pair])
            shared, first = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
            while shared:
                wanted[first + BIT[(shared & -shared) % PRIME]] = True
                shared &= shared - 1
    seats = np.flatnonzero(wanted)
    prices = np.empty(len(seats), np.int64)
    for at in range(len(seats)):
        prices[at] = seat_price(seats[at], plan)
    return seats, prices


def costs_of(places: Places, plan: Plan) -> tuple[int, int]:
    """What the pairs cost and what the load costs."""
    used, placed = plan.used, places.placed
    load = places.load * (used * placed + used * (used - 1) // 2)
    return int(plan.own_cost[plan.matched].sum()), int(load.sum())


def dual_bound(places: Places, plan: Plan, seats: tuple[Ints, Ints]) -> int:
    """What the prices show to be the least cost, computed without the matching.

    Weak duality: each matched family pays at least its own price, and each seat, place of a coach
    or match of a supervisor that is worth more than it pays onward gives back the difference.

    Parameters
    ----------
    seats
        As from `open_seats`.
    """
    families = np.flatnonzero(plan.matched)
    wanted, price = seats
    gains = np.maximum(0, price - plan.coach[wanted // SEATS])
    team = np.where(places.supervisor_room > 0, plan.supervisor, 0)
    onward = np.append(plan.supervisor, 0)[places.supervisor]
    bound = int(plan.family[families].sum()) - int(gains.sum())
    used = np.unique(wanted // SEATS)
    room = places.room[used]
    at = np.repeat(np.arange(len(used)), room)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(room) - room, room) + places.placed[used][at]
    above = (plan.coach[used] - onward[used])[at]
    bound -= int(np.maximum(0, above - places.load * nth).sum())
    return bound - int((np.maximum(0, team) * places.supervisor_room).sum())
