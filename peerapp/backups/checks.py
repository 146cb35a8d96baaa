"""What must hold of a restored database before anybody may open the site on it."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from peerapp.backups.drill import FailedCheck
from peerapp.db import SCHEME_FREE, Database
from peerapp.models import Scheme
from peerapp.sealing import KeyringError
from peerapp.services import audit_heads, key_checks, keys


def every_value_opens(database: Database) -> None:
    """The keyring is the one that the values were sealed with, and each of them opens.

    Raises
    ------
    FailedCheck
        There is no keyring, it is another site's, or a value was changed.
    """
    if database.keys is None:
        raise FailedCheck("there is no key file: without it nothing personal can be read")
    for scheme_id, slug in _schemes(database):
        with database.reading(scheme_id) as session:
            try:
                keys.check(session, database.keys)
            except KeyringError as error:
                raise FailedCheck(str(error)) from error
            found = key_checks.check(session)
        if found.broken:
            raise FailedCheck(
                f"{len(found.broken)} sealed values of {slug!r} do not open, the first of them "
                f"{found.broken[0]}"
            )


def audit_is_whole(database: Database) -> None:
    """The audit trail of every scheme is the one that was written.

    Raises
    ------
    FailedCheck
        A row was edited, deleted, inserted, moved or cut off.
    """
    for scheme_id, slug in _schemes(database):
        with database.reading(scheme_id) as session:
            faults = audit_heads.check(session).faults
        if faults:
            raise FailedCheck(
                f"the audit trail of {slug!r} is not whole: {len(faults)} faults; "
                "`peerapp audit verify` names them"
            )


def _schemes(database: Database) -> list[tuple[uuid.UUID, str]]:
    with database.reading(None) as session:
        query = select(Scheme).order_by(Scheme.slug)
        schemes = session.scalars(query, execution_options=SCHEME_FREE)
        return [(scheme.id, scheme.slug) for scheme in schemes]


CHECKS = (every_value_opens, audit_is_whole)
