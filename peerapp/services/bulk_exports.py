"""Files with many people in them: asked for by one, agreed by another, fetched once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from peerapp.enums import BoardState, TwoPersonAct
from peerapp.errors import NotFound
from peerapp.models import Account, TwoPersonRequest
from peerapp.services import (
    certificate_board,
    expense_exports,
    family_exports,
    two_person_requests,
)
from peerapp.services.certificate_board import Filters

A = TwoPersonAct


@dataclass(frozen=True)
class ExportFile:
    """A file as it leaves the site."""

    name: str
    text: str


def ask_for_certificates(
    session: Session,
    actor: Account,
    filters: Filters,
    reason: str,
    now: datetime,
    base_url: str,
) -> TwoPersonRequest:
    """Ask for the board of certificates as a file, narrowed as it is shown."""
    given = {
        "state": filters.state.value if filters.state else "",
        "locality_id": str(filters.locality_id or ""),
        "update_service": filters.update_service,
    }
    details = {name: value for name, value in given.items() if value}
    act = A.EXPORT_CERTIFICATES
    return two_person_requests.ask(session, actor, act, reason, now, base_url, details=details)


def ask_for_families(
    session: Session, actor: Account, reason: str, now: datetime, base_url: str
) -> TwoPersonRequest:
    """Ask for the file of all families that the actor works with."""
    act = A.EXPORT_FAMILIES
    return two_person_requests.ask(session, actor, act, reason, now, base_url)


def ask_for_payment_file(
    session: Session,
    actor: Account,
    export_id: uuid.UUID,
    reason: str,
    now: datetime,
    base_url: str,
) -> TwoPersonRequest:
    """Ask to fetch a payment file.

    Raises
    ------
    NotFound
        There is none, or it is not the actor's to see.
    """
    expense_exports.get_export(session, actor, export_id)
    act = A.EXPORT_EXPENSES
    return two_person_requests.ask(session, actor, act, reason, now, base_url, subject_id=export_id)


def fetch(
    session: Session, actor: Account, request_id: uuid.UUID, now: datetime, today: date
) -> ExportFile:
    """Return the file of an agreed request, as things stand now; it cannot be fetched again.

    Raises
    ------
    Refused
        It was not agreed, was fetched already, or its time is over.
    """
    request = two_person_requests.use(session, actor, request_id, now)
    if request.act == A.EXPORT_FAMILIES:
        text = family_exports.export_families(session, actor)
        return ExportFile(f"families-{today.isoformat()}.csv", text)
    if request.act == A.EXPORT_CERTIFICATES:
        filters = _filters(request.details)
        text = certificate_board.export(session, actor, filters, today)
        return ExportFile(f"certificates-{today.isoformat()}.csv", text)
    if request.act != A.EXPORT_EXPENSES or request.subject_id is None:
        raise NotFound("there is no such file")
    text = expense_exports.write_file(session, actor, request.subject_id)
    return ExportFile(f"expenses-{today.isoformat()}-{request.subject_id.hex[:8]}.csv", text)


def _filters(details: dict[str, str]) -> Filters:
    state, place = details.get("state"), details.get("locality_id")
    return Filters(
        state=BoardState(state) if state else None,
        locality_id=uuid.UUID(place) if place else None,
        update_service=details.get("update_service", ""),
    )
