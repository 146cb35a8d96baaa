"""Which modules are mutated, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Modules, the tests that are run for each of their mutants, examples per Hypothesis test."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    examples: int


def _modules(*names: str) -> tuple[str, ...]:
    return tuple(f"matching.{name}" for name in names)


def _tests(*names: str) -> tuple[str, ...]:
    """Without those on larger problems, which the ordinary run has."""
    return (*(f"tests/matching/test_{name}.py" for name in names), "-k", "not county")


# Quick tests first. What survives here is tried again with more examples, `--again --examples 200`.
GROUPS = {
    "rules": Group(
        modules=_modules("rules"),
        tests=_tests("rules", "laws"),
        examples=40,
    ),
    "network": Group(
        modules=_modules("network", "places", "flow", "greatest", "cheapest"),
        tests=_tests("network"),
        examples=20,
    ),
    "verify-pairs": Group(
        modules=_modules(
            "verify_pairs", "verify_columns", "verify_known", "verify_reading", "verify_search",
            "verify_squares",
        ),
        tests=_tests(
            "verify_columns", "verify_reading", "verify_search", "rules", "costs", "verify_pairs",
            "verify_known",
        ),
        examples=25,
    ),
    "verify-answer": Group(
        modules=_modules(
            "verify", "verify_matches", "verify_optimum", "verify_recruits", "verify_report",
            "verify_seats", "verify_walk",
        ),
        tests=_tests(
            "verify_seats", "verify_matches", "verify_optimum", "verify_recruits", "verify_report",
            "verify_walk", "verify", "verify_known",
        ),
        examples=15,
    ),
}  # fmt: skip
