"""``python -m matching.warm_up``: compile the loops of the solver and the verifier beforehand.

The first solve after an installation or an upgrade compiles them, which takes about a minute; the
machine code is then kept (see `matching.compiled`).
"""

from __future__ import annotations

from matching.generate import generate
from matching.solver import solve


def warm_up() -> None:
    """Solve a small county, so that every loop of an ordinary solve is compiled and kept."""
    solve(generate(60, seed=0))


if __name__ == "__main__":
    warm_up()
