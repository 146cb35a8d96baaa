"""A session sees and writes the rows of its own scheme, and nothing that it cannot bind."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from peerapp.db import Database, ReadOnly, Unscoped
from peerapp.models import Locality, Scheme
from tests.factories import make_locality, make_scheme


@pytest.fixture
def other_id(database: Database) -> uuid.UUID:
    with database.session(None, "all") as session:
        scheme = make_scheme("other")
        session.add(scheme)
        session.commit()
        return scheme.id


@pytest.fixture
def foreign(database: Database, scheme_id: uuid.UUID, other_id: uuid.UUID) -> uuid.UUID:
    """A locality of the other scheme, beside one of ours."""
    with database.writing(scheme_id) as session:
        make_locality(session, "Ours")
    with database.writing(other_id) as session:
        return make_locality(session, "Theirs").id


@pytest.mark.parametrize(
    "read",
    [
        lambda session: [row.name for row in session.scalars(select(Locality))],
        lambda session: session.scalars(select(Locality.name)).all(),
        lambda session: session.scalars(
            select(Locality.name).where(Locality.id.in_(select(Locality.id)))
        ).all(),
    ],
)
@pytest.mark.scorecard("8.2.2")
def test_select_sees_own_scheme_only(database, scheme_id, other_id, foreign, read):
    with database.reading(scheme_id) as session:
        assert read(session) == ["Ours"]
    with database.reading(other_id) as session:
        assert read(session) == ["Theirs"]


def test_count_counts_own_scheme_only(database, scheme_id, foreign):
    with database.reading(scheme_id) as session:
        assert session.scalar(select(func.count(Locality.id))) == 1
        assert session.scalar(select(func.count()).select_from(Locality)) == 1


@pytest.mark.scorecard("8.2.2")
def test_get_by_id_of_another_scheme_finds_nothing(database, scheme_id, other_id, foreign):
    with database.reading(other_id) as session:
        assert session.get(Locality, foreign).name == "Theirs"
    with database.reading(scheme_id) as session:
        assert session.get(Locality, foreign) is None


@pytest.mark.scorecard("8.2.2")
def test_update_and_delete_reach_own_scheme_only(database, scheme_id, other_id, foreign):
    with database.writing(scheme_id) as session:
        assert session.execute(update(Locality).values(council="changed")).rowcount == 1
        assert session.execute(delete(Locality)).rowcount == 1
    with database.reading(other_id) as session:
        assert session.scalars(select(Locality.council)).all() == ["Wiltshire"]


def test_schemes_are_hidden_from_each_other(database, scheme_id, other_id):
    with database.reading(scheme_id) as session:
        assert session.scalars(select(Scheme.slug)).all() == ["default"]


def test_row_of_another_scheme_cannot_be_written(database, scheme_id, other_id):
    with pytest.raises(Unscoped), database.writing(scheme_id) as session:
        session.add(Locality(name="Smuggled", scheme_id=other_id))


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT name FROM locality"),
        select(Locality.__table__.c.name),
        insert(Locality).values(name="Bulk"),
    ],
)
def test_statement_that_cannot_be_bound_is_refused(database, scheme_id, foreign, statement):
    with pytest.raises(Unscoped), database.writing(scheme_id) as session:
        session.execute(statement)


def test_session_without_scheme_is_refused(database, foreign):
    with pytest.raises(Unscoped), database.reading(None) as session:
        session.scalars(select(Locality)).all()


def test_reading_session_cannot_write(database, scheme_id):
    with pytest.raises(ReadOnly), database.reading(scheme_id) as session:
        session.add(Locality(name="New"))
        session.flush()
