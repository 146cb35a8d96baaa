"""Mutation testing of the matcher: `python -m scripts.mutation`; see docs/matching-mutants.md."""
