"""Pages on families, for staff."""

from __future__ import annotations

from peerapp.views.families import files, records, steps
from peerapp.views.families.blueprint import bp

__all__ = ["bp", "files", "records", "steps"]
