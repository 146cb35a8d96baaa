"""Which pairs there are, and what each costs: all rules and costs at once, over columns.

Coaches are put into travel classes; in each class rows of squares as high as a quarter of the
class's reach are searched along easting, so that nearly all that is found is within reach. Work
goes in chunks of bounded size: nothing the size of families times coaches is ever held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.costs import METRES_PER_MILE
from matching.encoding import Bools, Encoded, Ints
from matching.problem import Settings

CHUNK = 2_000_000
ROWS_PER_REACH = 4
ROW_KEY = 1 << 22  # more than the largest easting plus the largest reach


@dataclass(frozen=True)
class Candidates:
    """All pairs, sorted by family then coach; numbers are those of `Encoded`.

    Attributes
    ----------
    family, coach
        Numbers of the two.
    distance
        Metres, also where they meet remotely.
    remote
        True where remote is cheaper than in person, or the only way.
    cost
        Points, load left out.
    shared
        Mask of the slots that both have free.
    """

    family: Ints
    coach: Ints
    distance: Ints
    remote: Bools
    cost: Ints
    shared: Ints

    def __len__(self) -> int:
        return len(self.family)


def find_candidates(encoded: Encoded, settings: Settings) -> Candidates:
    """Every pair that no rule forbids; a pinned family keeps only its pinned coach."""
    usable = np.flatnonzero(encoded.coach.cleared & (encoded.coach.slots != 0))
    parts = [
        part
        for family, coach, near in _raw_pairs(encoded, usable)
        if len(part := _screened(encoded, settings, family, coach, near))
    ]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Candidates(none, none, none, none.astype(np.bool_), none, none)
    joined = Candidates(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS)
    )
    order = np.argsort(joined.family * len(encoded.coaches) + joined.coach)
    return _taken(joined, order)


_FIELDS = ("family", "coach", "distance", "remote", "cost", "shared")


def _taken(pairs: Candidates, which: Ints | Bools) -> Candidates:
    return Candidates(*(getattr(pairs, name)[which] for name in _FIELDS))


def _raw_pairs(encoded: Encoded, usable: Ints) -> Iterator[tuple[Ints, Ints, bool]]:
    """Chunks of possible pairs, a superset: those within reach, then the remote ones."""
    reach = encoded.coach.max_distance[usable]
    classes = np.ceil(2 * np.log2(np.maximum(reach, 1))).astype(np.int64)
    for travel_class in np.unique(classes):
        for family, coach in _within_reach(encoded, usable[classes == travel_class]):
            yield family, coach, True
    remote = usable[encoded.coach.remote[usable]]
    families = np.flatnonzero(encoded.family.remote)
    step = max(1, CHUNK // max(1, len(remote)))
    for start in range(0, len(families) if len(remote) else 0, step):
        block = families[start : start + step]
        yield np.repeat(block, len(remote)), np.tile(remote, len(block)), False


def _within_reach(encoded: Encoded, coaches: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of one travel class whose distance may be within the class's reach."""
    reach = int(encoded.coach.max_distance[coaches].max())
    height = max(1, -(-reach // ROWS_PER_REACH))
    keys = encoded.coach.northing[coaches] // height * ROW_KEY + encoded.coach.easting[coaches]
    order = np.argsort(keys, kind="stable")
    keys, coaches = keys[order], coaches[order]
    easting, northing = encoded.family.easting, encoded.family.northing
    row = northing // height
    for offset in range(-ROWS_PER_REACH, ROWS_PER_REACH + 1):
        gap = _gap_to_row(northing, (row + offset) * height, height)
        # Distances are rounded down, so all that is less than `reach + 1` away is within reach.
        width = np.sqrt(np.maximum(0, (reach + 1) ** 2 - gap**2)).astype(np.int64) + 1
        base = (row + offset) * ROW_KEY
        low = np.searchsorted(keys, base + np.maximum(0, easting - width), side="left")
        high = np.searchsorted(keys, base + easting + width, side="right")
        counts = np.where(gap <= reach, high - low, 0)
        yield from _expanded(coaches, low, counts)


def _gap_to_row(northing: Ints, start: Ints, height: int) -> Ints:
    """Least distance in metres north or south from each place to a row of squares."""
    outside = np.maximum(start - northing, northing - (start + height - 1))
    return np.asarray(np.maximum(0, outside), dtype=np.int64)


def _expanded(coaches: Ints, low: Ints, counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Turn a range of `coaches` per family into pairs, chunk by chunk."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        chunk = counts[start:stop]
        total = int(chunk.sum())
        if total:
            first = np.repeat(low[start:stop] - (np.cumsum(chunk) - chunk), chunk)
            yield (
                np.repeat(np.arange(start, stop, dtype=np.int64), chunk),
                coaches[first + np.arange(total, dtype=np.int64)],
            )
        start = stop


def _meet(rows: Ints, columns: Ints) -> Bools:
    """Whether two masks of several words have a bit in common, row by row."""
    return np.asarray(((rows & columns) != 0).any(axis=1), dtype=np.bool_)


def _screened(
    encoded: Encoded, settings: Settings, family: Ints, coach: Ints, near: bool
) -> Candidates:
    """Those of the raw pairs that no rule forbids, with cost.

    Pairs that can meet in person are kept when `near`, the others otherwise, so that a pair that
    both searches find is kept once.
    """
    f, c = encoded.family, encoded.coach
    keep = (f.slots[family] & c.slots[coach]) != 0
    family, coach = family[keep], coach[keep]
    dx, dy = f.easting[family] - c.easting[coach], f.northing[family] - c.northing[coach]
    # Exact: below 2**52 the rounded root of a whole number never reaches the next whole number.
    distance = np.sqrt(dx * dx + dy * dy).astype(np.int64)
    meets = (f.min_distance[family] <= distance) & (distance <= c.max_distance[coach])
    keep = (meets == near) & _allowed(encoded, family, coach)
    family, coach, distance = family[keep], coach[keep], distance[keep]
    travel, remote = _travel(encoded, settings, family, coach, distance, near)
    return Candidates(
        family=family,
        coach=coach,
        distance=distance,
        remote=remote,
        cost=travel + _points(encoded, settings, family, coach),
        shared=f.slots[family] & c.slots[coach],
    )


def _allowed(encoded: Encoded, family: Ints, coach: Ints) -> Bools:
    """Every rule but clearance, slots and distance, and the pins."""
    f, c = encoded.family, encoded.coach
    languages = f.languages[family]
    any_language = ~languages.any(axis=1)
    allowed = any_language | _meet(languages, c.languages[coach])
    allowed &= (f.genders[family] & c.gender[coach]) != 0
    allowed &= ~_meet(f.training[family], ~c.training[coach])
    allowed &= ~_meet(f.household[family], c.avoids[coach])
    allowed &= (f.pinned[family] == -1) | (f.pinned[family] == coach)
    if len(encoded.excluded):
        keys = family * len(encoded.coaches) + coach
        at = np.minimum(np.searchsorted(encoded.excluded, keys), len(encoded.excluded) - 1)
        allowed &= encoded.excluded[at] != keys
    return allowed


def _travel(
    encoded: Encoded, settings: Settings, family: Ints, coach: Ints, distance: Ints, near: bool
) -> tuple[Ints, Bools]:
    """Points for meeting, and whether they meet remotely; a tie is in person."""
    if not near:
        return np.full(len(family), settings.remote, dtype=np.int64), np.ones(len(family), np.bool_)
    travel = settings.travel_per_mile * distance // METRES_PER_MILE
    both = encoded.family.remote[family] & encoded.coach.remote[coach]
    remote = both & (settings.remote < travel)
    return np.where(remote, settings.remote, travel), remote


def _count(masks: Ints) -> Ints:
    return np.asarray(np.bitwise_count(masks).sum(axis=1), dtype=np.int64)


def _points(encoded: Encoded, settings: Settings, family: Ints, coach: Ints) -> Ints:
    """All points of the cost but travel."""
    f, c = encoded.family, encoded.coach
    points = np.zeros(len(family), dtype=np.int64)
    for weight, needs in enumerate(f.needs, start=1):
        points += settings.unmet_need * weight * _count(needs[family] & ~c.known[coach])
    needs = f.needs[0] | f.needs[1] | f.needs[2]
    points += settings.no_peer * ~_meet(needs[family], c.lived[coach])
    scarce = ~f.languages[family].any(axis=1) & c.other_language[coach]
    points += settings.scarce_language * scarce
    points += settings.scarce_training * _count(c.training[coach] & ~f.training[family])
    changed = (f.previous[family] != -1) & (f.previous[family] != coach)
    points += settings.change * changed
    return points
