"""Who the peers are: what each runs, in which environment, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WHOLE = "the whole problem, both levels"
TABLE = "one family per coach on a full table of scores: no rules, no slots, no order"
ASSIGNMENT = "one family per coach's slot: no capacity, no supervisors, no load"


@dataclass(frozen=True)
class Peer:
    """One way to match.

    Attributes
    ----------
    title
        As shown.
    environment
        Name of the requirements file.
    packages
        Whose versions are told.
    module, function, options
        What is called with the arcs.
    solves
        What of the problem it can express.
    exact
        Whether it solves the whole problem, so that its optimum must be ours.
    most
        Families up to which it is tried; None = until it runs out of time or memory.
    """

    title: str
    environment: str
    packages: tuple[str, ...]
    module: str
    function: str
    solves: str
    exact: bool = False
    most: int | None = None
    options: Mapping[str, int] = field(default_factory=dict)


PEERS: Mapping[str, Peer] = {
    "highs_scipy": Peer(
        "HiGHS (SciPy)", "scipy", ("scipy",), "linear", "by_scipy", WHOLE, exact=True
    ),
    "highspy": Peer(
        "HiGHS (highspy)", "highspy", ("highspy",), "linear", "by_highspy", WHOLE, exact=True
    ),
    "cp_sat_1": Peer(
        "CP-SAT, 1 worker", "cp-sat", ("ortools",), "constraints", "by_cp_sat", WHOLE,
        exact=True, options={"workers": 1, "linearization": 2},
    ),
    "cp_sat_8": Peer(
        "CP-SAT, 8 workers", "cp-sat", ("ortools",), "constraints", "by_cp_sat", WHOLE,
        exact=True, options={"workers": 8, "linearization": 1},
    ),
    "networkx_simplex": Peer(
        "NetworkX network simplex", "networkx", ("networkx",), "graphs", "by_network_simplex",
        WHOLE, exact=True,
    ),
    "networkx_blossom": Peer(
        "NetworkX max-weight matching", "networkx", ("networkx",), "graphs", "by_blossom",
        f"{ASSIGNMENT}, no order of families",
    ),
    "scipy_cheapest": Peer(
        "SciPy min-weight full matching", "scipy", ("scipy",), "assignments", "by_scipy_cheapest",
        f"{ASSIGNMENT}; the order only by weights",
    ),
    "scipy_most": Peer(
        "SciPy maximum matching", "scipy", ("scipy",), "assignments", "by_scipy_most",
        f"{ASSIGNMENT}, no costs, no order",
    ),
    "lapx_sparse": Peer(
        "lapx lapmod (sparse)", "lapx", ("lapx",), "assignments", "by_lapmod",
        f"{ASSIGNMENT}, no order of families",
    ),
    "lapx_dense": Peer(
        "lapx lapjvs (dense)", "lapx", ("lapx",), "assignments", "by_lapjvs",
        f"{ASSIGNMENT}; the order only by weights",
    ),
    "hospitals": Peer(
        "matching (deferred acceptance)", "matching", ("matching",), "hospitals",
        "by_hospital_resident", "stable, not cheapest; capacity, but no slots, no supervisors",
    ),
    "mentor_match_1": Peer(
        "mentor-match 7 with munkres 1", "mentor-match", ("mentor-match", "munkres"), "mentors",
        "by_mentor_match", TABLE,
    ),
    "munkres_1": Peer("munkres 1", "mentor-match", ("munkres",), "mentors", "by_munkres", TABLE),
    "mentor_match_3": Peer(
        "mentor-match 7 with munkres 3", "mentor-match-munkres-3", ("mentor-match", "munkres"),
        "mentors", "by_mentor_match", TABLE,
    ),
    "munkres_3": Peer(
        "munkres 3", "mentor-match-munkres-3", ("munkres",), "mentors", "by_munkres", TABLE,
    ),
}  # fmt: skip
