"""Where to recruit: coaches whose addition would let the most more families be matched.

Profiles are drawn from what families left out ask for, one for each square of 5 km and each
requirement, and the most wanted of them are added in turn: the gain is the true increase of the
greatest number of families that can be matched at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matching.candidates import Candidates, find_candidates
from matching.encoding import Bools, Ints, encode
from matching.greatest import seat_greatest
from matching.places import nobody_seated, places_of
from matching.plan import Plan
from matching.problem import EASTING_MAX, NORTHING_MAX, SLOTS, Coach, Family, Problem
from matching.result import Profile

SQUARE_M = 5_000
REACH_M = 8_000
CAPACITY = 3
TRIED = 8
SHOWN = 5


@dataclass(frozen=True)
class _Wish:
    """A square and what families there ask for."""

    easting: int
    northing: int
    gender: str
    language: str
    training: frozenset[str]


def recruitment_of(problem: Problem, pairs: Candidates, plan: Plan) -> tuple[Profile, ...]:
    """Up to five profiles by families gained, the largest gain first."""
    left_out = tuple(
        pairs.encoded.families[number] for number in np.flatnonzero(~plan.matched).tolist()
    )
    crowd = _Crowd(left_out)
    tried = sorted(
        ((crowd.wanting(wish), wish) for wish in sorted(set(map(_wish, left_out)), key=_key)),
        key=lambda item: (-int(item[0].sum()), _key(item[1])),
    )[:TRIED]
    profiles = [found for wanting, wish in tried if (found := _profile(wish, crowd, wanting))]
    now = int(plan.matched.sum())
    gains = [
        replace(profile, families_gained=_most_with(problem, profile) - now) for profile in profiles
    ]
    worth = [profile for profile in gains if profile.families_gained]
    return tuple(sorted(worth, key=lambda profile: -profile.families_gained)[:SHOWN])


def _most_with(problem: Problem, profile: Profile) -> int:
    """How many families can be matched once that coach is added: a re-solve of level 1."""
    coach = coach_of(profile, "recruit")
    wider = replace(problem, coaches=(*problem.coaches, coach))
    encoded = encode(wider)
    pairs = find_candidates(encoded, problem.settings)
    places = places_of(wider, encoded)
    seating = nobody_seated(len(encoded.families), places)
    seat_greatest(pairs, places, seating)
    return int(seating.matched.sum())


def _wish(family: Family) -> _Wish:
    """The middle of a square stands for the place: a profile never tells a household's."""
    return _Wish(
        easting=min(family.easting // SQUARE_M * SQUARE_M + SQUARE_M // 2, EASTING_MAX),
        northing=min(family.northing // SQUARE_M * SQUARE_M + SQUARE_M // 2, NORTHING_MAX),
        gender="woman" if family.coach_gender == "any" else family.coach_gender,
        language=min(family.languages, default="en"),
        training=family.training,
    )


def _key(wish: _Wish) -> tuple[int, int, str, str, list[str]]:
    return wish.easting, wish.northing, wish.gender, wish.language, sorted(wish.training)


class _Crowd:
    """Columns of the families left out, for counting who could go to whom."""

    def __init__(self, families: tuple[Family, ...]) -> None:
        self.families = families
        self.x = np.array([f.easting for f in families], dtype=np.int64)
        self.y = np.array([f.northing for f in families], dtype=np.int64)
        self.least = np.array([f.min_distance_m for f in families], dtype=np.int64)
        self.slots = np.array(
            [[slot in f.slots for slot in SLOTS] for f in families], dtype=np.bool_
        ).reshape(-1, len(SLOTS))
        self._content: dict[_Wish, Bools] = {}

    def wanting(self, wish: _Wish) -> Bools:
        """Which of the families could have a coach of that kind, slots apart."""
        square = (self.x - wish.easting) ** 2 + (self.y - wish.northing) ** 2
        away = np.sqrt(square).astype(np.int64)
        near = (self.least <= away) & (away <= REACH_M)
        return np.asarray(near & self._contented(wish), dtype=np.bool_)

    def _contented(self, wish: _Wish) -> Bools:
        kind = replace(wish, easting=0, northing=0)
        if kind not in self._content:
            spoken = {"en", wish.language}
            self._content[kind] = np.array(
                [
                    f.coach_gender in ("any", wish.gender)
                    and (not f.languages or not f.languages.isdisjoint(spoken))
                    and f.training <= wish.training
                    for f in self.families
                ],
                dtype=np.bool_,
            )
        return self._content[kind]


def _profile(wish: _Wish, crowd: _Crowd, wanting: Bools) -> Profile | None:
    """The coach to look for, with the slots that most of those families could use."""
    counts: Ints = crowd.slots[wanting].sum(axis=0, dtype=np.int64)
    best = sorted(np.flatnonzero(counts).tolist(), key=lambda slot: (-int(counts[slot]), slot))
    if not best:
        return None
    chosen = sorted(best[:CAPACITY])
    return Profile(
        easting=wish.easting,
        northing=wish.northing,
        slots=tuple(SLOTS[slot] for slot in chosen),
        capacity=len(chosen),
        languages=tuple(sorted({"en", wish.language})),
        gender=wish.gender,
        training=tuple(sorted(wish.training)),
        max_distance_m=REACH_M,
        families_gained=0,
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
