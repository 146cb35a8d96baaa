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
from matching.verify_known import KnownPairs, known_pairs
from matching.verify_reading import NEW, Reading, read
from matching.verify_search import Book, make_book
from tests.matching.making import coach, family, problem
from tests.matching.test_live import later
from tests.matching.test_verify_search import by_the_laws, found_in
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


class Kept:
    """The reading and the pairs of each problem are kept for the next, as in a `Verifier`."""

    def __init__(self) -> None:
        self.reading: Reading | None = None
        self.pairs: KnownPairs | None = None

    def book(self, instance: Problem) -> Book:
        self.reading = read(instance, self.reading)
        columns = Columns(instance, self.reading)
        offers = columns.offers(instance.coaches, 0, taken_slots(instance))
        book = make_book(columns.asks, offers, columns.points)
        self.pairs = known_pairs(instance, columns, offers, book, self.pairs)
        return book if self.pairs is None else book._replace(listed=self.pairs.listed)


def crowd(families: int, coaches: int) -> Problem:
    """Everybody makes a pair with everybody."""
    return problem(
        *(family(f"F{n:03d}") for n in range(families)),
        *(coach(f"C{n:03d}", easting=400_000 + n) for n in range(coaches)),
    )


@pytest.mark.parametrize("few", [1, 16])
@settings(max_examples=25, deadline=None)
@given(seed=seeds, n=st.integers(1, 10))
def test_pairs_that_are_kept_are_those_of_the_laws(few: int, seed: int, n: int) -> None:
    random = Random(seed)
    instance, kept = varied_problem(random, n), Kept()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_known, "FEW", few)
        for _ in range(4):
            assert found_in(instance, kept.book(instance)) == by_the_laws(instance)
            instance = altered(instance, random)


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
    kept = Kept()
    kept.book(before)
    listed = kept.book(after).listed
    assert np.flatnonzero(listed.row == NEW).tolist() == [5]
    assert np.flatnonzero(listed.now == NEW).tolist() == [7]
    assert kept.pairs is not None
    assert np.count_nonzero(kept.pairs.coach == NEW) == 0


def test_pairs_that_are_kept_are_not_looked_for_again() -> None:
    """Not of the first family either: what the list says is taken, here what is not so."""
    before = crowd(16, 16)
    after = before.replace(families={"F003": {"priority": 1}}, coaches={"C005": {"capacity": 2}})
    kept = Kept()
    listed = kept.book(before).listed
    assert kept.pairs is not None
    kept.pairs = replace(kept.pairs, listed=listed._replace(cost=listed.cost + 1_000))
    found, laws = found_in(after, kept.book(after)), by_the_laws(after)
    added = {
        (one, other): row[other][1] - laws[one][other][1]
        for one, row in found.items()
        for other in row
    }
    assert added == {
        (one, other): 0 if one == "F003" or other == "C005" else 1_000
        for one, row in laws.items()
        for other in row
    }


@pytest.mark.parametrize("whose", ["families", "coaches"])
@pytest.mark.parametrize(
    ("changed", "of", "kept_on"), [(1, 16, True), (1, 15, False), (2, 32, True), (2, 31, False)]
)
def test_a_list_is_made_anew_when_too_many_are_not_in_it(
    whose: str, changed: int, of: int, kept_on: bool
) -> None:
    """More than one in 16 of either side; the other side has many more, all unchanged."""
    before = crowd(of, 40) if whose == "families" else crowd(40, of)
    edit: dict[str, Any] = {"easting": 399_000}
    names = [f"{whose[0].upper()}{n + 1:03d}" for n in range(changed)]
    after = before.replace(**{whose: dict.fromkeys(names, edit)})
    kept = Kept()
    first = kept.book(before).listed.who
    assert (kept.book(after).listed.who is first) == kept_on


@pytest.mark.parametrize("families", [1, 3])
def test_a_list_may_be_as_long_as_it_may(families: int, monkeypatch: pytest.MonkeyPatch) -> None:
    instance = crowd(families, 5)
    for most, is_kept in ((5 * families, True), (5 * families - 1, False), (0, False)):
        kept = Kept()
        monkeypatch.setattr(verify_known, "MOST", most)
        assert found_in(instance, kept.book(instance)) == by_the_laws(instance)
        assert (kept.pairs is not None) == is_kept


@pytest.mark.parametrize(("families", "coaches"), [(3, 200), (10, 100), (4, 1)])
def test_a_list_grows_as_it_must(families: int, coaches: int) -> None:
    """There is room for 64 pairs of each family at first."""
    instance = crowd(families, coaches)
    assert found_in(instance, Kept().book(instance)) == by_the_laws(instance)


def test_who_is_bound_otherwise_is_looked_for_again() -> None:
    """Exclusions and pins that came or went, also of somebody who left."""
    before = replace(
        crowd(6, 5),
        exclusions={("F000", "C000"), ("F001", "C001"), ("F002", "C002")},
        pins={"F003": "C003"},
    )
    after = replace(
        before,
        families=[row for row in before.families if row.family_id != "F001"],
        exclusions={("F002", "C002")},
        pins={"F004": "C004"},
        placements=[Placement(family_id="P", coach_id="C001", slot=before.coaches[1].slots[0])],
    )
    kept = Kept()
    kept.book(before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_known, "FEW", 1)
        book = kept.book(after)
    names = [row.family_id for row in after.families]
    again = [names[at] for at in np.flatnonzero(book.listed.row == NEW)]
    assert again == ["F000", "F003", "F004"]
    assert found_in(after, book) == by_the_laws(after)


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
