"""Which account the council's word opens: an invited one of staff, and never a new one."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.adapters.council_sign_in import Proof
from peerapp.errors import Refusal, Refused
from peerapp.models import Account
from peerapp.services import audit
from peerapp.services.accounts import find_by_email
from peerapp.services.rows import lock_row

NOBODY = Refusal(
    "no_account",
    "There is no staff account here for your council account. Ask your manager for an invitation.",
)


def open_account(session: Session, issuer: str, proof: Proof, now: datetime) -> Account:
    """Return the staff account of whom the council vouches for.

    The first time binds the account to the person at the provider: an address that goes to
    somebody else there later does not open it.

    Raises
    ------
    Refused
        There is none, it is closed, it is not staff's, or it is another person's. One answer
        for all of these.
    """
    found = find_by_email(session, proof.email)
    if found is None or not found.is_staff or found.disabled_at is not None:
        raise Refused([NOBODY])
    account = lock_row(session, Account, found.id)
    subject = hashlib.sha256(f"{issuer}\0{proof.subject}".encode()).hexdigest()
    if account.council_subject not in {None, subject}:
        audit.record_security(session, None, "account.council_stranger", account)
        raise Refused([NOBODY])
    if account.council_subject is None:
        account.council_subject = subject
        audit.record_security(session, account, "account.council_bound", account)
    account.confirmed_at = account.confirmed_at or now
    return account
