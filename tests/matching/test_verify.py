"""The verification accepts the right answer and nothing else."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import solver
from matching import verify_pairs as verify_module
from matching.candidates import find_candidates
from matching.costs import cost_parts, met_needs, mode_and_travel
from matching.generate import generate
from matching.problem import Family, Placement, Problem, Settings
from matching.recruit import coach_of
from matching.result import Profile, Proof, Proposal, Result, Unmatched
from matching.rules import RULES, broken, distance_m, shared_slots
from matching.solver import solve
from matching.verify import VerificationError, verify
from matching.verify_columns import Columns, taken_slots
from matching.verify_optimum import exact_sum, given_prices, lower_bound
from matching.verify_pairs import pair_cost, ranks_of, rules_broken
from matching.verify_search import make_book
from matching.verify_seats import SLOT_PLACE, WEEK, make_seats
from matching.verify_walk import walk
from tests.matching.brute import Assignment, Brute
from tests.matching.making import MONDAY, SLOTS, coach, family, problem, small_problem

PROBLEM = generate(60, seed=3)
SOLVED = solve(PROBLEM)


def near_misses_of(instance: Problem, one: Family) -> tuple[tuple[str, int], ...]:
    """By the rules, one coach at a time."""
    alone = Counter(
        names[0] for other in instance.coaches if len(names := broken(instance, one, other)) == 1
    )
    return tuple((name, alone[name]) for name in RULES if alone[name])


def claimed(instance: Problem, brute: Brute, held: Assignment, cost: int) -> Result:
    """A claim that is true in all but, perhaps, being the best."""
    base = solve(replace(instance, pins={}), explain=False)
    proposals = []
    for family_id, (coach_id, slot) in held.items():
        one, other = instance.family_by_id[family_id], instance.coach_by_id[coach_id]
        parts = cost_parts(instance, one, other)
        proposals.append(
            Proposal(
                family_id, coach_id, slot, mode_and_travel(instance, one, other)[0],
                distance_m(one, other), parts.total, parts, shared_slots(instance, one, other),
                met_needs(one, other),
                tuple(tag for tag, _ in one.needs if tag not in met_needs(one, other)),
                tuple(tag for tag, _ in one.needs if tag in other.lived_experience),
                tuple(sorted((one.languages or {"en"}) & other.languages)),
            )
        )  # fmt: skip
    unmatched = [
        Unmatched(
            row.family_id,
            "outranked" if brute.choices[row.family_id] else "no_candidate",  # type: ignore[arg-type]
            () if brute.choices[row.family_id] else near_misses_of(instance, row),
        )
        for row in instance.families
        if row.family_id not in held
    ]
    return replace(
        base, pairs=len(brute.costs), proposals=tuple(proposals), unmatched=tuple(unmatched),
        pair_cost=cost, load_cost=0, bound=cost, proof=Proof(),
    )  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**40))
def test_verify_accepts_an_assignment_if_and_only_if_it_is_the_best(seed: int) -> None:
    random = Random(seed)
    instance = small_problem(random)
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    held: Assignment = {}
    some = [row.family_id for row in instance.families if random.random() < 0.8]
    wanted = brute.greedy if random.random() < 0.6 else tuple(some)
    ways = list(brute.ways(wanted))
    if ways:
        held = random.choice(ways)
    best = set(held) == set(brute.greedy) and brute.cost(held) == brute.least_cost
    faults = verify(instance, claimed(instance, brute, held, brute.cost(held)))
    assert (faults == ()) == best, faults


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**40))
def test_laws_restated_agree_with_the_rules(seed: int) -> None:
    instance = small_problem(Random(seed))
    free = {row.coach_id: set(instance.free_slots(row)) for row in instance.coaches}
    for one in instance.families:
        for other in instance.coaches:
            names = [name for name, rule in RULES.items() if rule(instance, one, other)]
            restated = rules_broken(one, other, free[other.coach_id], instance.exclusions)
            assert restated == names
            if "distance" not in names:
                expected = mode_and_travel(instance, one, other)[0]
                total = cost_parts(instance, one, other).total
                assert pair_cost(instance, one, other) == (expected, total)


def test_verify_accepts_the_solvers_answer_without_its_proof() -> None:
    assert verify(PROBLEM, SOLVED) == ()
    assert verify(PROBLEM, replace(SOLVED, proof=Proof())) == ()


@pytest.mark.parametrize("load", [0, 5, 300])
@pytest.mark.parametrize("extras", [False, True])
def test_verify_finds_prices_where_none_are_given(load: int, extras: bool) -> None:
    """With and without supervisors; three families to a coach, so that load and limits bind."""
    found = replace(generate(60, 20, seed=4, extras=extras), settings=Settings(load=load), pins={})
    roomy = tuple(replace(row, capacity=3) for row in found.coaches)
    instance = replace(found, coaches=roomy)
    right = replace(solve(instance, explain=False), proof=Proof())
    assert (right.load_cost > 0) is (load > 0)
    assert verify(instance, right) == ()


def test_verify_names_prices_that_prove_nothing_and_finds_its_own() -> None:
    random = Random(1)
    noise = Proof(
        slot_prices={key: random.randint(-99, 99) for key in SOLVED.proof.slot_prices},
        coach_prices={"nobody": 5, **dict.fromkeys(SOLVED.proof.coach_prices, 7)},
        supervisor_prices=dict.fromkeys(SOLVED.proof.supervisor_prices, -3),
    )
    faults = verify(PROBLEM, replace(SOLVED, proof=noise))
    assert [fault.partition(" could be")[0] for fault in faults] == [
        "proof: by its prices the cost"
    ]


def test_verify_takes_no_price_that_would_not_fit() -> None:
    """Sums of such prices are beyond 64 bits."""
    key = next(iter(SOLVED.proof.slot_prices))
    for price in (1 << 62, -(1 << 90)):
        prices = {**SOLVED.proof.slot_prices, key: price}
        faults = verify(PROBLEM, replace(SOLVED, proof=replace(SOLVED.proof, slot_prices=prices)))
        assert [fault for fault in faults if not fault.startswith("proof: by its prices")] == []


@pytest.mark.parametrize("table", ["slot_prices", "coach_prices", "supervisor_prices"])
def test_verify_names_each_forged_price_that_matters(table: str) -> None:
    prices = getattr(SOLVED.proof, table)
    assert prices or table == "supervisor_prices"
    lowered = {name: price - 1_000 for name, price in prices.items()}
    forged = replace(SOLVED.proof, **{table: lowered})
    faults = verify(PROBLEM, replace(SOLVED, proof=forged))
    assert len(faults) == (1 if prices else 0)
    assert all(f.startswith("proof: by its prices the cost could be as low as ") for f in faults)


def test_verify_names_a_forged_closed_set() -> None:
    closed = dict(SOLVED.proof.closed)
    name, first = next(iter(closed.items()))
    other = next(row.family_id for row in SOLVED.unmatched if row.family_id != first)
    absent = next(row.family_id for row in SOLVED.proposals if row.family_id not in closed)
    forgeries = {
        f"proof: family {name} is first reached from nobody, must be {first}": {name: None},
        f"proof: family {name} is first reached from {other}, must be {first}": {name: other},
        f"proof: family {absent} is first reached from {first}, must be nobody": {absent: first},
    }
    for expected, changes in forgeries.items():
        forged = {key: by for key, by in {**closed, **changes}.items() if by is not None}
        result = replace(SOLVED, proof=replace(SOLVED.proof, closed=forged))
        assert verify(PROBLEM, result) == (expected,)


def _first(**changes: Any) -> dict[str, Any]:
    return {"proposals": (replace(SOLVED.proposals[0], **changes), *SOLVED.proposals[1:])}


ROW = SOLVED.proposals[0]
OUT = SOLVED.unmatched[0]
NONE = next(row for row in SOLVED.unmatched if row.reason == "no_candidate" and row.near_misses)
WHO = f"proposal {ROW.family_id} with {ROW.coach_id}"


def _words(name: str) -> str:
    return " ".join(getattr(ROW, name)) or "none"


def _without(name: str, row: Any) -> tuple[Any, ...]:
    return tuple(other for other in getattr(SOLVED, name) if other != row)


TAMPERED: list[tuple[dict[str, Any], str]] = [
    (_first(cost=ROW.cost + 1), f"{WHO}: cost is {ROW.cost + 1}, must be {ROW.cost}"),
    (_first(distance_m=0), f"{WHO}: distance_m is 0, must be {ROW.distance_m}"),
    (_first(mode="remote"), f"{WHO}: mode is remote, must be in_person"),
    (_first(needs_met=("x",)), f"{WHO}: needs_met is x, must be {_words('needs_met')}"),
    (_first(needs_unmet=("x",)), f"{WHO}: needs_unmet is x, must be {_words('needs_unmet')}"),
    (_first(lived_shared=("x",)), f"{WHO}: lived_shared is x, must be {_words('lived_shared')}"),
    (_first(languages_shared=()), f"{WHO}: languages_shared is none, must be en"),
    (_first(shared_slots=()), f"{WHO}: shared_slots is none, must be {_words('shared_slots')}"),
    (_first(slot="nonsense"), f"{WHO}: nonsense is not a slot that both have free"),
    (_first(coach_id="C999999"), f"proposal {ROW.family_id} with C999999: unknown coach"),
    (_first(family_id="F999999"), f"proposal F999999 with {ROW.coach_id}: unknown family"),
    (
        {"proposals": SOLVED.proposals[1:]},
        f"family {ROW.family_id} is neither matched nor left out",
    ),
    (
        {"proposals": (*SOLVED.proposals, ROW)},
        f"family {ROW.family_id} is matched 2 times, must be at most once",
    ),
    (
        {"unmatched": _without("unmatched", OUT)},
        f"family {OUT.family_id} is neither matched nor left out",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, OUT)},
        f"family {OUT.family_id} is left out 2 times",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, replace(OUT, family_id=ROW.family_id))},
        f"family {ROW.family_id} is both matched and left out",
    ),
    (
        {"unmatched": (*SOLVED.unmatched, replace(OUT, family_id="F999999"))},
        "left out: unknown family F999999",
    ),
    (
        {"unmatched": (*_without("unmatched", NONE), replace(NONE, reason="outranked"))},
        f"left out {NONE.family_id}: reason is outranked, must be no_candidate",
    ),
    ({"families": 1}, "summary: families is 1, must be 60"),
    ({"coaches": 1}, "summary: coaches is 1, must be 42"),
    ({"pairs": 395}, "summary: pairs is 395, must be 396"),
    ({"pair_cost": SOLVED.pair_cost - 1}, "summary: cost is 3296, must be 3297"),
    ({"bound": 3296}, "summary: bound is 3296, must be 3297"),
    ({"bound": 3296}, "summary: optimal is False, must be True"),
    (
        {
            "recruitment": (
                replace(SOLVED.recruitment[0], families_gained=2), *SOLVED.recruitment[1:]
            )
        },
        "recruitment row 1: families_gained is 2, must be 3",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TAMPERED)
def test_verify_names_the_fault(changes: dict[str, Any], expected: str) -> None:
    assert expected in verify(PROBLEM, replace(SOLVED, **changes))


def test_verify_names_wrong_near_misses() -> None:
    rule, count = NONE.near_misses[0]
    wrong = replace(NONE, near_misses=((rule, count + 1), *NONE.near_misses[1:]))
    faults = verify(PROBLEM, replace(SOLVED, unmatched=(*_without("unmatched", NONE), wrong)))
    assert [fault.split(", must be")[0] for fault in faults] == [
        f"left out {NONE.family_id}: near misses are "
        + " ".join(f"{name}:{n}" for name, n in wrong.near_misses)
    ]


def test_verify_looks_on_after_somebody_unknown() -> None:
    nobody, wrong = replace(OUT, family_id="F999999"), replace(NONE, reason="outranked")
    left_out = (nobody, *_without("unmatched", NONE), wrong)
    faults = verify(PROBLEM, replace(SOLVED, unmatched=left_out))
    assert faults[0] == "left out: unknown family F999999"
    assert f"left out {NONE.family_id}: reason is outranked, must be no_candidate" in faults


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_bound_is_never_above_the_least_cost_whatever_the_prices(seed: int) -> None:
    """So nobody can pass a dearer matching off as the cheapest by making prices up."""
    random = Random(seed)
    instance = small_problem(random)
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    held = next(brute.ways(brute.greedy))
    columns = Columns(instance)
    offers = columns.offers(instance.coaches, 0, taken_slots(instance))
    book = make_book(columns.asks, offers, columns.points)
    place = np.full(len(instance.families), -1, dtype=np.int64)
    for at, one in enumerate(instance.families):
        if one.family_id in held:
            coach_id, slot = held[one.family_id]
            place[at] = columns.number[coach_id] * WEEK + SLOT_PLACE[slot]
    seats = make_seats(instance, columns.number, ranks_of(instance), place)
    most = random.choice((3, 60, 400))

    def some(names: list[str]) -> dict[str, int]:
        return {name: random.randint(-most, most) for name in names}

    ids = [row.coach_id for row in instance.coaches]
    slots = [f"{coach_id} {slot}" for coach_id in ids for slot in SLOTS]
    prices = given_prices(
        instance, columns.number, some(slots), some(ids), some(list(instance.supervisors))
    )
    nobody, everybody = place[:0], np.arange(len(place), dtype=np.int64)
    trail = walk(book, seats, prices.place, nobody, everybody)
    assert lower_bound(seats, instance.settings.load, prices, trail) <= brute.least_cost


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_exact_sum_is_that_of_whole_numbers_of_any_size(values: list[int]) -> None:
    assert exact_sum(np.array(values, dtype=np.int64)) == sum(values)


def test_verify_names_a_pinned_family_left_out() -> None:
    instance = problem()
    nobody = replace(
        solve(instance), proposals=(), unmatched=(Unmatched("F1", "outranked"),),  # type: ignore[arg-type]
    )  # fmt: skip
    faults = verify(replace(instance, pins={"F1": "C1"}), nobody)
    assert faults[0] == "family F1 is pinned but not matched"


def test_verify_names_each_family_that_could_be_matched_as_well() -> None:
    far = family("F2", northing=190_000), coach("C2", northing=190_000)
    instance = problem(family("F1"), coach("C1"), *far)
    left = tuple(Unmatched(name, "outranked") for name in ("F1", "F2"))  # type: ignore[arg-type]
    nobody = replace(solve(instance), proposals=(), unmatched=left, proof=Proof())
    assert verify(instance, nobody)[:2] == (
        "level 1: family F1 could be matched as well",
        "level 1: family F2 could be matched as well",
    )


def test_verify_reckons_nothing_for_two_who_cannot_meet() -> None:
    right = solve(problem())
    apart = problem(coach(northing=190_000))
    assert [fault for fault in verify(apart, right) if fault.startswith("proposal")] == [
        "proposal F1 with C1: breaks the rule distance"
    ]


def test_verify_looks_at_proposals_after_an_unknown_one() -> None:
    nobody = replace(ROW, family_id="F999999")
    wrong = replace(SOLVED.proposals[1], cost=-1)
    claim = replace(SOLVED, proposals=(nobody, wrong, *SOLVED.proposals[2:]))
    who = f"{wrong.family_id} with {wrong.coach_id}"
    assert verify(PROBLEM, claim)[:2] == (
        f"proposal F999999 with {ROW.coach_id}: unknown family",
        f"proposal {who}: cost is -1, must be {SOLVED.proposals[1].cost}",
    )


@pytest.mark.parametrize(("capacity", "out", "gained"), [(3, 1, 1), (3, 2, 2), (1, 3, 1)])
def test_families_gained_counts_nobody_twice(capacity: int, out: int, gained: int) -> None:
    """Also where a family may not have the last coach, who is not the one to be recruited."""
    families = [family(f"F{n}", slots=SLOTS) for n in range(out)]
    instance = problem(
        *families, coach(capacity=0, slots=SLOTS),
        exclusions=frozenset((row.family_id, "C1") for row in families),
    )  # fmt: skip
    profile = Profile(
        easting=400_000, northing=150_000, slots=SLOTS, capacity=capacity, languages=("en",),
        gender="woman", training=(), max_distance_m=5_000, families_gained=gained,
    )  # fmt: skip
    right = replace(solve(instance, explain=False), recruitment=(profile,))
    assert verify(instance, right) == ()
    wrong = replace(right, recruitment=(replace(profile, families_gained=gained + 1),))
    assert verify(instance, wrong) == (
        f"recruitment row 1: families_gained is {gained + 1}, must be {gained}",
    )


def test_verify_names_a_wrong_set() -> None:
    """Two families, one place: the one that ranks after has it."""
    instance = problem(family("F1", priority=2), family("F2", priority=1))
    right = solve(instance)
    swapped = replace(
        right,
        proposals=(replace(right.proposals[0], family_id="F1"),),
        unmatched=(replace(right.unmatched[0], family_id="F2"),),
    )
    assert verify(instance, swapped) == (
        "level 1: family F2 ranks before family F1 and could be matched in its stead",
    )


def test_verify_names_a_family_that_could_be_matched_as_well() -> None:
    instance = problem()
    nobody = replace(
        solve(instance), proposals=(), unmatched=(Unmatched("F1", "outranked"),),  # type: ignore[arg-type]
    )  # fmt: skip
    assert "level 1: family F1 could be matched as well" in verify(instance, nobody)


def test_verify_names_a_cost_that_can_be_lowered() -> None:
    instance = problem(
        family("F1"), family("F2", northing=152_000), coach("C1"), coach("C2", northing=152_000)
    )
    right = solve(instance)
    brute = Brute(instance)
    crossed: Assignment = {"F1": ("C2", MONDAY), "F2": ("C1", MONDAY)}
    wrong = claimed(instance, brute, crossed, brute.cost(crossed))
    assert verify(instance, replace(wrong, proof=right.proof)) == (
        "level 2: the same families can be matched for less than 24",
    )


@pytest.mark.parametrize("bosses", [(None, None), ("S1", "S1"), ("S1", "S2"), (None, "S1")])
def test_verify_names_a_cost_that_somebody_free_would_lower(
    bosses: tuple[str | None, str | None],
) -> None:
    far, near = bosses
    instance = problem(
        family("F1", northing=152_000), coach("C1", supervisor=far),
        coach("C2", northing=152_000, supervisor=near),
        supervisors=dict.fromkeys(filter(None, bosses), 1),
    )  # fmt: skip
    assert [row.coach_id for row in solve(instance).proposals] == ["C2"]
    brute = Brute(instance)
    dearer: Assignment = {"F1": ("C1", MONDAY)}
    assert verify(instance, claimed(instance, brute, dearer, brute.cost(dearer))) == (
        "level 2: the same families can be matched for less than 12",
    )


@pytest.mark.parametrize("slot", ["tue_evening", "wed_afternoon"])
def test_verify_names_a_slot_that_only_one_of_the_two_has(slot: str) -> None:
    instance = problem(
        family("F1", slots=(MONDAY, "tue_evening")), coach(slots=(MONDAY, "wed_afternoon"))
    )
    right = solve(instance)
    wrong = replace(right, proposals=(replace(right.proposals[0], slot=slot),))
    assert verify(instance, right) == ()
    assert verify(instance, wrong) == (
        f"proposal F1 with C1: {slot} is not a slot that both have free",
    )


def test_verify_names_broken_limits() -> None:
    slots = (MONDAY, "tue_evening")
    instance = problem(
        family("F1", slots=slots), family("F2", slots=slots),
        coach("C1", slots=slots, capacity=2, supervisor="S1"), supervisors={"S1": 2},
    )  # fmt: skip
    right = solve(instance)
    tight = replace(instance, supervisors={"S1": 1})
    assert "supervisor S1 has 2 matches, the capacity is 1" in verify(tight, right)
    small = replace(instance, coaches=(replace(instance.coaches[0], capacity=1),))
    assert "coach C1 has 2 families, the capacity is 1" in verify(small, right)
    doubled = replace(right, proposals=tuple(replace(row, slot=MONDAY) for row in right.proposals))
    assert f"coach C1 has 2 families at {MONDAY}, must be at most one" in verify(instance, doubled)


def test_verify_counts_placements_against_the_limits() -> None:
    slots = (MONDAY, "tue_evening")
    taken = (Placement(family_id="P1", coach_id="C1", slot="tue_evening"),)
    busy = coach(slots=slots, capacity=2, supervisor="S1")
    instance = problem(busy, placements=taken, supervisors={"S1": 2})
    right = solve(instance)
    assert verify(instance, right) == ()
    tight = replace(instance, supervisors={"S1": 1})
    assert "supervisor S1 has 2 matches, the capacity is 1" in verify(tight, right)
    small = replace(instance, coaches=(replace(busy, capacity=1),))
    assert "coach C1 has 2 families, the capacity is 1" in verify(small, right)


def test_verify_names_broken_rules_and_pins() -> None:
    instance = problem(coach("C1"), coach("C2"))
    right = solve(instance)
    taken = right.proposals[0].coach_id
    other = "C2" if taken == "C1" else "C1"
    excluded = replace(instance, exclusions=frozenset({("F1", taken)}))
    assert f"proposal F1 with {taken}: breaks the rule excluded" in verify(excluded, right)
    pinned = replace(instance, pins={"F1": other})
    assert f"proposal F1 with {taken}: the family is pinned to {other}" in verify(pinned, right)


def test_a_solve_that_fails_the_verification_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pairs are priced wrongly on purpose: the answer must not get out."""
    instance = generate(40, seed=1)
    wrong = Settings(travel_per_mile=0)
    monkeypatch.setattr(solver, "find_candidates", lambda found, _: find_candidates(found, wrong))
    with pytest.raises(VerificationError, match="must be"):
        solve(instance)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**40))
