"""Why each family is matched as it is, or left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from matching.candidates import Candidates, distances, meets_remotely
from matching.costs import METRES_PER_MILE, cost_parts, met_needs
from matching.encoding import Ints
from matching.holders import Holders
from matching.misses import find_misses
from matching.places import SEATS, Places
from matching.plan import Plan
from matching.problem import SLOTS, Coach, Family, Problem
from matching.result import Change, Ids, NextBest, Proposal, Reason, Unmatched
from matching.rules import RULES, shared_slots


def proposals_of(
    problem: Problem,
    pairs: Candidates,
    plan: Plan,
    next_best: Mapping[int, tuple[NextBest, ...]],
    known: Mapping[int, Proposal] = MappingProxyType({}),
) -> dict[int, Proposal]:
    """The matches of the plan, with their reasons, by the family's number.

    Parameters
    ----------
    known
        Of an earlier run, by the number that the family has now: only of families and coaches of
        whom nothing has changed. A match that is the same again is taken from there.
    """
    encoded = pairs.encoded
    families = np.flatnonzero(plan.matched)
    coaches = plan.seat[families] // SEATS
    away = distances(encoded, families, coaches)
    remote = meets_remotely(encoded, pairs.settings, families, coaches)
    slots, costs = plan.seat[families] % SEATS, plan.own_cost[families]
    columns = (families, coaches, slots, away, remote, costs)
    rows = {}
    for f, c, slot, metres, far, cost in zip(*(column.tolist() for column in columns), strict=True):
        family, coach, old = encoded.families[f], encoded.coaches[c], known.get(f)
        # The cost tells whether a change of coach counts: nothing else could differ.
        if old and (old.coach_id, old.slot, old.cost) == (coach.coach_id, SLOTS[slot], cost):
            rows[f] = old
            continue
        others = next_best.get(f, ())
        rows[f] = _proposal(problem, family, coach, SLOTS[slot], metres, far, others)
    return rows


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

    def unmatched(self) -> tuple[Unmatched, ...]:
        """All families left out, by family_id."""
        left_out = np.flatnonzero(~self.plan.matched)
        has_pairs = self.pairs.start[left_out] < self.pairs.start[left_out + 1]
        rows = [*self._outranked(left_out[has_pairs]), *self._no_candidate(left_out[~has_pairs])]
        return tuple(sorted(rows, key=lambda row: row.family_id))

    def _outranked(self, families: Ints) -> Iterator[Unmatched]:
        holders = Holders(self.problem, self.pairs, self.places, self.plan)
        everybody = self.encoded.families
        by_rank = tuple(everybody[n].family_id for n in np.argsort(self.encoded.rank).tolist())
        known = holders.placed.__getitem__
        for number, (ranks, placed) in zip(families.tolist(), holders.of(families), strict=True):
            yield Unmatched(
                family_id=everybody[number].family_id,
                reason=Reason.OUTRANKED,
                outranked_by=Ids(ranks, by_rank),
                placements=tuple(map(known, placed.tolist())) if len(placed) else (),
            )

    def _no_candidate(self, families: Ints) -> Iterator[Unmatched]:
        misses = find_misses(self.problem, self.encoded, families)
        names = tuple(sorted(coach.coach_id for coach in self.encoded.coaches))
        for at, number in enumerate(families.tolist()):
            counts = zip(RULES, misses.counts[at].tolist(), strict=True)
            yield Unmatched(
                family_id=self.encoded.families[number].family_id,
                reason=Reason.NO_CANDIDATE,
                near_misses=tuple((name, count) for name, count in counts if count),
                changes=tuple(_changes(names, *(int(column[at]) for column in misses[1:]))),
            )


def _changes(
    names: tuple[str, ...],
    cleared: int,
    further: int,
    metres: int,
    slot_coach: int,
    slot: int,
    by_family: int,
) -> Iterator[Change]:
    """The smallest change of each kind, from a row of `Misses`. Up to a mile further comes first,
    then a slot, then a clearance, then more than a mile: the order of what is easiest to ask."""
    away = [Change(rule="distance", coach_id=names[n], metres=metres) for n in (further,) if n >= 0]
    yield from away if metres <= METRES_PER_MILE else ()
    if slot_coach >= 0:
        by = "family" if by_family else "coach"
        yield Change(rule="slots", coach_id=names[slot_coach], slot=SLOTS[slot], offered_by=by)
    if cleared >= 0:
        yield Change(rule="clearance", coach_id=names[cleared])
    yield from away if metres > METRES_PER_MILE else ()
