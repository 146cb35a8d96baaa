"""One family's pairs after the other's: every rule and every cost, in one compiled loop."""

from __future__ import annotations

import numpy as np

from matching.cells import Cells, nearby, remotely
from matching.compiled import compiled, lean
from matching.costs import METRES_PER_MILE
from matching.encoding import Ints, Numbers
from matching.pair_columns import Helpers, Prices, Seekers


@lean
def _meets(left: Ints, row: int, right: Ints, column: int) -> bool:
    """Whether two rows of masks have a bit in common."""
    for word in range(left.shape[1]):  # noqa: SIM110
        if left[row, word] & right[column, word]:
            return True
    return False


@lean
def _missing(wanted: int, held: int) -> int:
    """How many bits of one mask are not in the other."""
    rest = wanted & ~held
    total = 0
    while rest:
        rest &= rest - 1
        total += 1
    return total


@lean
def _excluded(f: int, number: np.int64, start: Ints, excluded: Ints) -> bool:
    for at in range(start[f], start[f + 1]):  # noqa: SIM110
        if excluded[at] == number:
            return True
    return False


@lean
def _needs_points(
    f: int, c: int, needs: Ints, known: Ints, lived: Ints, unmet_need: int, no_peer: int
) -> int:
    """Points for needs that the coach does not know, and for sharing no experience."""
    points = 0
    peer = False
    for word in range(known.shape[1]):
        for weight in range(3):
            wanted = needs[f, weight, word]
            points += unmet_need * (weight + 1) * _missing(wanted, known[c, word])
            peer |= wanted & lived[c, word] != 0
    return points if peer else points + no_peer


@lean
def _scarce_points(f: int, c: int, wanted: Ints, held: Ints, scarce_training: int) -> int:
    """Points for training that the coach has and the family does not need."""
    points = 0
    for word in range(held.shape[1]):
        points += scarce_training * _missing(held[c, word], wanted[f, word])
    return points


@compiled
def _screened(f: int, found: Ints, count: int, seekers: Seekers, helpers: Helpers) -> int:
    """Keep those whom no other rule forbids, sorted by number; how many they are.

    Left in `found` is ``number << 32 | place among the helpers``.
    """
    forbids, forbidden = seekers.forbids, helpers.forbidden
    wanted, spoken = seekers.languages, helpers.languages
    pinned, numbers = seekers.pinned[f], helpers.number
    kept = 0
    for at in range(count):
        c = found[at]
        number = np.int64(numbers[c])
        if (
            not _meets(forbids, f, forbidden, c)
            and _meets(wanted, f, spoken, c)
            and (pinned < 0 or pinned == number)
            and not _excluded(f, number, seekers.excluded_start, seekers.excluded)
        ):
            found[kept] = number << 32 | c
            kept += 1
    found[:kept].sort()
    return kept


@lean
def _priced(
    f: int, found: Ints, cost: Ints, seekers: Seekers, helpers: Helpers, prices: Prices
) -> None:
    """Turn what `_screened` left into numbers of coaches, and reckon each one's points."""
    x, y, remote = seekers.easting[f], seekers.northing[f], seekers.remote[f]
    speaks_any, previous = seekers.languages[f, 0], seekers.previous[f]
    wanted, held, needs = seekers.training, helpers.training, seekers.needs
    known, lived = helpers.known, helpers.lived
    for at in range(len(found)):
        c, number = found[at] & 0xFFFFFFFF, found[at] >> 32
        dx, dy = x - helpers.easting[c], y - helpers.northing[c]
        square = dx * dx + dy * dy
        # Exact: below 2**52 the root of a whole number never reaches the next whole number.
        points = prices.travel_per_mile * int(np.sqrt(float(square))) // METRES_PER_MILE
        if remote and helpers.remote[c]:
            least, most = seekers.min_distance[f], helpers.max_distance[c] + 1
            if points > prices.remote or not least * least <= square < most * most:
                points = prices.remote
        points += _needs_points(f, c, needs, known, lived, prices.unmet_need, prices.no_peer)
        points += _scarce_points(f, c, wanted, held, prices.scarce_training)
        if speaks_any and helpers.other_language[c]:
            points += prices.scarce_language
        if previous >= 0 and previous != number:
            points += prices.change
        found[at], cost[at] = number, points


@compiled
def pairs_of(
    block: Ints, seekers: Seekers, helpers: Helpers, cells: Cells, prices: Prices
) -> tuple[Ints, Numbers, Ints]:
    """The pairs of some families: how many each has, then coaches and costs, sorted by coach."""
    counts = np.zeros(len(block), np.int64)
    coach = np.empty(4096, np.int32)
    cost = np.empty(4096, np.int64)
    found = np.empty(1024, np.int64)
    filled = 0
    for at in range(len(block)):
        f = block[at]
        if not seekers.slots[f]:
            continue
        found, count = nearby(f, found, seekers, helpers, cells)
        if seekers.remote[f]:
            found, count = remotely(f, found, count, seekers, helpers, cells)
        count = _screened(f, found, count, seekers, helpers)
        while filled + count > len(coach):
            coach = np.concatenate((coach, np.empty_like(coach)))
            cost = np.concatenate((cost, np.empty_like(cost)))
        done = filled + count
        _priced(f, found[:count], cost[filled:done], seekers, helpers, prices)
        coach[filled:done] = found[:count]
        counts[at] = count
        filled = done
    return counts, coach[:filled].copy(), cost[:filled].copy()
