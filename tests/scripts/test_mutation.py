"""The faults that are put in, and that a trial notices them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.mutation.__main__ import NEEDED
from scripts.mutation.mutants import mutants_of, mutated
from scripts.mutation.page import ACCEPTED, Outcome, write_page

SOURCE = '''
def least(values: list[int], limit: int = 3) -> int:
    """The least below 3."""
    found = {}
    for value in values:
        if value < limit and not found:
            found[value] = min(value, 2)
        while value:
            continue
    return -1 if found else sum(n for n in found if n)
'''


def told(source: str) -> list[tuple[str, str]]:
    return [(mutant.before, mutant.after) for mutant in mutants_of("m", source)]


def test_every_kind_of_fault_is_put_in() -> None:
    both = "value < limit and (not found)"
    put = "found[value] = min(value, 2)"
    back = "return -1 if found else sum((n for n in found if n))"
    assert told(SOURCE) == [
        ("values: list[int], limit: int=3", "values: list[int], limit: int=4"),
        ("values: list[int], limit: int=3", "values: list[int], limit: int=2"),
        (f"if {both}", "if True"),
        (f"if {both}", "if False"),
        (both, "value < limit or not found"),
        (both, "not found"),
        (both, "value < limit"),
        (both, "value <= limit and (not found)"),
        (both, "value >= limit and (not found)"),
        (both, "value < limit and found"),
        (put, "pass"),
        (put, "found[value] = max(value, 2)"),
        (put, "found[value] = min(value, 3)"),
        (put, "found[value] = min(value, 1)"),
        ("while value", "while False"),
        ("continue", "break"),
        (back, back.replace("-1 if found", "-1 if True")),
        (back, back.replace("-1 if found", "-1 if False")),
        (back, back.replace("-1", "1")),
        (back, back.replace("-1", "-2")),
        (back, back.replace("-1", "-0")),
        (back, back.replace(" if n)", ")")),
    ]


def test_a_fault_keeps_its_key_while_its_function_is_the_same() -> None:
    def keys(source: str, where: str) -> list[str]:
        return [mutant.key for mutant in mutants_of("m", source) if mutant.where == where]

    twice = SOURCE + "LIMIT = 3\n" + SOURCE.replace("least", "fewest")
    assert keys(twice, "least") == keys(SOURCE, "least")
    assert not set(keys(twice, "fewest")) & set(keys(SOURCE, "least"))
    changed = SOURCE.replace("return -1", "return -2")
    assert not set(keys(changed, "least")) & set(keys(SOURCE, "least"))
    every = [mutant.key for mutant in mutants_of("m", twice)]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("a += 2", ["a -= 2", "pass", "a += 3", "a += 1"]),
        ("a.append(b)", ["pass"]),
        ("a <= b < c", ["a < b < c", "a > b < c", "a <= b <= c", "a <= b >= c"]),
        ("a is None", ["a is not None"]),
        ("f(x, strict=True)", ["pass"]),
        ("def f(a: x[1] = True) -> y[2]:\n    return a", ["a: x[1]=False"]),
        ("b = np.minimum(a & c)", ["b = np.maximum(a & c)", "b = np.minimum(a | c)"]),
    ],
)
def test_faults_of(source: str, after: list[str]) -> None:
    assert [other for _, other in told(source)] == after


def test_like_faults_of_one_function_are_told_apart() -> None:
    assert told("f(a)\nf(a)") == [("f(a)", "pass"), ("f(a) (no. 2)", "pass")]


def test_each_mutant_differs_from_the_source_in_one_place() -> None:
    plain = ast.unparse(ast.parse(SOURCE)).splitlines()
    mutants = list(mutants_of("m", SOURCE))
    for mutant in mutants:
        lines = ast.unparse(mutated(SOURCE, mutant)).splitlines()
        different = [pair for pair in zip(plain, lines, strict=True) if pair[0] != pair[1]]
        assert len(different) == 1, mutant
    assert len({(mutant.node, mutant.which) for mutant in mutants}) == len(mutants)


def test_page_counts_and_asks_for_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.mutation.page.PAGE", tmp_path / "page.md")
    monkeypatch.setattr("scripts.mutation.page.ACCEPTED", tmp_path / "accepted.toml")
    page, accepted = tmp_path / "page.md", tmp_path / "accepted.toml"
    page.write_text("# Title\n\nWhy.\n\n## Figures\n\nold\n")
    accepted.write_text("reason = []\n")
    first, second, third = list(mutants_of("matching.m", "def f(a):\n    return a + 1"))
    rows = {"rules": [Outcome(first, "survived"), Outcome(second, "test"), Outcome(third, None)]}
    assert not write_page(rows)
    assert page.read_text().splitlines() == [
        "# Title", "", "Why.", "", "## Figures", "",
        "| modules | mutants | tried | caught by a test | by an error | by the clock | survived |",
        "|---|---|---|---|---|---|---|",
        "| rules | 3 | 2 | 1 | 0 | 0 | 1 |",
        "", "## Survivors", "", "**Not argued yet**", "",
        "- `matching.m`, f: `return a + 1` → `return a - 1`",
    ]  # fmt: skip
    accepted.write_text(
        '[[reason]]\nwhy = "It is so."\nmutants = [["m", "f", "return a + 1", "return a - 1"]]\n'
    )
    assert write_page(rows)
    assert page.read_text().splitlines()[-3:] == [
        "**It is so.**", "", "- `matching.m`, f: `return a + 1` → `return a - 1`",
    ]  # fmt: skip


TRIED = """
import ast, sys
from scripts.mutation.trial import with_tests

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
SOUND = "SEVEN = 7\\ndef f(n):\\n    return n"
FAULTS = (SOUND, SOUND + " if n < SEVEN else 0", SOUND + "\\nx = y", SOUND.replace("7", "8"),
          SOUND.replace("return", "while True:") )

def use(trial):
    for text in FAULTS:
        print(trial(("probed", ast.parse(text))), file=sys.__stderr__)

with_tests([sys.argv[1]], 100, use)
"""


def test_a_trial_tells_how_a_fault_is_caught(tmp_path: Path) -> None:
    (tmp_path / "probed.py").write_text("SEVEN = 7\n\n\ndef f(n):\n    return n\n")
    (tmp_path / "test_probed.py").write_text(
        "from hypothesis import given, strategies as st\nfrom probed import SEVEN, f\n\n\n"
        "@given(st.integers())\ndef test_f(n):\n    assert f(n) == n\n\n\n"
        "def test_seven():\n    assert SEVEN == 7\n"
    )
    command = [sys.executable, "-c", TRIED, str(tmp_path)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **NEEDED}
    )
    assert run.stderr.splitlines() == ["survived", "test", "error", "test", "time"]


def test_accepted_survivors_are_in_the_source() -> None:
    """An argument about code that has changed since is none."""
    table = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))
    known = {
        (mutant.module, mutant.where, mutant.before, mutant.after)
        for path in Path("matching").glob("*.py")
        for mutant in mutants_of(path.stem, path.read_text(encoding="utf-8"))
    }
    listed = [tuple(row) for reason in table["reason"] for row in reason["mutants"]]
    assert len(set(listed)) == len(listed)
    assert [row for row in listed if row not in known] == []
