"""Every pair of one family at a time, found by place: the compiled loop of the verification.

Pairs are not stored, unless a `Verifier` keeps a list of them. Shares nothing with the solver; the
laws it restates once more are those of `verify_pairs`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.compiled import compiled, lean
from matching.verify_columns import Asks, Offers, Points
from matching.verify_reading import WORD, Numbers
from matching.verify_squares import Squares, by_square


class Listed(NamedTuple):
    """Pairs found before, if any, and where to look for those that are not among them.

    Attributes
    ----------
    row
        Each family's row of the list, or -1 if all its pairs are to be looked for.
    start, stop
        Where each row begins and ends in `who` and `cost`.
    who
        Coaches as they were numbered when the list was made.
    cost
        Without the points for a change of coach.
    now
        For each coach of the list the number now, or -1.
    free
        Free slots of each coach, as numbered now.
    offers, squares
        The coaches who are not in the list.
    """

    row: Numbers
    start: Numbers
    stop: Numbers
    who: NDArray[np.int32]
    cost: Numbers
    now: Numbers
    free: Numbers
    offers: Offers
    squares: Squares


class Book(NamedTuple):
    """All that is needed to find pairs."""

    asks: Asks
    offers: Offers
    squares: Squares
    points: Points
    listed: Listed


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
    """Nothing is listed in it."""
    found, none = by_square(offers), np.zeros(0, dtype=np.int64)
    listed = Listed(none, none, none, none.astype(np.int32), none, none, none, *found)
    return Book(asks, *found, points, listed)


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
    asks, listed = book.asks, book.listed
    if asks.slots[family] == 0:
        return 0
    if len(listed.row) == 0 or listed.row[family] < 0:
        return _search(asks, book.offers, book.squares, book.points, family, found)
    count = _search(asks, listed.offers, listed.squares, book.points, family, found)
    return _recall(asks, listed, book.points.change, family, found, count)


@compiled
def _search(
    asks: Asks, offers: Offers, squares: Squares, points: Points, family: int, found: Found
) -> int:
    count = _near(asks, offers, squares, family, found.entry)
    if asks.remote[family]:
        count = _far(asks, offers, squares.near, family, found.entry, count)
    count = _allowed(asks, offers, family, found, count)
    _charge(asks, offers, points, family, found, count)
    return count


@lean
def _recall(asks: Asks, listed: Listed, change: int, family: int, found: Found, count: int) -> int:
    """Add those of the list who are there still; the previous proposal may be another one now."""
    slots, before, free = asks.slots[family], asks.before[family], listed.free
    row, now = listed.row[family], listed.now
    for at in range(listed.start[row], listed.stop[row]):
        who = now[listed.who[at]]
        if who >= 0:
            found.who[count], found.shared[count] = who, free[who] & slots
            found.cost[count] = listed.cost[at] + change * (before >= 0 and before != who)
            count += 1
    return count


@lean
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


@lean
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


@lean
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


@lean
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


@lean
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


@lean
def _asks_any(asked: Numbers, family: int) -> bool:
    met = False
    for word in range(asked.shape[1]):
        met |= asked[family, word] != 0
    return met


@lean
def _overlap(asked: Numbers, family: int, offered: Numbers, entry: int) -> bool:
    """Whether the two sets have a word in common."""
    met = False
    for word in range(asked.shape[1]):
        met |= (asked[family, word] & offered[entry, word]) != 0
    return met


@lean
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


@lean
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
