"""The parts of the solver, each against the network arc by arc."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import greatest
from matching.candidates import Candidates
from matching.cheapest import cheapest_pairs, cheapest_plan
from matching.closure import UnfinishedWalk, closed_by, node_count
from matching.flow import FlowError, cheapest_flow, prices_of
from matching.generate import generate
from matching.greatest import seat_greatest
from matching.heights import OUT_OF_REACH, measure
from matching.network import build_network
from matching.paths import back_of
from matching.places import NOBODY, Places, Seating, nobody_seated, pairs_for_loops
from matching.problem import SLOT_INDEX, SLOTS, Problem
from tests.matching.making import MONDAY, coach, family, problem, shuffled
from tests.matching.plans import check_counts, check_plan, prepared
from tests.matching.reference import WEEK, Residual
from tests.matching.varied import varied_problem

seeds = st.integers(0, 2**40)
some = settings(max_examples=150, deadline=None)
# How the work is parted: by flow, a pair at a time or all at once, much or nothing left to paths;
# by bids, which are far too high, low, soon ended so that all is left to paths, or come to nothing.
WAYS = (
    {"cheapest.KEPT": 1, "cheapest.MENDED": 0.0},
    {"cheapest.KEPT": 1, "cheapest.MENDED": 1.0},
    {"cheapest.KEPT": 2, "cheapest.MENDED": 0.05},
    {"cheapest.KEPT": 10_000},
    {"cheapest.BY_FLOW": -1, "bidding.STEPS": 1, "bidding.KEPT": 2},
    {"cheapest.BY_FLOW": -1, "bidding.STEPS": 10_000, "near.KEPT": 1},
    {"cheapest.BY_FLOW": -1, "cheapest.UNSEATED": 1.0, "bidding.PATIENCE": 1},
    {"cheapest.BY_FLOW": -1, "cheapest.UNSEATED": 1.0, "bidding.PATIENCE": 0},
    {"cheapest.BY_FLOW": -1, "cheapest.UNSEATED": 0.0, "bidding.PATIENCE": 0},
)


def part_problem(seed: int, families: int) -> Problem:
    """Without pins; half of them with supervisors who are what is scarce, down to the last slot."""
    random = Random(seed)
    found = replace(varied_problem(random, families), pins={})
    if random.random() < 0.5:
        return found
    late = len(SLOTS) - 1 - max(
        (SLOT_INDEX[s] for row in (*found.families, *found.coaches) for s in row.slots), default=0
    )  # fmt: skip

    def later(slots: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(SLOTS[SLOT_INDEX[slot] + late] for slot in slots)

    bosses = {f"S{n}": random.randint(1, 2 + families // 2) for n in range(random.randint(1, 3))}
    return replace(
        found,
        families=tuple(replace(row, slots=later(row.slots)) for row in found.families),
        coaches=tuple(
            replace(row, slots=later(row.slots), supervisor=random.choice((None, *bosses, *bosses)))
            for row in found.coaches
        ),
        placements=[row for row in found.placements if random.random() < 0.2],
        supervisors=bosses,
    )


def check_seating(problem: Problem) -> None:
    """Level 1 is the walk by one greatest flow after another, and all that is counted is so."""
    pairs, places, seating = prepared(problem)
    assert np.flatnonzero(seating.matched).tolist() == sorted(Residual(problem, pairs).greedy())
    Residual(problem, pairs).seat(seating)
    check_counts(places, seating)


def check_every_way(problem: Problem) -> None:
    """However the work is parted, the cost is the same and the prices prove it."""
    pairs, places, seating = prepared(problem)
    costs = set()
    for way in ({}, *WAYS):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in way.items():
                patch.setattr(f"matching.{name}", value)
            plan = cheapest_plan(pairs, places, seating.copy())
        assert plan.matched.tolist() == seating.matched.tolist()
        costs.add(check_plan(problem, pairs, places, plan))
    assert len(costs) == 1


def check_closure(problem: Problem) -> None:
    pairs, places, seating = prepared(problem)
    residual = Residual(problem, pairs)
    residual.seat(seating)
    found = closed_by(pairs, places, seating)
    by = {f: int(rank) for f, rank in enumerate(found) if rank != NOBODY}
    assert by == residual.first_reached_by()
    # The circuit of a family left out holds only families that rank before it.
    assert all(pairs.encoded.rank[f] < rank for f, rank in by.items())
    # Who sits where is nothing to it: what is found before the cheapest seats are is found after.
    plan = cheapest_plan(pairs, places, seating.copy())
    assert closed_by(pairs, places, plan.seating).tolist() == found.tolist()


@some
@given(seeds, st.integers(1, 14), st.sampled_from([1, 3, 256]))
def test_families_seated_are_those_of_one_greatest_flow_after_another(
    seed: int, n: int, patience: int
) -> None:
    """However soon the labels are measured anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(greatest, "LEAST_PATIENCE", patience)
        check_seating(part_problem(seed, n))


