"""What a family's alternating paths reach: the certificate of level 1, and a shortcut to it.

Nodes are families, then coaches, then supervisors, as in `matching.greatest`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.candidates import Candidates
from matching.compiled import compiled, lean
from matching.encoding import Ints
from matching.places import NOBODY, SEATS, Pairs, Places, Seating, pairs_for_loops


class UnfinishedWalk(RuntimeError):
    """A family left out could still be seated: a defect, never the input's fault."""


def closed_by(pairs: Candidates, places: Places, seating: Seating) -> Ints:
    """For each matched family the least rank of a family left out that reaches it, or -1.

    Families left out are taken in their order and each marks what nobody before it has reached, so
    every arc is looked at once. Whom a family reaches is whose place it could have: which families
    are matched decides that, and not who sits where.

    Raises
    ------
    UnfinishedWalk
        When one of them reaches a free place.
    """
    rank = pairs.encoded.rank
    left_out = np.flatnonzero(seating.seat < 0)
    order = left_out[np.argsort(rank[left_out])]
    traces = no_traces(seating)
    f = _reach_all(order, rank, pairs_for_loops(pairs), places, seating, traces)
    if f >= 0:
        raise UnfinishedWalk(f"family number {f} reaches a free place")
    found = traces.mark[: len(rank)].copy()
    found[left_out] = NOBODY
    return found


class Traces(NamedTuple):
    """What was reached.

    Attributes
    ----------
    mark
        The label with which each node was reached, or -1.
    queue
        The nodes that the last family has reached, in the order in which they were.
    seen
        The slots of each coach that lead nowhere new.
    """

    mark: Ints
    queue: Ints
    seen: Ints


def no_traces(seating: Seating) -> Traces:
    """Nothing reached yet."""
    mark = np.full(node_count(seating), NOBODY, dtype=np.int64)
    return Traces(mark, np.empty_like(mark), np.zeros_like(seating.used))


def node_count(seating: Seating) -> int:
    return len(seating.seat) + len(seating.used) + len(seating.carried)


@lean
def _reach_all(
    order: Ints, rank: Ints, pairs: Pairs, places: Places, seating: Seating, traces: Traces
) -> int:
    """Mark from each family in turn; the first that reaches a free place, or -1."""
    for f in order:
        if reach(f, rank[f], pairs, places, seating, traces) < 0:
            return int(f)
    return NOBODY


@lean
def first_to_gain(
    order: Ints,
    rank: Ints,
    limit: int,
    pairs: Pairs,
    places: Places,
    seating: Seating,
    traces: Traces,
) -> int:
    """The first family left out that reaches a free place or a family that ranks after it, or -1.

    Parameters
    ----------
    order
        Those left out, in the order of level 1. What one of them has reached ranks before it, and
        so before the next: it is not looked at again.
    limit
        A rank from which on nobody can gain.
    """
    for f in order:
        if rank[f] >= limit:
            break
        count = reach(f, rank[f], pairs, places, seating, traces)
        if count < 0:
            return int(f)
        for at in range(count):
            if traces.queue[at] < len(rank) and rank[traces.queue[at]] > rank[f]:
                return int(f)
    return NOBODY


@lean
def reach(
    f: int, label: int, pairs: Pairs, places: Places, seating: Seating, traces: Traces
) -> int:
    """Mark all that a family's alternating paths reach and nothing has marked before.

    Returns
    -------
    int
        How many nodes are in `queue`; -1 once there is a free place among them.
    """
    families, coaches = len(seating.seat), len(seating.used)
    mark, queue = traces.mark, traces.queue
    queue[0] = f
    mark[f] = label
    count, at = int(np.int64(1)), 0  # no literal, for which the callees would be compiled once more
    while at < count:
        node = queue[at]
        at += 1
        if node < families:
            count = _past_family(node, label, count, pairs, seating, traces)
        elif node < families + coaches:
            if has_place(node - families, places, seating):
                return -1
            count = _past_coach(node - families, label, count, places, seating, mark, queue)
        else:
            boss = node - families - coaches
            for place in range(places.team_start[boss], places.team_start[boss + 1]):
                if seating.used[places.team[place]]:
                    count = _enter(families + places.team[place], label, count, mark, queue)
    return count


@compiled
def _enter(node: int, label: int, count: int, mark: Ints, queue: Ints) -> int:
    if mark[node] >= 0:
        return count
    mark[node] = label
    queue[count] = node
    return count + 1


@lean
def has_place(c: int, places: Places, seating: Seating) -> bool:
    """Whether a coach, and the supervisor, could take another family."""
    boss = places.supervisor[c]
    return bool(
        seating.used[c] < places.room[c]
        and (boss < 0 or seating.carried[boss] < places.supervisor_room[boss])
    )


@compiled
def _past_coach(
    c: int, label: int, count: int, places: Places, seating: Seating, mark: Ints, queue: Ints
) -> int:
    """Enter the coach's families and, where a place is left, the supervisor."""
    if seating.used[c] < places.room[c]:
        team = len(seating.seat) + len(seating.used) + places.supervisor[c]
        count = _enter(team, label, count, mark, queue)
    if seating.used[c]:
        for seat in range(c * SEATS, (c + 1) * SEATS):
            if seating.holder[seat] >= 0:
                count = _enter(seating.holder[seat], label, count, mark, queue)
    return count


@compiled
def _past_family(
    f: int, label: int, count: int, pairs: Pairs, seating: Seating, traces: Traces
) -> int:
    """Enter whoever holds a seat that the family could have, or its coach if it is free."""
    start, stop, coach, holder = pairs.start, pairs.stop, pairs.coach, seating.holder
    own, c_slots, families = pairs.family_slots[f], pairs.coach_slots, len(seating.seat)
    mark, queue, seen = traces.mark, traces.queue, traces.seen
    for pair in range(start[f], stop[f]):
        c = int(coach[pair])
        fresh, seat = own & c_slots[c] & ~seen[c], c * SEATS
        seen[c] |= fresh
        while fresh:
            if fresh & 1:
                node = holder[seat] if holder[seat] >= 0 else families + c
                if mark[node] < 0:
                    mark[node] = label
                    queue[count] = node
                    count += 1
            fresh >>= 1
            seat += 1
    return count
