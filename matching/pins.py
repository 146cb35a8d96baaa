"""Pins that cannot all hold: which, and why."""

from __future__ import annotations

import numpy as np

from matching.candidates import Candidates
from matching.closure import no_traces, reach
from matching.faults import Fault
from matching.places import Places, Seating, pairs_for_loops
from matching.problem import Problem, ProblemError


def check_pins(problem: Problem, pairs: Candidates, places: Places, seating: Seating) -> None:
    """Refuse pins that cannot all hold: pinned families come first, so one is left out.

    Raises
    ------
    ProblemError
        Naming each pin left out, the limit it meets and the pins that use that up.
    """
    encoded = pairs.encoded
    left = [n for n in np.flatnonzero(~seating.matched).tolist() if encoded.family.pinned[n] >= 0]
    faults = []
    for number in left:
        family_id = encoded.families[number].family_id
        coach_id = problem.pins[family_id]
        limit, others = blocking_pins(problem, pairs, places, seating, number)
        held = f"; used up by the pins of {' '.join(others)}" if others else ""
        allowed = f"pins that can all hold; this one breaks the limit of the {limit}{held}"
        faults.append(Fault("pins", f"{family_id} {coach_id}", "coach_id", coach_id, allowed))
    if faults:
        raise ProblemError(sorted(faults, key=lambda fault: fault.key))


def blocking_pins(
    problem: Problem, pairs: Candidates, places: Places, seating: Seating, family: int
) -> tuple[str, tuple[str, ...]]:
    """Which limit keeps a pinned family out, and the pinned families that use it up.

    The limit is that of the coach's ``slots``, the coach's ``capacity`` or the ``supervisor``,
    whichever is tightest; the families are its circuit in the matroid.
    """
    encoded = pairs.encoded
    traces = no_traces(seating)
    count = reach(family, 0, pairs_for_loops(pairs), places, seating, traces)
    seen = set(traces.queue[:count].tolist())
    families, teams = len(seating.seat), len(seating.seat) + len(seating.used)
    others = sorted(
        encoded.families[node].family_id for node in seen if node < families and node != family
    )
    coach = problem.coach_by_id[problem.pins[encoded.families[family].family_id]]
    same_coach = [name for name in others if problem.pins.get(name) == coach.coach_id]
    if len(same_coach) >= problem.free_places(coach):
        return f"coach {coach.coach_id}'s capacity", tuple(same_coach)
    if any(node >= teams for node in seen):
        return f"supervisor {coach.supervisor}'s capacity", tuple(others)
    return f"coach {coach.coach_id}'s slots", tuple(same_coach)
