"""Every pair of one family at a time, found by place: the compiled loop of the verification.

Coaches are sorted into squares, apart for each class of reach, so that a row of squares is one
run of coaches. Pairs are never stored. Shares nothing with the solver; the laws it restates once
more are those of `verify_pairs`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from matching.compiled import compiled
from matching.verify_columns import WORD, Asks, Numbers, Offers, Points

SQUARES_PER_REACH = 4


class Squares(NamedTuple):
    """Where to look: one entry per class of reach, and where each square's coaches begin.

    Attributes
    ----------
    reach
        The longest of the class, metres.
    side, x, y, across, down
        Of the class's grid: metres of a square's side, its south-west corner, squares each way.
    first
        The first square's entry in `start`; its coaches are those from ``start[square]`` to
        ``start[square + 1]``.
    near
        Entries of `Offers` from here on are those who offer to meet remotely, once more.
    """

    reach: Numbers
    side: Numbers
    x: Numbers
    y: Numbers
    across: Numbers
    down: Numbers
    first: Numbers
    start: Numbers
    near: int


class Book(NamedTuple):
    """All that is needed to find pairs."""

    asks: Asks
    offers: Offers
    squares: Squares
    points: Points


class Found(NamedTuple):
    """Room for the pairs of one family.

    Attributes
    ----------
    entry
        Entries of `Offers`.
    who, shared, cost
        Coaches, masks of shared slots, points.
    peer
        1 for a coach who has lived through a need of the family.
    ban
        For each coach the last family seen for which it is excluded.
    """

    entry: Numbers
    who: Numbers
    shared: Numbers
    cost: Numbers
    peer: Numbers
    ban: Numbers


def make_book(asks: Asks, offers: Offers, points: Points) -> Book:
    """The coaches who can be in a pair at all, sorted into squares."""
    usable = np.flatnonzero((offers.cleared > 0) & (offers.slots > 0))
    classes = np.ceil(2 * np.log2(np.maximum(offers.reach[usable], 1))).astype(np.int64)
    grids, starts, orders = [], [], []
    first = done = 0
    for one in np.unique(classes):
        members = usable[classes == one]
        grid, square = _grid(offers, members)
        count = grid[4] * grid[5]
        held = np.bincount(square, minlength=count)
        starts.append(done + np.concatenate([[0], np.cumsum(held)]))
        orders.append(members[np.argsort(square, kind="stable")])
        grids.append((*grid, first))
        first, done = first + count + 1, done + len(members)
    near = np.concatenate([*orders, np.zeros(0, dtype=np.int64)])
    columns = np.array(grids, dtype=np.int64).reshape(-1, 7).T.copy()
    start = np.concatenate([*starts, np.zeros(1, dtype=np.int64)]).astype(np.int64)
    reach, side, x, y, across, down, begins = columns
    squares = Squares(reach, side, x, y, across, down, begins, start, len(near))
    return Book(
        asks, offers.take(np.append(near, usable[offers.remote[usable] > 0])), squares, points
    )


def _grid(offers: Offers, members: Numbers) -> tuple[tuple[int, ...], Numbers]:
    """A grid for the members, never with many more squares than members, and each one's square."""
    x, y, reach = (column[members] for column in (offers.x, offers.y, offers.reach))
    left, bottom = int(x.min()), int(y.min())
    wide, high = int(x.max()) - left, int(y.max()) - bottom
    side = max(1, -(-int(reach.max()) // SQUARES_PER_REACH))
    while (wide // side + 1) * (high // side + 1) > 4 * len(members) + 64:
        side *= 2
    across, down = wide // side + 1, high // side + 1
    square = (y - bottom) // side * across + (x - left) // side
    return (int(reach.max()), side, left, bottom, across, down), square


def room_for(coaches: int) -> Found:
    """Scratch columns for `pairs_of`; `coaches` counts one that may be added.

    Before the rules are asked a coach may be there twice: to meet in person and remotely.
    """
    who, shared, cost, peer = np.zeros((4, coaches), dtype=np.int64)
    ban = np.full(coaches, -1, dtype=np.int64)
    return Found(np.zeros(2 * coaches, dtype=np.int64), who, shared, cost, peer, ban)


@compiled
def pairs_of(book: Book, family: int, found: Found) -> int:
    """Write all pairs of the family into `found`; returns how many. Pins are obeyed."""
    asks, offers, squares = book.asks, book.offers, book.squares
    if asks.slots[family] == 0:
        return 0
    count = _near(asks, offers, squares, family, found.entry)
    if asks.remote[family]:
        count = _far(asks, offers, squares.near, family, found.entry, count)
    count = _allowed(asks, offers, family, found, count)
    _charge(asks, offers, book.points, family, found, count)
    return count


@compiled
def _near(asks: Asks, offers: Offers, squares: Squares, family: int, entries: Numbers) -> int:
    """Who shares a slot and can meet in person."""
    count = 0
    for one in range(len(squares.reach)):
        side, across = squares.side[one], squares.across[one]
        x, y = asks.x[family] - squares.x[one], asks.y[family] - squares.y[one]
        # Distances are rounded down, so what is less than reach + 1 away is within reach.
        reach = squares.reach[one] + 1
        last = min(squares.down[one] - 1, (y + reach) // side)
        for row in range(max(0, (y - reach) // side), last + 1):
            gap = max(0, row * side - y, y - (row * side + side - 1))
            wide = int(math.sqrt(max(0, reach * reach - gap * gap))) + 1
            low, high = max(0, (x - wide) // side), min(across - 1, (x + wide) // side)
            if low <= high:
                line = squares.first[one] + row * across
                begin, end = squares.start[line + low], squares.start[line + high + 1]
                count = _meeting(asks, offers, family, begin, end, entries, count)
    return count


@compiled
def _meeting(
    asks: Asks, offers: Offers, family: int, begin: int, end: int, entries: Numbers, count: int
) -> int:
    """Those of one run of entries."""
    slots, x, y, least = asks.slots[family], asks.x[family], asks.y[family], asks.least[family]
    free, east, north, beyond = offers.slots, offers.x, offers.y, offers.beyond
    for entry in range(begin, end):
        if free[entry] & slots:
            square = (east[entry] - x) ** 2 + (north[entry] - y) ** 2
            if least <= square < beyond[entry]:
                entries[count] = entry
                count += 1
    return count


@compiled
def _far(asks: Asks, offers: Offers, first: int, family: int, entries: Numbers, count: int) -> int:
    """Who shares a slot and can only meet remotely."""
    slots, x, y, least = asks.slots[family], asks.x[family], asks.y[family], asks.least[family]
    free, east, north, beyond = offers.slots, offers.x, offers.y, offers.beyond
    for entry in range(first, len(free)):
        if free[entry] & slots:
            square = (east[entry] - x) ** 2 + (north[entry] - y) ** 2
            if square < least or square >= beyond[entry]:
                entries[count] = entry
                count += 1
    return count


@compiled
def _allowed(asks: Asks, offers: Offers, family: int, found: Found, count: int) -> int:
    """Keep those whom no other rule and no pin forbids."""
    pinned, banned = asks.pinned[family], found.ban
    for at in range(asks.ban_start[family], asks.ban_start[family + 1]):
        banned[asks.ban[at]] = family
    entries, whole = found.entry, offers.who
    kept = 0
    for at in range(count):
        who = whole[entries[at]]
        if banned[who] == family or (pinned >= 0 and pinned != who):
            continue
        entries[kept] = entries[at]
        kept += 1
    return _content(asks, offers, family, entries, kept)


@compiled
def _content(asks: Asks, offers: Offers, family: int, entries: Numbers, count: int) -> int:
    """Keep those with whom the rules on language, gender, training and household are kept."""
    asked, gender = _asks_any(asks.languages, family), asks.gender[family]
    languages, spoken, genders = asks.languages, offers.languages, offers.gender
    training, trained, household, avoids = (
        asks.training, offers.training, asks.household, offers.avoids
    )  # fmt: skip
    kept = 0
    for at in range(count):
        entry = entries[at]
        if (
            gender & genders[entry]
            and (not asked or _overlap(languages, family, spoken, entry))
            and not _lacks(training, family, trained, entry)
            and not _overlap(household, family, avoids, entry)
        ):
            entries[kept] = entry
            kept += 1
    return kept


@compiled
def _asks_any(asked: Numbers, family: int) -> bool:
    met = False
    for word in range(asked.shape[1]):
        met |= asked[family, word] != 0
    return met


@compiled
def _overlap(asked: Numbers, family: int, offered: Numbers, entry: int) -> bool:
    """Whether the two sets have a word in common."""
    met = False
    for word in range(asked.shape[1]):
        met |= (asked[family, word] & offered[entry, word]) != 0
    return met


@compiled
def _lacks(asked: Numbers, family: int, offered: Numbers, entry: int) -> bool:
    """Whether a word that is asked for is not offered."""
    met = False
    for word in range(asked.shape[1]):
        met |= (asked[family, word] & ~offered[entry, word]) != 0
    return met


@compiled
def _charge(
    asks: Asks, offers: Offers, points: Points, family: int, found: Found, count: int
) -> None:
    """Coaches, shared slots and costs of the pairs."""
    tongue = 0 if _asks_any(asks.languages, family) else points.scarce_language
    slots, before, required = asks.slots[family], asks.before[family], asks.trained[family]
    whole, free, other, trained = offers.who, offers.slots, offers.other, offers.trained
    for at in range(count):
        entry = found.entry[at]
        who = whole[entry]
        # The rule `training` is kept, so what the coach has beyond it is the difference in number.
        cost = tongue * other[entry] + points.scarce_training * (trained[entry] - required)
        if before >= 0 and before != who:
            cost += points.change
        found.who[at], found.shared[at], found.cost[at] = who, free[entry] & slots, cost
    _charge_travel(asks, offers, points, family, found.entry, found.cost, count)
    _charge_needs(asks, offers, points, family, found, count)


@compiled
def _charge_travel(
    asks: Asks,
    offers: Offers,
    points: Points,
    family: int,
    entries: Numbers,
    cost: Numbers,
    count: int,
) -> None:
    """The cheaper of the ways in which the two can meet."""
    x, y, least, remote = asks.x[family], asks.y[family], asks.least[family], asks.remote[family]
    east, north, beyond, offered = offers.x, offers.y, offers.beyond, offers.remote
    for at in range(count):
        entry = entries[at]
        square = (east[entry] - x) ** 2 + (north[entry] - y) ** 2
        travel = points.remote
        if least <= square < beyond[entry]:
            away = int(math.sqrt(square))
            away -= int(away * away > square)
            away += int((away + 1) * (away + 1) <= square)
            on_foot = points.travel_per_mile * away // 1609
            if not (remote and offered[entry] and travel < on_foot):
                travel = on_foot
        cost[at] += travel


@compiled
def _charge_needs(
    asks: Asks, offers: Offers, points: Points, family: int, found: Found, count: int
) -> None:
    """Needs that the coach does not know, and no need that the coach has lived through."""
    known, lived, peer = offers.known, offers.lived, found.peer
    entries, cost = found.entry, found.cost
    peer[:count] = 0
    for one in range(asks.need_start[family], asks.need_start[family + 1]):
        word, bit = asks.need[one] // WORD, asks.need[one] % WORD
        unmet = points.unmet_need * asks.weight[one]
        for at in range(count):
            entry = entries[at]
            cost[at] += unmet * (1 - (known[entry, word] >> bit & 1))
            peer[at] |= lived[entry, word] >> bit & 1
    for at in range(count):
        cost[at] += points.no_peer * (1 - peer[at])


@compiled
def near_misses(asks: Asks, offers: Offers, family: int, ban: Numbers, counts: Numbers) -> None:
    """For each rule, in the definition's order, how many coaches break only that one."""
    counts[:] = 0
    for at in range(asks.ban_start[family], asks.ban_start[family + 1]):
        ban[asks.ban[at]] = family
    slots, x, y, gender = asks.slots[family], asks.x[family], asks.y[family], asks.gender[family]
    least, remote = asks.least[family], asks.remote[family]
    languages, training, household = asks.languages, asks.training, asks.household
    asked = _asks_any(languages, family)
    whole, free, east, north, beyond = offers.who, offers.slots, offers.x, offers.y, offers.beyond
    cleared, genders, offered = offers.cleared, offers.gender, offers.remote
    spoken, trained, avoids = offers.languages, offers.training, offers.avoids
    for entry in range(len(whole)):
        square = (east[entry] - x) ** 2 + (north[entry] - y) ** 2
        far = not (least <= square < beyond[entry] or (remote and offered[entry]))
        untimely = free[entry] & slots == 0
        if far and untimely:
            continue
        # Each rule broken is a bit, so that a power of two is one rule alone.
        broken = int(not cleared[entry]) | int(far) << 1 | int(untimely) << 2
        broken |= int(asked and not _overlap(languages, family, spoken, entry)) << 3
        broken |= int(gender & genders[entry] == 0) << 4
        broken |= int(_lacks(training, family, trained, entry)) << 5
        broken |= int(_overlap(household, family, avoids, entry)) << 6
        broken |= int(ban[whole[entry]] == family) << 7
        if broken and broken & (broken - 1) == 0:
            rule = 0
            while broken >> rule != 1:
                rule += 1
            counts[rule] += 1
