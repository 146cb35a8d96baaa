"""The world of the access matrix with a canary in every sealed column of every row.

Each sealed column of the models has a row of somebody: a new one without is noticed, as nothing
would be planted in it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from peerapp.domain.person_records import NOBODYS, RECORDS
from peerapp.domain.scheme_figures import FIGURES
from peerapp.models import Account, Base, CoachingSession, Family, Volunteer, VolunteerRole
from peerapp.services import volunteer_roles
from peerapp.services.person_records import MODELS
from tests.security.canary_words import Words, found_in
from tests.security.matrix_records import Place
from tests.security.matrix_world import World
from tests.support.canary_rows import sealed_columns
from tests.support.full_rows import value_of

CLEAR = ("account.name", "family.last_name", "volunteer.last_name")
"""Names of adults: not sealed, as lists are sorted by them, and for few all the same."""
SAID = {
    "scheme_figure_change.figure": FIGURES[0].column,
    "message.template": "notice",
}
"""What a column of a row that was made for its canary alone has to hold, to be shown."""
OWNERS = {"message": "coach", "known_browser": "coach", "authenticator_app": "frozen"}
"""Whose a row is, where not that of staff; a second step would change what its owner may do."""


@dataclass(frozen=True)
class Planted:
    """Where a canary stands: in which sealed column of whose row, of which place."""

    column: str
    place: str
    whose: str

    @property
    def name(self) -> str:
        return f"{self.column} of {self.whose}"


class Canaries:
    """What was planted, by what is looked for."""

    def __init__(self) -> None:
        self.planted: dict[str, Planted] = {}

    def found_in(self, text: str) -> set[Planted]:
        """Return what of it stands in a text."""
        return {self.planted[one] for one in found_in(text) if one in self.planted}


def plant(session: Session, world: World) -> Canaries:
    """Put a canary into each sealed column of each row of the scheme's two places."""
    found, words = Canaries(), Words()
    for name in ("here", "there"):
        place = world.places[name]
        _fill(session, place)
        known = _known(session, place)
        for column in (*CLEAR, *(name for name, _ in sealed_columns())):
            table, _, field = column.partition(".")
            model = MODELS[table]
            for row in session.scalars(select(model).where(model.id.in_(place.rows))):
                value, word = words.for_column(column, getattr(row, field))
                assert word not in found.planted
                setattr(row, field, value)
                found.planted[word] = Planted(column, name, _whose(session, row, known))
        session.flush()
    return found


def _fill(session: Session, place: Place) -> None:
    """Make a row in each table with something sealed that has none here yet."""
    if not session.scalars(select(VolunteerRole)).all():
        session.add(volunteer_roles.list_roles(session)[0])
        session.flush()
    note = session.get_one(CoachingSession, place.ids["held_id"]).notes[0]
    ids: dict[str, uuid.UUID] = {"session_note": note.id, "account": _id(place.staff)}
    have = _one_of_each(session, place)
    for name in ("family", "volunteer", "match", "referral", "concern", "certificate"):
        ids[name] = place.ids[f"{name}_id"]
    ended = place.special["match_endings.thanks"]["match_id"]
    for table in Base.metadata.sorted_tables:
        if table.name in have:
            ids.setdefault(table.name, have[table.name])
        if table.name in have or not MODELS[table.name].__sealed__:
            continue
        asked = {**ids, "match": ended} if table.name in {"match_ending", "end_survey"} else ids
        row = MODELS[table.name](**_values(table, asked))
        if table.name in OWNERS:
            row.account_id = _id(place.people[OWNERS[table.name]])
        session.add(row)
        session.flush()
        ids[table.name] = row.id
        place.rows.add(row.id)


def _one_of_each(session: Session, place: Place) -> dict[str, uuid.UUID]:
    """Return the id of a row of each table that has one here, else of one of the scheme's own."""
    found = {}
    for name, model in MODELS.items():
        rows = session.scalars(select(model)).all()
        here = [row.id for row in rows if row.id in place.rows]
        if here or (rows and (name in NOBODYS or not model.__sealed__)):
            found[name] = (here or [rows[0].id])[0]
    return found


def _values(table: Any, ids: dict[str, uuid.UUID]) -> dict[str, Any]:
    """Return what a row must hold, no more; the sealed columns follow."""
    sealed = {one.name: one for one in MODELS[table.name].__sealed__}
    values: dict[str, Any] = {}
    for column in table.c:
        name = f"{table.name}.{column.name}"
        if column.name in sealed:
            values[column.name] = sealed[column.name].codec.erased
        elif name in SAID:
            values[column.name] = SAID[name]
        elif not column.nullable and column.name not in {"scheme_id", "id"}:
            values[column.name] = value_of(column, ids, 1)
    return values


def _known(session: Session, place: Place) -> dict[uuid.UUID, str]:
    """Return whose name goes with the ids of a place's people."""
    names = {_id(account): name for name, account in place.people.items()}
    names |= {_id(place.staff): "staff", _id(place.lead): "staff"}
    people = [*session.scalars(select(Family)), *session.scalars(select(Volunteer))]
    return names | {one.id: names[one.account_id] for one in people if one.account_id in names}


def _id(account: Account) -> uuid.UUID:
    """Return the id of an account whose session may be over."""
    (found,) = inspect(account).identity or ()
    return uuid.UUID(str(found))


def _whose(session: Session, row: Any, known: dict[uuid.UUID, str]) -> str:
    """Return whom a row is about, by the links that say the same of a copy of a record."""
    if row.id in known:
        return known[row.id]
    table = row.__tablename__
    if table not in RECORDS:
        return "scheme"
    for link in RECORDS[table].links:
        value = getattr(row, link)
        if value in known:
            return known[value]
        (key,) = Base.metadata.tables[table].c[link].foreign_keys or (None,)
        if value is not None and key is not None:
            return _whose(session, session.get_one(MODELS[key.column.table.name], value), known)
    return table
