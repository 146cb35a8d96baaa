"""Keeping where a form's sender was led to, for as long as the form may come again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from peerapp.models import SentForm

KEPT = timedelta(days=1)
LONGEST = 300


def take(session: Session, key_hash: str, now: datetime) -> SentForm:
    """Return the form: with where its sender was led to, or empty if it has not come before.

    Of two that come in one moment the database lets one in. The other waits until the first is
    through, is refused for its key, and carried out again: then it finds the first.
    """
    found = session.scalar(select(SentForm).where(SentForm.key_hash == key_hash))
    if found is None or found.expires_at <= now:
        found = found or SentForm(key_hash=key_hash)
        found.location, found.expires_at = "", now + KEPT
        session.add(found)
        session.flush()
    return found


def keep_answer(session: Session, form: SentForm, location: str) -> None:
    """Keep where its sender is led to, in the transaction of what the form has made.

    Of an answer that is no such page nothing is kept: sent again, the form is looked at again.
    """
    is_there = inspect(form).persistent  # a view may have rolled back, to begin anew
    if not 0 < len(location) <= LONGEST:
        if is_there:
            session.delete(form)
        return
    form = form if is_there else SentForm(key_hash=form.key_hash, expires_at=form.expires_at)
    form.location = location
    session.add(form)


def sweep(session: Session, now: datetime) -> None:
    """Forget what will not come again."""
    session.execute(delete(SentForm).where(SentForm.expires_at <= now))
