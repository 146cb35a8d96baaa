"""Finding every row that is about one person, by the table of ``domain.person_records``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, inspect, or_, select
from sqlalchemy.orm import Session

from peerapp.domain.person_records import RECORDS, Record
from peerapp.models import Base, Family, Volunteer

Person = Family | Volunteer
PEOPLE = frozenset({"family", "volunteer"})
MODELS: dict[str, Any] = {
    mapper.local_table.name: mapper.class_  # type: ignore[attr-defined]
    for mapper in Base.registry.mappers
}
"""Classes by the name of their table."""


def rows_of(session: Session, person: Person, record: Record) -> Sequence[Any]:
    """Return a person's rows of one table, in the order in which they came to be."""
    model = MODELS[record.table]
    about = about_person(record, person)
    if about is None:
        return []
    query: Select[Any] = select(model).where(about)
    at = getattr(model, "created_at", None)
    return session.scalars(query.order_by(*([at] if at is not None else []), model.id)).all()


def about_person(record: Record, person: Person) -> ColumnElement[bool] | None:
    """Return the condition on a table's rows that are about a person; None: it has none."""
    model = MODELS[record.table]
    found = [_link(model, record, link, person) for link in record.links]
    wanted = [one for one in found if one is not None]
    return or_(*wanted) if wanted else None


def _link(model: Any, record: Record, link: str, person: Person) -> ColumnElement[bool] | None:
    column: ColumnElement[Any] = getattr(model, link)
    own = type(person).__tablename__
    if link == "id":
        ids = {own: person.id, "account": person.account_id}
        wanted = ids.get(record.table)
        return None if wanted is None else column == wanted
    target = next(iter(inspect(model).columns[link].foreign_keys)).column.table.name
    if target == own:
        return column == person.id
    if target == "account":
        return None if person.account_id is None else column == person.account_id
    if target in PEOPLE:
        return None
    parent = about_person(RECORDS[target], person)
    return None if parent is None else column.in_(select(MODELS[target].id).where(parent))
