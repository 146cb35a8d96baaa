"""The verification accepts the right answer and nothing else."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import solver
from matching import verify_pairs as verify_module
from matching.candidates import find_candidates
from matching.generate import generate
from matching.problem import Settings
from matching.result import Proof
from matching.solver import solve
from matching.verify import VerificationError, verify
from tests.matching.brute import Assignment, Brute
from tests.matching.claims import PROBLEM, SOLVED, claimed
from tests.matching.making import small_problem


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**40))
def test_verify_accepts_an_assignment_if_and_only_if_it_is_the_best(seed: int) -> None:
    random = Random(seed)
    instance = small_problem(random)
    brute = Brute(instance)
    if not brute.pins_hold:
        return
    held: Assignment = {}
    some = [row.family_id for row in instance.families if random.random() < 0.8]
    wanted = brute.greedy if random.random() < 0.6 else tuple(some)
    ways = list(brute.ways(wanted))
    if ways:
        held = random.choice(ways)
    best = set(held) == set(brute.greedy) and brute.cost(held) == brute.least_cost
    faults = verify(instance, claimed(instance, brute, held, brute.cost(held)))
    assert (faults == ()) == best, faults


def test_verify_accepts_the_solvers_answer_without_its_proof() -> None:
    assert verify(PROBLEM, SOLVED) == ()
    assert verify(PROBLEM, replace(SOLVED, proof=Proof())) == ()


@pytest.mark.parametrize("load", [0, 5, 300])
@pytest.mark.parametrize("extras", [False, True])
def test_verify_finds_prices_where_none_are_given(load: int, extras: bool) -> None:
    """With and without supervisors; three families to a coach, so that load and limits bind."""
    found = replace(generate(60, 20, seed=4, extras=extras), settings=Settings(load=load), pins={})
    roomy = tuple(replace(row, capacity=3) for row in found.coaches)
    instance = replace(found, coaches=roomy)
    right = replace(solve(instance, explain=False), proof=Proof())
    assert (right.load_cost > 0) is (load > 0)
    assert verify(instance, right) == ()


def test_a_solve_that_fails_the_verification_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pairs are priced wrongly on purpose: the answer must not get out."""
    instance = generate(40, seed=1)
    wrong = Settings(travel_per_mile=0)
    monkeypatch.setattr(solver, "find_candidates", lambda found, _: find_candidates(found, wrong))
    with pytest.raises(VerificationError, match="must be"):
        solve(instance)


def test_the_verification_shares_no_code_with_the_solver() -> None:
    """Of this package the verification imports only what states the problem, and itself."""
    allowed = {"problem", "result", "faults", "compiled"}
    files = sorted(Path(verify_module.__file__).parent.glob("verify*.py"))
    assert len(files) > 5
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        } | {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        own = {name.partition(".")[2] for name in names if name.partition(".")[0] == "matching"}
        assert {name for name in own if not name.startswith("verify")} <= allowed, path.name
