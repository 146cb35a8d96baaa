"""A database takes the index that finds least, once it knows how large its tables are."""

from __future__ import annotations

from sqlalchemy import event, select

from peerapp import db
from peerapp.models import VolunteerEvent
from tests.factories import make_volunteer


def plan_of(database, scheme_id, volunteer_id):
    """Return how SQLite would look for what happened to one person."""
    mine = VolunteerEvent.volunteer_id == volunteer_id, VolunteerEvent.scheme_id == scheme_id
    query = select(VolunteerEvent.id).where(*mine)
    with database.engine.connect() as connection:
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        return connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").one().detail


def test_a_person_is_found_by_the_index_on_persons(database, scheme_id):
    if not database.is_sqlite:
        database.learn_sizes()
        with database.engine.connect() as connection:
            sizes = "SELECT reltuples FROM pg_class WHERE relname = 'scheme'"
            assert connection.exec_driver_sql(sizes).scalar_one() == 1
        return
    with database.writing(scheme_id) as session:
        for _ in range(30):
            volunteer = make_volunteer(session)
            session.flush()
            session.add(VolunteerEvent(volunteer_id=volunteer.id, to_state=volunteer.state))
    with database.writer.begin() as connection:  # without sizes, SQLite takes the newest index
        name = "ix_volunteer_event_scheme_id"
        connection.exec_driver_sql(f"DROP INDEX {name}")
        connection.exec_driver_sql(f"CREATE INDEX {name} ON volunteer_event (scheme_id)")
    database.close()
    before = plan_of(database, scheme_id, volunteer.id)
    database.learn_sizes()
    database.close()  # connections that are open know what they knew
    plans = before, plan_of(database, scheme_id, volunteer.id)
    assert [("scheme_id=" in plan, "volunteer_id=" in plan) for plan in plans] == [
        (True, False),
        (False, True),
    ]


def test_a_lock_of_somebody_else_does_not_keep_the_site_shut(
    database, scheme_id, monkeypatch, request
):
    def be_impatient(connection, *_):
        setting = "PRAGMA busy_timeout = 50" if database.is_sqlite else "SET lock_timeout = '50ms'"
        connection.execute(setting)

    told = []
    monkeypatch.setattr(db.log, "warning", lambda event, **_: told.append(event), raising=False)
    listener = (database.engine, "checkout", be_impatient)
    event.listen(*listener)
    request.addfinalizer(lambda: event.remove(*listener))  # later tests use the engine, too
    with database.writer.begin() as other:
        if not database.is_sqlite:
            other.exec_driver_sql("LOCK TABLE scheme IN SHARE UPDATE EXCLUSIVE MODE")
        database.learn_sizes()
    assert told == ["sizes_not_learnt"]
    database.learn_sizes()
    assert told == ["sizes_not_learnt"]
