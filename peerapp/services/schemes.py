"""The scheme that a session is bound to."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Scheme


def get_scheme(session: Session) -> Scheme:
    """Return the scheme of the session."""
    return session.scalars(select(Scheme)).one()
