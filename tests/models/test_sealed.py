"""Sealed attributes: plain in Python, ciphertext in the table, and nothing in between."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from peerapp.db import Database
from peerapp.enums import Role
from peerapp.models import Account, Family, FamilyChild, GateRecord, PersonKey, Volunteer
from peerapp.models.sealed import NoVault, SealedColumnError
from peerapp.models.vault import opened
from peerapp.sealing import Broken, Keyring, MissingKey
from peerapp.sealing.keyring import fresh_keys
from tests.factories import make_account, make_family, make_locality, make_volunteer
from tests.support.queries import counted

CANARY = "+44 1632 960xyz"


@pytest.fixture
def family_id(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        family = make_family(session, staff, here, phone=CANARY, address="")
        family.children_named = [FamilyChild(name="Ivo", born_from=2019, born_to=2020)]
        session.flush()
        return family.id


def stored(database, table, column="phone"):
    """Return a column as the database has it, by id."""
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f'SELECT id, {column} FROM "{table}" ORDER BY id')
        return [tuple(row) for row in rows]


def put(database, table, column, values):
    """Write a column behind the models' back: one value for each row, by id."""
    with database.writer.begin() as connection:
        for (row_id, _), value in zip(stored(database, table, column), values, strict=True):
            row = f"'{row_id}'"
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = '{value}' WHERE id = {row}")


@pytest.mark.scorecard("11.3.3")
def test_value_is_read_as_it_was_set_and_stored_sealed(database, scheme_id, family_id):
    with database.reading(scheme_id) as session:
        family = session.get_one(Family, family_id)
        assert (family.phone, family.address, family.easting) == (CANARY, "", 392500)
        (child,) = family.children_named
        assert (child.name, child.born_from, child.born_to) == ("Ivo", 2019, 2020)
    ((_, token),) = stored(database, "family")
    assert token.startswith("1.")
    assert CANARY not in token
    assert stored(database, "family", "address")[0][1] == ""


@pytest.mark.scorecard("11.3.3")
def test_file_of_the_database_holds_nothing_that_is_sealed(database, scheme_id, family_id):
    found = {text: text.encode() in written_by(database) for text in (CANARY, "Ivo", "Rosa")}
    assert found == {CANARY: False, "Ivo": False, "Rosa": True}  # a first name is searched for


