"""One row in every table that holds something sealed, and a canary in each sealed column."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Base, Scheme, sealed
from peerapp.models.sealed import Sealed
from peerapp.services.person_records import MODELS
from tests.support.full_rows import EITHER_OR, value_of

LEFT_OUT = frozenset({"scheme", "scheme_key", "person_key", "audit_event", "audit_head"})


@dataclass(frozen=True)
class Canary:
    """What one sealed column says, and the bytes that would be found if it were not sealed."""

    value: Any
    needle: bytes


def sealed_columns() -> Iterator[tuple[str, Sealed[Any]]]:
    """Yield every sealed column with its name, ``table.column``."""
    for table in Base.metadata.sorted_tables:
        for one in MODELS[table.name].__sealed__:
            yield f"{table.name}.{one.name}", one


def canaries() -> dict[str, Canary]:
    """Return a canary for each sealed column: short, so that the column holds it unsealed too."""
    return {
        name: _canary(one, number) for number, (name, one) in enumerate(sealed_columns(), start=1)
    }


def _canary(column: Sealed[Any], number: int) -> Canary:
    word = f"Qz7x{number:03}"
    values = {
        id(sealed._DATE): date(1900 + number % 100, 1 + number // 100, 17),
        id(sealed._NUMBER): 907_050_000 + number,
        id(sealed._OPTIONAL_NUMBER): 907_050_000 + number,
        id(sealed._BYTES): word.encode(),
        id(sealed._TEXT): word,
    }
    value = values.get(id(column.codec), {"said": word})
    plain: bytes = column.codec.dump(value)
    return Canary(value, word.encode() if isinstance(value, dict) else plain)


def add_canaries(session: Session) -> None:
    """Write the rows, as the application writes them."""
    every = canaries()
    ids: dict[str, uuid.UUID] = {"scheme": session.scalars(select(Scheme.id)).one()}
    for number, table in enumerate(Base.metadata.sorted_tables, start=1):
        if table.name in LEFT_OUT:
            continue
        model, values = MODELS[table.name], {}
        ids[table.name] = uuid.uuid4()
        hidden = {one.name: one for one in model.__sealed__}
        indexes = {one.index for one in model.__sealed__ if one.index}
        for column in table.c:
            if column.name in hidden:
                values[column.name] = every[f"{table.name}.{column.name}"].value
            elif column.name not in indexes and (table.name, column.name) not in EITHER_OR:
                values[column.name] = value_of(column, ids, number)
        session.add(model(**values))
        session.flush()


def read_canaries(session: Session, names: Collection[str] | None = None) -> dict[str, Any]:
    """Return what each sealed column, or each of some, says to the application."""
    found = {}
    for name, one in sealed_columns():
        if names is not None and name not in names:
            continue
        row = session.scalars(select(MODELS[name.partition(".")[0]])).one()
        found[name] = getattr(row, one.name)
    return found


def found_in(raw: bytes) -> set[str]:
    """Return the columns whose canaries stand in some bytes."""
    return {name for name, one in canaries().items() if one.needle in raw}
