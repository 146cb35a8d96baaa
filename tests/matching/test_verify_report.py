"""What the verification tells a person."""

from __future__ import annotations

from dataclasses import replace

from matching.files import read_problem
from matching.solver import solve
from matching.verify import verify
from matching.verify_report import proof_report
from tests.matching.making import DATA, coach, family, problem

PROBLEM = read_problem(DATA / "b")
SOLVED = solve(PROBLEM)


def test_report_tells_what_is_proved() -> None:
    left = [row.reason for row in SOLVED.unmatched]
    assert proof_report(PROBLEM, SOLVED) == [
        "Correct: every rule and every limit is kept.",
        "90 families are matched of 200, with 140 coaches; 1,854 allowed pairs were looked at.",
        f"{left.count('no_candidate')} families left out: the rules allow no coach.",
        f"{left.count('outranked')} families left out: no place can be freed, by whatever chain "
        f"of moves; {len(SOLVED.proof.closed)} families that come before hold what the chains "
        "reach.",
        "No other choice matches more families, or families that come before.",
        "Prices of slots, coaches and supervisors show that matching these families takes at "
        "least 9,383 points; it takes 9,383.",
        "No other choice of coaches and slots for these families costs less.",
    ]


def test_report_of_one_of_each_is_in_the_singular() -> None:
    instance = problem(family("F1"), family("F2", priority=3), coach("C1"))
    assert proof_report(instance, solve(instance))[1:3] == [
        "1 family is matched of 2, with 1 coach; 2 allowed pairs were looked at.",
        "1 family left out: no place can be freed, by whatever chain of moves; "
        "1 family that comes before holds what the chains reach.",
    ]


def test_report_where_nobody_is_left_out_does_not_speak_of_it() -> None:
    instance = problem()
    assert not [line for line in proof_report(instance, solve(instance)) if "left out" in line]


def test_report_of_a_wrong_result_is_its_faults() -> None:
    wrong = replace(SOLVED, pairs=1)
    assert proof_report(PROBLEM, wrong) == list(verify(PROBLEM, wrong))
    assert proof_report(PROBLEM, wrong) == ["summary: pairs is 1, must be 1854"]
