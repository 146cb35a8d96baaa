"""Both levels for CP-SAT: a yes or no for each slot arc and each place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .exchange import Answer, Arcs, Ints
from .linear import places


class NoOptimumError(RuntimeError):
    """CP-SAT stopped without a proof of optimality."""


def by_cp_sat(arcs: Arcs, workers: int, linearization: int) -> Answer:
    """Who is matched, then how at the least cost; each solved to proved optimality."""
    pair, coach_slot = arcs.slotted
    family = arcs.family[pair]
    everyone = np.ones(len(arcs.rank), dtype=np.bool_)
    last_first = (arcs.rank - len(arcs.rank))[family]
    settings = (workers, linearization)
    taken = _level(arcs, everyone, last_first, settings, must=False)
    matched = np.zeros(len(arcs.rank), dtype=np.bool_)
    matched[family[taken]] = True
    taken = _level(arcs, matched, arcs.cost[pair], settings, must=True)
    return Answer.of_slots(family[taken], coach_slot[taken])


def _level(
    arcs: Arcs, use: NDArray[np.bool_], cost: Ints, settings: tuple[int, int], *, must: bool
) -> Ints:
    from ortools.sat.python import cp_model

    pair, coach_slot = arcs.slotted
    mine = np.flatnonzero(use[arcs.family[pair]])
    family, slot = arcs.family[pair[mine]], coach_slot[mine]
    coach = slot // 28
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in range(len(mine))]
    for group in _groups(family):
        (model.add_exactly_one if must else model.add_at_most_one)([takes[n] for n in group])
    for group in _groups(slot):
        model.add_at_most_one([takes[n] for n in group])
    for group in _groups(arcs.supervisor[coach]):
        above = int(arcs.supervisor[coach[group[0]]])
        if above >= 0:
            model.add(cp_model.LinearExpr.sum([takes[n] for n in group]) <= int(arcs.room[above]))
    place_coach, place_cost = places(arcs)
    filled = [model.new_bool_var("") for _ in range(len(place_coach))]
    of_coach: list[list[int]] = [[] for _ in arcs.places]
    for number, owner in enumerate(place_coach.tolist()):
        of_coach[owner].append(number)
    for group in _groups(coach):
        meets = cp_model.LinearExpr.sum([takes[n] for n in group])
        room = cp_model.LinearExpr.sum([filled[n] for n in of_coach[int(coach[group[0]])]])
        model.add(meets == room)
    costs = [*cost[mine].tolist(), *(place_cost * must).tolist()]
    model.minimize(cp_model.LinearExpr.weighted_sum([*takes, *filled], costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.linearization_level = settings
    if solver.solve(model) != cp_model.OPTIMAL:
        raise NoOptimumError
    return mine[np.array([solver.boolean_value(take) for take in takes], dtype=np.bool_)]


def _groups(key: Ints) -> list[list[int]]:
    """Positions of equal keys."""
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    return [part.tolist() for part in np.split(order, cuts) if len(part)]
