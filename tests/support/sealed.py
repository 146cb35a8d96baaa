"""What sealed columns say, for tests that look at one column and not at rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from peerapp.models import Base
from peerapp.models.vault import opened


def values(
    session: Session, model: type[Base], name: str, *conditions: ColumnElement[bool]
) -> list[Any]:
    """Return an attribute of each row for which the conditions hold, sorted by itself."""
    return sorted(row[1] for row in opened(session, model, [name], *conditions))
