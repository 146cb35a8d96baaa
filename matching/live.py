"""A matching kept in memory: run again after changes, and asked for one family at a time."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from matching.alternatives import Others
from matching.problem import Problem
from matching.result import NextBest, Result
from matching.solver import Clock, Optimum, Progress, solve_again


class Live:
    """The optimum of a problem with the pairs and prices that led to it.

    Attributes
    ----------
    problem, result
        What was solved last, and its proved and verified result. Results of `Live` carry no next
        best coaches and no recruitment; see `candidates`.

    Raises
    ------
    ProblemError, VerificationError
        As `matching.solve`.
    """

    def __init__(
        self, problem: Problem, progress: Progress | None = None, *, seed: int = 0
    ) -> None:
        self._seed = seed
        self._take(*solve_again(problem, None, Clock(progress, None), seed=seed), problem)

    def rerun(self, problem: Problem, progress: Progress | None = None) -> Result:
        """Solve a changed problem, keeping of the last run what still holds.

        The same families are matched at the same cost as by `matching.solve`, and as well proved.
        When anything is raised, the last problem and result stay.
        """
        clock = Clock(progress, None)
        self._take(*solve_again(problem, self._optimum, clock, seed=self._seed), problem)
        return self.result

    def candidates(self, family_id: str, most: int | None = 20) -> tuple[NextBest, ...]:
        """The coaches whom a matched family could have instead, cheapest total first.

        Each with the true cost of the whole matching if that pair were forced while the same
        families stay matched; coaches for whom that is impossible are left out.

        Parameters
        ----------
        most
            How many at most; None for all, which takes longer.

        Raises
        ------
        KeyError
            There is no such family, or it is not matched.
        """
        family = self._number[family_id]
        if not self._optimum.plan.matched[family]:
            raise KeyError(family_id)
        pairs = self._optimum.pairs
        count = int(pairs.start[family + 1] - pairs.start[family])
        wanted = count if most is None else min(most, count)
        return self._others.of(np.array([family]), max(1, wanted))[family]

    def _take(self, result: Result, optimum: Optimum | None, problem: Problem) -> None:
        assert optimum is not None  # there is no limit of time
        self.problem, self.result, self._optimum = problem, result, optimum
        for name in ("_others", "_number"):
            self.__dict__.pop(name, None)

    @cached_property
    def _others(self) -> Others:
        return self._optimum.others(self.result.cost)

    @cached_property
    def _number(self) -> dict[str, int]:
        rows = self._optimum.encoded.families
        return {family.family_id: number for number, family in enumerate(rows)}
