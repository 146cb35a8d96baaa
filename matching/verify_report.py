"""What the verification found, told to a person."""

from __future__ import annotations

from matching.problem import Problem
from matching.verify import Examination, examine
from matching.verify_claim import Claim


def proof_report(problem: Problem, claim: Claim) -> list[str]:
    """Verify the claim and tell what is proved, with figures; or each fault."""
    return told(examine(problem, claim))


def told(found: Examination) -> list[str]:
    """Lines for a person: each fault, or what is proved."""
    if found.faults:
        return list(found.faults)
    return [
        "Correct: every rule and every limit is kept.",
        f"{_counted(found.matched, 'family is', 'families are')} matched of {found.families:,}, "
        f"with {_counted(found.coaches, 'coach', 'coaches')}; "
        f"{_counted(found.pairs, 'allowed pair was', 'allowed pairs were')} looked at.",
        *_left_out(found),
        "No other choice matches more families, or families that come before.",
        f"Prices of slots, coaches and supervisors show that matching these families takes at "
        f"least {found.bound:,} points; it takes {found.cost:,}.",
        "No other choice of coaches and slots for these families costs less.",
    ]


def _left_out(found: Examination) -> list[str]:
    lines = []
    if found.no_candidate:
        lines.append(
            f"{_counted(found.no_candidate, 'family', 'families')} left out: "
            "the rules allow no coach."
        )
    if found.outranked:
        lines.append(
            f"{_counted(found.outranked, 'family', 'families')} left out: no place can be freed, "
            "by whatever chain of moves; "
            f"{_counted(found.reached, 'family that comes', 'families that come')} before "
            f"{'holds' if found.reached == 1 else 'hold'} what the chains reach."
        )
    return lines


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
