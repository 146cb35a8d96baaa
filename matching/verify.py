"""Checks a matching against its problem, law by law.

Restates every law and shares no code with the solver: of this package it knows only the problem's
dataclasses and how loops are compiled. What it checks need not come from our solver at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.problem import Problem
from matching.verify_claim import Claim, ClaimedMatch, ClaimedProof, ClaimedUnmatched
from matching.verify_columns import Columns, taken_slots
from matching.verify_known import KnownPairs, known_pairs, nearby
from matching.verify_matches import (
    Truths,
    check_matches,
    completeness_faults,
    limit_faults,
    load_points,
)
from matching.verify_optimum import Prices, find_prices, given_prices, lower_bound
from matching.verify_pairs import RULE_NAMES
from matching.verify_reading import Reading, read
from matching.verify_recruits import recruit_faults
from matching.verify_search import make_book, near_misses
from matching.verify_seats import SLOT_PLACE, WEEK, make_seats
from matching.verify_walk import Trail, walk


class VerificationError(RuntimeError):
    """A solve's own answer did not pass the verification: a defect; nothing may be saved."""


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes
    ----------
    faults
        Everything wrong, as sentences; empty when the claim is the right answer.
    pairs
        Pairs that no rule forbids, a pinned family's others left out.
    reached
        Matched families that alternating paths reach from those left out.
    cost, bound
        Computed anew; equal when the proof holds, 0 while there is no matching to be proved.
    """

    faults: tuple[str, ...]
    families: int
    coaches: int
    pairs: int
    matched: int
    outranked: int
    no_candidate: int
    reached: int
    cost: int
    bound: int


def verify(problem: Problem, claim: Claim) -> tuple[str, ...]:
    """Everything wrong with the claim, as sentences; empty when it is the right answer.

    Optimality is looked at only when the proposals keep all rules and limits: there is no best
    among what is not allowed.
    """
    return examine(problem, claim).faults


def examine(problem: Problem, claim: Claim) -> Examination:
    """Verify the claim, and keep the figures."""
    return _examine(_Ground(problem), claim, Truths(kept=False))


class Verifier:
    """Verifies answers to one problem after another, each as strictly as `verify`.

    It saves time by what it found of an earlier problem, never by what an answer said: rows that
    are equal are not read again, and where neither family nor coach, nor anything else that a rule
    or a cost asks of the two, has changed, it knows whether they are a pair and at what cost.
    """

    def __init__(self) -> None:
        self._truths = Truths(kept=True)
        self._reading: Reading | None = None
        self._pairs: KnownPairs | None = None
        self._too_many = False

    def verify(self, problem: Problem, claim: Claim) -> tuple[str, ...]:
        """As the function of that name."""
        return self.examine(problem, claim).faults

    def examine(self, problem: Problem, claim: Claim) -> Examination:
        """As the function of that name."""
        ground = _Ground(problem, self._reading)
        pairs = None if self._too_many else ground.list_pairs(self._pairs)
        self._reading, self._pairs = ground.reading, pairs
        self._too_many = pairs is None
        return _examine(ground, claim, self._truths)


class _Ground:
    """A problem's columns and how its pairs are found, whatever is claimed."""

    def __init__(self, problem: Problem, last: Reading | None = None) -> None:
        self.problem, self.reading = problem, read(problem, last)
        self.columns = Columns(problem, self.reading)
        self.offers = self.columns.offers(problem.coaches, 0, taken_slots(problem))
        self.book = make_book(self.columns.asks, self.offers, self.columns.points)

    def list_pairs(self, last: KnownPairs | None) -> KnownPairs | None:
        """Find all pairs first, those known from the last problem among them."""
        pairs = known_pairs(self.problem, self.columns, self.offers, self.book, last)
        if pairs is not None:
            self.book = self.book._replace(listed=pairs.listed)
        return pairs


