"""Both levels as linear programs. Every corner is whole (a flow), so nobody asks for integers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .exchange import Answer, Arcs, Ints

Floats = NDArray[np.float64]
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Program:
    """Least ``cost`` with ``low <= matrix <= high`` and all variables from 0 to 1.

    The matrix is given by ``row, column, value``, row by row.
    """

    cost: Floats
    low: Floats
    high: Floats
    row: Ints
    column: Ints
    value: Floats


Solver = Callable[[Program], Floats]


class NotWholeError(RuntimeError):
    """A program that describes a flow was solved by a value that is not whole."""


def solve_levels(arcs: Arcs, solver: Solver) -> Answer:
    """Who is matched, then how at the least cost."""
    pair, _ = arcs.slotted
    everyone = np.ones(len(arcs.rank), dtype=np.bool_)
    last_first = (arcs.rank - len(arcs.rank))[arcs.family[pair]]  # all negative
    taken = _level(arcs, solver, everyone, last_first, places_cost=False)
    matched = np.zeros(len(arcs.rank), dtype=np.bool_)
    matched[arcs.family[pair[taken]]] = True
    taken = _level(arcs, solver, matched, arcs.cost[pair], places_cost=True)
    return Answer.of_slots(arcs.family[pair[taken]], arcs.slotted[1][taken])


def _level(
    arcs: Arcs, solver: Solver, use: NDArray[np.bool_], cost: Ints, *, places_cost: bool
) -> Ints:
    """Numbers of the slot arcs taken; with `places_cost` each family in `use` is matched."""
    pair, coach_slot = arcs.slotted
    mine = np.flatnonzero(use[arcs.family[pair]])
    place_coach, place_cost = places(arcs)
    values = solver(
        _program(
            arcs, arcs.family[pair[mine]], coach_slot[mine], place_coach,
            np.concatenate([cost[mine], place_cost * places_cost]), must=places_cost,
        )
    )  # fmt: skip
    taken = np.rint(values)
    if np.abs(values - taken).max(initial=0) > TOLERANCE:
        raise NotWholeError
    return mine[taken[: len(mine)] > 0]


def places(arcs: Arcs) -> tuple[Ints, Ints]:
    """Every free place of every coach: the coach, and the load that it costs."""
    coach = np.repeat(np.arange(len(arcs.places)), arcs.places)
    first = np.repeat(np.cumsum(arcs.places) - arcs.places, arcs.places)
    return coach, arcs.load[0] * (arcs.taken[coach] + np.arange(len(coach)) - first)


def _program(
    arcs: Arcs, family: Ints, coach_slot: Ints, place_coach: Ints, cost: Ints, *, must: bool
) -> Program:
    count, coach = len(family), coach_slot // 28
    above = np.flatnonzero(arcs.supervisor[coach] >= 0)
    families, family_row = np.unique(family, return_inverse=True)
    slots, slot_row = np.unique(coach_slot, return_inverse=True)
    sizes = (len(families), len(slots), len(arcs.places), len(arcs.room))
    first = np.concatenate([[0], np.cumsum(sizes)])
    here, there = np.arange(count), count + np.arange(len(place_coach))
    row = [family_row, first[1] + slot_row, first[2] + coach, first[2] + place_coach]
    row.append(first[3] + arcs.supervisor[coach[above]])
    ones = np.ones(3 * count)
    value = np.concatenate([ones, -np.ones(len(there)), np.ones(len(above))])
    low, high = np.zeros(first[-1]), np.zeros(first[-1])
    low[: first[1]] = 1.0 if must else 0.0
    high[: first[2]] = 1.0
    high[first[3] :] = arcs.room
    rows, columns = np.concatenate(row), np.concatenate([here, here, here, there, above])
    order = np.lexsort((columns, rows))
    return Program(cost.astype(np.float64), low, high, rows[order], columns[order], value[order])


def by_scipy(arcs: Arcs) -> Answer:
    """`scipy.optimize.linprog` by the dual simplex method."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix

    def solver(program: Program) -> Floats:
        shape = (len(program.low), len(program.cost))
        matrix = csr_matrix((program.value, (program.row, program.column)), shape=shape)
        equal = program.low == program.high
        answer = linprog(
            program.cost,
            A_ub=matrix[~equal], b_ub=program.high[~equal],
            A_eq=matrix[equal], b_eq=program.high[equal],
            bounds=(0, 1), method="highs-ds",
        )  # fmt: skip
        if answer.x is None:
            raise RuntimeError(answer.message)
        return np.asarray(answer.x)

    return solve_levels(arcs, solver)


def by_highspy(arcs: Arcs) -> Answer:
    """HiGHS as it comes, with its own choice of method."""
    import highspy

    def solver(program: Program) -> Floats:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(program.cost), len(program.low)
        lp.col_cost_ = program.cost
        lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.ones(lp.num_col_)
        lp.row_lower_, lp.row_upper_ = program.low, program.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(program.row, np.arange(lp.num_row_ + 1))
        lp.a_matrix_.index_, lp.a_matrix_.value_ = program.column, program.value
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.passModel(lp)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(model.modelStatusToString(model.getModelStatus()))
        return np.array(model.getSolution().col_value)

    return solve_levels(arcs, solver)
