"""Who comes one by one changes the matching as a solve from nothing would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Arrival,
    Coach,
    Family,
    Live,
    Problem,
    ProblemError,
    arrivals,
    generate,
    near,
    solve,
)
from matching.verify_matches import limit_faults, load_points
from matching.verify_pairs import free_slots_of, pair_cost, rules_broken
from tests.matching.varied import varied_problem

Seats = dict[str, tuple[str, str]]


def seats_of(live: Live) -> Seats:
    return {row.family_id: (row.coach_id, row.slot) for row in live.result.proposals}


def moved(seats: Seats, arrival: Arrival) -> Seats:
    after: Mapping[str, tuple[str, str] | None] = {**seats, **arrival.moves}
    return {family_id: seat for family_id, seat in after.items() if seat is not None}


def cost_of(problem: Problem, seats: Seats) -> int:
    """The cost of a matching, by the verifier's own count; it must keep all rules and limits."""
    rows = [SimpleNamespace(family_id=f, coach_id=c, slot=slot) for f, (c, slot) in seats.items()]
    free, total = free_slots_of(problem), load_points(problem, rows)
    for row in rows:
        family, coach = problem.family_by_id[row.family_id], problem.coach_by_id[row.coach_id]
        assert rules_broken(family, coach, free[row.coach_id], problem.exclusions) == []
        assert row.slot in free[row.coach_id]
        assert row.slot in family.slots
        total += pair_cost(problem, family, coach)[1]
    assert limit_faults(problem, rows) == []
    return total


def newcomers(random: Random, problem: Problem, names: list[str]) -> list[Family | Coach]:
    """New people, some of whom bring words and supervisors that nobody had."""
    other = varied_problem(random, 2 * len(names))
    known = random.random() < 0.7
    found: list[Family | Coach] = []
    for name in names:
        if random.random() < 0.6:
            family = random.choice(problem.families if known else other.families)
            found.append(replace(family, family_id=name, priority=random.randint(1, 5)))
        else:
            coach = random.choice(problem.coaches if known else other.coaches)
            boss = random.choice([None, *problem.supervisors])
            found.append(replace(coach, coach_id=name, supervisor=boss))
    return found


def insert_some(live: Live, random: Random, *names: str) -> None:
    seats = seats_of(live)
    for newcomer in newcomers(random, live.problem, list(names)):
        mine = isinstance(newcomer, Family)
        there = live.problem.coach_by_id if mine else live.problem.family_by_id
        excluded = [name for name in there if random.random() < 0.2]
        previous = random.choice([None, *there]) if mine else None
        arrival = live.insert(newcomer, excluded=excluded, previous=previous)
        before, seats = seats, moved(seats, arrival)
        stays = {name for name in arrival.moves if seats.get(name) == before.get(name)}
        assert stays <= ({newcomer.family_id} if isinstance(newcomer, Family) else set())
        cold = solve(live.problem, explain=False)
        assert sorted(seats) == [row.family_id for row in cold.proposals]
        assert (arrival.cost, arrival.matched) == (cold.cost, cold.matched)
        assert cost_of(live.problem, seats) == arrival.cost


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 12), st.sampled_from([1, 256]), st.integers(1, 4))
def test_whoever_comes_is_matched_as_by_a_solve_from_nothing(
    seed: int, n: int, spare: int, kept: int
) -> None:
    """With hardly any room for newcomers too, and few pairs kept near."""
    random = Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrivals, "SPARE_ROWS", spare)
        patch.setattr(arrivals, "SPARE_PAIRS", spare)
        patch.setattr(near, "KEPT", kept)
        live = Live(replace(varied_problem(random, n), pins={}))
        insert_some(live, random, "N1", "N2", "N3", "N4")
        again = live.rerun(live.problem)
        assert again.cost == solve(live.problem, explain=False).cost
        insert_some(live, random, "N5")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 10))
