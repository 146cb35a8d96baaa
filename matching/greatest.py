"""Level 1: who is matched. The greedy walk down the order, exactly.

Each family in turn looks for an alternating path to a free place. Labels, lower bounds of how many
steps away the nearest free place is, guide the search (Ahuja and Orlin 1991, "Distance-directed
augmenting path algorithms"); as families are seated they only grow, so the walk as a whole looks
at each arc about as often as the longest path has steps. Where no label of some height is left,
all that lie above it can reach no free place any more, and are never searched again. Labels that
have grown one by one for long are measured anew, all at once, from the free places back.

The labels are those of families, then coaches, then supervisors: a seat has one way out, to its
holder or, free, to its coach, and needs none of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates
from matching.closure import node_count
from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.heights import OUT_OF_REACH, measure
from matching.paths import Back, back_of
from matching.places import BIT, NOBODY, PRIME, SEATS, Pairs, Places, Seating, pairs_for_loops

# Labels that one search lifts before all are measured: so many, and this share of all nodes.
LEAST_PATIENCE = 256
PATIENCE = 256
SINK = -1
NOWHERE = -2


class Labels(NamedTuple):
    """The state of the search.

    Attributes
    ----------
    height
        The label of each node.
    at_height
        How many nodes there are of each label, those out of reach left out.
    arc
        Where each node looks next.
    path, by
        The nodes on the way, and the seat through which each is left.
    queue
        Room for measuring.
    """

    height: Ints
    at_height: Ints
    arc: Ints
    path: Ints
    by: Ints
    queue: Ints


def seat_greatest(
    pairs: Candidates, places: Places, seating: Seating, back: Back | None = None
) -> None:
    """Seat the families of level 1, in the order of `Encoded.rank`.

    Parameters
    ----------
    seating
        Changed in place; whoever it seats already stays matched.
    back
        The pairs by coach, if they are at hand.
    """
    loops = pairs_for_loops(pairs)
    order = np.argsort(pairs.encoded.rank, kind="stable")
    nodes = node_count(seating)
    sizes = {"at_height": nodes + 2, "path": nodes + 1, "by": nodes + 1}
    columns = [np.zeros(sizes.get(name, nodes), dtype=np.int64) for name in Labels._fields]
    patience = max(LEAST_PATIENCE, nodes // PATIENCE)
    labels = Labels(*columns)
    _seat_all(order, patience, loops, back or back_of(loops), places, seating, labels)


@compiled
def _seat_all(
    order: Ints,
    patience: int,
    pairs: Pairs,
    back: Back,
    places: Places,
    seating: Seating,
    labels: Labels,
) -> None:
    """The walk down the order."""
    _measure(pairs, back, places, seating, labels)
    for f in order:
        if seating.seat[f] < 0:
            _seat_one(f, patience, pairs, back, places, seating, labels)


@compiled
def _measure(pairs: Pairs, back: Back, places: Places, seating: Seating, labels: Labels) -> None:
    """Make every label what it is a lower bound of."""
    measure(pairs, back, places, seating, labels.height, labels.queue)
    labels.at_height[:] = 0
    for height in labels.height:
        if height < OUT_OF_REACH:
            labels.at_height[height] += 1
    families = len(seating.seat)
    labels.arc[:families] = pairs.start
    labels.arc[families + len(seating.used) :] = places.team_start[:-1]


@compiled
def _seat_one(
    f: int,
    patience: int,
    pairs: Pairs,
    back: Back,
    places: Places,
    seating: Seating,
    labels: Labels,
) -> bool:
    """Find a path for one family and let everybody on it move along."""
    families, coaches = len(seating.seat), len(seating.used)
    path, by, height = labels.path, labels.by, labels.height
    path[0] = f
    depth = lifted = 0
    while height[f] < OUT_OF_REACH:
        node = path[depth]
        if node < families:
            to, seat, lowest = _from_family(node, pairs, seating, labels)
        elif node < families + coaches:
            to, seat, lowest = _from_coach(node - families, places, seating, labels)
        else:
            to, seat, lowest = _from_team(node - families - coaches, places, seating, labels)
        if to == NOWHERE:
            _lift(node, lowest + 1, labels)
            depth = max(0, depth - 1)
            lifted += 1
            if lifted >= patience:
                _measure(pairs, back, places, seating, labels)
                depth = lifted = 0
            continue
        by[depth] = seat
        if to == SINK:
            _move(depth, places, seating, labels)
            return True
        depth += 1
        path[depth] = to
    return False


@lean
def _lift(node: int, height: int, labels: Labels) -> None:
    """Raise a label; where it leaves a gap, all above it are out of reach."""
    old = labels.height[node]
    labels.at_height[old] -= 1
    if height >= len(labels.at_height):
        labels.height[node] = OUT_OF_REACH
    else:
        labels.height[node] = height
        labels.at_height[height] += 1
    if not labels.at_height[old]:
        for other in range(len(labels.height)):
            if old < labels.height[other] < OUT_OF_REACH:
                labels.at_height[labels.height[other]] -= 1
                labels.height[other] = OUT_OF_REACH


@compiled
def _from_family(f: int, pairs: Pairs, seating: Seating, labels: Labels) -> tuple[int, int, int]:
    """A step down from a family: node, seat; or nowhere, and the lowest label it leads to."""
    start, stop, coach = pairs.start[f], pairs.stop[f], pairs.coach
    f_slots, c_slots = pairs.family_slots, pairs.coach_slots
    height, holder, families = labels.height, seating.holder, len(seating.seat)
    own, wanted = f_slots[f], labels.height[f] - 1
    for pair in range(labels.arc[f], stop):
        c = int(coach[pair])
        shared, first = own & c_slots[c], c * SEATS
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            to = holder[seat] if holder[seat] >= 0 else families + c
            if height[to] == wanted and to != f:
                labels.arc[f] = pair
                return to, seat, 0
    lowest = OUT_OF_REACH
    for pair in range(start, stop):
        c = int(coach[pair])
        shared, first = own & c_slots[c], c * SEATS
        while shared:
            seat = first + BIT[(shared & -shared) % PRIME]
            shared &= shared - 1
            to = holder[seat] if holder[seat] >= 0 else families + c
            if to != f:
                lowest = min(lowest, height[to])
    labels.arc[f] = start
    return NOWHERE, NOBODY, lowest


@compiled
def _from_coach(c: int, places: Places, seating: Seating, labels: Labels) -> tuple[int, int, int]:
    """A step down from a coach: a free place, the supervisor, or one of the coach's families."""
    families, coaches = len(seating.seat), len(seating.used)
    wanted, lowest = labels.height[families + c] - 1, OUT_OF_REACH
    if seating.used[c] < places.room[c]:
        boss = places.supervisor[c]
        if boss < 0:
            return SINK, NOBODY, 0
        lowest = labels.height[families + coaches + boss]
        if lowest == wanted:
            return families + coaches + boss, NOBODY, 0
    if seating.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            f = seating.holder[seat]
            if f >= 0:
                if labels.height[f] == wanted:
                    return f, seat, 0
                lowest = min(lowest, labels.height[f])
    return NOWHERE, NOBODY, lowest