def written_by(database) -> bytes:
    """Return every byte that the database holds: its files, or all its columns as text."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            names = connection.exec_driver_sql(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).scalars()
            found = [
                row
                for one in names.all()
                for row in connection.exec_driver_sql(f'SELECT t::text FROM "{one}" t').scalars()
            ]
        return "\n".join(found).encode()
    path = Path(make_url(database.url).database)
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


@pytest.mark.scorecard("11.3.3", control=True)
def test_file_of_the_database_shows_what_is_not_sealed(database, scheme_id, family_id):
    """The control: written past the models, the same text is found."""
    put(database, "family", "last_name", [CANARY])
    with pytest.raises(AssertionError):
        assert CANARY.encode() not in written_by(database)


@pytest.mark.scorecard("11.3.3")
@pytest.mark.parametrize("table_column", [("family", "phone"), ("volunteer", "phone")])
def test_values_swapped_between_rows_or_columns_do_not_open(
    database, scheme_id, family_id, table_column
):
    with database.writing(scheme_id) as session:
        staff = session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).one()
        here = staff.localities[0].locality
        make_family(session, staff, here)
        make_volunteer(session, here)
        make_volunteer(session, here)
    table, column = table_column
    model = Family if table == "family" else Volunteer
    tokens = [token for _, token in stored(database, table, column)]
    others = [token for _, token in stored(database, table, "postcode")]
    for given in (tokens[::-1], others):
        put(database, table, column, given)
        with database.reading(scheme_id) as session:
            for row in session.scalars(select(model)):
                with pytest.raises(Broken):
                    assert row.phone
    put(database, table, column, tokens)
    with database.reading(scheme_id) as session:
        assert all(row.phone for row in session.scalars(select(model)))


@pytest.mark.scorecard("11.3.3")
@pytest.mark.parametrize("value", ["in clear", "1.AAAA", "0"])
def test_value_that_somebody_wrote_into_the_table_is_not_taken(
    database, scheme_id, family_id, value
):
    put(database, "family", "phone", [value])
    with database.reading(scheme_id) as session, pytest.raises(Broken) as error:
        assert session.get_one(Family, family_id).phone
    assert value == "0" or value not in str(error.value)


def test_flipped_letter_is_noticed(database, scheme_id, family_id):
    ((_, token),) = stored(database, "family")
    put(database, "family", "phone", [token[:-4] + ("A" if token[-4] != "A" else "B") + token[-3:]])
    with database.reading(scheme_id) as session, pytest.raises(Broken):
        assert session.get_one(Family, family_id).phone


@pytest.mark.parametrize(
    "statement",
    [
        lambda: select(Family).where(Family.phone == CANARY),
        lambda: select(Family).where(Family.phone.in_([CANARY])),
        lambda: select(Family).where(Family.phone.icontains("1")),
        lambda: select(Family).order_by(Family.phone),
        lambda: select(Family.phone),
        lambda: select(func.lower(Family.phone)),
        lambda: select(Family).where(Family.easting > 3),
        lambda: select(Family.phone + "1"),
    ],
)
def test_statement_about_a_sealed_column_is_refused(statement):
    with pytest.raises(SealedColumnError, match=r"^Family\.(phone|easting) is sealed"):
        statement()


def test_statement_may_ask_whether_there_is_a_value(database, scheme_id, family_id):
    with database.reading(scheme_id) as session:
        count = select(func.count()).select_from(Family)
        conditions = [Family.phone != "", Family.address == "", Family.phone.is_not(None)]
        assert [session.scalar(count.where(one)) for one in conditions] == [1, 1, 1]
        assert session.scalar(count.where(Family.phone.is_(None))) == 0


def test_setting_the_same_value_is_no_change(database, scheme_id, family_id):
    with database.writing(scheme_id) as session:
        family = session.get_one(Family, family_id)
        family.phone, family.easting = CANARY, 392500
        assert session.is_modified(family) is False
        family.phone = "01632 960111"
        assert session.is_modified(family) is True
    with database.reading(scheme_id) as session:
        assert session.get_one(Family, family_id).phone == "01632 960111"


def test_child_in_a_collection_is_sealed_by_its_parents_key(database, scheme_id):
    with database.writing(scheme_id) as session:
        staff = make_account(session, Role.COORDINATOR)
        volunteer = Volunteer(
            account=make_account(session, Role.VOLUNTEER),
            state="enquiry",
            state_since=staff.confirmed_at,
            date_of_birth=date(1985, 4, 2),
        )
        volunteer.gate_records = [
            GateRecord(item="interview", done_on=date(2026, 1, 1), recorded_by=staff, note="Warm")
        ]
        session.add(volunteer)
    with database.reading(scheme_id) as session:
        volunteer = session.scalars(select(Volunteer)).one()
        assert (volunteer.date_of_birth, volunteer.phone) == (date(1985, 4, 2), "")
        assert volunteer.gate_records[0].note == "Warm"
        owners = set(session.scalars(select(PersonKey.owner_id)))
        assert owners == {volunteer.id, volunteer.account_id, staff.id}


def test_row_that_was_rolled_back_can_be_added_again(database, scheme_id):
    with database.session(scheme_id, "all") as session:
        account = Account(email="ama@example.org", role=Role.VOLUNTEER)
        nested = session.begin_nested()
        session.add(account)
        session.flush()
        nested.rollback()
        session.add(account)
        session.commit()
    with database.reading(scheme_id) as session:
        assert session.scalars(select(Account)).one().email == "ama@example.org"


@pytest.mark.parametrize("rows", [1, 30])
def test_list_needs_one_query_for_all_keys(database, scheme_id, rows):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        phones = [f"01632 9601{number:02}" for number in range(rows)]
        for phone in phones:
            make_family(session, staff, here, phone=phone)
    with database.reading(scheme_id) as session, counted(database.engine) as sent:
        families = session.scalars(select(Family).order_by(Family.reference)).all()
        assert [one.phone for one in families] == phones
        assert [one.postcode for one in families] == ["SN15 1AB"] * rows
        assert len(sent) == 2
        session.expunge_all()
        sent.clear()
        assert sorted(row[1] for row in opened(session, Family, ["phone"])) == phones
        assert len(sent) == 1  # the keys were there


def test_row_outside_a_session_shows_what_was_read_and_opens_no_more(
    database, scheme_id, family_id
):
    with database.session(scheme_id) as session:
        family = session.get_one(Family, family_id)
        assert family.phone == CANARY
    assert family.phone == CANARY
    with pytest.raises(NoVault):
        assert family.email


@pytest.mark.scorecard("13.3.4")
def test_wrong_key_file_opens_nothing(database, scheme_id, family_id):
    other = Database(database.url, Keyring(fresh_keys()))
    with other.reading(scheme_id) as session, pytest.raises(MissingKey):
        assert session.get_one(Family, family_id).phone
    other.close()
