"""Problems and their arcs, for those we compare with."""

from __future__ import annotations

from collections import Counter

import numpy as np

from benchmarks.columns import columns_of
from benchmarks.peers.exchange import Answer, Arcs
from benchmarks.yardstick import pairs_of
from matching import Problem, Result
from matching.problem import SLOT_INDEX


def arcs_of(problem: Problem) -> Arcs:
    """Every pair of the problem and every limit, numbered as in the problem."""
    pairs = pairs_of(columns_of(problem))
    coaches, above = problem.coaches, {name: at for at, name in enumerate(problem.supervisors)}
    order = {family.family_id: at for at, family in enumerate(problem.ranked())}
    taken = Counter(row.coach_id for row in problem.placements)
    room = [max(0, most - problem.supervised[name]) for name, most in problem.supervisors.items()]
    return Arcs(
        **{name: pairs[name].astype(np.int64) for name in ("family", "coach", "cost", "shared")},
        rank=np.array([order[f.family_id] for f in problem.families], dtype=np.int64),
        band=np.array([f.priority for f in problem.families], dtype=np.int64),
        places=np.array([problem.free_places(c) for c in coaches], dtype=np.int64),
        taken=np.array([taken[c.coach_id] for c in coaches], dtype=np.int64),
        supervisor=np.array([above.get(c.supervisor or "", -1) for c in coaches], dtype=np.int64),
        room=np.array(room, dtype=np.int64),
        load=np.array([problem.settings.load], dtype=np.int64),
    )


def answer_of(problem: Problem, result: Result) -> Answer:
    """The matcher's proposals in the same numbers."""
    family = {row.family_id: at for at, row in enumerate(problem.families)}
    coach = {row.coach_id: at for at, row in enumerate(problem.coaches)}
    rows = [
        (family[row.family_id], coach[row.coach_id], SLOT_INDEX[row.slot])
        for row in result.proposals
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Answer(*(np.ascontiguousarray(column) for column in columns))
