"""The plan of the last run, carried over to a changed problem and made the cheapest again.

Prices stay with whoever stays. Whoever has lost a seat, or is new, has a unit of flow too many; a
seat whose family has gone, a match that a supervisor can carry again and a place of a new coach
have one too few. These are evened out by shortest alternating paths. Nothing else is touched, and
the answer is the optimum of the changed problem.
"""

from __future__ import annotations

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled, lean
from matching.encoding import Bools, Ints
from matching.mend import NO_SEAT, leave_all, price_all, put_right
from matching.near import nearest
from matching.paths import Search, new_search
from matching.places import BIT, PRIME, SEATS, Pairs, Places, Seating, pairs_for_loops
from matching.plan import FIRST_HOLE, OUT_OF_REACH, Plan, empty_plan, with_holes
from matching.renewal import Kept

MOST = 4_096  # families without a seat, and holes, above which another flow is faster


def carried_plan(
    last: Plan, kept: Kept, pairs: Candidates, places: Places, seating: Seating
) -> Plan | None:
    """The cheapest way to match the families that `seating` matches; None where too much changed.

    Parameters
    ----------
    last
        The last run's, which stays as it is.
    """
    loops = pairs_for_loops(pairs)
    plan, worth, gone = _taken_over(last, kept, places, seating)
    locked = (places.supervisor_room > 0) & (plan.supervisor >= OUT_OF_REACH // 2)
    if locked.any() or (plan.carried > places.supervisor_room).any():
        return None  # a supervisor who had no room has some, or less than is used
    is_new = kept.coach < 0
    restless = _priced(is_new, worth, loops, places, plan)
    families = np.flatnonzero(seating.seat >= 0)
    if np.count_nonzero(plan.seat[families] < 0) + len(gone) + len(restless) > MOST:
        return None
    plan = with_holes(plan, len(gone) + len(restless))
    _empty_all(gone, worth, plan)
    leave_all(restless, len(gone), plan)
    search = new_search(plan)
    open_all(np.flatnonzero(is_new), places, plan, search)
    waiting = families[plan.seat[families] < 0]
    price_all(waiting, loops, plan)
    put_right(waiting, nearest(families, loops, plan), places, plan, search)
    return with_holes(plan, 0)


def _taken_over(
    last: Plan, kept: Kept, places: Places, seating: Seating
) -> tuple[Plan, Ints, Ints]:
    """Seats and prices of whoever stays, what each seat is worth, and the seats left behind.

    Those count still in `used` and `carried`.
    """
    plan = empty_plan(len(seating.seat), places)
    now_coach, now_family = kept.now(len(last.coach), len(last.seat))
    held = np.flatnonzero(last.holder >= 0)
    coach, family = now_coach[held // SEATS], now_family[last.holder[held]]
    worth = (last.family - last.own_cost)[last.holder[held]][coach >= 0]
    seat, family = (coach * SEATS + held % SEATS)[coach >= 0], family[coach >= 0]
    stays = (family >= 0) & (seating.seat[family] >= 0)
    plan.seat[family[stays]], plan.holder[seat[stays]] = seat[stays], family[stays]
    np.add.at(plan.used, seat // SEATS, 1)
    bosses = places.supervisor[seat // SEATS]
    np.add.at(plan.carried, bosses[bosses >= 0], 1)
    fresh = np.where(places.supervisor_room > 0, 0, OUT_OF_REACH)
    was = np.append(last.supervisor, 0)[kept.supervisor]
    plan.supervisor[:] = np.where(kept.supervisor >= 0, was, fresh)
    plan.coach[:] = np.append(last.coach, 0)[kept.coach]
    of_seat = np.repeat(plan.coach, SEATS)
    of_seat[seat] = worth
    return plan, of_seat, seat[~stays]


@compiled
def _priced(is_new: Bools, worth: Ints, pairs: Pairs, places: Places, plan: Plan) -> Ints:
    """Price families, and new coaches so high that nobody gains by them; who would like to move."""
    restless = np.empty(len(plan.seat), np.int64)
    best = np.empty(len(is_new), np.int64)
    for c in range(len(is_new)):
        boss = places.supervisor[c]
        best[c] = places.load * places.placed[c] + (plan.supervisor[boss] if boss >= 0 else 0)
    count = 0
    for f in range(len(plan.seat)):
        if plan.seat[f] < 0:
            continue
        least, own = _least_and_own(f, is_new, worth, pairs, plan)
        plan.own_cost[f] = own
        plan.family[f] = own + worth[plan.seat[f]]
        if least < plan.family[f]:
            restless[count] = f
            count += 1
            continue
        for pair in range(pairs.start[f], pairs.stop[f]):
            c = int(pairs.coach[pair])
            if is_new[c]:
                best[c] = max(best[c], plan.family[f] - pairs.cost[pair])
    for c in range(len(is_new)):
        if is_new[c]:
            plan.coach[c] = best[c] if places.room[c] > 0 else OUT_OF_REACH
    return restless[:count].copy()


@lean
def _least_and_own(f: int, is_new: Bools, worth: Ints, pairs: Pairs, plan: Plan) -> tuple[int, int]:
    """The least that a family would pay without the new coaches, and its own pair's cost."""
    least, own, mine = NO_SEAT, 0, plan.seat[f] // SEATS
    for pair in range(pairs.start[f], pairs.stop[f]):
        c = int(pairs.coach[pair])
        if is_new[c]:
            continue
        if c == mine:
            own = pairs.cost[pair]
        shared, first = pairs.family_slots[f] & pairs.coach_slots[c], c * SEATS
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            least = min(least, pairs.cost[pair] + worth[seat])
    return least, own


@lean
def _empty_all(gone: Ints, worth: Ints, plan: Plan) -> None:
    """Make holes of the seats that are left behind."""
    for number in range(len(gone)):
        plan.hole[number], plan.hole_seat[number] = worth[gone[number]], gone[number]
        plan.holder[gone[number]] = FIRST_HOLE - number


@lean
def open_all(new: Ints, places: Places, plan: Plan, search: Search) -> None:
    """Use up, with units that nobody sends, what new coaches and supervisors with room have to
    offer for less than it is worth."""
    families, teams = len(plan.family), len(plan.family) + len(plan.coach)
    for c in new:
        boss = places.supervisor[c]
        ahead = teams + (boss if boss >= 0 else len(plan.supervisor))
        worth = plan.coach[c] - (plan.supervisor[boss] if boss >= 0 else plan.sink[0])
        while plan.used[c] < places.room[c]:
            if places.load * (places.placed[c] + plan.used[c]) >= worth:
                break
            plan.used[c] += 1
            search.uneven[families + c] -= 1
            search.uneven[ahead] += 1
    for s in range(len(plan.supervisor)):
        if plan.supervisor[s] > plan.sink[0]:
            search.uneven[teams + s] -= places.supervisor_room[s] - plan.carried[s]
            plan.carried[s] = places.supervisor_room[s]