def _examine(ground: _Ground, claim: Claim, truths: Truths) -> Examination:
    problem = ground.problem
    matches = check_matches(problem, claim.proposals, ground.reading, truths)
    faults = [
        *matches.faults,
        *limit_faults(problem, claim.proposals),
        *completeness_faults(problem, claim),
    ]
    inspection = _Inspection(ground, () if faults else claim.proposals, matches.paid)
    inspection.start(claim.proof, from_left_out=not faults)
    faults += inspection.unmatched_faults(claim.unmatched)
    if not faults:
        faults += inspection.level_one_faults(claim.proof.closed)
        faults += inspection.optimum_faults(claim)
        faults += inspection.recruit_faults(claim)
    faults += inspection.summary_faults(claim)
    return inspection.examination(faults)


class _Inspection:
    """One claim's proposals over the problem's columns."""

    trail: Trail
    prices: Prices

    def __init__(
        self, ground: _Ground, proposals: Sequence[ClaimedMatch], paid: Sequence[int]
    ) -> None:
        self.problem, self.columns, self.offers = ground.problem, ground.columns, ground.offers
        self.book, self.family = ground.book, ground.reading.family
        place = np.full(len(self.family), -1, dtype=np.int64)
        self.paid = np.zeros(len(place), dtype=np.int64)
        number, held = self.columns.number, [self.family[row.family_id] for row in proposals]
        place[held] = [number[row.coach_id] * WEEK + SLOT_PLACE[row.slot] for row in proposals]
        self.paid[held] = paid[: len(held)]
        self.seats = make_seats(self.problem, number, self.columns.rank, place)
        out = np.flatnonzero(place < 0)
        self.left_out = out[np.argsort(self.seats.rank[out])]
        self.proposals = proposals
        self.cost = self.bound = 0

    def start(self, proof: ClaimedProof, *, from_left_out: bool) -> None:
        """Walk over all pairs, neighbours after each other."""
        starts = self.left_out if from_left_out else self.left_out[:0]
        self.prices = given_prices(
            self.problem, self.columns.number, proof.slot_prices, proof.coach_prices,
            proof.supervisor_prices,
        )  # fmt: skip
        self.trail = walk(self.book, self.seats, self.prices.place, starts, nearby(self.columns))

    def unmatched_faults(self, unmatched: Sequence[ClaimedUnmatched]) -> list[str]:
        """Reasons and near misses that are not the true ones."""
        faults = []
        ban = np.full(len(self.problem.coaches), -1, dtype=np.int64)
        counts = np.zeros(len(RULE_NAMES), dtype=np.int64)
        for row in unmatched:
            at = self.family.get(row.family_id)
            if at is None:
                continue
            misses = {}
            reason = "outranked" if self.trail.pairs[at] else "no_candidate"
            if reason == "no_candidate":
                near_misses(self.columns.asks, self.offers, at, ban, counts)
                misses = {n: c for n, c in zip(RULE_NAMES, counts.tolist(), strict=True) if c}
            who = f"left out {row.family_id}"
            if row.reason != reason:
                faults.append(f"{who}: reason is {row.reason}, must be {reason}")
            elif dict(row.near_misses) != misses or len(row.near_misses) != len(misses):
                faults.append(f"{who}: near misses are {_counts(dict(row.near_misses))}, "
                              f"must be {_counts(misses)}")  # fmt: skip
        return faults

    def level_one_faults(self, closed: Mapping[str, str]) -> list[str]:
        """Families left out that could be matched as well, or instead of one that ranks after."""
        families, trail, rank = self.problem.families, self.trail, self.seats.rank
        reached = np.flatnonzero(trail.label >= 0)
        by_rank = np.argsort(rank)
        faults = [
            f"level 1: family {families[at].family_id} could be matched as well"
            for at in self.left_out[trail.open[self.left_out] >= 0].tolist()
        ]
        wronged = reached[rank[reached] > trail.label[reached]]
        for at in wronged[np.argsort(trail.label[wronged], kind="stable")].tolist():
            first = families[by_rank[trail.label[at]]].family_id
            faults.append(
                f"level 1: family {first} ranks before family {families[at].family_id} "
                "and could be matched in its stead"
            )
        if closed and not faults:
            first_by = by_rank[trail.label[reached]].tolist()
            faults += _closed_faults(closed, {
                families[at].family_id: families[by].family_id
                for at, by in zip(reached.tolist(), first_by, strict=True)
            })  # fmt: skip
        return faults

    def optimum_faults(self, claim: Claim) -> list[str]:
        """Level 2, and the claimed cost and bound."""
        load, faults = self.problem.settings.load, []
        self.cost = sum(self.paid.tolist()) + load_points(self.problem, self.proposals)
        self.bound = lower_bound(self.seats, load, self.prices, self.trail)
        if claim.cost != self.cost:
            faults.append(f"summary: cost is {claim.cost}, must be {self.cost}")
        if self.bound != self.cost:
            faults += self._without_the_given_prices(claim.proof)
        if self.bound == self.cost and claim.bound != self.bound:
            faults.append(f"summary: bound is {claim.bound}, must be {self.bound}")
        return faults

    def _without_the_given_prices(self, proof: ClaimedProof) -> list[str]:
        """Find prices; those of the proof, if it has any, do not prove the cost."""
        load, faults = self.problem.settings.load, []
        found = find_prices(self.book, self.seats, load, self.paid)
        if found is None:
            return [f"level 2: the same families can be matched for less than {self.cost}"]
        if proof.slot_prices or proof.coach_prices or proof.supervisor_prices:
            faults.append(f"proof: by its prices the cost could be as low as {self.bound}, "
                          f"it is {self.cost}")  # fmt: skip
        matched = np.flatnonzero(self.seats.place >= 0)
        trail = walk(self.book, self.seats, found.place, matched[:0], matched)
        self.bound = lower_bound(self.seats, load, found, trail)
        if self.bound != self.cost:
            faults.append(f"level 2: no proof that {self.cost} is the least cost; "
                          f"the bound is {self.bound}")  # fmt: skip
        return faults

    def recruit_faults(self, claim: Claim) -> list[str]:
        return recruit_faults(self.columns, self.book, self.seats, claim.recruitment)

    def summary_faults(self, claim: Claim) -> list[str]:
        """Figures of the summary that do not agree with problem and proposals."""
        truth: dict[str, int | bool] = {
            "families": len(self.problem.families),
            "coaches": len(self.problem.coaches),
            "pairs": int(self.trail.pairs.sum()),
            "matched": len(claim.proposals),
            "optimal": True,
        }
        return [
            f"summary: {name} is {getattr(claim, name)}, must be {value}"
            for name, value in truth.items()
            if getattr(claim, name) != value
        ]

    def examination(self, faults: Sequence[str]) -> Examination:
        out = self.seats.place < 0
        return Examination(
            faults=tuple(faults),
            families=len(self.problem.families),
            coaches=len(self.problem.coaches),
            pairs=int(self.trail.pairs.sum()),
            matched=int((~out).sum()),
            outranked=int((out & (self.trail.pairs > 0)).sum()),
            no_candidate=int((out & (self.trail.pairs == 0)).sum()),
            reached=int((self.trail.label >= 0).sum()),
            cost=self.cost,
            bound=self.bound,
        )


def _counts(misses: Mapping[str, int]) -> str:
    return " ".join(f"{name}:{count}" for name, count in misses.items()) or "none"


def _closed_faults(closed: Mapping[str, str], truth: Mapping[str, str]) -> list[str]:
    """Entries of the closed set that the alternating paths do not bear out."""
    if closed == truth:
        return []
    return [
        f"proof: family {name} is first reached from {closed.get(name, 'nobody')}, "
        f"must be {truth.get(name, 'nobody')}"
        for name in sorted(closed.keys() | truth.keys())
        if closed.get(name) != truth.get(name)
    ]


__all__ = ["Claim", "Examination", "VerificationError", "Verifier", "examine", "verify"]
