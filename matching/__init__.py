"""Exact matching of families and coaches; see docs/matching.md. Knows nothing of the site."""

from matching.problem import Coach, Family, Fault, Placement, Problem, ProblemError, Settings
from matching.rules import RULES, broken

__version__ = "0.1.0"

__all__ = [
    "RULES", "Coach", "Family", "Fault", "Placement", "Problem", "ProblemError", "Settings",
    "broken",
]  # fmt: skip
