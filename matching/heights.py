"""How many steps each node is from the nearest free place, measured from the free places back.

Nodes are families, then coaches, then supervisors, as in `matching.closure`.
"""

from __future__ import annotations

from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.paths import Back
from matching.places import NOBODY, SEATS, Pairs, Places, Seating

OUT_OF_REACH = 1 << 40


@compiled
def measure(
    pairs: Pairs, back: Back, places: Places, seating: Seating, height: Ints, queue: Ints
) -> None:
    """Put each node's number of steps into `height`, or `OUT_OF_REACH`; `queue` is room to work."""
    families, coaches = len(seating.seat), len(seating.used)
    height[:] = OUT_OF_REACH
    count = _begin(places, seating, height, queue)
    at = 0
    while at < count:
        node = queue[at]
        at += 1
        if node < families:
            count = _before_family(node, count, pairs, back, seating, height, queue)
        elif node < families + coaches:
            count = _before_coach(
                node - families, count, pairs, back, places, seating, height, queue
            )
        else:
            s = node - families - coaches
            for place in range(places.team_start[s], places.team_start[s + 1]):
                c = places.team[place]
                if seating.used[c] < places.room[c]:
                    count = _enter(families + c, height[node] + 1, count, height, queue)


@lean
def _begin(places: Places, seating: Seating, height: Ints, queue: Ints) -> int:
    """Enter whoever has a free place."""
    families, coaches = len(seating.seat), len(seating.used)
    count = 0
    for s in range(len(seating.carried)):
        if seating.carried[s] < places.supervisor_room[s]:
            count = _enter(families + coaches + s, 0, count, height, queue)
    for c in range(coaches):
        if places.supervisor[c] < 0 and seating.used[c] < places.room[c]:
            count = _enter(families + c, 0, count, height, queue)
    return count


@compiled
def _enter(node: int, steps: int, count: int, height: Ints, queue: Ints) -> int:
    if height[node] < OUT_OF_REACH:
        return count
    height[node] = steps
    queue[count] = node
    return count + 1


@lean
def _before_family(
    f: int, count: int, pairs: Pairs, back: Back, seating: Seating, height: Ints, queue: Ints
) -> int:
    """Enter those who could have a family's seat, and the coach, who could clear it."""
    if seating.seat[f] < 0:
        return count
    steps, f_slots, family = height[f] + 1, pairs.family_slots, back.family
    c = seating.seat[f] // SEATS
    bit = 1 << (seating.seat[f] - c * SEATS)
    for at in range(back.start[c], back.stop[c]):
        g = family[at]
        if height[g] == OUT_OF_REACH and f_slots[g] & bit:
            height[g] = steps
            queue[count] = g
            count += 1
    return _enter(len(seating.seat) + c, steps, count, height, queue)


@lean
def _before_coach(
    c: int,
    count: int,
    pairs: Pairs,
    back: Back,
    places: Places,
    seating: Seating,
    height: Ints,
    queue: Ints,
) -> int:
    """Enter those who could have a free seat, and the supervisor of a coach with families."""
    families, f_slots, family = len(seating.seat), pairs.family_slots, back.family
    steps, free = height[families + c] + 1, 0
    for slot in range(SEATS):
        if seating.holder[c * SEATS + slot] == NOBODY:
            free |= 1 << slot
    free &= pairs.coach_slots[c]
    for at in range(back.start[c], back.stop[c]):
        g = family[at]
        if height[g] == OUT_OF_REACH and f_slots[g] & free:
            height[g] = steps
            queue[count] = g
            count += 1
    boss = places.supervisor[c]
    if boss >= 0 and seating.used[c]:
        count = _enter(families + len(seating.used) + boss, steps, count, height, queue)
    return count
