"""Runs are kept, gone on with, and measured again when the code has changed; peers can give up."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import environments, jobs, runs
from benchmarks.counties import county
from benchmarks.environments import MissingEnvironmentError, python_of
from benchmarks.peers.registry import PEERS, Peer
from benchmarks.runs import Figures, JobError, Runner
from matching import solve

PEER_MAIN = Path("benchmarks/peers/__main__.py").resolve()


def pairs_of_county() -> int:
    return solve(county("limits", 30, 1), explain=False).pairs


class InProcess(Runner):
    """Saves the start of a process for each job; one test starts them all the same."""

    def run(self, job: str, arguments: Figures, out: Path) -> None:
        jobs.main(job, json.dumps(arguments), str(out))


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Peers run in the tests' own environment, which has SciPy."""
    monkeypatch.setattr(runs, "python_of", lambda _name: Path(sys.executable))
    return InProcess(folder=tmp_path, cap_s=30.0)


def test_job_is_run_once(runner: Runner) -> None:
    first = runner.job("yardstick", kind="limits", families=30, seed=1)
    assert first["pairs"] == pairs_of_county()
    (kept,) = (runner.folder / "results").iterdir()
    kept.write_text(json.dumps({"pairs": -1}), encoding="utf-8")
    assert runner.job("yardstick", kind="limits", families=30, seed=1) == {"pairs": -1}
    assert runner.job("yardstick", kind="limits", families=30, seed=2)["pairs"] > 0


def test_job_is_run_again_when_the_code_changed(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = {"kind": "limits", "families": 30, "seed": 1}
    runner.job("yardstick", **county)
    monkeypatch.setattr(runs, "_all_own", lambda: [PEER_MAIN])
    runner.job("yardstick", **county)
    assert len(list((runner.folder / "results").iterdir())) == 2


def test_job_in_a_process_of_its_own_finds_the_same(runner: Runner, tmp_path: Path) -> None:
    county = {"kind": "limits", "families": 30, "seed": 1}
    Runner(folder=tmp_path).run("yardstick", county, tmp_path / "out.json")
    figures = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    same = runner.job("yardstick", **county)
    assert {**figures, "seconds": 0} == {**same, "seconds": 0}


def test_job_that_fails_is_told_and_not_kept(tmp_path: Path) -> None:
    runner = Runner(folder=tmp_path)
    with pytest.raises(JobError, match=r"(?s)^yardstick .*KeyError: 'nowhere'"):
        runner.job("yardstick", kind="nowhere", families=30, seed=1)
    assert list((runner.folder / "results").iterdir()) == []


@pytest.mark.long
def test_solved_job_tells_stages_and_memory(runner: Runner) -> None:
    folder = str(runner.files("limits", 30, 1))
    row = runner.job("solved", folder=folder, explain=False)
    assert sum(row["stages"].values()) == pytest.approx(row["seconds"], rel=0.5, abs=0.1)
    assert row["mb"] > 20
    assert row["pairs"] == pairs_of_county()


@pytest.mark.long
def test_peer_finds_what_the_job_finds(runner: Runner) -> None:
    ours = runner.job("solved", folder=str(runner.files("limits", 30, 1)), explain=False)
    theirs = runner.peer("highs_scipy", runner.arcs("limits", 30, 1))
    assert (theirs["who"], theirs["cost"]) == (ours["who"], ours["cost"])
    assert list(theirs["versions"]) == ["scipy"]


def test_peer_that_takes_too_long_or_too_much_gives_up(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    arcs = runner.arcs("limits", 300, 1)
    hurried = InProcess(folder=runner.folder, cap_s=0.01)
    assert hurried.peer("highs_scipy", arcs)["gave_up"] == "> 0 s"
    nobody = Peer("none", "scipy", ("scipy",), "linear", "by_nobody", "nothing")
    monkeypatch.setitem(PEERS, "nobody", nobody)  # type: ignore[arg-type]
    assert runner.peer("nobody", arcs)["gave_up"].startswith("failed: ")


def test_environment_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "REQUIREMENTS", tmp_path)
    (tmp_path / "unpinned.txt").write_text("numpy\n", encoding="utf-8")
    with pytest.raises(MissingEnvironmentError, match="require-hashes"):
        python_of("unpinned", tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []
