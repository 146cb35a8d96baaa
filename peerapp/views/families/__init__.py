"""Pages on families, for staff."""

from __future__ import annotations

from peerapp.views.families import care, files, records, steps
from peerapp.views.families.blueprint import bp

__all__ = ["bp", "care", "files", "records", "steps"]
