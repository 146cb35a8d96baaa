"""Which modules are mutated, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass

HERE = "tests/matching/"


@dataclass(frozen=True)
class Group:
    """Modules, the tests that are run for each of their mutants, examples per Hypothesis test."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    examples: int


def _modules(*names: str) -> tuple[str, ...]:
    return tuple(f"matching.{name}" for name in names)


GROUPS = {
    "rules": Group(
        modules=_modules("rules"),
        tests=(HERE + "test_rules.py", HERE + "test_laws.py", HERE + "test_costs.py",
               HERE + "test_solver.py", "-k", "not county and not example and not seed"),
        examples=40,
    ),
    "network": Group(
        modules=_modules("network", "places", "flow", "greatest", "cheapest"),
        tests=(HERE + "test_network.py", HERE + "test_solver.py",
               "-k", "not county and not example and not seed and not largest and not time_limit"),
        examples=40,
    ),
    "verify": Group(
        modules=_modules(
            "verify", "verify_columns", "verify_matches", "verify_optimum", "verify_pairs",
            "verify_recruits", "verify_report", "verify_search", "verify_seats", "verify_walk",
        ),
        tests=(HERE + "test_verify_search.py", HERE + "test_verify.py",
               HERE + "test_verify_report.py", "-k", "not county"),
        examples=40,
    ),
}  # fmt: skip
