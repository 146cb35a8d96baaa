"""Whether everything that is sealed opens: after a restore, and whenever somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Base
from peerapp.models.sealed import Box, Sealed
from peerapp.models.vault import Vault, vault_of
from peerapp.sealing import SealError

BATCH = 1000


@dataclass
class Opened:
    """How many values opened and how many are erased; where those stand that do not open."""

    opened: int = 0
    erased: int = 0
    broken: list[str] = field(default_factory=list)


def check(session: Session) -> Opened:
    """Open every sealed value of the session's scheme; nothing is changed, nothing is shown."""
    found = Opened()
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        for sealed in mapper.class_.__sealed__:
            _check_column(session, mapper.class_, sealed, found)
    return found


def _check_column(
    session: Session, model: type[Base], sealed: Sealed[object], found: Opened
) -> None:
    vault = vault_of(session)
    query = select(model.id, getattr(model, sealed.slot)).order_by(model.id)
    result = session.execute(query, execution_options={"yield_per": BATCH})
    for rows in result.partitions(BATCH):
        boxes = [(row[0], row[1]) for row in rows if row[1] is not None and row[1].token]
        for row_id, box in boxes:
            _check_one(vault, box, f"{model.__tablename__}.{sealed.name}:{row_id}", found)


def _check_one(vault: Vault, box: Box, place: str, found: Opened) -> None:
    try:
        if vault.open(box.token or "", place) is None:
            found.erased += 1
        else:
            found.opened += 1
    except SealError:
        found.broken.append(place)
