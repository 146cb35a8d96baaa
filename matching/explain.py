"""Why each family is matched as it is, or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from matching.candidates import Candidates, distances, meets_remotely
from matching.costs import METRES_PER_MILE, cost_parts, met_needs
from matching.encoding import Bools, Ints
from matching.places import NOBODY, SEATS, Places
from matching.plan import Plan
from matching.problem import SLOT_INDEX, SLOTS, Coach, Family, Problem
from matching.result import Change, NextBest, Proposal, Reason, Unmatched
from matching.rules import RULES, shared_slots


def proposals_of(
    problem: Problem,
    pairs: Candidates,
    plan: Plan,
    next_best: Mapping[int, tuple[NextBest, ...]],
) -> tuple[Proposal, ...]:
    """The matches of the plan, with their reasons, by family_id."""
    encoded = pairs.encoded
    families = np.flatnonzero(plan.matched)
    coaches = plan.seat[families] // SEATS
    away = distances(encoded, families, coaches)
    remote = meets_remotely(encoded, pairs.settings, families, coaches)
    columns = (families, coaches, plan.seat[families] % SEATS, away, remote)
    rows = []
    for f, c, slot, metres, far in zip(*(column.tolist() for column in columns), strict=True):
        family, coach = encoded.families[f], encoded.coaches[c]
        rows.append(
            _proposal(problem, family, coach, SLOTS[slot], metres, far, next_best.get(f, ()))
        )
    return tuple(sorted(rows, key=lambda row: row.family_id))


def _proposal(
    problem: Problem,
    family: Family,
    coach: Coach,
    slot: str,
    metres: int,
    remote: bool,
    next_best: tuple[NextBest, ...],
) -> Proposal:
    met = met_needs(family, coach)
    parts = cost_parts(problem, family, coach)
    return Proposal(
        family_id=family.family_id,
        coach_id=coach.coach_id,
        slot=slot,
        mode="remote" if remote else "in_person",
        distance_m=metres,
        cost=parts.total,
        parts=parts,
        shared_slots=shared_slots(problem, family, coach),
        needs_met=met,
        needs_unmet=tuple(tag for tag, _ in family.needs if tag not in met),
        lived_shared=tuple(tag for tag, _ in family.needs if tag in coach.lived_experience),
        languages_shared=tuple(sorted((family.languages or {"en"}) & coach.languages)),
        next_best=next_best,
    )


class Blame:
    """Says of each family left out why, over the columns of one problem."""

    def __init__(self, problem: Problem, pairs: Candidates, places: Places, plan: Plan) -> None:
        self.problem, self.encoded = problem, pairs.encoded
        self.pairs, self.places, self.plan = pairs, places, plan
        self.masks = self.encoded.family.slots, self.encoded.coach.slots
        self._crowds: dict[int, tuple[set[int], set[str]]] = {}

    def unmatched(self) -> tuple[Unmatched, ...]:
        """All families left out, by family_id."""
        rows = [self._one(number) for number in np.flatnonzero(~self.plan.matched).tolist()]
        return tuple(sorted(rows, key=lambda row: row.family_id))

    def _one(self, number: int) -> Unmatched:
        family = self.encoded.families[number]
        coaches = self.pairs.coach[self.pairs.start[number] : self.pairs.start[number + 1]]
        if not len(coaches):
            return self._no_candidate(number, family)
        held = self.plan.holder.reshape(-1, SEATS)[coaches]
        shared = self.masks[0][number] & self.masks[1][coaches]
        wanted = (shared[:, None] >> np.arange(SEATS) & 1).astype(np.bool_)
        holders = set(held[wanted & (held >= 0)].tolist())
        placed: set[str] = set()
        for coach in coaches[(wanted & (held < 0)).any(axis=1)].tolist():
            crowd, placements = self._crowd(coach)
            holders |= crowd
            placed |= placements
        ordered = sorted(holders, key=self.encoded.rank.__getitem__)
        return Unmatched(
            family_id=family.family_id,
            reason=Reason.OUTRANKED,
            outranked_by=tuple(self.encoded.families[holder].family_id for holder in ordered),
            placements=tuple(sorted(placed)),
        )

    def _crowd(self, coach: int) -> tuple[set[int], set[str]]:
        """Who uses up the coach, or else the supervisor, so that a free slot cannot be had:
        families matched, and families of active placements."""
        if coach not in self._crowds:
            boss = int(self.places.supervisor[coach])
            full = self.plan.used[coach] >= self.problem.free_places(self.encoded.coaches[coach])
            coaches = [coach]
            if not full and boss != NOBODY:
                first, end = self.places.team_start[boss : boss + 2].tolist()
                coaches = self.places.team[first:end].tolist()
            names = [self.encoded.coaches[number].coach_id for number in coaches]
            placements = self.problem.placements_of
            held = self.plan.holder.reshape(-1, SEATS)[coaches]
            self._crowds[coach] = (
                set(held[held >= 0].tolist()),
                {p.family_id for name in names for p in placements.get(name, ())},
            )
        return self._crowds[coach]

    def _no_candidate(self, number: int, family: Family) -> Unmatched:
        broken = self._broken(number)
        times = broken.sum(axis=0)
        misses = {
            name: np.flatnonzero(flags & (times == 1))
            for name, flags in zip(RULES, broken, strict=True)
        }
        return Unmatched(
            family_id=family.family_id,
            reason=Reason.NO_CANDIDATE,
            near_misses=tuple((name, len(found)) for name, found in misses.items() if len(found)),
            changes=self._changes(number, family, misses),
        )

    def _distances(self, number: int) -> Ints:
        f, c = self.encoded.family, self.encoded.coach
        dx, dy = f.easting[number] - c.easting, f.northing[number] - c.northing
        return np.asarray(np.sqrt(dx * dx + dy * dy).astype(np.int64))

    def _broken(self, number: int) -> Bools:
        """One row per rule, one column per coach."""
        f, c = self.encoded.family, self.encoded.coach
        away = self._distances(number)
        near = (f.min_distance[number] <= away) & (away <= c.max_distance)
        languages = f.languages[number]
        keys = number * len(self.encoded.coaches) + np.arange(len(self.encoded.coaches))
        rows = {
            "clearance": ~c.cleared,
            "distance": ~(near | (f.remote[number] & c.remote)),
            "slots": (f.slots[number] & c.slots) == 0,
            "language": bool(languages.any()) & ~(languages & c.languages).any(axis=1),
            "gender": (f.genders[number] & c.gender) == 0,
            "training": (f.training[number] & ~c.training).any(axis=1),
            "household": (f.household[number] & c.avoids).any(axis=1),
            "excluded": np.isin(keys, self.encoded.excluded),
        }
        return np.array([rows[name] for name in RULES], dtype=np.bool_)

    def _changes(self, number: int, family: Family, misses: dict[str, Ints]) -> tuple[Change, ...]:
        """The smallest change of each kind. Up to a mile further comes first, then a slot, then
        a clearance, then more than a mile: the order of what is easiest to ask."""
        away = self._distances(number)
        nearest = {
            name: sorted(found.tolist(), key=lambda c: (away[c], self.encoded.coaches[c].coach_id))
            for name, found in misses.items()
        }
        further = self._further(family, nearest["distance"], away)
        slot = self._slot(family, nearest["slots"])
        cleared = [
            Change(rule="clearance", coach_id=self.encoded.coaches[c].coach_id)
            for c in nearest["clearance"][:1]
        ]
        close = [change for change in further if (change.metres or 0) <= METRES_PER_MILE]
        return (*close, *slot, *cleared, *(change for change in further if change not in close))

    def _further(self, family: Family, coaches: Iterable[int], away: Ints) -> list[Change]:
        """Nobody is asked to live further away: a least distance keeps a family safe."""
        more = [
            (int(away[c]) - row.max_distance_m, row.coach_id)
            for c in coaches
            if away[c] > (row := self.encoded.coaches[c]).max_distance_m
            and away[c] >= family.min_distance_m
        ]
        return [Change(rule="distance", coach_id=name, metres=m) for m, name in sorted(more)[:1]]

    def _slot(self, family: Family, coaches: list[int]) -> list[Change]:
        """The slot that most of these coaches have free; else one that a coach could add."""
        rows = [self.encoded.coaches[c] for c in coaches]
        free = {row.coach_id: self.problem.free_slots(row) for row in rows}
        counts = Counter(slot for slots in free.values() for slot in slots)
        if counts:
            slot = min(counts, key=lambda name: (-counts[name], SLOT_INDEX[name]))
            coach_id = next(row.coach_id for row in rows if slot in free[row.coach_id])
            return [Change(rule="slots", coach_id=coach_id, slot=slot, offered_by="family")]
        for row in rows:
            for slot in _addable(self.problem, family, row):
                return [Change(rule="slots", coach_id=row.coach_id, slot=slot, offered_by="coach")]
        return []


def _addable(problem: Problem, family: Family, coach: Coach) -> tuple[str, ...]:
    """The family's slots that no active placement of the coach takes."""
    taken = {row.slot for row in problem.placements_of.get(coach.coach_id, ())}
    return tuple(slot for slot in family.slots if slot not in taken)
