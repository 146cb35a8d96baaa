"""The scheme that a session is bound to."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Scheme
from peerapp.services.rows import once


def get_scheme(session: Session) -> Scheme:
    """Return the scheme of the session."""
    return once(session, Scheme, lambda: session.scalars(select(Scheme)).one())


def lock_scheme(session: Session, *, to_read: bool = False) -> Scheme:
    """Lock the scheme's row, and read it afresh; before any volunteer is locked.

    ``to_read`` lets others read under the same lock, and keeps out who would change the scheme.
    Rows that only belong to the scheme may be written meanwhile: that needs its key alone.
    """
    session.flush()
    session.expire_all()
    how = {"read": True} if to_read else {"key_share": True}
    return session.get_one(
        Scheme, get_scheme(session).id, with_for_update=how, populate_existing=True
    )
