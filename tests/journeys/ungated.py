"""The site with the gate taken out: everybody is always cleared. For the control only."""

from __future__ import annotations

from peerapp.domain import vetting

vetting.clearance_refusals = lambda volunteer, today: []  # before anybody imports it by name

from peerapp.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
