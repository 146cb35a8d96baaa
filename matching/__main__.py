"""The command: ``python -m matching solve | check | explain | whatif | generate | bench``."""

from __future__ import annotations

import sys

from matching.command import main

if __name__ == "__main__":
    sys.exit(main())
