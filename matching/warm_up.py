"""``python -m matching.warm_up``: compile the loops of the solver and the verifier beforehand.

The first solve after an installation or an upgrade compiles them, which takes about a minute; the
machine code is then kept (see `matching.compiled`).
"""

from __future__ import annotations

from matching.generate import generate
from matching.solver import solve


def warm_up() -> None:
    """Solve two counties, so that every loop of an ordinary solve is compiled and kept.

    One is small, where OR-Tools' flow solver is asked, and in one families bid.
    """
    for families in (60, 2_000):
        solve(generate(families, seed=0))


if __name__ == "__main__":
    warm_up()
