"""`solve`: from a problem to a proved result, station by station."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter

import numpy as np

from matching.alternatives import Others
from matching.candidates import Candidates, find_candidates
from matching.cheapest import cheapest_plan
from matching.closure import closed_by
from matching.encoding import Ints, encode
from matching.explain import Blame, proposals_of
from matching.greatest import seat_greatest
from matching.paths import Back, back_of
from matching.pins import check_pins
from matching.places import SEATS, Places, Seating, nobody_seated, pairs_for_loops, places_of
from matching.plan import Plan
from matching.problem import Problem, ProblemError
from matching.proof import costs_of, dual_bound, make_proof, open_seats
from matching.recruit import recruitment_of
from matching.reencoding import encode_again
from matching.renewal import Kept, kept_from, renewed_pairs, seat_again
from matching.result import NextBest, Proposal, Result, Status
from matching.rules import pin_faults
from matching.verify import VerificationError, Verifier, verify
from matching.version import __version__

# Matched families up to which everybody's next best are found: the work grows with the square.
NEXT_BEST_UP_TO = 10_000
STAGES = ("pairs", "who", "how", "proof", "explain", "recruit", "verify")
Progress = Callable[[str, float], None]


class Clock:
    """Times the stages, tells who watches, and knows when the time is up."""

    def __init__(self, progress: Progress | None, limit_s: float | None) -> None:
        self._progress = progress
        self._limit_s = limit_s
        self._begun = self._last = perf_counter()
        self.seconds: dict[str, float] = {}

    def start(self, stage: str) -> None:
        if self._progress is not None:
            self._progress(stage, STAGES.index(stage) / len(STAGES))

    def end(self, stage: str) -> bool:
        """Note the stage's time; true when no time is left."""
        now = perf_counter()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now
        return self._limit_s is not None and now - self._begun > self._limit_s

    def finish(self) -> None:
        if self._progress is not None:
            self._progress("done", 1.0)


def solve(
    problem: Problem,
    progress: Progress | None = None,
    *,
    seed: int = 0,
    time_limit_s: float | None = None,
    explain: bool = True,
) -> Result:
    """The best matching of the problem, proved and verified.

    Parameters
    ----------
    progress
        Called with the name of each stage as it begins and the share of stages done, 0 to 1;
        the last call is ``("done", 1.0)``.
    seed
        Which of several equally good answers is given. The same problem and seed give the same
        answer, whatever the order of the rows.
    time_limit_s
        Looked at between stages. When it has passed before the optimum is found, the result has
        the status ``time_limit`` and no proposals.
    explain
        Without it the two slower parts are left out: each proposal's `next_best` and the
        result's `recruitment` stay empty. Above 10,000 matched families `next_best` stays empty
        in any case; `matching.live.Live` gives it for one family at a time.

    Raises
    ------
    ProblemError
        When pins are on forbidden pairs or cannot all hold; names each pin and rule.
    VerificationError
        When the answer does not pass `matching.verify`: a defect, never the input's fault.
    """
    clock = Clock(progress, time_limit_s)
    return solve_again(problem, None, clock, seed=seed, explain=explain)[0]


def solve_again(
    problem: Problem,
    last: Optimum | None,
    clock: Clock,
    *,
    seed: int = 0,
    explain: bool = False,
    verifier: Verifier | None = None,
) -> tuple[Result, Optimum | None]:
    """As `solve`, from what an earlier run has found; with the optimum, unless time was up.

    What is kept of the earlier run saves time only: the same families are matched at the same
    total cost, and proved and verified as always. Of several equally good answers it may give
    another one than a cold solve. A verifier that is handed in remembers earlier problems.
    """
    faults = pin_faults(problem)
    if faults:
        raise ProblemError(faults)
    clock.start("pairs")
    pairs, kept = _pairs_of(problem, last, seed)
    places = places_of(problem, pairs.encoded)
    back = back_of(pairs_for_loops(pairs))
    unsolved = _unsolved(problem, len(pairs), clock)
    if clock.end("pairs"):
        return unsolved, None
    clock.start("who")
    seating, closed = _seated(last, kept, pairs, back, places)
    del back  # as large as all pairs, and not needed again
    check_pins(problem, pairs, places, seating)
    if clock.end("who"):
        return unsolved, None
    clock.start("how")
    plan = cheapest_plan(pairs, places, seating, again=last is not None)
    clock.end("how")
    optimum = Optimum(problem, pairs, places, plan)
    known = _known(problem, last, kept)
    result = optimum.result(unsolved, clock, closed, known, explain=explain)
    return _verified(problem, result, clock, verifier), optimum


