"""What signing in leaves behind, deleted when it is of no more use."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from peerapp.models import LoginSession, Token
from peerapp.services import known_browsers, sent_forms

LINKS_KEPT = timedelta(days=30)
"""A link that works no more is kept a while: it tells those who ask why it did not work."""


def sweep(session: Session, now: datetime) -> None:
    """Delete sessions that ran out, links long dead, browsers not used for long, sent forms."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
    session.execute(delete(Token).where(Token.expires_at <= now - LINKS_KEPT))
    known_browsers.sweep(session, now)
    sent_forms.sweep(session, now)