def test_candidates_after_an_arrival_are_those_of_a_solve_from_nothing(seed: int, n: int) -> None:
    random = Random(seed)
    live = Live(replace(varied_problem(random, n), pins={}))
    live.insert(replace(random.choice(live.problem.families), family_id="N", priority=1))
    live.insert(replace(random.choice(live.problem.coaches), coach_id="N"))
    anew = Live(live.problem)
    for row in anew.result.proposals:
        # Where several matchings are equally good, the coach whom the family has may differ.
        mine = {one.coach_id: one.total_cost for one in live.candidates(row.family_id, None)}
        theirs = {one.coach_id: one.total_cost for one in anew.candidates(row.family_id, None)}
        both = mine.keys() & theirs.keys()
        assert {name: mine[name] for name in both} == {name: theirs[name] for name in both}
        assert len(mine) == len(theirs)
        assert len(both) >= len(mine) - 1


def test_county_takes_many_arrivals() -> None:
    problem, other = generate(600, seed=3), generate(600, seed=4)
    live = Live(problem)
    seats = seats_of(live)
    for number in range(20):
        family = replace(other.families[number], family_id=f"N{number}")
        coach = replace(other.coaches[number], coach_id=f"N{number}")
        for newcomer in (family, coach):
            arrival = live.insert(newcomer)
            seats = moved(seats, arrival)
    cold = solve(live.problem, explain=False)
    assert sorted(seats) == [row.family_id for row in cold.proposals]
    assert (arrival.cost, arrival.matched) == (cold.cost, cold.matched)
    assert cost_of(live.problem, seats) == cold.cost
    assert live.rerun(live.problem).cost == cold.cost


def test_arrival_says_who_moves_and_who_goes_without() -> None:
    one = generate(1, seed=1).families[0]
    first, second = (
        replace(one, family_id=name, priority=priority, slots=("mon_morning", "tue_morning"),
                languages=frozenset(), training=frozenset(),
                household=frozenset(), coach_gender="any", min_distance_m=0)
        for name, priority in (("A", 3), ("B", 2))
    )  # fmt: skip
    kim = Coach(
        coach_id="Kim", easting=one.easting, northing=one.northing, status="cleared", capacity=1,
        slots=("mon_morning",), gender="woman", max_distance_m=1_000,
    )  # fmt: skip
    live = Live(Problem(families=(first,), coaches=(kim,)))
    cost = live.result.cost
    assert live.insert(second).moves == {"A": None, "B": ("Kim", "mon_morning")}
    lee = replace(kim, coach_id="Lee", slots=("tue_morning",), easting=kim.easting + 700)
    arrival = live.insert(lee, excluded=["B"])
    assert arrival == Arrival(
        {"A": ("Lee", "tue_morning")}, matched=2, cost=2 * cost + 10 * 700 // 1609
    )
    assert live.insert(replace(first, family_id="C", priority=4)).moves == {"C": None}
    assert [row.family_id for row in live.result.proposals] == ["A"]
    assert [row.family_id for row in live.rerun(live.problem).proposals] == ["A", "B"]


def test_newcomer_who_is_there_already_is_refused() -> None:
    live = Live(generate(60, seed=1))
    problem = live.problem
    for row, said in (
        (problem.families[0], "families F000000: family_id is 'F000000'; allowed: each id once"),
        (problem.coaches[0], "coaches C000000: coach_id is 'C000000'; allowed: each id once"),
    ):
        with pytest.raises(ProblemError) as caught:
            live.insert(row)
        assert [str(fault) for fault in caught.value.faults] == [said]
    assert live.problem == problem


def test_newcomer_with_somebody_unknown_is_refused() -> None:
    live = Live(generate(60, seed=1))
    family = replace(live.problem.families[0], family_id="N")
    coach = replace(live.problem.coaches[0], coach_id="N", supervisor="nobody")
    with pytest.raises(ProblemError) as caught:
        live.insert(family, excluded=["X"], previous="Y")
    assert [str(fault) for fault in caught.value.faults] == [
        "exclusions N X: coach_id is 'X'; allowed: an id in coaches",
        "previous N Y: coach_id is 'Y'; allowed: an id in coaches",
    ]
    with pytest.raises(ProblemError) as caught:
        live.insert(coach, excluded=["X"])
    assert [str(fault) for fault in caught.value.faults] == [
        "coaches N: supervisor is 'nobody'; allowed: an id in supervisors, or blank",
        "exclusions N X: family_id is 'X'; allowed: an id in families",
    ]
