"""The site with the gate taken out: everybody is always cleared. For the control only."""

from __future__ import annotations

import sys

from peerapp.cli import main
from peerapp.domain import vetting


def take_out_the_gate() -> int:
    """Put an open gate wherever the real one is known by name; return in how many places."""
    real, places = vetting.clearance_refusals, 0
    for module in list(sys.modules.values()):
        if getattr(module, "clearance_refusals", None) is real:
            module.clearance_refusals = lambda volunteer, today: []
            places += 1
    return places


if __name__ == "__main__":
    if take_out_the_gate() < 3:
        sys.exit("the gate is not where this control expects it")
    main()
