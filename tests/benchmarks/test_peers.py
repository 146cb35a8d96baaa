"""Peers that need no environment of their own find our optimum; the others are well described."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from benchmarks.counties import county
from benchmarks.environments import requirements
from benchmarks.instances import arcs_of
from benchmarks.jobs import checked
from benchmarks.peers.assignments import by_scipy_cheapest, by_scipy_most
from benchmarks.peers.constraints import by_cp_sat
from benchmarks.peers.exchange import Arcs, judge
from benchmarks.peers.linear import by_scipy
from benchmarks.peers.registry import PEERS
from matching import Problem, generate, solve

FOLDER = Path("benchmarks/peers")
PINNED = re.compile(r"^[a-z0-9-]+==[0-9.]+ *\\?$")


def best(found: Problem) -> tuple[str, int]:
    result = solve(found, explain=False)
    return checked(found, arcs_of(found), result), result.cost


@pytest.mark.parametrize("seed", range(6))
def test_highs_finds_the_same_optimum(seed: int) -> None:
    found = generate(30, seed=seed)
    judged = judge(arcs_of(found), by_scipy(arcs_of(found)))
    assert (judged.who, judged.cost) == best(found)


@pytest.mark.parametrize("seed", range(3))
def test_cp_sat_finds_the_same_optimum(seed: int) -> None:
    found = generate(20, seed=seed)
    judged = judge(arcs_of(found), by_cp_sat(arcs_of(found), workers=1, linearization=2))
    assert (judged.who, judged.cost) == best(found)


def test_scipys_assignment_finds_the_same_where_it_can_express_the_problem() -> None:
    for seed in range(4):
        found = county("slots_only", 40, seed)
        judged = judge(arcs_of(found), by_scipy_cheapest(arcs_of(found)))
        assert (judged.who, judged.cost) == best(found)
        most = judge(arcs_of(found), by_scipy_most(arcs_of(found)))
        assert most.claimed == most.kept == judged.kept


def test_arcs_come_back_from_their_file(tmp_path: Path) -> None:
    arcs = arcs_of(generate(40, seed=3))
    arcs.save(tmp_path / "arcs.npz")
    again = Arcs.load_from(tmp_path / "arcs.npz")
    assert {name: column.tolist() for name, column in vars(arcs).items()} == {
        name: column.tolist() for name, column in vars(again).items()
    }


def test_slot_arcs_are_one_for_each_shared_slot() -> None:
    arcs = arcs_of(generate(40, seed=3))
    pair, coach_slot = arcs.slotted
    wanted = [
        (at, int(arcs.coach[at]) * 28 + slot)
        for at in range(len(arcs.cost))
        for slot in range(28)
        if int(arcs.shared[at]) >> slot & 1
    ]
    assert list(zip(pair.tolist(), coach_slot.tolist(), strict=True)) == wanted


def test_every_peer_has_its_function_and_its_versions() -> None:
    for name, peer in PEERS.items():
        tree = ast.parse((FOLDER / f"{peer.module}.py").read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert peer.function in functions, name
        text = requirements(peer.environment).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not line.startswith(" ")]
        assert [line for line in lines if not PINNED.match(line)] == []
        pinned = {line.partition("==")[0] for line in lines}
        assert {*peer.packages, "numpy"} <= pinned, name
        assert "://" not in text


def test_peers_import_nothing_of_ours() -> None:
    """Two of them install a module called `matching`: ours must not be asked for by mistake."""
    imported = set()
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").partition(".")[0])
    assert "numpy" in imported
    assert imported & {"matching", "benchmarks", "peerapp"} == set()
