"""The examples of the docs do what they say."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest

from matching.command import main
from matching.command.change_syntax import changed
from matching.command.entry import VERBS, parser
from matching.files import read_problem
from matching.solver import solve
from tests.matching.making import family, problem

DOCS = Path(__file__).parents[2] / "docs"
LIBRARY = (DOCS / "matching-library.md").read_text("utf-8")
METHOD = (DOCS / "matching-method.md").read_text("utf-8")
PYTHON = re.compile(r"```python\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def test_python_examples_print_what_stands_below_them() -> None:
    names: dict[str, object] = {}
    examples = PYTHON.findall(LIBRARY)
    assert len(examples) == LIBRARY.count("```python") == 7
    for code, expected in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        assert printed.getvalue() == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("README.md", ""),
        ("packaging/matching/README.md", r"[0-9]+ matched, [0-9]+ points, proved: True\n"),
    ],
)
def test_python_examples_of_the_readmes_run(page: str, expected: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS.parent / page).read_text("utf-8"), re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    assert re.fullmatch(expected, printed.getvalue())


def _sessions() -> list[tuple[str, str]]:
    """Commands of the method's page, each with what it prints."""
    found = []
    for block in CONSOLE.findall(METHOD):
        for part in block.split("$ ")[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_commands_of_the_worked_example_print_what_stands_below_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(DOCS / "matching-example", tmp_path / "matching-example")
    monkeypatch.chdir(tmp_path)
    assert len(_sessions()) == 5
    for command, expected in _sessions():
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "matching"]
        assert main(words[3:]) == 0
        assert capsys.readouterr().out == expected


def test_picture_of_the_worked_example_shows_its_pairs_and_its_answer() -> None:
    found = read_problem(DOCS / "matching-example")
    picture = (DOCS / "images" / "matching-example.svg").read_text("utf-8")
    lines = re.findall(r'class="(\w+)".*?<title>(\w+) and (\w+): (\d+) points', picture)
    result = solve(found)
    chosen = {(row.family_id, row.coach_id, str(row.cost)) for row in result.proposals}
    assert {line[1:] for line in lines if line[0] == "chosen"} == chosen
    assert len(lines) == result.pairs == 9


def test_commands_and_changes_of_the_library_page_are_understood() -> None:
    (block,) = re.findall(r"```\n(python -m matching.*?)```", LIBRARY, re.DOTALL)
    verbs = [parser().parse_args(shlex.split(line)[3:]).run for line in block.splitlines()]
    assert {verb.run for verb in VERBS} == set(verbs)
    table = re.findall(r"^\| (`.*?) \| ", LIBRARY[: LIBRARY.index("**bench**")], re.MULTILINE)
    changes = [change for cell in table for change in re.findall(r"`(.*?)`", cell)]
    assert len(changes) == 16
    base = problem(family("F7"), supervisors={"S1": 1})
    base = changed(base, ["coach C12 like C1"])
    first = {
        "unpin F7": "pin F7 C12",
        "forget F7": "previous F7 C12",
        "allow F7 C12": "exclude F7 C12",
        "end F7 C12 mon_morning": "place F7 C12 mon_morning",
    }
    for change in changes:
        lines = [first[change]] if change in first else []
        assert changed(base, [*lines, change]) != changed(base, lines)


def test_pages_of_the_matcher_lead_to_pages_that_are_there() -> None:
    for page in sorted(DOCS.glob("matching*.md")):
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
