"""Exact matching of families and coaches; see docs/matching.md. Knows nothing of the site."""

from matching.arrivals import Arrival
from matching.comparison import Chain, Comparison, Fate, Move, Place, Total, compare
from matching.edits import Edits
from matching.generate import generate
from matching.letters import Letter, match_letter, waiting_letter
from matching.live import Live
from matching.problem import Coach, Family, Fault, Placement, Problem, ProblemError, Settings
from matching.reasons import Cause, Why
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
from matching.wording import ENGLISH, Wording

__all__ = [
    "ENGLISH", "RULES", "Arrival", "Cause", "Chain", "Change", "Coach", "Comparison", "Edits",
    "Family", "Fate", "Fault", "Letter", "Live", "Move", "NextBest", "Place", "Placement",
    "Problem", "ProblemError", "Profile", "Proof", "Proposal", "Reason", "Result", "Settings",
    "Status", "Total", "Unmatched", "VerificationError", "Why", "Wording", "__version__", "broken",
    "compare", "generate", "match_letter", "solve", "verify", "waiting_letter",
]  # fmt: skip