@some
@given(seeds, st.integers(1, 14))
def test_cheapest_plan_is_proved_however_the_work_is_parted(seed: int, n: int) -> None:
    check_every_way(part_problem(seed, n))


@pytest.mark.parametrize(("count", "seed"), [(1, 1), (2, 2), (5, 3), (10_000, 4)])
def test_cheapest_pairs_are_the_first_by_points_and_the_own_pair(count: int, seed: int) -> None:
    """Cost and what the cheapest shared seat is worth; of equally cheap ones, the first."""
    random = np.random.default_rng(seed)
    pairs, _, seating = prepared(generate(60, seed=seed))
    loops = pairs_for_loops(pairs)
    worth = random.integers(-9, 60, len(seating.holder))
    families = np.flatnonzero(np.diff(pairs.start))
    # A third have nobody, a third what level 1 gives, a third the last of their coaches.
    last = pairs.coach[pairs.start[1:][families] - 1].astype(np.int64) * WEEK
    own = np.choose(families % 3, (NOBODY, seating.seat[families], last))
    seats = np.full(len(seating.seat), NOBODY)
    seats[families] = own
    wanted, mask = set(), pairs.shared
    for f, seat in zip(families.tolist(), own.tolist(), strict=True):
        rows = range(pairs.start[f], pairs.start[f + 1])
        total = {}
        for row in rows:
            c = int(pairs.coach[row])
            shared = [q for q in range(WEEK) if mask[row] >> q & 1]
            total[row] = int(pairs.cost[row]) + min(int(worth[c * WEEK + q]) for q in shared)
        wanted |= set(sorted(rows, key=lambda row: (total[row], row))[:count])
        wanted |= {row for row in rows if seat >= 0 and pairs.coach[row] == seat // WEEK}
    assert cheapest_pairs(families, seats, loops, worth, count).tolist() == sorted(wanted)


@some
@given(seeds, st.integers(1, 14))
def test_closed_by_is_who_is_reached_first(seed: int, n: int) -> None:
    check_closure(part_problem(seed, n))


@some
@given(seeds, st.integers(2, 14))
def test_whoever_is_seated_stays_matched(seed: int, n: int) -> None:
    """From any matching that is allowed, the walk goes on for the others."""
    problem = part_problem(seed, n)
    pairs, places, _ = prepared(problem)
    seating = nobody_seated(n, places)
    before = replace(pairs, encoded=replace(pairs.encoded, rank=pairs.encoded.rank[::-1].copy()))
    half = replace(before, start=np.minimum(pairs.start, pairs.start[n // 2]))
    seat_greatest(half, places, seating)
    kept = np.flatnonzero(seating.matched)
    seat_greatest(pairs, places, seating)
    assert seating.matched[kept].all()
    residual = Residual(problem, pairs)
    assert all(residual.augment(f) for f in kept.tolist())
    more = [f for f in np.argsort(pairs.encoded.rank).tolist() if f not in kept]
    added = [f for f in more if residual.augment(f)]
    assert np.flatnonzero(seating.matched).tolist() == sorted([*kept.tolist(), *added])
    check_counts(places, seating)


@some
@given(seeds, st.integers(1, 10))
def test_prices_of_a_flow_leave_no_arc_to_gain_by(seed: int, n: int) -> None:
    """Also those of nodes that no flow reaches, and 0 at the sink."""
    pairs, places, seating = prepared(part_problem(seed, n))
    chosen = np.flatnonzero(seating.matched[pairs.family])
    network = build_network(pairs_for_loops(pairs), places, chosen, pairs.family[chosen])
    flow = cheapest_flow(network)
    assert flow[: network.pair_arcs].sum() == len(network.family) == seating.matched.sum()
    price = prices_of(network, flow)
    reduced = network.cost - price[network.tail] + price[network.head]
    assert price[network.sink] == 0
    assert (reduced[flow < network.capacity] >= 0).all()
    assert (reduced[flow > 0] <= 0).all()


def steps_on(
    node: int, pairs: Candidates, places: Places, seating: Seating
) -> tuple[list[int], bool]:
    """The nodes to which a node leads, and whether it has a free place."""
    families, coaches = len(seating.seat), len(seating.used)
    if node < families:
        found = []
        for at in range(pairs.start[node], pairs.start[node + 1]):
            c = int(pairs.coach[at])
            for slot in range(len(SLOTS)):
                if pairs.shared[at] >> slot & 1:
                    holder = int(seating.holder[c * len(SLOTS) + slot])
                    found += [holder if holder >= 0 else families + c]
        return [to for to in found if to != node], False
    if node < families + coaches:
        c = node - families
        held = seating.holder[c * len(SLOTS) : (c + 1) * len(SLOTS)]
        found, boss = held[held >= 0].tolist(), int(places.supervisor[c])
        if seating.used[c] < places.room[c]:
            return found + ([families + coaches + boss] if boss >= 0 else []), boss < 0
        return found, False
    s = node - families - coaches
    team = places.team[places.team_start[s] : places.team_start[s + 1]]
    free = bool(seating.carried[s] < places.supervisor_room[s])
    return [families + int(c) for c in team if seating.used[c]], free


@some
@given(seeds, st.integers(1, 14), st.integers(0, 14))
def test_heights_are_the_steps_to_the_nearest_free_place(seed: int, n: int, few: int) -> None:
    problem = part_problem(seed, n)
    pairs, places, _ = prepared(problem)
    seating = nobody_seated(n, places)
    counts = np.diff(pairs.start)
    ends = np.where(pairs.encoded.rank < few, counts, 0)
    kept = np.repeat(ends > 0, counts)
    start = np.concatenate([[0], np.cumsum(ends)])
    some_pairs = replace(pairs, start=start, coach=pairs.coach[kept], cost=pairs.cost[kept])
    seat_greatest(some_pairs, places, seating)
    nodes = node_count(seating)
    steps = [steps_on(node, pairs, places, seating) for node in range(nodes)]
    true = [0 if free else OUT_OF_REACH for _, free in steps]
    for _ in range(nodes):
        true = [
            0 if free else min([OUT_OF_REACH, *(true[to] + 1 for to in onward)])
            for onward, free in steps
        ]
    height, queue = np.empty((2, nodes), dtype=np.int64)
    loops = pairs_for_loops(pairs)
    measure(loops, back_of(loops), places, seating, height, queue)
    assert height.tolist() == true


def test_prices_are_refused_to_a_flow_that_is_not_of_least_cost() -> None:
    pairs, places, seating = prepared(generate(60, seed=3))
    chosen = np.flatnonzero(seating.matched[pairs.family])
    network = build_network(pairs_for_loops(pairs), places, chosen, pairs.family[chosen])
    dearer = replace(network, cost=np.where(network.cost > 0, 1_000 - network.cost, 0))
    with pytest.raises(FlowError, match="not of least cost"):
        prices_of(network, cheapest_flow(dearer))


def test_a_walk_that_is_not_finished_is_told() -> None:
    pairs, places, seating = prepared(generate(60, seed=3))
    empty = nobody_seated(len(seating.seat), places)
    with pytest.raises(UnfinishedWalk, match="reaches a free place"):
        closed_by(pairs, places, empty)


@pytest.mark.parametrize("swap_families", [False, True])
@pytest.mark.parametrize("swap_coaches", [False, True])
@pytest.mark.parametrize("limit", ["capacity", "supervisor"])
def test_whoever_is_in_the_way_of_a_limit_moves_on(
    limit: str, swap_coaches: bool, swap_families: bool
) -> None:
    """The first takes one of two coaches; the second needs what that uses up, however numbered."""
    south, north = (2_000, 0) if swap_families else (0, 2_000)
    first = family("F1", priority=1, northing=150_000 + south)
    second = family("F2", priority=2, northing=150_000 + north, slots=("tue_evening",))
    places = [{"northing": 150_000 + metres} for metres in (0, 1_500)]
    one, other = reversed(places) if swap_coaches else places
    if limit == "capacity":
        coaches = [coach("C1", slots=(MONDAY, "tue_evening"), **one), coach("C2", **other)]
        bosses = {}
    else:
        coaches = [
            coach("C1", supervisor="S1", **one), coach("C2", supervisor="S2", **other),
            coach("C3", supervisor="S1", slots=("tue_evening",)),
        ]  # fmt: skip
        bosses = {"S1": 1, "S2": 1}
    instance = problem(first, second, *coaches, supervisors=bosses)
    _, limits, seating = prepared(instance)
    assert seating.matched.all()
    check_counts(limits, seating)
    check_every_way(instance)


def scarce(families: int, seed: int) -> Problem:
    """Many families around few coaches: most are left out, after long searches."""
    return replace(generate(families, families // 4, seed=seed), pins={})


@pytest.mark.parametrize("seed", [1, 2])
def test_families_seated_where_most_are_left_out(seed: int) -> None:
    check_seating(scarce(150, seed))


def test_families_seated_by_long_chains() -> None:
    """One shared coach after another: chains as long as there are coaches, then nothing left."""
    found = varied_problem(Random(5), 40)
    slots = ("mon_morning",)
    families = tuple(
        replace(row, easting=400_000 + 100 * (n // 2), northing=150_000, slots=slots, needs=(),
                languages=(), coach_gender="any", training=(), household=(), min_distance_m=0,
                accepts_remote=False, priority=1 + n % 2)
        for n, row in enumerate(found.families)
    )  # fmt: skip
    coaches = tuple(
        replace(row, easting=400_000 + 100 * n, northing=150_000, slots=slots, status="cleared",
                capacity=1, max_distance_m=100, supervisor=None)
        for n, row in enumerate(found.coaches[:19])
    )  # fmt: skip
    check_seating(Problem(families=families, coaches=coaches))


@pytest.mark.parametrize(("families", "seed"), [(200, 1), (200, 2), (350, 1)])
def test_parts_agree_in_a_county(families: int, seed: int) -> None:
    problem = generate(families, seed=seed)
    check_seating(problem)
    check_every_way(problem)
    check_closure(problem)
    check_seating(scarce(families, seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("families", [500, 1_000, 2_000])
def test_parts_agree_in_a_large_county(families: int, seed: int) -> None:
    problem = generate(families, seed=seed)
    check_seating(problem)
    check_every_way(problem)
    check_closure(problem)


@pytest.mark.parametrize("by_bids", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_ties_in_a_county_do_not_depend_on_the_order_of_rows(seed: int, by_bids: bool) -> None:
    """All on a few lines and free of charge, so that nearly every choice is a tie."""
    found = generate(300, seed=seed)
    points = replace(found.settings, **dict.fromkeys(found.settings.__dataclass_fields__, 0))
    tied = replace(
        found,
        settings=points,
        pins={},
        families=tuple(replace(r, easting=r.easting // 3_000 * 3_000) for r in found.families),
    )
    seats = []
    for instance in (tied, shuffled(tied, Random(9)), tied):
        pairs, places, seating = prepared(instance)
        plan = cheapest_plan(pairs, places, seating, again=by_bids)
        names = [row.family_id for row in pairs.encoded.families]
        coaches = [row.coach_id for row in pairs.encoded.coaches]
        seats.append({
            names[f]: (coaches[seat // WEEK], seat % WEEK)
            for f, seat in enumerate(plan.seat.tolist()) if seat >= 0
        })  # fmt: skip
    assert len(seats[0]) > 30
    assert seats[0] == seats[1] == seats[2]
