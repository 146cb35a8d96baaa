"""Exact matching of families and coaches; see docs/matching.md. Knows nothing of the site."""

from matching.generate import generate
from matching.problem import Coach, Family, Fault, Placement, Problem, ProblemError, Settings
from matching.result import (
    Change,
    NextBest,
    Profile,
    Proof,
    Proposal,
    Reason,
    Result,
    Status,
    Unmatched,
)
from matching.rules import RULES, broken
from matching.solver import solve
from matching.verify import VerificationError, verify
from matching.version import __version__

__all__ = [
    "RULES", "Change", "Coach", "Family", "Fault", "NextBest", "Placement", "Problem",
    "ProblemError", "Profile", "Proof", "Proposal", "Reason", "Result", "Settings", "Status",
    "Unmatched", "VerificationError", "__version__", "broken", "generate", "solve", "verify",
]  # fmt: skip
