"""Tables hold the figures that were measured; charts and blocks are written as they should be."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import matching as benchmark
from benchmarks.__main__ import PAGE, charts, write
from benchmarks.charts import Chart, svg
from benchmarks.counties import KINDS, county
from benchmarks.matching import DisagreementError, Measured, Plan, measure
from benchmarks.report import growth, sentences, tables
from benchmarks.reruns import changed, kept
from benchmarks.tables import BEGIN, END, markdown_table, write_blocks
from matching import generate, solve
from tests.benchmarks.test_runs import InProcess

SVG = "{http://www.w3.org/2000/svg}"
TINY = Plan(
    sizes=((20, (1,)), (30, (1, 2))),
    peers=(20, 30),
    quality=(30, (1, 2)),
    table=10,
    kinds=("plain", "on_foot"),
    names=(),
)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(TINY, InProcess(folder=tmp_path_factory.mktemp("bench")), lambda _step: None)


@pytest.mark.long
def test_tables_have_a_row_for_each_size_and_kind(measured: Measured) -> None:
    found = {table.name: table for table in tables(measured)}
    for table in found.values():
        assert {len(row) for row in table.rows} == {len(table.columns)}
    assert [row[:2] for row in found["scale"].rows] == [("20", "1"), ("30", "1"), ("30", "2")]
    assert [row[0] for row in found["quality"].rows] == ["plain", "on foot"]
    assert [row[0] for row in found["times-limits"].rows] == [
        "**this matcher**", "greedy by priority", "deferred acceptance (ours)",
    ]  # fmt: skip


@pytest.mark.long
def test_quality_sums_over_seeds(measured: Measured) -> None:
    each = [solve(county("on_foot", 30, seed), explain=False) for seed in (1, 2)]
    sums = measured.quality["on_foot"]
    assert sums["best"] == [sum(r.matched for r in each), sum(r.cost for r in each), 0]
    assert sums["pairs"] == sum(r.pairs for r in each) / 60


def test_growth_is_the_exponent_between_the_ends() -> None:
    ends = {5_000: 2.0, 20_000: 3.0, 80_000: 32.0}
    rows = {(n, 1): {"solved": {"seconds": s, "mb": 10.0 * s}} for n, s in ends.items()}
    assert growth(Measured(TINY, scale=rows)) == {
        "seconds": (pytest.approx(1.0), 5_000, 80_000),
        "mb": (pytest.approx(1.0), 5_000, 80_000),
    }
    assert growth(Measured(TINY, scale={(5_000, 1): rows[5_000, 1]})) == {}


@pytest.mark.long
def test_page_and_charts_are_written_from_one_run(measured: Measured, tmp_path: Path) -> None:
    page = tmp_path / PAGE.name
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    write(measured, tables(measured), page, tmp_path)
    text = page.read_text(encoding="utf-8")
    for table in tables(measured):
        assert text.count(markdown_table(table.columns, table.rows)) >= 1
    assert sentences(measured) in text
    for name in charts(measured):
        assert f"images/{name}.svg" in text
        assert (tmp_path / f"{name}.svg").is_file()


def test_chart_is_told_in_words_and_every_line_has_its_own_look() -> None:
    lines = {f"line <{n}>": [(1_000.0, 1.0 + n), (10_000.0, 20.0 + n)] for n in range(11)}
    root = ET.fromstring(svg(Chart("Seconds & more", "families", "seconds", lines)))
    assert root.find(f"{SVG}title").text == "Seconds & more"  # type: ignore[union-attr]
    told = root.find(f"{SVG}desc").text or ""  # type: ignore[union-attr]
    assert "line <10>: 11 at 1,000, 30 at 10,000." in told
    drawn = []
    for group in root.findall(f"{SVG}g"):
        path, *marks = list(group)
        shape = marks[0].get("d", "circle").partition("m")[2]
        drawn.append((path.get("stroke-dasharray"), shape, marks[0].get("fill")))
    assert len(set(drawn)) == len(lines)
    labels = [float(t.get("y", "")) for t in root.findall(f"{SVG}text") if "line" in (t.text or "")]
    assert min(b - a for a, b in pairwise(labels)) >= 14.9


@pytest.mark.long
def test_another_optimum_stops_the_run(measured: Measured) -> None:
    ours = measured.peers["limits"]["ours"][30]
    benchmark._check_same("highspy", {"gave_up": "> 1 s"}, ours)
    benchmark._check_same("scipy_most", {**ours, "cost": 0}, ours)
    benchmark._check_same("highspy", dict(ours), ours)
    for changes in ({"cost": ours["cost"] + 1}, {"who": "others"}):
        with pytest.raises(DisagreementError, match=r"^highspy: "):
            benchmark._check_same("highspy", {**ours, **changes}, ours)


def test_changed_replaces_one_in_a_hundred_and_keeps_what_was_reviewed() -> None:
    found = generate(200, seed=1)
    result = solve(found, explain=False)
    later = changed(found, result, seed=1)
    assert sum(f.family_id not in found.family_by_id for f in later.families) == 2
    assert sum(c.coach_id not in found.coach_by_id for c in later.coaches) == 1
    reviewed = {row.family_id: row.coach_id for row in result.proposals}
    assert dict(later.previous).items() <= reviewed.items()
    assert len(reviewed) - len(later.previous) <= 5
    again = kept(solve(later, explain=False), later)
    assert 0.9 * len(reviewed) < again["reviewed"] <= len(reviewed)
    assert again["moved"] <= 5


@pytest.mark.parametrize("kind", KINDS)
def test_county_is_the_same_every_time_and_has_what_was_asked(kind: str) -> None:
    found = county(kind, 40, 2)
    assert found == county(kind, 40, 2)
    assert len(found.families) == 40
    assert solve(found, explain=False).matched > 0


def test_write_blocks_replaces_what_is_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    marks = [(BEGIN.format(name=name), END.format(name=name)) for name in "tu"]
    page.write_text("\n".join(f"{begin}\nold\n{end}" for begin, end in marks), encoding="utf-8")
    write_blocks(page, {"t": markdown_table(("a", "b"), [("1", "2")]), "u": "words"})
    table = "| a | b |\n| :-- | --: |\n| 1 | 2 |"
    assert page.read_text(encoding="utf-8") == (
        f"{marks[0][0]}\n{table}\n{marks[0][1]}\n{marks[1][0]}\nwords\n{marks[1][1]}"
    )


@pytest.mark.parametrize("text", ["nothing", BEGIN, f"{END}\n{BEGIN}", f"{BEGIN}{END}{BEGIN}"])
def test_write_blocks_leaves_a_page_without_both_markers_once(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    text = text.format(name="t")
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^page\.md must have once and in order"):
        write_blocks(page, {"t": "new"})
    assert page.read_text(encoding="utf-8") == text
