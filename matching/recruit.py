"""Where to recruit: coaches whose addition would let the most more families be matched.

Profiles are drawn from all families that could gain by a new coach: those left out, and those whom
their alternating paths reach, who could move and leave a place (on that side of the Dulmage and
Mendelsohn decomposition, and nowhere else, a coach more means a match more). For each square of
5 km and each requirement there the most wanted are tried; with few families, the squares around and
all mixtures of requirements too. Each one's gain, and the best slots for it, are found exactly on
the matching there is. Among equal gains those come first who could help families whom the profiles
before them could not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.encoding import Ints, slot_names
from matching.gain import ARCS, CAPACITY, gain_of, new_trial, with_recruit
from matching.heap import new_heap
from matching.places import SEATS, Pairs, Places, pairs_for_loops
from matching.plan import Plan
from matching.problem import Coach
from matching.result import Profile
from matching.wishes import (
    REACH_M,
    Wishes,
    count_takers,
    most_wanted,
    takers,
    wanted_heap,
)

TRIED = 64
SHOWN = 5
LEAST_WORK, WORK_PER_PAIR = 10_000_000, 2  # pairs looked at, after which no more are tried


@dataclass(frozen=True)
class Tried:
    """A kind of coach, and what it was found to gain.

    Attributes
    ----------
    helped
        Numbers of the families left out who could have such a coach in these slots.
    """

    profile: Profile
    helped: frozenset[int]


def recruitment_of(
    pairs: Candidates, places: Places, plan: Plan, closed: Ints
) -> tuple[Profile, ...]:
    """Up to five profiles by families gained, the largest gain first.

    Parameters
    ----------
    closed
        As from `matching.closure.closed_by`: whom families left out reach.
    """
    rest = list(try_profiles(pairs, places, plan, closed))
    chosen: list[Profile] = []
    helped: set[int] = set()
    while rest and len(chosen) < SHOWN:
        # The first of equals, as `max` does: the one most wanted.
        best = max(rest, key=lambda one: (one.profile.families_gained, len(one.helped - helped)))
        rest.remove(best)
        chosen.append(best.profile)
        helped |= best.helped
    return tuple(chosen)


def try_profiles(pairs: Candidates, places: Places, plan: Plan, closed: Ints) -> Iterator[Tried]:
    """The profiles that gain anything, of the most wanted that there was time to try.

    Ends early when there are enough that gain as much as any could.
    """
    side = ((closed >= 0) & (pairs.encoded.family.pinned < 0)) | ~plan.matched
    side &= pairs.encoded.family.slots != 0
    left_out = np.flatnonzero(side & ~plan.matched)
    if not len(left_out):
        return
    trials = _Trials(pairs, places, plan, np.flatnonzero(side), left_out)
    most, enough = min(CAPACITY, len(left_out)), 0
    for kind in trials.most_wanted():
        found = trials.gain(kind)
        if found is not None:
            trials.cover(found)
            enough += found.profile.families_gained == most
            yield found
        if enough == SHOWN or trials.tired:
            return


class _Trials:
    """Tries one kind of coach after the other on the matching there is."""

    def __init__(
        self, pairs: Candidates, places: Places, plan: Plan, side: Ints, left_out: Ints
    ) -> None:
        self.wishes = Wishes(pairs.encoded, side, ~plan.matched)
        self.pairs: Pairs = pairs_for_loops(pairs)
        self.places, self.seating = with_recruit(places, plan.seating)
        self.left_out = left_out[np.argsort(pairs.encoded.rank[left_out])]
        self.trial = new_trial(self.seating)
        self.covered = np.zeros(len(plan.matched), dtype=np.bool_)
        self.room = np.empty(len(side), dtype=np.int64)
        self.most_work = max(LEAST_WORK, WORK_PER_PAIR * len(pairs))
        self.tries = 0

    @property
    def tired(self) -> bool:
        """Counted in work and not in time, so that the same input gives the same answer."""
        return self.tries == TRIED or int(self.trial.tally[ARCS]) > self.most_work

    def most_wanted(self) -> Iterator[int]:
        """The kinds, by how many families left out could have one, the covered not counted, then
        by how many others could move to one."""
        kinds, crowd = self.wishes.kinds, self.wishes.crowd
        counts, heap = count_takers(kinds, crowd), new_heap(len(kinds.easting))
        wanted_heap(counts, heap)
        while (kind := most_wanted(counts, self.covered, kinds, crowd, heap, self.room)) >= 0:
            yield kind

    def _takers(self, kind: int) -> Ints:
        count = takers(kind, self.wishes.kinds, self.wishes.crowd, self.room)
        return self.room[:count]

    def gain(self, kind: int) -> Tried | None:
        """What a coach of that kind gains, in the slots that gain the most; None if nothing."""
        crowd, who = self.wishes.crowd, self._takers(kind)
        families, slots = crowd.family[who], crowd.slots[who]
        wanted = (slots[crowd.left_out[who], None] >> np.arange(SEATS) & 1).sum(axis=0)
        order = np.argsort(-wanted, kind="stable")
        mask = gain_of(
            families, slots, order, self.left_out, self.pairs, self.places, self.seating, self.trial
        )
        self.tries += 1
        if not mask:
            return None
        helped = families[crowd.left_out[who] & (slots & mask != 0)]
        return Tried(self._profile(kind, slot_names(mask)), frozenset(helped.tolist()))

    def cover(self, found: Tried) -> None:
        self.covered[list(found.helped)] = True

    def _profile(self, kind: int, slots: tuple[str, ...]) -> Profile:
        gender, languages, training = self.wishes.words(kind)
        return Profile(
            easting=int(self.wishes.kinds.easting[kind]),
            northing=int(self.wishes.kinds.northing[kind]),
            slots=slots,
            capacity=len(slots),
            languages=tuple(sorted(languages)),
            gender=gender,
            training=tuple(sorted(training)),
            max_distance_m=REACH_M,
            families_gained=len(slots),
        )


def coach_of(profile: Profile, coach_id: str) -> Coach:
    """The profile as a coach who can be added to a problem."""
    return Coach(
        coach_id=coach_id,
        easting=profile.easting,
        northing=profile.northing,
        status="cleared",
        slots=profile.slots,
        capacity=profile.capacity,
        languages=frozenset(profile.languages),
        gender=profile.gender,
        training=frozenset(profile.training),
        max_distance_m=profile.max_distance_m,
    )
