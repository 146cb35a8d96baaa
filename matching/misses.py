"""Near misses: coaches who break one single rule with a family that has no pair, in one pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.compiled import compiled, lean
from matching.encoding import Bools, Encoded, Ints, slot_mask
from matching.problem import SLOTS, Problem
from matching.rules import RULES

RULE_COUNT = len(RULES)
CLEARANCE, DISTANCE, SLOT = (list(RULES).index(name) for name in ("clearance", "distance", "slots"))
LANGUAGE, GENDER, TRAINING, HOUSEHOLD, EXCLUDED = range(SLOT + 1, RULE_COUNT)
SLOT_COUNT = len(SLOTS)
NONE = -1
NEVER = 1 << 62
ID = (1 << 32) - 1


class Asks(NamedTuple):
    """The families' columns, as in `Encoded`; those excluded for ``f`` are
    ``excluded[excluded_start[f]:excluded_start[f + 1]]``."""

    easting: Ints
    northing: Ints
    slots: Ints
    genders: Ints
    remote: Bools
    min_distance: Ints
    languages: Ints
    training: Ints
    household: Ints
    excluded_start: Ints
    excluded: Ints


class Offers(NamedTuple):
    """The columns of all coaches.

    Attributes
    ----------
    taken
        Masks of the slots that active placements take.
    order
        Where each coach is in the order of ids.
    """

    easting: Ints
    northing: Ints
    slots: Ints
    gender: Ints
    remote: Bools
    max_distance: Ints
    languages: Ints
    training: Ints
    avoids: Ints
    cleared: Bools
    taken: Ints
    order: Ints


class Misses(NamedTuple):
    """What was found, one row for each family asked about.

    Attributes
    ----------
    counts
        For each rule, how many coaches break only that one.
    cleared
        Place in the order of ids of the nearest coach who would only have to be cleared, or -1.
    further, metres
        Of the coach who would have to travel the least further, and how much.
    slot_coach, slot, by_family
        The slot that most coaches have free, or else that the nearest could add, and the nearest
        coach who has it.
    """

    counts: Ints
    cleared: Ints
    further: Ints
    metres: Ints
    slot_coach: Ints
    slot: Ints
    by_family: Ints


def find_misses(problem: Problem, encoded: Encoded, families: Ints) -> Misses:
    """Near misses of some families, over all coaches there are."""
    count = len(families)
    found = Misses(
        np.zeros((count, RULE_COUNT), dtype=np.int64),
        *(np.full(count, NONE, dtype=np.int64) for _ in Misses._fields[1:]),
    )
    if count:
        _find_all(families, _asks(encoded), _offers(problem, encoded), found)
    return found


def _asks(encoded: Encoded) -> Asks:
    f, coaches = encoded.family, max(1, len(encoded.coaches))
    start = np.searchsorted(encoded.excluded // coaches, np.arange(len(encoded.families) + 1))
    columns = {name: getattr(f, name) for name in Asks._fields[:-2]}
    return Asks(**columns, excluded_start=start, excluded=encoded.excluded % coaches)


def _offers(problem: Problem, encoded: Encoded) -> Offers:
    names = [coach.coach_id for coach in encoded.coaches]
    order = np.empty(len(names), dtype=np.int64)
    order[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    taken = np.zeros(len(names), dtype=np.int64)
    for coach_id, rows in problem.placements_of.items():
        taken[encoded.coach_number[coach_id]] = slot_mask({row.slot for row in rows})
    columns = {name: getattr(encoded.coach, name) for name in Offers._fields[:-2]}
    return Offers(**columns, taken=taken, order=order)


@compiled
def _find_all(families: Ints, asks: Asks, offers: Offers, found: Misses) -> None:
    who = np.empty(len(offers.slots), np.int64)
    rule = np.empty(len(offers.slots), np.int64)
    for at in range(len(families)):
        count = _breaking_one(families[at], asks, offers, who, rule)
        for place in range(count):
            found.counts[at, rule[place]] += 1
        _nearest(at, families[at], who[:count], rule[:count], asks, offers, found)


@lean
def _common(left: Ints, row: int, right: Ints, column: int) -> bool:
    """Whether two rows of masks have a bit in common."""
    for word in range(left.shape[1]):  # noqa: SIM110
        if left[row, word] & right[column, word]:
            return True
    return False


@compiled
def _breaking_one(f: int, asks: Asks, offers: Offers, who: Ints, rule: Ints) -> int:
    """Put the coaches who break one rule alone, and which, into `who` and `rule`."""
    x, y, slots, genders = asks.easting[f], asks.northing[f], asks.slots[f], asks.genders[f]
    least, remote = asks.min_distance[f] * asks.min_distance[f], asks.remote[f]
    wanted, needed, household = asks.languages, asks.training, asks.household
    easting, northing, free, most = (
        offers.easting, offers.northing, offers.slots, offers.max_distance,
    )  # fmt: skip
    gender, offered, cleared = offers.gender, offers.remote, offers.cleared
    spoken, trained, avoids = offers.languages, offers.training, offers.avoids
    anybody = not _common(wanted, f, wanted, f)
    excluded = asks.excluded[asks.excluded_start[f] : asks.excluded_start[f + 1]]
    count = 0
    for c in range(len(free)):
        dx, dy, beyond = x - easting[c], y - northing[c], most[c] + 1
        square = dx * dx + dy * dy
        # Distances are rounded down to whole metres.
        far = not (least <= square < beyond * beyond or (remote and offered[c]))
        untimely = slots & free[c] == 0
        if far and untimely:
            continue
        # Each rule that is broken is a bit, so that a power of two is one rule alone.
        broken = int(not cleared[c]) << CLEARANCE | int(far) << DISTANCE | int(untimely) << SLOT
        broken |= int(genders & gender[c] == 0) << GENDER
        if broken & (broken - 1):
            continue
        broken |= int(not anybody and not _common(wanted, f, spoken, c)) << LANGUAGE
        broken |= int(_common(household, f, avoids, c)) << HOUSEHOLD
        for word in range(needed.shape[1]):
            broken |= int(needed[f, word] & ~trained[c, word] != 0) << TRAINING
        for other in excluded:
            broken |= int(other == c) << EXCLUDED
        if broken and broken & (broken - 1) == 0:
            who[count], rule[count] = c, 0
            while broken >> rule[count] != 1:
                rule[count] += 1
            count += 1
    return count


@compiled
def _nearest(
    at: int, f: int, who: Ints, rule: Ints, asks: Asks, offers: Offers, found: Misses
) -> None:
    """Of those who break one rule, the ones of whom the least change is asked.

    Compared are metres, then ids: ``metres << 32 | place in the order of ids``.
    """
    x, y, least, order = asks.easting[f], asks.northing[f], asks.min_distance[f], offers.order
    cleared = further = NEVER
    untimely = 0
    for place in range(len(who)):
        c = who[place]
        dx, dy = x - offers.easting[c], y - offers.northing[c]
        # Exact: below 2**52 the root of a whole number never reaches the next whole number.
        away = int(np.sqrt(float(dx * dx + dy * dy)))
        if rule[place] == CLEARANCE:
            cleared = min(cleared, away << 32 | order[c])
        elif rule[place] == DISTANCE and away >= least:
            # Nobody is asked to live further away: a least distance keeps a family safe.
            further = min(further, (away - offers.max_distance[c]) << 32 | order[c])
        elif rule[place] == SLOT:
            who[untimely], rule[untimely] = c, away << 32 | order[c]
            untimely += 1
    if cleared < NEVER:
        found.cleared[at] = cleared & ID
    if further < NEVER:
        found.further[at], found.metres[at] = further & ID, further >> 32
    _nearest_slot(at, asks.slots[f], who[:untimely], rule[:untimely], offers, found)


@compiled
def _nearest_slot(
    at: int, slots: int, who: Ints, keys: Ints, offers: Offers, found: Misses
) -> None:
    """The slot that most of some coaches have free, or else that one of them could add."""
    times = np.zeros(SLOT_COUNT, np.int64)
    nearest = np.full(SLOT_COUNT, NEVER, np.int64)
    adder, added = NEVER, 0
    for place in range(len(who)):
        free, addable = offers.slots[who[place]], slots & ~offers.taken[who[place]]
        if free == 0 and addable and keys[place] < adder:
            adder, added = keys[place], addable
        for slot in range(SLOT_COUNT):
            if free >> slot & 1:
                times[slot] += 1
                nearest[slot] = min(nearest[slot], keys[place])
    slot = 0
    for other in range(SLOT_COUNT):
        if times[other] > times[slot]:
            slot = other
    if times[slot]:
        found.slot[at], found.slot_coach[at], found.by_family[at] = slot, nearest[slot] & ID, 1
    elif adder < NEVER:
        while not added >> slot & 1:  # `slot` is still the first
            slot += 1
        found.slot[at], found.slot_coach[at], found.by_family[at] = slot, adder & ID, 0
