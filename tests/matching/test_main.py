"""The command from end to end, and what `check` says of files that were tampered with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matching.__main__ import main
from matching.files import read_problem
from matching.output import write_result
from matching.result import Result, Status
from matching.solver import solve
from tests.matching.making import DATA

FILES = ("proof.json", "proposals.csv", "recruitment.csv", "summary.json", "unmatched.csv")
SOURCE = DATA / "a"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_result(solve(read_problem(SOURCE)), tmp_path / "out")
    return tmp_path / "out"


def test_solve_then_check_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "out"
    assert main(["solve", str(DATA / "b"), "--out", str(out), "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == (
        "90 of 200 families matched, cost 9383 of which load 90."
    )
    assert printed.err == ""
    assert sorted(path.name for path in out.iterdir()) == list(FILES)
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert main(["check", str(DATA / "b"), str(out)]) == 0
    assert capsys.readouterr().out.startswith("Correct: all rules and limits are kept")


def test_summary_has_the_figures_of_the_definition(out: Path) -> None:
    summary = json.loads((out / "summary.json").read_text())
    seconds = summary.pop("seconds")
    assert list(seconds) == ["pairs", "who", "how", "proof", "explain", "recruit", "verify"]
    assert summary == {
        "status": "optimal", "families": 40, "coaches": 28, "pairs": 102, "matched": 26,
        "cost": 2710, "pair_cost": 2680, "load_cost": 30, "bound": 2710, "optimal": True,
        "version": "0.1.0",
    }  # fmt: skip


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    """In two processes, so that nothing can hang on the order of sets."""
    texts = []
    for name in ("one", "two"):
        command = [sys.executable, "-m", "matching", "solve", str(DATA / "b"), "--out"]
        subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True)
        found = {path.name: path.read_text() for path in sorted((tmp_path / name).iterdir())}
        summary = json.loads(found.pop("summary.json"))
        del summary["seconds"]
        texts.append((found, summary))
    assert texts[0] == texts[1]
    assert len(texts[0][0]) == 4


def test_solve_replaces_an_older_result(out: Path) -> None:
    (out / "proposals.csv").write_text("old\n")
    (out / "notes.txt").write_text("mine\n")
    assert main(["solve", str(SOURCE), "--out", str(out), "--quiet"]) == 0
    assert main(["check", str(SOURCE), str(out)]) == 0
    assert (out / "notes.txt").read_text() == "mine\n"


def _copy_of_source(folder: Path) -> Path:
    folder.mkdir()
    for name in ("families.csv", "coaches.csv"):
        (folder / name).write_bytes((SOURCE / name).read_bytes())
    return folder


def test_bad_input_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = _copy_of_source(tmp_path / "source")
    with (source / "families.csv").open("a") as file:
        file.write("F9,x,y,1,2026-01-01,,,,any,,no,0,\n")
    assert main(["solve", str(source), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "families.csv line 42: easting is 'x'; allowed: a whole number",
        "families.csv line 42: northing is 'y'; allowed: a whole number",
        "2 faults; nothing was written.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_impossible_pin_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = _copy_of_source(tmp_path / "source")
    (source / "pins.csv").write_text("family_id,coach_id\nF000001,C000001\n")
    assert main(["solve", str(source), "--out", str(tmp_path / "out"), "--quiet"]) == 2
    assert capsys.readouterr().err.startswith(
        "pins.csv line 2: coach_id is 'C000001'; allowed: a coach whom no rule forbids; "
        "this pair breaks "
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_time_limit_writes_nothing(tmp_path: Path) -> None:
    options = ["--time-limit", "0", "--quiet"]
    assert main(["solve", str(SOURCE), "--out", str(tmp_path / "out"), *options]) == 3
    assert list(tmp_path.iterdir()) == []


def test_a_result_that_is_not_proved_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time_limit"):
        write_result(Result(Status.TIME_LIMIT, 1, 1), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        text = (out / name).read_text()
        assert old in text
        (out / name).write_text(text.replace(old, new, 1))

    return change


def _drop_line(name: str, line: int) -> Callable[[Path], None]:
    def change(out: Path) -> None:
        lines = (out / name).read_text().splitlines(keepends=True)
        del lines[line]
        (out / name).write_text("".join(lines))

    return change


def _remove(name: str) -> Callable[[Path], None]:
    return lambda out: (out / name).unlink()


TAMPERED: list[tuple[Callable[[Path], None], str]] = [
    (_replace("proposals.csv", "sun_evening", "mon_evening"), "not a slot that both have free"),
    (_replace("proposals.csv", "in_person", "remote"), "mode is remote, must be in_person"),
    (_replace("proposals.csv", ",C0000", ",X0000"), "unknown coach"),
    (_replace("proposals.csv", "travel:", "travel:1"), "reasons add up to"),
    (_replace("proposals.csv", "in_person,", "in_person,x"), "allowed: a whole number"),
    (_drop_line("proposals.csv", 3), "is neither matched nor left out"),
    (_drop_line("unmatched.csv", 3), "is neither matched nor left out"),
    (_replace("unmatched.csv", "no_candidate", "outranked"), "must be no_candidate"),
    (_replace("unmatched.csv", "slots:", "slots:1"), "near misses are slots:1"),
    (_replace("unmatched.csv", "slots:", "slots="), "allowed: rule:count"),
    (_replace("recruitment.csv", ",3\n", ",4\n"), "families_gained is 4, must be 3"),
    (_replace("recruitment.csv", "woman", "lady"), "gender is 'lady'"),
    (_replace("summary.json", "2710", "2709"), "summary: cost is 2709, must be 2710"),
    (_replace("summary.json", '"pairs": 102', '"pairs": 101'), "pairs is 101, must be 102"),
    (_replace("summary.json", '"matched": 26', '"matched": 27'), "matched is 27, must be 26"),
    (_replace("summary.json", "true", "false"), "optimal is False, must be True"),
    (_replace("summary.json", '"bound": 2710', '"bound": 9'), "bound is 9, must be 2710"),
    (_replace("summary.json", '"bound": 2710', '"bound": null'), "bound is 'None'"),
    (_replace("summary.json", "{", "["), "allowed: well-formed JSON"),
    (_remove("proposals.csv"), "proposals.csv: No such file"),
    (_remove("summary.json"), "summary.json: FileNotFoundError"),
]


@pytest.mark.parametrize(("tamper", "expected"), TAMPERED)
def test_check_names_what_was_tampered_with(
    out: Path, capsys: pytest.CaptureFixture[str], tamper: Callable[[Path], None], expected: str
) -> None:
    assert main(["check", str(SOURCE), str(out)]) == 0
    capsys.readouterr()
    tamper(out)
    assert main(["check", str(SOURCE), str(out)]) == 1
    told = capsys.readouterr().out
    assert expected in told
    assert re.search(r"\n([2-9] faults|1 fault)\.\n$", told)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"slot_prices": 1}', '{"slot_prices": {"C 1 x": "a"}}']
)
def test_check_needs_no_proof(out: Path, content: str) -> None:
    (out / "proof.json").write_text(content)
    assert main(["check", str(SOURCE), str(out)]) == 0


def test_check_is_not_fooled_by_enormous_prices(out: Path) -> None:
    """Beyond 64 bits sums would wrap round."""
    proof = json.loads((out / "proof.json").read_text())
    for name in ("slot_prices", "coach_prices", "supervisor_prices"):
        proof[name] = dict.fromkeys(proof[name], 2**64)
    (out / "proof.json").write_text(json.dumps(proof))
    assert main(["check", str(SOURCE), str(out)]) == 0


def test_check_tells_bad_input_apart(tmp_path: Path, out: Path) -> None:
    assert main(["check", str(tmp_path / "nowhere"), str(out)]) == 2


def test_generate_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two", "other"):
        seed = "9" if name == "other" else "4"
        arguments = ["generate", str(tmp_path / name), "--families", "30", "--seed", seed]
        assert main(arguments) == 0
    one, two, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two", "other")
    )
    assert one == two
    assert one["families.csv"] != other["families.csv"]
    assert sorted(one) == [
        "coaches.csv", "exclusions.csv", "families.csv", "pins.csv", "placements.csv",
        "previous.csv", "supervisors.csv",
    ]  # fmt: skip
    assert main(["solve", str(tmp_path / "one"), "--out", str(tmp_path / "out"), "--quiet"]) == 0


def test_generate_plain_has_two_files(tmp_path: Path) -> None:
    arguments = ["generate", str(tmp_path), "--families", "5", "--coaches", "3", "--plain"]
    assert main(arguments) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["coaches.csv", "families.csv"]
    assert len(read_problem(tmp_path).coaches) == 3


@pytest.mark.parametrize("command", [[], ["solve"], ["check"], ["generate"]])
def test_help_tells_the_exit_codes(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert "exit codes:" in capsys.readouterr().out
