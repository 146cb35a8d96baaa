"""A verifier that is kept finds after each change what one that knows nothing finds."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import generate, solve, verify_known
from matching.problem import SLOTS, Coach, Family, Placement, Problem
from matching.result import Result
from matching.verify import Verifier, examine
from matching.verify_columns import Columns, taken_slots
from matching.verify_known import known_pairs
from matching.verify_reading import NEW, read
from matching.verify_search import make_book
from tests.matching.test_live import later
from tests.matching.varied import varied_points, varied_problem

seeds = st.integers(0, 2**40)


def altered(problem: Problem, random: Random) -> Problem:
    """Somewhat different: most rows stay, and anything may change that binds them."""
    if random.random() < 0.3:
        problem = later(problem, random)
    families, coaches = list(problem.families), list(problem.coaches)
    if not families or not coaches:
        return problem
    for _ in range(random.choice((0, 1, 3))):
        at, other = random.randrange(len(coaches)), random.randrange(len(families))
        coaches[at] = replace(coaches[at], **_some_edit(random, coaches[at]))
        families[other] = replace(families[other], **_some_edit(random, families[other]))
    if random.random() < 0.3:
        random.shuffle(families)
        random.shuffle(coaches)

    def pairs(most: int) -> list[tuple[str, str]]:
        return [
            (random.choice(families).family_id, random.choice(coaches).coach_id)
            for _ in range(random.randint(0, most))
        ]

    edits: dict[str, Any] = {
        "exclusions": {*problem.exclusions, *pairs(3)} if random.random() < 0.7 else (),
        "pins": dict(pairs(2)) if random.random() < 0.3 else {},
        "previous": {**problem.previous, **dict(pairs(4))},
        "placements": [
            Placement(family_id=f"P{n}", coach_id=coach_id, slot=random.choice(SLOTS))
            for n, (_, coach_id) in enumerate(pairs(3))
        ],
        "supervisors": {name: random.randint(0, 9) for name in problem.supervisors},
        "settings": varied_points(random),
    }
    chosen = {name: value for name, value in edits.items() if random.random() < 0.25}
    return replace(problem, families=families, coaches=coaches, **chosen)


def _some_edit(random: Random, row: Family | Coach) -> dict[str, Any]:
    edits: list[dict[str, Any]] = [
        {"slots": tuple(random.sample(SLOTS, random.randint(0, 9)))},
        {"easting": 400_000 + random.randrange(9_000)},
        {"training": {random.choice(("t", "u", "quite_new"))}},
        {"languages": {random.choice(("pl", "so", "en", "cy"))}},
    ]
    if isinstance(row, Family):
        edits += [{"priority": random.randint(1, 3)}, {"needs": (("a", 3), ("unheard_of", 1))}]
        edits += [{"household": {"pets", "snakes"}}, {"min_distance_m": random.randrange(900)}]
        edits += [{"coach_gender": "woman"}, {"accepts_remote": not row.accepts_remote}]
    else:
        edits += [{"status": "not_cleared"}, {"capacity": random.randint(0, 4)}]
        edits += [{"avoids": {"snakes"}}, {"lived_experience": {"a", "unheard_of"}}]
        edits += [{"gender": "other"}, {"max_distance_m": random.randrange(20_000)}]
        edits += [{"offers_remote": not row.offers_remote}, {"supervisor": None}]
    return random.choice(edits)


def tampered(right: Result, random: Random) -> Result:
    """Something about the answer is changed, if there is anything to change."""
    edits: list[dict[str, Any]] = [{"pairs": right.pairs + 1}, {"bound": right.bound - 1}]
    if right.proposals:
        at = random.randrange(len(right.proposals))
        row, other = right.proposals[at], random.choice(right.proposals)
        wrong = random.choice([
            {"cost": row.cost + 1}, {"distance_m": row.distance_m + 1}, {"slot": SLOTS[0]},
            {"coach_id": other.coach_id}, {"family_id": other.family_id}, {"mode": "letter"},
            {"needs_met": (*row.needs_met, "x")}, {"shared_slots": row.shared_slots[1:]},
        ])  # fmt: skip
        rows = list(right.proposals)
        rows[at] = replace(row, **wrong)
        edits += 4 * [{"proposals": tuple(rows)}] + [{"proposals": right.proposals[1:]}]
    if right.unmatched:
        first, *others = right.unmatched
        swap = "outranked" if first.reason == "no_candidate" else "no_candidate"
        edits += [{"unmatched": (replace(first, reason=swap), *others)}, {"unmatched": others}]
        edits += [{"unmatched": (replace(first, near_misses=(("distance", 9),)), *others)}]
    for name in ("closed", "slot_prices", "coach_prices"):
        table = dict(getattr(right.proof, name))
        for key in random.sample(sorted(table), min(2, len(table))):
            table[key] = "nobody" if name == "closed" else table[key] + random.randint(-9, 9)
        edits.append({"proof": replace(right.proof, **{name: table})})
    return replace(right, **random.choice(edits))


def check_kept(seed: int, n: int) -> None:
    random = Random(seed)
    problem = varied_problem(random, n)
    kept, last = Verifier(), solve(replace(problem, pins={}), explain=False)
    for _ in range(4):
        right = solve(replace(problem, pins={}), explain=False)
        for claim in (right, tampered(right, random), last)[: random.randint(1, 3)]:
            assert kept.examine(problem, claim) == examine(problem, claim)
        problem, last = altered(problem, random), right


@pytest.mark.parametrize(("few", "most"), [(1, 1 << 25), (16, 1 << 25), (1, 9)])
@settings(max_examples=25, deadline=None)
@given(seed=seeds, n=st.integers(1, 14))
def test_a_kept_verifier_finds_what_a_fresh_one_finds(
    few: int, most: int, seed: int, n: int
) -> None:
    """With a list of pairs that is kept as long as can be, made anew, or too long to be kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_known, "FEW", few)
        patch.setattr(verify_known, "MOST", most)
        check_kept(seed, n)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None)