def _pairs_of(problem: Problem, last: Optimum | None, seed: int) -> tuple[Candidates, Kept | None]:
    """All pairs, and who is as in the last run."""
    if last is None:
        return find_candidates(encode(problem, seed), problem.settings), None
    encoded, same = encode_again(last.problem, last.encoded, problem, seed)
    kept = kept_from(last.problem, problem, last.encoded, encoded, same)
    return renewed_pairs(last.pairs, problem, encoded, kept), kept


def _seated(
    last: Optimum | None, kept: Kept | None, pairs: Candidates, back: Back, places: Places
) -> tuple[Seating, Ints]:
    """Level 1, with its certificate as from `closed_by`."""
    seating = nobody_seated(len(pairs.encoded.families), places)
    if last is not None and kept is not None:
        return seating, seat_again(last.plan, kept, pairs, back, places, seating)
    seat_greatest(pairs, places, seating, back)
    return seating, closed_by(pairs, places, seating)


def _known(problem: Problem, last: Optimum | None, kept: Kept | None) -> dict[int, Proposal]:
    """The last run's proposals that may be made again."""
    if last is None or kept is None or last.problem.settings != problem.settings:
        return {}
    return last.known(kept)


def _unsolved(problem: Problem, pairs: int, clock: Clock) -> Result:
    """What is known before there is an optimum: the answer if time runs out."""
    return Result(
        status=Status.TIME_LIMIT,
        families=len(problem.families),
        coaches=len(problem.coaches),
        pairs=pairs,
        seconds=clock.seconds,
        version=__version__,
    )


def _verified(problem: Problem, result: Result, clock: Clock, verifier: Verifier | None) -> Result:
    """The result, once code that shares nothing with the solver has found it right."""
    clock.start("verify")
    wrong = (verify if verifier is None else verifier.verify)(problem, result)
    if wrong:
        raise VerificationError("\n".join(wrong))
    clock.end("verify")
    clock.finish()
    return replace(result, seconds=clock.seconds)


class Optimum:
    """All that is known once both levels are solved."""

    def __init__(self, problem: Problem, pairs: Candidates, places: Places, plan: Plan) -> None:
        self.problem, self.encoded, self.pairs = problem, pairs.encoded, pairs
        self.places, self.plan = places, plan
        self.proposals: dict[int, Proposal] = {}

    def known(self, kept: Kept) -> dict[int, Proposal]:
        """The proposals that may be made again, by the number that the family has now."""
        now_coach, now_family = kept.now(len(self.plan.coach), len(self.plan.seat))
        numbers = np.fromiter(self.proposals, dtype=np.int64)
        there = (now_family[numbers] >= 0) & (now_coach[self.plan.seat[numbers] // SEATS] >= 0)
        return {int(now_family[was]): self.proposals[was] for was in numbers[there].tolist()}

    def result(
        self,
        unsolved: Result,
        clock: Clock,
        closed: Ints,
        known: Mapping[int, Proposal],
        *,
        explain: bool,
    ) -> Result:
        """Proof, explanations and figures, in that order.

        Parameters
        ----------
        closed
            As from `closed_by`.
        known
            As for `proposals_of`.
        """
        clock.start("proof")
        seats = open_seats(self.pairs, self.plan)
        proof = make_proof(self.pairs, self.places, self.plan, closed, seats)
        pair_cost, load_cost = costs_of(self.places, self.plan)
        bound = dual_bound(self.places, self.plan, seats)
        clock.end("proof")
        clock.start("explain")
        self._propose(pair_cost + load_cost, known, explain=explain)
        result = replace(
            unsolved,
            status=Status.OPTIMAL,
            pairs=len(self.pairs),
            proposals=tuple(sorted(self.proposals.values(), key=lambda row: row.family_id)),
            unmatched=Blame(self.problem, self.pairs, self.places, self.plan).unmatched(),
            pair_cost=pair_cost,
            load_cost=load_cost,
            bound=bound,
            proof=proof,
        )
        clock.end("explain")
        return self._with_recruitment(result, clock, closed) if explain else result

    def _with_recruitment(self, result: Result, clock: Clock, closed: Ints) -> Result:
        clock.start("recruit")
        found = recruitment_of(self.pairs, self.places, self.plan, closed)
        clock.end("recruit")
        return replace(result, recruitment=found)

    def _propose(self, cost: int, known: Mapping[int, Proposal], *, explain: bool) -> None:
        few = int(self.plan.matched.sum()) <= NEXT_BEST_UP_TO
        others = self._next_best(cost) if explain and few else {}
        self.proposals = proposals_of(
            self.problem, self.pairs, self.plan, others, {} if explain else known
        )

    def _next_best(self, cost: int) -> dict[int, tuple[NextBest, ...]]:
        return self.others(cost).of(np.flatnonzero(self.plan.matched))

    def others(self, cost: int) -> Others:
        """Answers whom families could have had instead."""
        loops = pairs_for_loops(self.pairs)
        return Others(self.encoded, loops, self.places, self.plan, cost)
