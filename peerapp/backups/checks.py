"""What must hold of a restored database before anybody may open the site on it."""

from __future__ import annotations

from sqlalchemy import select

from peerapp.backups.drill import FailedCheck
from peerapp.db import SCHEME_FREE, Database
from peerapp.models import Scheme
from peerapp.services import audit_heads


def audit_is_whole(database: Database) -> None:
    """The audit trail of every scheme is the one that was written.

    Raises
    ------
    FailedCheck
        A row was edited, deleted, inserted, moved or cut off.
    """
    with database.reading(None) as session:
        schemes = session.scalars(
            select(Scheme).order_by(Scheme.slug), execution_options=SCHEME_FREE
        )
        found = [(scheme.id, scheme.slug) for scheme in schemes]
    for scheme_id, slug in found:
        with database.reading(scheme_id) as session:
            faults = audit_heads.check(session).faults
        if faults:
            raise FailedCheck(
                f"the audit trail of {slug!r} is not whole: {len(faults)} faults; "
                "`peerapp audit verify` names them"
            )


CHECKS = (audit_is_whole,)
