"""Every verb from end to end: what it prints, its data for programs, its exit codes."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matching.command import bench, main
from matching.command.codes import EXIT_CODES, Code
from matching.command.entry import VERBS, parser
from matching.files import read_problem
from matching.output import read_claim, write_result
from matching.reading import result_of
from matching.solver import solve
from tests.matching.making import DATA

SOURCE = DATA / "b"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("result") / "out"
    write_result(solve(read_problem(SOURCE)), folder)
    return folder


def data_of(capsys: Capture, *arguments: object) -> Any:
    """The JSON that a successful run prints, which is all it prints there."""
    assert main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_solve_gives_its_summary_as_data(tmp_path: Path, capsys: Capture) -> None:
    found = data_of(capsys, "solve", SOURCE, "--out", tmp_path / "out")
    assert found == json.loads((tmp_path / "out" / "summary.json").read_text())
    assert found["matched"] == 90


def test_check_gives_its_faults_as_data(tmp_path: Path, out: Path, capsys: Capture) -> None:
    assert data_of(capsys, "check", SOURCE, out) == {"correct": True, "faults": []}
    for path in out.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "summary.json").unlink()
    assert main(["check", str(SOURCE), str(tmp_path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["correct"] is False
    assert found["faults"] == [
        "summary.json: FileNotFoundError; allowed: well-formed JSON"
    ]  # fmt: skip


def test_generate_gives_its_counts_as_data(tmp_path: Path, capsys: Capture) -> None:
    found = data_of(capsys, "generate", tmp_path, "--families", 9, "--coaches", 4, "--seed", 2)
    assert found == {"families": 9, "coaches": 4, "seed": 2}


def test_bad_input_is_data_as_well(tmp_path: Path, capsys: Capture) -> None:
    for name in ("families.csv", "coaches.csv"):
        (tmp_path / name).write_bytes((SOURCE / name).read_bytes())
    with (tmp_path / "families.csv").open("a") as file:
        file.write("F9,x,0,1,2026-01-01,,,,any,,no,0,\n")
    verbs = (
        ["solve", str(tmp_path), "--out", str(tmp_path / "out")],
        ["check", str(tmp_path), str(tmp_path)],
        ["explain", str(tmp_path), str(tmp_path)],
        ["whatif", str(tmp_path), "--change", "forget F9"],
    )
    for verb in verbs:
        assert main([*verb, "--json"]) == 2
        told = capsys.readouterr()
        found = json.loads(told.out)
        assert found.keys() == {"status", "message", "faults"}
        assert (found["status"], found["message"]) == ("bad_input", told.err.rstrip("\n"))
        assert found["faults"][0] == {
            "file": "families.csv", "line": 202, "column": "easting", "value": "x",
            "allowed": "a whole number",
        }  # fmt: skip
        assert told.err.splitlines()[0] == (
            "families.csv line 202: easting is 'x'; allowed: a whole number"
        )
    assert not (tmp_path / "out").exists()


def test_other_failures_are_data_as_well(tmp_path: Path, out: Path, capsys: Capture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    for words, code, status in (
        (["solve", SOURCE, "--out", tmp_path / "out", "--time-limit", "0"], 3, "no_time"),
        (["solve", SOURCE, "--out", blocked / "out"], 2, "bad_input"),
        (["explain", SOURCE, out, "--family", "F9"], 2, "bad_input"),
        (["whatif", SOURCE], 2, "bad_input"),
    ):
        assert main([*map(str, words), "--json"]) == code
        found = json.loads(capsys.readouterr().out)
        assert (found["status"], found["faults"]) == (status, [])
        assert found["message"] != ""
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_result_read_back_is_what_was_written(out: Path) -> None:
    problem = read_problem(SOURCE)
    result = solve(problem)
    found = result_of(problem, read_claim(out))
    assert found.proposals == result.proposals
    assert found.recruitment == result.recruitment
    assert (found.cost, found.load_cost, found.optimal) == (result.cost, result.load_cost, True)
    assert [(row.family_id, row.reason, row.near_misses) for row in found.unmatched] == [
        (row.family_id, row.reason, row.near_misses) for row in result.unmatched
    ]


def test_explain_tells_of_one_family_and_one_coach(out: Path, capsys: Capture) -> None:
    row = next(one for one in solve(read_problem(SOURCE)).proposals if one.next_best)
    found = data_of(
        capsys, "explain", SOURCE, out, "--family", row.family_id, "--coach", row.coach_id
    )
    assert found[0]["proposal"]["parts"] == row.parts.as_dict()
    assert found[0]["note"][0].startswith(f"{row.family_id} with {row.coach_id}: ")
    assert f"Could have had {row.next_best[0].coach_id}: " in " ".join(found[0]["note"])
    assert found[1]["coach_id"] == row.coach_id
    assert row.family_id in [one["family_id"] for one in found[1]["proposals"]]
    assert main(["explain", str(SOURCE), str(out), "--family", row.family_id]) == 0
    assert capsys.readouterr().out.splitlines() == found[0]["note"]


def test_explain_tells_of_everybody_in_order(out: Path, capsys: Capture) -> None:
    problem = read_problem(SOURCE)
    found = data_of(capsys, "explain", SOURCE, out)
    names = [entry["family_id"] for entry in found if "family_id" in entry]
    assert names == sorted(problem.family_by_id)
    with (out / "unmatched.csv").open(newline="") as file:
        left_out = {row["family_id"]: row for row in csv.DictReader(file)}
    for entry in found[: len(names)]:
        row = left_out.get(entry["family_id"])
        assert ("unmatched" in entry) == (row is not None)
        if row:
            assert entry["note"][-1] == row["suggestion"]
    gained = [entry["recruitment"]["families_gained"] for entry in found[len(names) :]]
    assert gained == [row.families_gained for row in solve(problem).recruitment]
    assert len(gained) > 0


def test_a_letter_comes_without_data_and_alone_without_heading(out: Path, capsys: Capture) -> None:
    name = read_claim(out).unmatched[0].family_id
    (entry,) = data_of(capsys, "explain", SOURCE, out, "--letter", "--family", name)
    assert entry.keys() == {"family_id", "letter"}
    assert entry["letter"][0] == "We have not found a coach for you yet."
    assert main(["explain", str(SOURCE), str(out), "--letter", "--family", name]) == 0
    assert capsys.readouterr().out.splitlines() == entry["letter"]
    assert main(["explain", str(SOURCE), str(out), "--letter"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("To family ") for line in lines) == 200


def test_explain_refuses_strangers_and_results_of_other_problems(
    tmp_path: Path, out: Path, capsys: Capture
) -> None:
    options = ["--family", "F9", "--coach", "C9"]
    assert main(["explain", str(SOURCE), str(out), *options]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"There is no family F9 in {SOURCE}.", f"There is no coach C9 in {SOURCE}.",
    ]  # fmt: skip
    assert main(["explain", str(DATA / "a"), str(out)]) == 1
    assert "allowed: the families of the problem" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (",in_person,", ",remote,", "mode is 'remote for "),
        (",C", ",X", "coach_id is 'X"),
    ],
)
def test_explain_refuses_a_result_with_wrong_rows(
    tmp_path: Path, out: Path, capsys: Capture, old: str, new: str, fault: str
) -> None:
    for path in out.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (out / "proposals.csv").read_text()
    assert old in text
    (tmp_path / "proposals.csv").write_text(text.replace(old, new, 1))
    assert main(["explain", str(SOURCE), str(tmp_path)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"proposals.csv: {fault}")
    assert told[-1] == "1 fault."


def test_whatif_tells_the_same_whether_solved_again_or_read(out: Path, capsys: Capture) -> None:
    coach_id = read_claim(out).proposals[0].coach_id
    change = ["--change", f"coach {coach_id} gone"]
    solved = data_of(capsys, "whatif", SOURCE, *change)
    assert data_of(capsys, "whatif", SOURCE, *change, "--before", out) == solved
    causes = [c["why"] for chain in solved["chains"] for m in chain["moves"] for c in m["causes"]]
    assert "coach_gone" in causes
    assert main(["whatif", str(SOURCE), *change, "--quiet"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Families matched: ")
    assert told.err == ""


def test_whatif_writes_a_result_that_anybody_can_check(
    tmp_path: Path, out: Path, capsys: Capture
) -> None:
    before = {path.name: path.read_bytes() for path in SOURCE.iterdir()}
    plan = tmp_path / "plan.txt"
    plan.write_text("# one more\ncoach NEW like C000001 capacity=2\nsetting load=6\n")
    folder = tmp_path / "difference"
    arguments = ["--changes", str(plan), "--before", str(out), "--out", str(folder), "--quiet"]
    assert main(["whatif", str(SOURCE), *arguments]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "comparison.json", "moves.csv", "problem", "result", "totals.csv",
    ]  # fmt: skip
    assert main(["check", str(folder / "problem"), str(folder / "result")]) == 0
    assert "NEW" in read_problem(folder / "problem").coach_by_id
    assert {path.name: path.read_bytes() for path in SOURCE.iterdir()} == before


def test_whatif_with_bad_changes_writes_nothing(tmp_path: Path, capsys: Capture) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("coach C9 gone\npin F000001\n")
    arguments = ["--changes", str(plan), "--out", str(tmp_path / "difference")]
    assert main(["whatif", str(SOURCE), *arguments]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "plan.txt line 1: coach_id is 'C9'; allowed: an id in coaches; a new one needs like",
        "plan.txt line 2: pin F000001; allowed: pin FAMILY COACH",
        "2 faults; nothing was written.",
    ]
    assert main(["whatif", str(SOURCE)]) == 2
    assert capsys.readouterr().err == "Say what changes, with --change or --changes.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.txt"]


def test_whatif_with_impossible_pins_names_them(capsys: Capture) -> None:
    problem = read_problem(SOURCE)
    family_id, coach_id = problem.families[0].family_id, problem.coaches[0].coach_id
    changes = [f"exclude {family_id} {coach_id}", f"pin {family_id} {coach_id}"]
    arguments = [word for change in changes for word in ("--change", change)]
    assert main(["whatif", str(SOURCE), *arguments, "--quiet"]) == 2
    assert "this pair breaks " in capsys.readouterr().err
    assert main(["whatif", str(SOURCE), "--change", "setting load=1", "--time-limit", "0"]) == 3


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: Capture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert main(["solve", str(DATA / "a"), "--out", str(blocked / "out"), "--quiet"]) == 2
    assert capsys.readouterr().err == f"{blocked}: File exists\n"


def test_bench_measures_each_size(capsys: Capture) -> None:
    found = data_of(capsys, "bench", "--sizes", "60,30")
    assert [row["families"] for row in found] == [30, 60]
    assert [row["optimal"] for row in found] == [True, True]
    assert [row["growth"] is None for row in found] == [True, False]
    for row in found:
        assert sum(row["seconds"].values()) <= 2.2 * row["seconds"]["total"]
    assert main(["bench", "--sizes", "20,40", "--no-explain", "--quiet"]) == 0
    told = capsys.readouterr()
    head, *lines = told.out.splitlines()
    assert head.split()[:6] == ["families", "coaches", "pairs", "matched", "pairs", "s"]
    assert [line.split()[0] for line in lines] == ["20", "40"]
    assert told.err == ""


@pytest.mark.parametrize("text", ["", "1", "10,x", "10,,20", "-5"])
def test_bench_refuses_sizes_that_are_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        bench.sizes(text)


def _helps() -> Iterator[tuple[str, str]]:
    found = parser()
    yield "", found.format_help()
    (verbs,) = (a for a in found._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in verbs.choices.items():
        yield name, command.format_help()


def test_help_of_every_verb_teaches_with_examples_and_exit_codes() -> None:
    helps = dict(_helps())
    assert list(helps) == ["", "solve", "check", "explain", "whatif", "generate", "bench"]
    for name, text in helps.items():
        assert EXIT_CODES in text
        assert f"python -m matching {name}".strip() in text
    assert len(VERBS) == len(helps) - 1
    for code in Code:
        assert f"\n  {int(code)}  " in f"\n{EXIT_CODES}"


def test_examples_of_the_help_are_arguments_that_are_understood() -> None:
    import shlex

    for verb in VERBS:
        for line in verb.EXAMPLES.splitlines():
            words = shlex.split(line.partition("|")[0])
            assert words[:3] == ["python", "-m", "matching"]
            assert parser().parse_args(words[3:]).run is verb.run


def _run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "matching", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, **options)


def test_progress_is_plain_lines_in_a_pipe(tmp_path: Path) -> None:
    done = _run("solve", DATA / "a", "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout)["optimal"] is True
    assert "finding all pairs …" in done.stderr.splitlines()
    assert "\x1b" not in done.stderr


def test_progress_is_a_bar_on_a_terminal(tmp_path: Path) -> None:
    here, there = pty.openpty()
    command = [sys.executable, "-m", "matching", "solve", str(DATA / "a"), "--out"]
    done = subprocess.run(
        [*command, str(tmp_path / "out")], stdout=subprocess.PIPE, stderr=there,
        env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(there)
    shown = os.read(here, 1 << 16).decode()
    os.close(here)
    assert done.returncode == 0
    assert "Matching" in shown
    assert "\x1b[" in shown


def test_a_reader_who_has_enough_is_no_fault(out: Path) -> None:
    script = (
        f"{sys.executable} -m matching explain {SOURCE} {out} | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", script], text=True, capture_output=True)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_json_is_one_document(capsys: Capture) -> None:
    assert main(["bench", "--sizes", "10", "--json"]) == 0
    assert len(json.load(io.StringIO(capsys.readouterr().out))) == 1
