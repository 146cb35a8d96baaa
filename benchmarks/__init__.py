"""What the docs claim, measured beside its peers in one run; see docs/benchmarks.md."""
