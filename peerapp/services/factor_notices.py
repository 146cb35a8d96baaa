"""Telling people by mail what happened to the second factors of their account."""

from __future__ import annotations

from sqlalchemy.orm import Session

from peerapp.enums import Role
from peerapp.models import Account
from peerapp.services import messages

NOT_YOU = "If it was not you, choose a new password and tell the scheme at once."


def tell(session: Session, account: Account, text: str, base_url: str = "") -> None:
    """Write to an account; a family only hears, where that is safe, that there is a message."""
    if account.role == Role.FAMILY:
        if base_url:
            messages.queue_notice(session, account, f"{base_url}/sign-in", template="factor")
        return
    messages.queue_account_link(session, account, "factor", f"{text}\n")