@compiled
def _from_team(s: int, places: Places, seating: Seating, labels: Labels) -> tuple[int, int, int]:
    """A step down from a supervisor: room, or one of the coaches who has a family."""
    families, coaches = len(seating.seat), len(seating.used)
    if seating.carried[s] < places.supervisor_room[s]:
        return SINK, NOBODY, 0
    node = families + coaches + s
    wanted = labels.height[node] - 1
    for at in range(labels.arc[node], places.team_start[s + 1]):
        c = places.team[at]
        if seating.used[c] and labels.height[families + c] == wanted:
            labels.arc[node] = at
            return families + c, NOBODY, 0
    lowest = OUT_OF_REACH
    for at in range(places.team_start[s], places.team_start[s + 1]):
        if seating.used[places.team[at]]:
            lowest = min(lowest, labels.height[families + places.team[at]])
    labels.arc[node] = places.team_start[s]
    return NOWHERE, NOBODY, lowest


@lean
def _move(depth: int, places: Places, seating: Seating, labels: Labels) -> None:
    """Everybody on the path takes the next seat; those whom a coach or supervisor asked leave."""
    families, coaches = len(seating.seat), len(seating.used)
    path, by = labels.path, labels.by
    for step in range(depth + 1):
        node = path[step]
        if node >= families and node < families + coaches and by[step] >= 0:
            seating.holder[by[step]] = NOBODY
    for step in range(depth + 1):
        f = path[step]
        if f < families:
            if seating.seat[f] >= 0:
                count_in(seating.seat[f] // SEATS, -1, places, seating)
            seating.seat[f] = by[step]
            seating.holder[by[step]] = f
            count_in(by[step] // SEATS, 1, places, seating)


@lean
def count_in(c: int, by: int, places: Places, seating: Seating) -> None:
    """Count a family in (1) or out (-1) at a coach and the supervisor."""
    seating.used[c] += by
    if places.supervisor[c] >= 0:
        seating.carried[places.supervisor[c]] += by
