"""What tests about volunteers ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.errors import Refused
from peerapp.models import AuditEvent


def refused(verb: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    """Return the codes with which a verb refuses."""
    with pytest.raises(Refused) as caught:
        verb(*args, **kwargs)
    return [refusal.code for refusal in caught.value.refusals]


def audited(session: Session, action: str) -> list[AuditEvent]:
    """Return the audit rows of an action, in order."""
    session.flush()
    query = select(AuditEvent).where(AuditEvent.action == action)
    return list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))
