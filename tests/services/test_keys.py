"""Keys: destroying a person's, rotating and retiring the scheme's, while others read and write."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from peerapp.db import Database
from peerapp.enums import Role
from peerapp.models import Account, Family, PersonKey, SchemeKey
from peerapp.models.sealed import ERASED
from peerapp.models.vault import KeyDestroyed
from peerapp.sealing import Keyring, KeyringError, MissingKey
from peerapp.sealing.keyring import fresh_keys
from peerapp.services import key_checks, keys
from peerapp.services.accounts import find_by_email
from tests.factories import make_account, make_certificate, make_family, make_volunteer
from tests.support.keys import KEYS

NEW = uuid.UUID(int=3)
MORE = replace(KEYS, wrapping={**KEYS.wrapping, NEW: bytes(range(2, 34))})


@pytest.fixture
def two_keys(database):
    """The same database, opened with a keyring that holds a second scheme key."""
    opened = Database(database.url, Keyring(MORE))
    yield opened
    opened.close()


@pytest.mark.scorecard("11.3.3")
def test_destroyed_key_leaves_nothing_that_can_be_read(session, staff, here):
    family = make_family(session, staff, here)
    other = make_family(session, staff, here)
    session.commit()
    assert keys.destroy(session, family.id) is True
    session.commit()
    assert (family.phone, family.address, family.easting) == (ERASED, "", 0)
    assert family.safe_contact.times == ""
    assert family.agreements[0].given_by == ERASED
    assert other.phone == "07700 900456"
    key = session.scalars(select(PersonKey).where(PersonKey.owner_id == family.id)).one()
    assert (key.wrapped, key.scheme_key_id) == (None, None)
    assert keys.destroy(session, family.id) is False


def test_nothing_is_written_about_somebody_whose_key_was_destroyed(session, staff, here):
    family = make_family(session, staff, here)
    keys.destroy(session, family.id)
    family.phone = "01632 960100"
    with pytest.raises(KeyDestroyed):
        session.flush()
    session.rollback()


def test_destroyed_key_takes_the_blind_indexes_along(session, staff, here):
    volunteer = make_volunteer(session, here)
    certificate = make_certificate(session, volunteer, staff)
    email = volunteer.account.email
    assert find_by_email(session, email) is volunteer.account
    assert keys.destroy(session, volunteer.account_id) is True
    assert keys.destroy(session, volunteer.id) is True
    assert find_by_email(session, email) is None
    assert certificate.number_index == f"erased {certificate.id}"
    assert volunteer.date_of_birth is None


def test_log_holds_ids_and_no_key(session, staff, here, capsys):
    family = make_family(session, staff, here)
    session.commit()
    wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.owner_id == family.id))
    secret = wrapped.one()
    keys.destroy(session, family.id)
    assert secret not in "".join(capsys.readouterr())


def test_email_is_found_in_any_spelling_and_belongs_to_one_account(session):
    made = make_account(session, Role.VOLUNTEER, email="ama@example.org")
    assert find_by_email(session, " Ama@Example.org ") is made
    assert find_by_email(session, "amb@example.org") is None
    assert find_by_email(session, "") is None
    made.email = "new@example.org"
    session.flush()
    assert find_by_email(session, "ama@example.org") is None
    assert find_by_email(session, "new@example.org") is made


@pytest.mark.scorecard("13.3.4")
def test_keyring_of_another_site_is_refused(session, database):
    assert keys.fault_of(session, Keyring(KEYS)) is None
    with pytest.raises(KeyringError, match="lacks the key"):
        keys.check(session, Keyring(fresh_keys()))
    swapped = replace(KEYS, wrapping={KEYS.active: b"9" * 32})
    with pytest.raises(KeyringError, match="not the one"):
        keys.check(session, Keyring(swapped))
    other_index = replace(KEYS, index=b"9" * 32)
    with pytest.raises(KeyringError, match="not the one"):
        keys.check(session, Keyring(other_index))


def test_check_counts_what_opens_and_names_what_does_not(database, scheme_id, session, staff, here):
    family = make_family(session, staff, here)
    gone = make_family(session, staff, here, email="gone@example.org")
    session.commit()
    family_id = family.id
    before = key_checks.check(session)
    session.rollback()
    assert (before.erased, before.broken) == (0, [])
    keys.destroy(session, gone.id)
    session.commit()
    with database.writer.begin() as connection:  # as somebody with the file could
        row_id = family_id.hex if database.is_sqlite else family_id
        connection.exec_driver_sql(f"UPDATE family SET phone = 'x' WHERE id = '{row_id}'")
    session.rollback()
    after = key_checks.check(session)
    assert after.broken == [f"family.phone:{family_id}"]
    assert after.opened + after.erased + 1 == before.opened
    assert after.erased > 0


@pytest.mark.scorecard("13.3.4")
def test_rotation_wraps_every_key_and_retires_the_old_one_only_then(
    database, two_keys, scheme_id, session, staff, here
):
    family = make_family(session, staff, here)
    session.commit()
    with two_keys.session(None, "all") as other, pytest.raises(keys.KeyInUse):
        keys.retire(other, KEYS.active)  # the active one
    with two_keys.session(None, "all") as other:
        keys.activate(other, two_keys.keys, NEW)
        other.commit()
    with two_keys.session(None, "all") as other, pytest.raises(keys.KeyInUse):
        keys.retire(other, KEYS.active)  # it still wraps keys
    total = session.scalar(select(func.count()).select_from(PersonKey))
    session.rollback()
    assert keys.rotate(two_keys, NEW) == total
    with two_keys.session(None, "all") as other:
        uses = {key.id: (key.is_active, key.wraps) for key in keys.list_keys(other)}
        assert uses[NEW] == (True, total)
        assert uses[KEYS.active] == (False, 0)
        with pytest.raises(keys.KeyInUse):
            keys.retire(other, KEYS.index_id)
        keys.retire(other, KEYS.active)
        other.commit()
    without = replace(MORE, wrapping={NEW: MORE.wrapping[NEW]}, active=NEW)
    last = Database(database.url, Keyring(without))
    with last.reading(scheme_id) as reading:
        assert reading.get_one(Family, family.id).phone == "07700 900456"
    last.close()


def test_key_destroyed_while_keys_are_rotated_stays_destroyed(
    database, two_keys, scheme_id, session, staff, here
):
    family = make_family(session, staff, here)
    session.commit()
    keys.destroy(session, family.id)
    session.commit()
    keys.rotate(two_keys, NEW)
    with two_keys.reading(scheme_id) as reading:
        assert reading.get_one(Family, family.id).phone == ERASED


def rotate_while_others_work(database, two_keys, scheme_id, keyring):
    """Rotate there and back while a process with this keyring reads and writes.

    Returns what went wrong there, how many keys were wrapped, and what was done meanwhile.
    """
    with database.writing(scheme_id) as session:
        for number in range(20):
            make_account(session, Role.VOLUNTEER, email=f"old{number}@example.org")
    seen, faults, done = [], [], threading.Event()
    site = Database(database.url, keyring)

    def work(act) -> None:
        try:
            while not done.is_set():
                seen.append(act())
        except Exception as error:
            faults.append(error)

    def read() -> str:
        with site.reading(scheme_id) as session:
            emails = [one.email for one in session.scalars(select(Account))]
        assert all(email.endswith("@example.org") for email in emails)
        return "read"

    def write() -> str:
        with site.writing(scheme_id) as session:
            make_account(session, Role.VOLUNTEER)
        return "written"

    workers = [threading.Thread(target=work, args=(act,)) for act in (read, read, write)]
    for worker in workers:
        worker.start()
    turns = 0
    for key_id in (NEW, KEYS.active, NEW):
        turns += keys.rotate(two_keys, key_id)
    done.set()
    for worker in workers:
        worker.join()
    site.close()
    return faults, turns, set(seen)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 3)


@pytest.mark.scorecard("13.3.4")
def test_nobody_notices_a_rotation(database, two_keys, scheme_id, small_batches):
    """Readers and writers go on, with the keyring that they began with, while keys are rotated."""
    # A process that began before the rotation reads the key file again when it meets a new key.
    began_before = Keyring(KEYS, lambda: MORE)
    faults, turns, seen = rotate_while_others_work(database, two_keys, scheme_id, began_before)
    assert (faults, seen) == ([], {"read", "written"})
    assert turns >= 60
    keys.rotate(two_keys, NEW)
    with two_keys.session(None, "all") as session:
        keys.retire(session, KEYS.active)
        session.commit()
    with two_keys.reading(scheme_id) as session:
        assert set(session.scalars(select(PersonKey.scheme_key_id))) == {NEW}
        assert key_checks.check(session).broken == []
    with two_keys.session(None) as session:
        query = select(SchemeKey.id).where(SchemeKey.is_active, SchemeKey.is_index.is_(False))
        assert session.scalars(query, execution_options={"scheme_free": True}).all() == [NEW]


@pytest.mark.scorecard("13.3.4", control=True)
def test_rotation_that_a_process_never_hears_of_is_noticed(
    database, two_keys, scheme_id, small_batches
):
    faults, _, _ = rotate_while_others_work(database, two_keys, scheme_id, Keyring(KEYS))
    assert {type(one) for one in faults} == {MissingKey}
