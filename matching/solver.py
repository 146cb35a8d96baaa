"""`solve`: from a problem to a proved result, station by station."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from matching.alternatives import next_best
from matching.candidates import Candidates, find_candidates
from matching.encoding import Bools, Encoded, Ints, encode
from matching.explain import Blame, proposals_of
from matching.faults import Fault
from matching.flow import cheapest_flow, greatest_set
from matching.network import Network, build_network
from matching.problem import Problem, ProblemError
from matching.proof import blocking_pins, make_proof, potentials
from matching.recruit import recruitment_of
from matching.result import NextBest, Result, Status
from matching.rules import pin_faults
from matching.verify import VerificationError, verify
from matching.version import __version__

STAGES = ("pairs", "who", "how", "proof", "explain", "recruit", "verify")
Progress = Callable[[str, float], None]


class _Clock:
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
        result's `recruitment` stay empty.

    Raises
    ------
    ProblemError
        When pins are on forbidden pairs or cannot all hold; names each pin and rule.
    VerificationError
        When the answer does not pass `matching.verify`: a defect, never the input's fault.
    """
    clock = _Clock(progress, time_limit_s)
    faults = pin_faults(problem)
    if faults:
        raise ProblemError(faults)
    clock.start("pairs")
    encoded = encode(problem, seed)
    pairs = find_candidates(encoded, problem.settings)
    network = build_network(problem, encoded, pairs)
    unsolved = _unsolved(problem, len(pairs), clock)
    if clock.end("pairs"):
        return unsolved
    clock.start("who")
    matched, first_flow = greatest_set(network, encoded.rank)
    _check_pins(problem, encoded, network, matched, first_flow)
    if clock.end("who"):
        return unsolved
    clock.start("how")
    flow = cheapest_flow(network, matched)
    clock.end("how")
    optimum = _Optimum(problem, encoded, pairs, network, matched, flow)
    return _verified(problem, optimum.result(unsolved, clock, explain=explain), clock)


def _unsolved(problem: Problem, pairs: int, clock: _Clock) -> Result:
    """What is known before there is an optimum: the answer if time runs out."""
    return Result(
        status=Status.TIME_LIMIT,
        families=len(problem.families),
        coaches=len(problem.coaches),
        pairs=pairs,
        seconds=clock.seconds,
        version=__version__,
    )


def _verified(problem: Problem, result: Result, clock: _Clock) -> Result:
    """The result, once code that shares nothing with the solver has found it right."""
    clock.start("verify")
    wrong = verify(problem, result)
    if wrong:
        raise VerificationError("\n".join(wrong))
    clock.end("verify")
    clock.finish()
    return replace(result, seconds=clock.seconds)


class _Optimum:
    """All that is known once both levels are solved."""

    def __init__(
        self,
        problem: Problem,
        encoded: Encoded,
        pairs: Candidates,
        network: Network,
        matched: Bools,
        flow: Ints,
    ) -> None:
        self.problem, self.encoded, self.pairs = problem, encoded, pairs
        self.network, self.matched, self.flow = network, matched, flow

    def result(self, unsolved: Result, clock: _Clock, *, explain: bool) -> Result:
        """Proof, explanations and figures, in that order."""
        clock.start("proof")
        potential = potentials(self.network, self.flow, self.matched)
        proof = make_proof(self.encoded, self.network, self.flow, self.matched, potential)
        points = self.flow * self.network.cost
        clock.end("proof")
        clock.start("explain")
        base = (self.problem, self.encoded, self.pairs, self.network, self.flow)
        others = self._next_best(potential) if explain else {}
        result = replace(
            unsolved,
            status=Status.OPTIMAL,
            pairs=len(self.pairs),
            proposals=proposals_of(*base, others),
            unmatched=Blame(*base).unmatched(self.matched),
            pair_cost=int(points[: self.network.pair_arcs].sum()),
            load_cost=int(points[self.network.pair_arcs :].sum()),
            bound=dual_bound(self.network, self.matched, potential),
            proof=proof,
        )
        clock.end("explain")
        if explain:
            clock.start("recruit")
            found = recruitment_of(self.problem, self.encoded, self.network, self.matched)
            result = replace(result, recruitment=found)
            clock.end("recruit")
        return result

    def _next_best(self, potential: Ints) -> dict[int, tuple[NextBest, ...]]:
        return next_best(self.encoded, self.pairs, self.network, self.flow, self.matched, potential)


def dual_bound(network: Network, matched: Bools, potential: Ints) -> int:
    """What the potentials show to be the least cost, computed without the flow.

    Weak duality: each matched family pays at least the way from its node to the sink, and an arc
    of negative reduced cost gives back at most that much for each unit it can carry.
    """
    families = np.flatnonzero(matched)
    reduced = network.cost + potential[network.tail] - potential[network.head]
    usable = np.ones(len(reduced), dtype=np.bool_)
    usable[: network.pair_arcs] = matched[network.tail[: network.pair_arcs]]
    paid = int((potential[network.sink] - potential[families]).sum())
    return paid + int((np.minimum(reduced, 0) * network.capacity)[usable].sum())


def _check_pins(
    problem: Problem, encoded: Encoded, network: Network, matched: Bools, flow: Ints
) -> None:
    """Refuse pins that cannot all hold: pinned families come first, so one is left out.

    Raises
    ------
    ProblemError
        Naming each pin left out, the limit it meets and the pins that use that up.
    """
    left = [n for n in np.flatnonzero(~matched).tolist() if encoded.family.pinned[n] >= 0]
    faults = []
    for number in left:
        family_id = encoded.families[number].family_id
        coach_id = problem.pins[family_id]
        limit, others = blocking_pins(problem, encoded, network, flow, number)
        held = f"; used up by the pins of {' '.join(others)}" if others else ""
        allowed = f"pins that can all hold; this one breaks the limit of the {limit}{held}"
        faults.append(Fault("pins", f"{family_id} {coach_id}", "coach_id", coach_id, allowed))
    if faults:
        raise ProblemError(sorted(faults, key=lambda fault: fault.key))
