"""How many more families a coach to be recruited would let be matched, exactly, without a solve.

The coach is added to the matching there is with every slot open and nobody in it. Whoever is left
out and could have one takes it; then, as long as there are places, alternating paths are looked for
from all who are still left out. Where there is none, no matching of more families exists (Berge).
The slots taken are the ones to ask for: no others of that number would gain more, since the sets of
slots that can be filled at once are the independent sets of a matroid. Then all is put back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import lean
from matching.encoding import Ints
from matching.greatest import count_in
from matching.places import NOBODY, SEATS, Pairs, Places, Seating

CAPACITY = 3
ARCS, MARK, MOVES, REACHED = range(4)


class Trial(NamedTuple):
    """What a trial needs room for.

    Attributes
    ----------
    asks
        Masks of the slots in which each family could have the coach on trial.
    came, via, mark, queue
        Of the search, by node: families, coaches with the one on trial last, supervisors. Where
        it came from (a start from itself), by which seat, in which search, and all it reached.
    moved, left
        Families in the order in which they moved, and the seats they left.
    tally
        Arcs looked at so far, searches, moves, and how many nodes are in the queue.
    """

    asks: Ints
    came: Ints
    via: Ints
    mark: Ints
    queue: Ints
    moved: Ints
    left: Ints
    tally: Ints


def with_recruit(places: Places, seating: Seating) -> tuple[Places, Seating]:
    """Copies in which there is one coach more, the last, without supervisor and with free slots."""
    wider = places._replace(
        room=np.append(places.room, CAPACITY),
        placed=np.append(places.placed, 0),
        supervisor=np.append(places.supervisor, NOBODY),
    )
    holder = np.append(seating.holder, np.full(SEATS, NOBODY, dtype=np.int64))
    copied = seating.copy()._replace(holder=holder, used=np.append(seating.used, 0))
    return wider, copied


def new_trial(seating: Seating) -> Trial:
    """Room for trials with a seating that has the recruit."""
    families = len(seating.seat)
    nodes = families + len(seating.used) + len(seating.carried)
    sizes = (families, nodes, nodes, nodes, nodes, CAPACITY * families, CAPACITY * families, 4)
    return Trial(*(np.zeros(size, dtype=np.int64) for size in sizes))


@lean
def gain_of(
    takers: Ints,
    slots: Ints,
    order: Ints,
    left_out: Ints,
    pairs: Pairs,
    places: Places,
    seating: Seating,
    trial: Trial,
) -> int:
    """The mask of the slots of the coach on trial that would be filled: as many as are gained.

    Parameters
    ----------
    takers, slots
        Families who could have the coach, and their slots.
    order
        All slots, those that are filled first if there is a choice first.
    left_out
        Families without a seat, those who take part in the search.
    """
    recruit = len(seating.used) - 1
    for at in range(len(takers)):
        trial.asks[takers[at]] = slots[at]
    trial.tally[MOVES] = 0
    _seat_directly(takers, order, places, seating, trial)
    while seating.used[recruit] < CAPACITY:
        f = _search(takers, left_out, pairs, places, seating, trial)
        if f < 0:
            break
        _move_along(f, places, seating, trial)
    filled = 0
    for slot in range(SEATS):
        filled |= int(seating.holder[recruit * SEATS + slot] >= 0) << slot
    _put_back(places, seating, trial)
    for f in takers:
        trial.asks[f] = 0
    return filled


@lean
def _take(f: int, seat: int, places: Places, seating: Seating, trial: Trial) -> None:
    """Move a family to a free seat and remember the one it left."""
    move = trial.tally[MOVES]
    trial.moved[move], trial.left[move] = f, seating.seat[f]
    trial.tally[MOVES] += 1
    _reseat(f, seat, places, seating)


@lean
def _reseat(f: int, seat: int, places: Places, seating: Seating) -> None:
    old = seating.seat[f]
    if old >= 0:
        seating.holder[old] = NOBODY
        count_in(old // SEATS, -1, places, seating)
    seating.seat[f] = seat
    if seat >= 0:
        seating.holder[seat] = f
        count_in(seat // SEATS, 1, places, seating)


@lean
def _put_back(places: Places, seating: Seating, trial: Trial) -> None:
    for move in range(trial.tally[MOVES] - 1, -1, -1):
        _reseat(trial.moved[move], trial.left[move], places, seating)


@lean
def _seat_directly(
    takers: Ints, order: Ints, places: Places, seating: Seating, trial: Trial
) -> None:
    """Seat families left out who could have the coach, slot after slot."""
    recruit = len(seating.used) - 1
    for slot in order:
        for f in takers:
            if seating.used[recruit] == CAPACITY:
                return
            if seating.seat[f] < 0 and trial.asks[f] >> slot & 1:
                _take(f, recruit * SEATS + slot, places, seating, trial)
                break


@lean
def _search(
    takers: Ints, left_out: Ints, pairs: Pairs, places: Places, seating: Seating, trial: Trial
) -> int:
    """Reach all that families left out reach, until one could take a free seat of the recruit.

    Returns
    -------
    int
        That family; the seat is in its `via` for the node of the recruit. Or -1.
    """
    families, coaches = len(seating.seat), len(seating.used)
    trial.tally[MARK] += 1
    trial.tally[REACHED] = at = 0
    for some in (takers, left_out):  # the nearest first
        for f in some:
            if seating.seat[f] < 0:
                _enter(f, f, trial)
    while at < trial.tally[REACHED]:
        node = trial.queue[at]
        at += 1
        if node < families:
            seat = _free_seat(node, seating, trial)
            if seat >= 0:
                trial.via[families + coaches - 1] = seat
                return int(node)
            _past_family(node, pairs, seating, trial)
        elif node < families + coaches:
            _past_coach(node - families, places, seating, trial)
        else:
            boss = node - families - coaches
            for place in range(places.team_start[boss], places.team_start[boss + 1]):
                if seating.used[places.team[place]]:
                    _enter(families + places.team[place], node, trial)
    return NOBODY


@lean
def _enter(node: int, came: int, trial: Trial) -> None:
    """Reach a node, if it is new, without a seat: somebody there would have to leave."""
    if trial.mark[node] != trial.tally[MARK]:
        trial.mark[node] = trial.tally[MARK]
        trial.came[node], trial.via[node] = came, NOBODY
        trial.queue[trial.tally[REACHED]] = node
        trial.tally[REACHED] += 1


@lean
def _free_seat(f: int, seating: Seating, trial: Trial) -> int:
    """A free seat of the recruit that a family could take, or -1."""
    first: int = (len(seating.used) - 1) * SEATS
    for slot in range(SEATS):
        if trial.asks[f] >> slot & 1 and seating.holder[first + slot] < 0:
            return first + slot
    return NOBODY


@lean
def _past_family(f: int, pairs: Pairs, seating: Seating, trial: Trial) -> None:
    """Enter whoever holds a seat that the family could have, or its coach if it is free."""
    start, stop, coach, holder = pairs.start[f], pairs.stop[f], pairs.coach, seating.holder
    own, c_slots, families = pairs.family_slots[f], pairs.coach_slots, len(seating.seat)
    mark, came, via, queue = trial.mark, trial.came, trial.via, trial.queue
    now, count, recruit = trial.tally[MARK], trial.tally[REACHED], len(seating.used) - 1
    trial.tally[ARCS] += stop - start
    for pair in range(start, stop + 1):
        c, shared = recruit, trial.asks[f]
        if pair < stop:
            c = int(coach[pair])
            shared = own & c_slots[c]
        seat = c * SEATS
        while shared:
            if shared & 1:
                node = holder[seat] if holder[seat] >= 0 else families + c
                if mark[node] != now:
                    mark[node], came[node], via[node] = now, f, seat
                    queue[count] = node
                    count += 1
            shared >>= 1
            seat += 1
    trial.tally[REACHED] = count


@lean
def _past_coach(c: int, places: Places, seating: Seating, trial: Trial) -> None:
    """Enter the coach's families and, where a place is left, the supervisor."""
    families, coaches = len(seating.seat), len(seating.used)
    if seating.used[c] < places.room[c] and places.supervisor[c] >= 0:
        _enter(families + coaches + places.supervisor[c], families + c, trial)
    if seating.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if seating.holder[seat] >= 0:
                _enter(seating.holder[seat], families + c, trial)


@lean
def _move_along(f: int, places: Places, seating: Seating, trial: Trial) -> None:
    """Everybody on the way that led to a family takes the next seat."""
    families = len(seating.seat)
    seat = trial.via[families + len(seating.used) - 1]
    while True:
        _take(f, seat, places, seating, trial)
        node = f
        while trial.came[node] >= families:
            node = trial.came[node]
        if trial.came[node] == node:
            return
        f, seat = trial.came[node], trial.via[node]
