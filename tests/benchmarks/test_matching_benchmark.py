"""The peers answer the same question by the same rules, and the table gets onto the page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.matching import COLUMNS, DisagreementError, check_same, measure, paired, problems
from benchmarks.peers import Optimum, greedy, highs, points
from benchmarks.tables import BEGIN, END, write_markdown
from matching import broken, generate, solve
from matching.rules import shared_slots
from tests.matching.making import MONDAY, coach, family, problem

SEEDS = range(8)


@pytest.mark.parametrize("seed", SEEDS)
def test_highs_finds_the_same_optimum(seed: int) -> None:
    tiny = generate(20, seed=seed)
    result = solve(tiny, explain=False)
    matched = frozenset(row.family_id for row in result.proposals)
    assert highs(paired(tiny)) == Optimum(matched, result.cost)


@pytest.mark.parametrize("seed", SEEDS)
def test_greedy_never_matches_more_and_keeps_every_rule(seed: int) -> None:
    tiny = generate(20, seed=seed)
    found = greedy(paired(tiny))
    assert 0 < len(found) <= solve(tiny, explain=False).matched
    assert len(set(found.values())) == len(found)
    families = {row.family_id: row for row in tiny.families}
    carried = Counter(tiny.supervised)
    for family_id, (coach_id, slot) in found.items():
        one, other = families[family_id], tiny.coach_by_id[coach_id]
        assert broken(tiny, one, other) == ()
        assert slot in shared_slots(tiny, one, other)
        assert tiny.pins.get(family_id, coach_id) == coach_id
        if other.supervisor is not None:
            carried[other.supervisor] += 1
    new = Counter(coach_id for coach_id, _ in found.values())
    assert [c for c, n in new.items() if n > tiny.free_places(tiny.coach_by_id[c])] == []
    grown = {tiny.coach_by_id[c].supervisor for c in new} - {None}
    assert [s for s in grown if s and carried[s] > tiny.supervisors[s]] == []


def test_greedy_loses_a_match_where_somebody_would_have_to_move() -> None:
    flexible = family("F1", priority=1, slots=(MONDAY, "tue_evening"))
    choosy = family("F2", priority=2)
    both = coach(slots=(MONDAY, "tue_evening"), capacity=2)
    found = problem(flexible, choosy, both)
    assert greedy(paired(found)) == {"F1": ("C1", MONDAY)}
    assert highs(paired(found)) == Optimum(frozenset({"F1", "F2"}), solve(found).cost)


def test_check_same_refuses_one_point_and_one_family() -> None:
    result = solve(generate(20), explain=False)
    matched = frozenset(row.family_id for row in result.proposals)
    with pytest.raises(DisagreementError, match=f"^{result.cost} and {result.cost + 1} points"):
        check_same(result, Optimum(matched, result.cost + 1))
    first = min(matched)
    with pytest.raises(DisagreementError, match=rf"families \['{first}'\]$"):
        check_same(result, Optimum(matched - {first}, result.cost))


def test_points_of_the_best_matching_are_its_cost() -> None:
    tiny = generate(40, seed=2)
    result = solve(tiny, explain=False)
    held = {row.family_id: (row.coach_id, row.slot) for row in result.proposals}
    assert result.load_cost > 0
    assert points(tiny, held) == result.cost


def test_measure_fills_every_column() -> None:
    flexible = family("F1", priority=1, slots=(MONDAY, "tue_evening"))
    both = coach(slots=(MONDAY, "tue_evening"), capacity=2)
    row = measure(problem(flexible, family("F2"), both), 4, rounds=1)
    cells = dict(zip(COLUMNS, row.cells(), strict=True))
    timed = ("solve s", "HiGHS ÷ solve", "HiGHS ÷ flows", "explain")
    assert {name: cell for name, cell in cells.items() if name not in timed} == {
        "size": "2",
        "limits": "no",
        "seed": "4",
        "pairs": "2",
        "best": "2",
        "greedy": "1",
        "greedy passes over": "1",
        "greedy points": "-100%",  # the second family's load is all the points there are
    }


def test_problems_are_with_limits_and_without() -> None:
    found = [(seed, len(p.families), bool(p.supervisors)) for seed, p in problems((20,), (1, 2))]
    assert found == [(1, 20, True), (2, 20, True), (1, 20, False), (2, 20, False)]


def test_write_markdown_replaces_what_is_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin, end = BEGIN.format(name="t"), END.format(name="t")
    page.write_text(f"before\n\n{begin}\nold\n{end}\n\nafter\n")
    write_markdown(page, "t", ("a", "b"), [("1", "2")])
    table = "| a | b |\n| --: | --: |\n| 1 | 2 |"
    assert page.read_text() == f"before\n\n{begin}\n{table}\n{end}\n\nafter\n"


@pytest.mark.parametrize("text", ["nothing", BEGIN, f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}"])
def test_write_markdown_leaves_a_page_without_both_markers_once(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    text = text.format(name="t")
    page.write_text(text)
    with pytest.raises(ValueError, match=r"^page\.md must have once and in order"):
        write_markdown(page, "t", ("a",), [("1",)])
    assert page.read_text() == text
