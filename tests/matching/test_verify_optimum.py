"""Both certificates: who is matched, and at what cost."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.problem import Placement
from matching.result import Proof, Unmatched
from matching.solver import solve
from matching.verify_columns import Columns, taken_slots
from matching.verify_optimum import exact_sum, given_prices, lower_bound
from matching.verify_search import make_book
from matching.verify_seats import SLOT_PLACE, WEEK, make_seats
from matching.verify_walk import walk
from tests.matching.brute import Assignment, Brute
from tests.matching.claims import PROBLEM, SOLVED, claimed
from tests.matching.claims import verify_both_ways as verify
from tests.matching.making import MONDAY, SLOTS, coach, family, problem, small_problem


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
        assert [fault.partition(" could be")[0] for fault in faults] == [
            "proof: by its prices the cost"
        ]


def test_verify_takes_what_has_no_price_as_free_and_passes_over_who_is_unknown() -> None:
    tables = {
        name: {key: price for key, price in getattr(SOLVED.proof, name).items() if price}
        for name in ("slot_prices", "coach_prices", "supervisor_prices")
    }
    assert verify(PROBLEM, replace(SOLVED, proof=replace(SOLVED.proof, **tables))) == ()
    tables["slot_prices"] |= {f"nobody {MONDAY}": 99, f"{PROBLEM.coaches[0].coach_id} never": 99}
    tables["coach_prices"] |= {"nobody": 99}
    tables["supervisor_prices"] |= {"nobody": 99}
    assert verify(PROBLEM, replace(SOLVED, proof=replace(SOLVED.proof, **tables))) == ()


@pytest.mark.parametrize("table", ["slot_prices", "coach_prices", "supervisor_prices"])
def test_verify_names_prices_that_prove_nothing_whichever_there_are(table: str) -> None:
    """The bound with these prices alone is below the cost, so they are named."""
    instance = problem(family("F1"), coach("C1", supervisor="S1"), supervisors={"S1": 1})
    right = solve(instance)
    prices = {
        "slot_prices": {f"C1 {MONDAY}": -7_000},
        "coach_prices": {"C1": 7_000},
        "supervisor_prices": {"S1": 7_000},
    }
    claim = replace(right, proof=replace(Proof(), **{table: prices[table]}))
    (fault,) = verify(instance, claim)
    assert fault.startswith("proof: by its prices the cost could be as low as ")
    assert verify(instance, replace(right, proof=Proof())) == ()


@pytest.mark.parametrize("table", ["slot_prices", "coach_prices", "supervisor_prices"])
def test_verify_names_each_forged_price_that_matters(table: str) -> None:
    prices = getattr(SOLVED.proof, table)
    assert prices
    lowered = {name: price - 1_000 for name, price in prices.items()}
    forged = replace(SOLVED.proof, **{table: lowered})
    (fault,) = verify(PROBLEM, replace(SOLVED, proof=forged))
    assert fault.startswith("proof: by its prices the cost could be as low as ")


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
    seats = make_seats(instance, columns.number, columns.rank, place)
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


def bound_of(room: int, price: int) -> int:
    """With a supervisor who has two placements, room for so many and that price, and a coach whose
    own price is far below."""
    slots = (MONDAY, "tue_evening", "wed_afternoon")
    placements = tuple(Placement(family_id=q, coach_id="C2", slot=q) for q in slots[:2])
    instance = problem(
        family(slots=slots), coach(), coach("C2", slots=slots, capacity=9, supervisor="S1"),
        placements=placements, supervisors={"S1": 2 + room},
    )  # fmt: skip
    columns = Columns(instance)
    offers = columns.offers(instance.coaches, 0, taken_slots(instance))
    book = make_book(columns.asks, offers, columns.points)
    place = np.array([SLOT_PLACE[MONDAY]], dtype=np.int64)
    seats = make_seats(instance, columns.number, columns.rank, place)
    prices = given_prices(instance, columns.number, {}, {"C2": -900}, {"S1": price})
    trail = walk(book, seats, prices.place, place[:0], np.zeros(1, dtype=np.int64))
    return lower_bound(seats, 0, prices, trail)


@pytest.mark.parametrize(("room", "price"), [(-1, 50), (-1, -50), (0, 50), (0, -50), (3, -50)])
def test_no_room_and_a_price_below_nothing_earn_nothing_and_cost_nothing(
    room: int, price: int
) -> None:
    """Otherwise a made-up price could lift the bound."""
    assert bound_of(room, price) == bound_of(0, 0)
    assert bound_of(3, 50) == bound_of(0, 0) - 150


def test_verify_names_each_family_that_could_be_matched_as_well() -> None:
    far = family("F2", northing=190_000), coach("C2", northing=190_000)
    instance = problem(family("F1"), coach("C1"), *far)
    left = tuple(Unmatched(name, "outranked") for name in ("F1", "F2"))  # type: ignore[arg-type]
    nobody = replace(solve(instance), proposals=(), unmatched=left, proof=Proof())
    assert verify(instance, nobody)[:2] == (
        "level 1: family F1 could be matched as well",
        "level 1: family F2 could be matched as well",
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


@pytest.mark.parametrize("table", ["coach_prices", "supervisor_prices"])
def test_prices_beyond_64_bits_do_not_pass_a_dearer_matching_off(table: str) -> None:
    """If they were taken, what a place earns above them would wrap round to nothing."""
    instance = problem(
        family("F1"), coach("C1", supervisor="S1"),
        coach("C2", northing=152_000, supervisor="S2"), supervisors={"S1": 1, "S2": 1},
    )  # fmt: skip
    brute = Brute(instance)
    dearer: Assignment = {"F1": ("C2", MONDAY)}
    cost, least = brute.cost(dearer), brute.least_cost
    names = ("C1", "C2") if table == "coach_prices" else ("S1", "S2")
    lifted = {"C1": cost - least, "C2": 0}
    proof = Proof(
        slot_prices={f"{name} {MONDAY}": price for name, price in lifted.items()},
        coach_prices=lifted if table == "supervisor_prices" else {},
    )
    forged = replace(proof, **{table: dict.fromkeys(names, -(1 << 63))})
    assert cost > least
    assert verify(instance, replace(claimed(instance, brute, dearer, cost), proof=forged)) == (
        f"level 2: the same families can be matched for less than {cost}",
    )


def test_verify_names_who_ranks_first_of_all_also_where_another_reaches_the_same() -> None:
    """By another way: the first shares the slot, the other only the coach, who is full."""
    tuesday = "tue_evening"
    instance = problem(
        family("F1", priority=1), family("F2", priority=2),
        family("F3", priority=3, slots=(tuesday,)), coach("C1", slots=(MONDAY, tuesday)),
    )  # fmt: skip
    brute = Brute(instance)
    held: Assignment = {"F2": ("C1", MONDAY)}
    assert verify(instance, claimed(instance, brute, held, brute.cost(held))) == (
        "level 1: family F1 ranks before family F2 and could be matched in its stead",
    )