def test_families_gained_is_the_increase_of_the_greatest_number(seed: int) -> None:
    random = Random(seed)
    instance = replace(small_problem(random), pins={})
    profile = Profile(
        easting=400_000 + random.randrange(0, 4_000, 500), northing=150_500,
        slots=tuple(random.sample(SLOTS, random.randint(1, 3))), capacity=random.randint(0, 3),
        languages=("en",), gender="woman", training=("t",) if random.random() < 0.5 else (),
        max_distance_m=random.choice((0, 1_500, 5_000)), families_gained=0,
    )  # fmt: skip
    more = replace(instance, coaches=(*instance.coaches, coach_of(profile, "new")))
    gained = len(Brute(more).greedy) - len(Brute(instance).greedy)
    told = replace(solve(instance, explain=False), recruitment=(profile,))
    expected = () if not gained else (
        f"recruitment row 1: families_gained is 0, must be {gained}",
    )  # fmt: skip
    assert verify(instance, told) == expected


def test_the_verification_shares_no_code_with_the_solver() -> None:
    """Of this package the verification imports only what states the problem, and itself."""
    allowed = {"problem", "result", "faults", "compiled"}
    files = sorted(Path(verify_module.__file__).parent.glob("verify*.py"))
    assert len(files) > 5
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        } | {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        own = {name.partition(".")[2] for name in names if name.partition(".")[0] == "matching"}
        assert {name for name in own if not name.startswith("verify")} <= allowed, path.name
