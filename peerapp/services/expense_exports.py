"""Payment files: each approved claim is in one file, which can be made again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from peerapp.domain import csv_text
from peerapp.enums import ClaimState, Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, ExpenseClaim, ExpenseExport
from peerapp.services import audit, volunteers
from peerapp.services.expenses import mine
from peerapp.vocabulary import label
from peerapp.wording import day_of

SHOWN = 24
COLUMNS = (
    "Payment file",
    "Reference",
    "First name",
    "Last name",
    "Day",
    "What for",
    "Miles",
    "Pence a mile",
    "Pounds",
    "Approved on",
    "Approved by",
)


def list_exports(session: Session, actor: Account) -> Sequence[ExpenseExport]:
    """Return the files that the actor made, newest first; a manager sees everybody's."""
    query = select(ExpenseExport).options(joinedload(ExpenseExport.made_by))
    if not _sees_all(actor):
        query = query.where(ExpenseExport.made_by_id == actor.id)
    query = query.order_by(ExpenseExport.created_at.desc(), ExpenseExport.id).limit(SHOWN)
    return session.scalars(query).all()


def _sees_all(actor: Account) -> bool:
    return actor.role == Role.MANAGER


def to_pay(session: Session, actor: Account) -> tuple[int, int]:
    """Return how many approved claims wait to be paid, and their sum in pence."""
    query = _waiting(actor).with_only_columns(
        func.count(ExpenseClaim.id), func.coalesce(func.sum(ExpenseClaim.amount_pence), 0)
    )
    count, pence = session.execute(query).one()
    return count, pence


def _waiting(actor: Account) -> Select[ExpenseClaim]:
    return (
        select(ExpenseClaim)
        .join(ExpenseClaim.volunteer)
        .where(
            ExpenseClaim.state == ClaimState.APPROVED,
            ExpenseClaim.export_id.is_(None),
            mine(actor),
        )
    )


def make(session: Session, actor: Account) -> ExpenseExport:
    """Put every approved claim that the actor may see, and that is in no file yet, into one.

    Raises
    ------
    Refused
        There is none.
    """
    query = _waiting(actor).options(contains_eager(ExpenseClaim.volunteer))
    query = query.order_by(ExpenseClaim.spent_on, ExpenseClaim.id)
    claims = session.scalars(query.with_for_update(of=ExpenseClaim)).all()
    if not claims:
        raise Refused([Refusal("nothing_to_pay", "No approved claim waits to be paid.")])
    export = ExpenseExport(
        made_by_id=actor.id,
        claims=len(claims),
        total_pence=sum(one.amount_pence for one in claims),
    )
    session.add(export)
    session.flush()
    for one in claims:
        one.export_id = export.id
    audit.record_change(
        session, actor, "expense.export", export, claims=len(claims), pence=export.total_pence
    )
    return export


def get_export(session: Session, actor: Account, export_id: uuid.UUID) -> ExpenseExport:
    """Return a payment file's row.

    Raises
    ------
    NotFound
        There is no such file, or it is not the actor's to see.
    """
    export = session.get(ExpenseExport, export_id)
    if export is None or not (_sees_all(actor) or export.made_by_id == actor.id):
        raise NotFound("there is no such file")
    return export


def write_file(session: Session, actor: Account, export_id: uuid.UUID) -> str:
    """Return a payment file as CSV; that it was made is audited.

    It names the volunteer, and nothing of a family or of what the coach wrote.

    Raises
    ------
    NotFound
        There is no such file, or it is not the actor's to see.
    """
    export = get_export(session, actor, export_id)
    query = (
        select(ExpenseClaim)
        .where(ExpenseClaim.export_id == export.id)
        .options(joinedload(ExpenseClaim.volunteer), joinedload(ExpenseClaim.decided_by))
        .order_by(ExpenseClaim.spent_on, ExpenseClaim.id)
    )
    claims = session.scalars(query).all()
    audit.record_read(session, actor, "expense.file", export, claims=len(claims))
    session.flush()
    return csv_text.write_rows(COLUMNS, [_line(export, one) for one in claims])


def _line(export: ExpenseExport, claim: ExpenseClaim) -> list[str]:
    return [
        export.id.hex[:8].upper(),
        volunteers.reference(claim.volunteer),
        claim.volunteer.first_name,
        claim.volunteer.last_name,
        claim.spent_on.isoformat(),
        label(claim.kind),
        "" if claim.tenths is None else f"{claim.tenths // 10}.{claim.tenths % 10}",
        "" if claim.rate_pence is None else str(claim.rate_pence),
        f"{claim.amount_pence // 100}.{claim.amount_pence % 100:02}",
        day_of(claim.decided_at).isoformat() if claim.decided_at else "",
        claim.decided_by.name if claim.decided_by else "",
    ]
