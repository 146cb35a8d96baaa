"""A matching kept in memory: run again after changes, asked for one family at a time, and told of
whoever comes."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import numpy as np

from matching.alternatives import Others
from matching.arrivals import Arrival, Arrivals
from matching.problem import Coach, Family, Fault, Problem, ProblemError
from matching.result import NextBest, Result
from matching.solver import Clock, Optimum, Progress, solve_again
from matching.verify import Verifier

Came = tuple[Family | Coach, frozenset[str], str | None]
"""A newcomer, who is excluded, and who was proposed before."""


class Live:
    """The optimum of a problem with the pairs and prices that led to it.

    Attributes
    ----------
    problem
        What was solved last, with whoever has been inserted since.
    result
        The proved and verified result of the last solve; who was inserted since is not in it.
        Results of `Live` carry no next best coaches and no recruitment; see `candidates`.

    Raises
    ------
    ProblemError, VerificationError
        As `matching.solve`.
    """

    def __init__(
        self, problem: Problem, progress: Progress | None = None, *, seed: int = 0
    ) -> None:
        self._seed, self._verifier = seed, Verifier()
        self._problem, self._came = problem, list[Came]()
        self._take(*self._solve(problem, None, progress), problem)

    @property
    def problem(self) -> Problem:
        for newcomer, excluded, previous in self._came:
            self._problem = _with(self._problem, newcomer, excluded, previous)
        self._came.clear()
        return self._problem

    def rerun(self, problem: Problem, progress: Progress | None = None) -> Result:
        """Solve a changed problem, keeping of the last run what still holds.

        The same families are matched at the same cost as by `matching.solve`, and as well proved.
        When anything is raised, the last problem and result stay.
        """
        self._take(*self._solve(problem, self._optimum, progress), problem)
        return self.result

    def _solve(
        self, problem: Problem, last: Optimum | None, progress: Progress | None
    ) -> tuple[Result, Optimum | None]:
        clock = Clock(progress, None)
        return solve_again(problem, last, clock, seed=self._seed, verifier=self._verifier)

    def insert(
        self,
        newcomer: Family | Coach,
        *,
        excluded: Collection[str] = (),
        previous: str | None = None,
    ) -> Arrival:
        """Add one family or coach to the problem, and say what that changes.

        The same families are matched at the same cost as by solving the problem anew. What is
        told is not verified yet: `rerun` of `problem` gives a result that may be saved.

        Parameters
        ----------
        excluded
            Ids of those whom the newcomer must never be matched with.
        previous
            The coach proposed to a new family last time.

        Raises
        ------
        ProblemError
            The newcomer is there already, or somebody named is not. Nothing is changed then.
        """
        arrivals = self._arrivals
        _check(arrivals, self._problem, newcomer, excluded, previous)
        if not arrivals.can_take(newcomer):
            return self._insert_by_solving(newcomer, excluded, previous)
        self._came.append((newcomer, frozenset(excluded), previous))
        self.__dict__.pop("_others", None)
        if isinstance(newcomer, Family):
            return arrivals.add_family(newcomer, excluded, previous)
        return arrivals.add_coach(newcomer, excluded)

    def candidates(self, family_id: str, most: int | None = 20) -> tuple[NextBest, ...]:
        """The coaches whom a matched family could have instead, cheapest total first.

        Each with the true cost of the whole matching if that pair were forced while the same
        families stay matched; coaches for whom that is impossible are left out. Whoever has been
        inserted counts.

        Parameters
        ----------
        most
            How many at most; None for all, which takes longer.

        Raises
        ------
        KeyError
            There is no such family, or it is not matched.
        """
        family, count = self._matched_number(family_id)
        wanted = count if most is None else min(most, count)
        return self._others.of(np.array([family]), max(1, wanted))[family]

    def _matched_number(self, family_id: str) -> tuple[int, int]:
        """A matched family's number, and how many coaches it could have."""
        if self._has_arrivals:
            family = self._arrivals.number[family_id]
            matched, count = self._arrivals.is_matched(family), self._arrivals.pairs_of(family)
        else:
            family, pairs = self._number[family_id], self._optimum.pairs
            matched = bool(self._optimum.plan.matched[family])
            count = int(pairs.start[family + 1] - pairs.start[family])
        if not matched:
            raise KeyError(family_id)
        return family, count

    def _insert_by_solving(
        self, newcomer: Family | Coach, excluded: Collection[str], previous: str | None
    ) -> Arrival:
        """For whoever brings a word or a supervisor that nobody had before."""
        before = self._arrivals.seats()
        self.rerun(_with(self.problem, newcomer, excluded, previous))
        after = {row.family_id: (row.coach_id, row.slot) for row in self.result.proposals}
        changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
        if isinstance(newcomer, Family):
            changed.add(newcomer.family_id)
        moves = {name: after.get(name) for name in changed}
        return Arrival(moves, self.result.matched, self.result.cost)

    def _take(self, result: Result, optimum: Optimum | None, problem: Problem) -> None:
        assert optimum is not None  # there is no limit of time
        self._problem, self.result, self._optimum = problem, result, optimum
        self._came.clear()
        for name in ("_others", "_number", "_arrivals"):
            self.__dict__.pop(name, None)

    @property
    def _has_arrivals(self) -> bool:
        return "_arrivals" in self.__dict__

    @cached_property
    def _arrivals(self) -> Arrivals:
        last = self._optimum
        return Arrivals(last.problem, last.pairs, last.places, last.plan)

    @cached_property
    def _others(self) -> Others:
        if self._has_arrivals:
            return self._arrivals.others()
        return self._optimum.others(self.result.cost)

    @cached_property
    def _number(self) -> dict[str, int]:
        rows = self._optimum.encoded.families
        return {family.family_id: number for number, family in enumerate(rows)}


