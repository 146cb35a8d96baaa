"""The index key: rotated while others sign up and are looked for, and retired only then."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from peerapp.db import Database
from peerapp.enums import Role
from peerapp.models import Account, Certificate, SchemeKey
from peerapp.models.vault import Vault, blind_indexes, opened
from peerapp.sealing import Keyring, KeyringError, MissingKey
from peerapp.services import accounts, index_keys, keys
from peerapp.services.accounts import find_by_email
from tests.factories import NOW, make_account, make_certificate, make_volunteer
from tests.support.keys import KEYS
from tests.support.volunteers import URL

NEW = uuid.UUID(int=4)
MORE = replace(KEYS, index_id=NEW, index=bytes(range(3, 35)), indexes={KEYS.index_id: KEYS.index})
EMAIL = "ama@example.org"
OLD, LOOKS = 12, 12  # accounts that are there before; looks between two rotations


@pytest.fixture
def site(database):
    """The same database, opened with a keyring that holds a second index key."""
    opened = Database(database.url, Keyring(MORE))
    yield opened
    opened.close()


def activate(site, key_id=NEW):
    with site.session(None, "all") as session:
        index_keys.activate(session, site.keys, key_id)
        session.commit()


def retire(site, key_id):
    with site.session(None, "all") as session:
        keys.retire(session, key_id)
        session.commit()


@pytest.fixture
def people(database, scheme_id, session, staff, here):
    """An account, a certificate, and somebody whose key was destroyed."""
    volunteer = make_volunteer(session, here, account=make_account(
        session, Role.VOLUNTEER, email=EMAIL
    ))  # fmt: skip
    certificate = make_certificate(session, volunteer, staff)
    gone = make_account(session, Role.VOLUNTEER, email="gone@example.org")
    session.flush()
    keys.destroy(session, gone.id)
    number = certificate.number
    session.commit()
    return number


@pytest.mark.scorecard("13.3.4")
def test_every_index_is_made_anew_and_the_old_key_is_retired_only_then(site, scheme_id, people):
    with site.reading(scheme_id) as session:
        before = set(session.scalars(select(Account.email_index)))
    with pytest.raises(keys.KeyInUse):
        retire(site, KEYS.index_id)  # the active one
    activate(site)
    with pytest.raises(keys.KeyInUse, match="indexes were made with it"):
        retire(site, KEYS.index_id)  # indexes were made with it
    with pytest.raises(keys.KeyInUse):
        retire(site, NEW)
    with site.reading(scheme_id) as session:
        assert find_by_email(session, EMAIL) is not None
        assert len(blind_indexes(session, "email", EMAIL)) == 2
    assert index_keys.rotate(site, NEW) == 3  # two addresses and a number; not who is erased
    assert index_keys.rotate(site, NEW) == 0
    retire(site, KEYS.index_id)
    alone = Database(site.url, Keyring(replace(MORE, indexes={})))
    with alone.reading(scheme_id) as session:
        assert keys.fault_of(session, alone.keys) is None
        assert find_by_email(session, EMAIL).email == EMAIL
        assert find_by_email(session, "gone@example.org") is None
        after = set(session.scalars(select(Account.email_index)))
        assert [one for one in after & before if not one.startswith("erased ")] == []
        (number,) = session.scalars(select(Certificate.number_index))
        assert (number,) == blind_indexes(session, "number", people)
    alone.close()


@pytest.mark.parametrize("is_done", [False, True], ids=["begun", "done"])
def test_nobody_is_there_twice_while_indexes_are_of_two_keys(
    site, scheme_id, people, staff, here, is_done
):
    """An address and a number of before are known, whichever key made their index."""
    activate(site)
    if is_done:
        index_keys.rotate(site, NEW)
    with site.session(scheme_id, "all") as session, pytest.raises(IntegrityError):
        make_account(session, Role.VOLUNTEER, email=EMAIL.upper())
    with site.session(scheme_id, "all") as session:
        volunteer = make_volunteer(session, session.merge(here))
        with pytest.raises(IntegrityError):
            make_certificate(session, volunteer, session.merge(staff), number=people)


def test_key_that_the_file_lacks_is_not_made_the_one_for_indexes(database, session):
    with pytest.raises(KeyringError, match="does not hold the index key"):
        index_keys.rotate(database, NEW)
    query = select(SchemeKey.id).where(SchemeKey.is_active, SchemeKey.is_index)
    found = session.scalars(query, execution_options={"scheme_free": True}).all()
    assert found == [KEYS.index_id]


def test_process_without_the_new_key_finds_nobody_rather_than_the_wrong_one(
    database, site, scheme_id, people
):
    activate(site)
    with database.reading(scheme_id) as session, pytest.raises(MissingKey):
        find_by_email(session, EMAIL)


class Crowd:
    """People who are looked for and who sign up, all at once; what goes wrong is written down.

    Two sign up with the same addresses at the same time.
    """

    def __init__(self, site, scheme_id) -> None:
        self.site, self.scheme_id = site, scheme_id
        self.wrong, self.looked, self.done = [], 0, threading.Event()

    def look(self, number) -> None:
        with self.site.reading(self.scheme_id) as session:
            if find_by_email(session, f"old{number % OLD}@example.org") is None:
                self.wrong.append("not found")
        self.looked += 1

    def sign_up(self, number) -> None:
        with self.site.writing(self.scheme_id) as session:
            accounts.sign_up_volunteer(session, f"new{number % OLD}@example.org", NOW, URL)

    def work(self, act) -> None:
        try:
            for number in count():
                if self.done.wait(0.01):  # between two, as SQLite lets nobody else in before
                    return
                act(number)
        except Exception as error:
            self.wrong.append(repr(error))

    @contextmanager
    def busy(self):
        acts = (self.look, self.look, self.sign_up, self.sign_up)
        workers = [threading.Thread(target=self.work, args=(act,)) for act in acts]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self.done.set()
            for worker in workers:
                worker.join()

    def look_on(self) -> None:
        """Wait until people have been looked for some times more, or something goes wrong."""
        seen = self.looked
        while self.looked < seen + LOOKS and not self.wrong:
            self.done.wait(0.01)

    def twice(self) -> list[str]:
        with self.site.reading(self.scheme_id) as session:
            emails = Counter(row[1] for row in opened(session, Account, ["email"]))
        return [email for email, times in emails.items() if times > 1]


def rotate_in_a_crowd(database, scheme_id, site, turns):
    """Rotate there and back until something goes wrong, at most so often; return the crowd."""
    with database.writing(scheme_id) as session:
        for number in range(OLD):
            make_account(session, Role.VOLUNTEER, email=f"old{number}@example.org")
    crowd, rotating = Crowd(site, scheme_id), Database(database.url, Keyring(MORE))
    with crowd.busy():
        for turn in range(turns):
            try:
                index_keys.rotate(rotating, KEYS.index_id if turn % 2 else NEW)
            except IntegrityError:
                crowd.wrong.append("twice")
            crowd.look_on()
            if crowd.wrong:
                break
    rotating.close()
    return crowd


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(index_keys, "BATCH", 3)


@pytest.mark.scorecard("13.3.4")
def test_nobody_notices_that_the_index_key_is_rotated(database, scheme_id, small_batches):
    """Among them a process that began with the old key file, and reads the new one by itself."""
    site = Database(database.url, Keyring(KEYS, lambda: MORE))
    crowd = rotate_in_a_crowd(database, scheme_id, site, turns=3)
    assert (crowd.wrong, crowd.twice()) == ([], [])
    assert crowd.looked >= 3 * LOOKS
    with site.session(None, "all") as session:
        assert index_keys.count_older(session) == 0
    site.close()
    with database.session(None) as session:
        query = select(SchemeKey.id).where(SchemeKey.is_active, SchemeKey.is_index)
        assert session.scalars(query, execution_options={"scheme_free": True}).all() == [NEW]


@pytest.mark.scorecard("13.3.4", control=True)
def test_rotation_during_which_only_new_indexes_are_asked_is_noticed(
    database, scheme_id, small_batches, monkeypatch
):
    every = Vault.index_keys
    monkeypatch.setattr(Vault, "index_keys", lambda self: every(self)[:1])
    site = Database(database.url, Keyring(KEYS, lambda: MORE))
    crowd = rotate_in_a_crowd(database, scheme_id, site, turns=40)
    site.close()
    assert crowd.wrong
    assert set(crowd.wrong) <= {"not found", "twice"}


@pytest.mark.scorecard("13.3.4", control=True)
def test_rotation_that_a_process_never_hears_of_is_noticed(database, scheme_id, small_batches):
    site = Database(database.url, Keyring(KEYS))
    crowd = rotate_in_a_crowd(database, scheme_id, site, turns=40)
    site.close()
    assert [one for one in crowd.wrong if one.startswith("MissingKey")]