@given(seed=seeds, n=st.integers(1, 30), few=st.sampled_from([1, 4, 16]))
def test_a_kept_verifier_finds_what_a_fresh_one_finds_in_many_problems(
    seed: int, n: int, few: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_known, "FEW", few)
        check_kept(seed, n)


def test_pairs_of_those_who_stay_are_kept() -> None:
    """Otherwise the tests above would pass without anything being kept."""
    before = generate(60, seed=1)
    mine, theirs = before.families[5], before.coaches[7]
    after = replace(
        before.replace(families={mine.family_id: {"priority": 5}}),
        coaches=[row for row in before.coaches if row != theirs],
        pins={}, placements=(), previous={}, exclusions=(),
    )  # fmt: skip
    before = replace(before, pins={}, placements=(), previous={}, exclusions=())
    reading, known = None, None
    for problem in (before, after):
        reading = read(problem, reading)
        columns = Columns(problem, reading)
        offers = columns.offers(problem.coaches, 0, taken_slots(problem))
        book = make_book(columns.asks, offers, columns.points)
        known = known_pairs(problem, columns, offers, book, known)
    assert known is not None
    assert np.flatnonzero(known.listed.row == NEW).tolist() == [5]
    assert np.flatnonzero(known.listed.now == NEW).tolist() == [7]
    assert np.count_nonzero(known.coach == NEW) == 0


def test_a_kept_verifier_looks_at_what_is_claimed_each_time() -> None:
    """Also where the row that is claimed is the one that was right the last time."""
    problem = generate(60, seed=3)
    right = solve(problem, explain=False)
    kept = Verifier()
    assert kept.verify(problem, right) == ()
    row = right.proposals[0]
    object.__setattr__(row, "cost", row.cost + 1)
    who = f"proposal {row.family_id} with {row.coach_id}"
    assert kept.verify(problem, right)[0] == (f"{who}: cost is {row.cost}, must be {row.cost - 1}")
