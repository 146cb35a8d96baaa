"""Greedy and deferred acceptance keep every rule and limit, and do what their names say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from benchmarks.counties import county
from benchmarks.heuristics import deferred, greedy
from benchmarks.instances import answer_of, arcs_of
from benchmarks.peers.exchange import Answer, Arcs, Judged, WrongAnswerError, judge
from matching import Problem, generate, solve
from matching.problem import SLOT_INDEX, Settings
from tests.matching.making import MONDAY, coach, family, problem

Way = Callable[[Arcs], Answer]
TUESDAY = "tue_evening"


def held(found: Problem, answer: Answer) -> dict[str, tuple[str, int]]:
    return {
        found.families[f].family_id: (found.coaches[c].coach_id, int(s))
        for f, c, s in zip(answer.family, answer.coach, answer.slot, strict=True)
    }


@pytest.mark.parametrize("way", [greedy, deferred])
@pytest.mark.parametrize("kind", ["limits", "tight_supervisors", "on_foot", "few_slots"])
def test_every_limit_is_kept_and_never_more_are_matched(way: Way, kind: str) -> None:
    for seed in range(3):
        found = county(kind, 80, seed)
        judged = judge(arcs_of(found), way(arcs_of(found)))
        assert judged.kept == judged.claimed
        assert 0 < judged.kept <= solve(found, explain=False).matched


@pytest.mark.parametrize("way", [greedy, deferred])
def test_a_match_is_lost_where_somebody_would_have_to_move(way: Way) -> None:
    flexible = family("F1", priority=1, slots=(MONDAY, TUESDAY))
    found = problem(flexible, family("F2"), coach(slots=(MONDAY, TUESDAY), capacity=2))
    assert held(found, way(arcs_of(found))) == {"F1": ("C1", SLOT_INDEX[MONDAY])}
    assert solve(found, explain=False).matched == 2


def test_deferred_acceptance_gives_way_to_the_more_urgent_family() -> None:
    found = problem(family("F1"), family("F2", priority=1), coach())
    assert held(found, deferred(arcs_of(found))) == {"F2": ("C1", SLOT_INDEX[MONDAY])}


def test_deferred_acceptance_gives_way_to_the_cheaper_family_of_one_priority() -> None:
    late = family("F2", waiting_since=date(2026, 3, 1))
    found = problem(family("F1", needs=(("send", 3),)), late, coach())
    assert held(found, deferred(arcs_of(found))) == {"F2": ("C1", SLOT_INDEX[MONDAY])}
    assert held(found, greedy(arcs_of(found))) == {"F1": ("C1", SLOT_INDEX[MONDAY])}


@pytest.mark.parametrize("seed", range(6))
def test_deferred_acceptance_is_stable(seed: int) -> None:
    """No family and coach would both rather have each other than what they have."""
    found = generate(60, seed=seed, extras=False)
    arcs = arcs_of(found)
    answer = deferred(arcs)
    got = dict(
        zip(answer.family.tolist(), zip(answer.coach, answer.slot, strict=True), strict=True)
    )
    cost = {(f, c): p for f, c, p in zip(arcs.family, arcs.coach, arcs.cost, strict=True)}
    holder = {(c, s): f for f, (c, s) in got.items()}

    def worth(f: int, c: int) -> tuple[int, int, int]:
        return int(arcs.band[f]), int(cost[f, c]), int(arcs.rank[f])

    for (f, c), points in cost.items():
        if f in got and (cost[f, got[f][0]], got[f][0]) <= (points, c):
            continue
        mine = [worth(other, c) for (coach_, _), other in holder.items() if coach_ == c]
        full = len(mine) == arcs.places[c]
        shared = int(arcs.shared[(arcs.family == f) & (arcs.coach == c)][0])
        for slot in (s for s in range(28) if shared >> s & 1):
            rival = holder.get((c, slot))
            if rival is None:
                assert full
                assert max(mine) < worth(f, c)
            else:
                assert worth(rival, c) < worth(f, c)


def test_deferred_acceptance_is_greedy_where_coaches_rank_by_the_order() -> None:
    """One priority each: then all coaches rank the families in the same order as greedy."""
    for seed in range(4):
        found = generate(60, seed=seed, extras=False)
        arcs = arcs_of(found)
        in_order = Arcs(**{**vars(arcs), "band": arcs.rank})
        assert judge(in_order, deferred(in_order)).who == judge(arcs, greedy(arcs)).who


def test_judge_drops_whoever_breaks_a_limit() -> None:
    rows = (family("F1", priority=1), family("F2"), coach(slots=(MONDAY, TUESDAY)))
    arcs = arcs_of(problem(*rows, settings=Settings(load=7)))
    both = Answer(np.array([1, 0]), np.array([0, 0]), np.array([SLOT_INDEX[MONDAY]] * 2))
    first = answer_of(problem(*rows), solve(problem(*rows), explain=False))
    assert judge(arcs, both) == Judged(2, 1, judge(arcs, first).cost, judge(arcs, first).who)


def test_judge_counts_load_beside_placements() -> None:
    rows = (family("F1", slots=(MONDAY,)), family("F2", slots=(TUESDAY,)))
    two = coach(slots=(MONDAY, TUESDAY), capacity=2)
    loads = {}
    for load in (0, 7):
        found = problem(*rows, two, settings=Settings(load=load))
        loads[load] = judge(arcs_of(found), greedy(arcs_of(found))).cost
    assert loads[7] - loads[0] == 7


@pytest.mark.parametrize(
    ("numbers", "message"),
    [(([0], [0], [5]), "a pair that a rule"), (([0, 0], [0, 0], [0, 0]), "a family is matched")],
)
def test_judge_refuses_what_is_no_pair_and_a_family_twice(
    numbers: tuple[list[int], list[int], list[int]], message: str
) -> None:
    arcs = arcs_of(problem(family(), coach()))
    with pytest.raises(WrongAnswerError, match=f"^{message}"):
        judge(arcs, Answer(*(np.array(part) for part in numbers)))
