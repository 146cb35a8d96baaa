"""The scorecard: each row has a test that shows it, and a control; what has none is declared."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.scorecard import dumped, holes, loaded, main, table, verdict
from tests.support.scorecard_rows import MISSING, ROWS, WITHOUT_CONTROL, row_of

TESTS = Path(__file__).parents[1]

pytest_plugins = ("pytester",)


def marks_in(tree: ast.AST):
    """Yield the row and whether it is a control, of each mark in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.scorecard":
            control = any(ast.unparse(one) == "control=True" for one in node.keywords)
            for argument in node.args:
                yield row_of(ast.literal_eval(argument)).name, control


def all_marks() -> set[tuple[str, bool]]:
    files = [path for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    return {mark for tree in trees for mark in marks_in(tree)}


def test_rows_without_a_test_are_those_declared():
    shown = {row for row, control in all_marks() if not control}
    assert {row.name for row in ROWS} - shown == MISSING


def test_rows_without_a_control_are_those_declared():
    marks = all_marks()
    shown = {row for row, _ in marks} - {row for row, control in marks if control}
    assert shown == WITHOUT_CONTROL


def test_rows_are_those_of_the_documentation():
    text = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
    _, _, section = text.partition("## Scorecard")
    listed = re.findall(r"^\| ([\d.]+[^|]*?|DA-[^|]*?) \|", section, flags=re.MULTILINE)
    assert listed == [row.name for row in ROWS]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("8.2.1", "8.2.1"),
        ("15.4.2", "2.3.3 / 2.3.4 / 15.4.2"),
        ("6.2.7", "6.2.x"),
        ("3.4.3", "3.3 / 3.4 / 3.5"),
        ("DA-3", "DA-2 / DA-3"),
    ],
)
def test_number_belongs_to_one_row(number, name):
    assert [row.name for row in ROWS if row.holds(number)] == [name]


@pytest.mark.parametrize("number", ["8.2.11", "8.2", "9.9.9", "DA-9", ""])
def test_number_of_no_row_is_refused(number):
    with pytest.raises(ValueError, match="no row"):
        row_of(number)


INNER = """
import pytest

@pytest.mark.scorecard("8.2.1")
@pytest.mark.parametrize("value", [1, 2, 3])
def test_some(value):
    assert value != 3

@pytest.mark.scorecard("8.2.1", control=True)
def test_control():
    pass

@pytest.mark.scorecard("16.5")
def test_broken(nothing_of_this_name):
    pass

@pytest.mark.scorecard("DA-1")
def test_left_out():
    pytest.skip()
"""


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_counts_tell_what_passed_and_what_did_not(pytester, monkeypatch, workers):
    monkeypatch.setenv("PEERAPP_SCORECARD", str(pytester.path))
    monkeypatch.setenv("PEERAPP_TEST_DB", "sqlite")
    monkeypatch.setenv("PYTHONPATH", str(TESTS.parent))
    pytester.makeini("[pytest]\nmarkers =\n    scorecard(row, control): a row\n")
    pytester.makeconftest(
        "from tests.support.scorecard import Scorecard\n"
        "def pytest_configure(config):\n"
        "    config.pluginmanager.register(Scorecard())\n"
    )
    pytester.makepyfile(INNER)
    pytester.runpytest_subprocess("-q", *workers)
    counts = loaded([pytester.path / "scorecard-sqlite.json"])
    assert dict(counts) == {
        ("8.2.1", "test"): 3,
        ("8.2.1", "test passed"): 2,
        ("8.2.1", "control"): 1,
        ("8.2.1", "control passed"): 1,
        ("16.5", "test"): 1,
        ("16.5", "test passed"): 0,
    }


def test_counts_of_several_runs_are_added_up(tmp_path):
    runs = [Counter({("8.2.1", "test"): 2, ("8.2.1", "test passed"): 1}) for _ in range(2)]
    paths = [tmp_path / f"{number}.json" for number in range(2)]
    for path, counts in zip(paths, runs, strict=True):
        path.write_text(dumped(counts))
    lines = table(loaded(paths))
    assert lines[1].split()[-4:] == ["4", "2", "0", "NONE"]
    assert len(lines) == len(ROWS) + 1
    assert len(table(loaded(paths), whole=False)) == 2


@pytest.mark.parametrize(
    ("controls", "failed", "told"), [(0, 0, "NONE"), (2, 2, "yes"), (3, 1, "NO: 2 of 3")]
)
def test_table_says_whether_controls_failed(controls, failed, told):
    assert verdict(controls, failed) == told


def test_whole_run_fails_where_a_row_has_no_test_or_no_control(tmp_path, capsys):
    full = Counter({(row.name, kind): 1 for row in ROWS for kind in ("test", "control")})
    assert holes(full) == []
    del full["8.2.1", "control"], full["16.5", "test"]
    assert holes(full) == ["8.2.1 has no control", "16.5 has no test"]
    (tmp_path / "scorecard-sqlite.json").write_text(dumped(full))
    (tmp_path / "scorecard-sqlite.txt").write_text("")
    assert [main(str(tmp_path), whole=whole) for whole in (False, True)] == [0, 1]
    assert "8.2.1 has no control" in capsys.readouterr().out