def _with(
    problem: Problem, newcomer: Family | Coach, excluded: Collection[str], previous: str | None
) -> Problem:
    """The problem with somebody more, and what binds them."""
    if isinstance(newcomer, Coach):
        barred = {(family_id, newcomer.coach_id): True for family_id in excluded}
        return problem.replace(coaches={newcomer.coach_id: newcomer}, exclusions=barred)
    family_id = newcomer.family_id
    return problem.replace(
        families={family_id: newcomer},
        exclusions={(family_id, coach_id): True for coach_id in excluded},
        previous={} if previous is None else {family_id: previous},
    )


def _check(
    arrivals: Arrivals,
    problem: Problem,
    newcomer: Family | Coach,
    excluded: Collection[str],
    previous: str | None,
) -> None:
    """Raise ProblemError with all that is wrong with a newcomer."""
    families, coaches = arrivals.number, arrivals.coach_number
    if isinstance(newcomer, Family):
        key, there, others = newcomer.family_id, families, coaches
        faults = [Fault("families", key, "family_id", key, "each id once")] if key in there else []
        kind = "coach_id"
    else:
        key, there, others = newcomer.coach_id, coaches, families
        faults = [Fault("coaches", key, "coach_id", key, "each id once")] if key in there else []
        kind = "family_id"
        boss = newcomer.supervisor
        if boss is not None and boss not in problem.supervisors:
            allowed = "an id in supervisors, or blank"
            faults.append(Fault("coaches", key, "supervisor", boss, allowed))
    table = "coaches" if kind == "coach_id" else "families"
    allowed = f"an id in {table}"
    faults += [
        Fault("exclusions", f"{key} {name}", kind, name, allowed)
        for name in sorted(excluded)
        if name not in others
    ]
    if previous is not None and (kind == "family_id" or previous not in others):
        faults.append(Fault("previous", f"{key} {previous}", "coach_id", previous, allowed))
    if faults:
        raise ProblemError(faults)
