"""Authenticator apps of the demonstration's staff, whose codes its own pages show."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Sequence
from functools import partial

from sqlalchemy import select

from peerapp.db import Database
from peerapp.enums import STAFF_ROLES
from peerapp.models import Account, id_source
from peerapp.services import authenticator_apps


def secret_of(seed: int, email: str) -> str:
    """Return the secret of an account's app: the same seed gives the same one."""
    digest = hashlib.sha256(f"{seed}:{email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def _id_of(seed: int, email: str) -> uuid.UUID:
    digest = hashlib.sha256(f"id:{seed}:{email}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def add_apps(database: Database, slug: str, seed: int) -> Sequence[str]:
    """Give each member of staff an app that is in use; return their addresses."""
    with database.writing(database.scheme_id(slug)) as session:
        query = select(Account).where(Account.role.in_(STAFF_ROLES))
        staff = sorted(session.scalars(query), key=lambda one: one.email)
        for account in staff:
            source = id_source.set(partial(_id_of, seed, account.email))
            try:
                secret = secret_of(seed, account.email)
                authenticator_apps.add_app(session, account, secret, in_use=True)
            finally:
                id_source.reset(source)
        return [account.email for account in staff]
