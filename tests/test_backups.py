"""A backup holds every row, opens for one key only, and the drill notices whatever is wrong."""

from __future__ import annotations

import gzip
import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyrage import decrypt
from sqlalchemy import insert, make_url, select

from peerapp.backups import archive, checks, command, drill, rows
from peerapp.backups.rows import DamagedBackup, dump, load
from peerapp.cli import main
from peerapp.db import Database, upgrade
from peerapp.enums import AuditKind, Role
from peerapp.models import AuditEvent, Base, Locality, Scheme
from peerapp.models.sealed import Box
from peerapp.sealing.keyring import fresh_keys
from peerapp.sealing.source import dump as dump_keys
from peerapp.services import audit
from tests.factories import make_account
from tests.support.full_rows import fill
from tests.support.keys import KEYRING, KEYS_TEXT

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def rows_of(database):
    with database.engine.connect() as connection:
        return {
            table.name: [
                tuple(one.token if isinstance(one, Box) else one for one in row)
                for row in connection.execute(select(table))
            ]
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A database with tables and nothing in them, not even the ids of keys."""
    path = tmp_path_factory.mktemp("bare") / "bare.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


def tables_from(bare):
    """Return what makes tables as ``upgrade`` does, in a new file by copying them."""

    def make(url, *keys):
        path = Path(make_url(url).database or "")
        if path.exists():
            upgrade(url, *keys)
        else:
            shutil.copyfile(bare, path)

    return make


@pytest.fixture(autouse=True)
def tables(bare, monkeypatch):
    """Migrating anew for each restore would take most of the time of these tests."""
    monkeypatch.setattr(drill, "upgrade", make := tables_from(bare))
    return make


@pytest.fixture
def migrated_anew(monkeypatch):
    """For the test that shows that it works without."""
    monkeypatch.setattr(drill, "upgrade", upgrade)


@pytest.fixture
def filled(database):
    with database.writer.begin() as connection:
        fill(connection)
    return database


@pytest.fixture
def key(tmp_path):
    """The file of a key for restoring, and the recipient that goes with it."""
    path = tmp_path / "identity"
    return path, archive.make_identity(path)


@pytest.fixture
def made(filled, key, tmp_path):
    """A backup of a database with a row in every table."""
    path = tmp_path / "peerapp.age"
    drill.make(filled, path, key[1], NOW)
    return path


@pytest.fixture
def empty_url(tmp_path):
    return f"sqlite:///{tmp_path / 'restored.sqlite3'}"


def test_every_row_of_every_table_comes_back(filled, made, key, empty_url):
    contents = drill.restore(made, key[0], empty_url, ())
    restored = Database(empty_url, KEYRING)
    assert contents.rows == dict.fromkeys(Base.metadata.tables, 1)
    assert rows_of(restored) == rows_of(filled)
    restored.close()


def test_a_backup_is_of_one_moment(filled, scheme_id, key, tmp_path, empty_url):
    """Whoever signs up while it is made is in it wholly or not at all."""
    begun, written = threading.Event(), threading.Event()

    def lines(connection, contents):
        for number, line in enumerate(dump(connection, contents)):
            if number == 3:
                begun.set()
                written.wait(10)
            yield line

    def sign_up():
        begun.wait(10)
        with filled.writing(scheme_id) as session:
            session.add(Locality(name="Founded meanwhile"))
        written.set()

    writer = threading.Thread(target=sign_up)
    writer.start()
    contents = drill.Contents(NOW.isoformat(), "1", "")
    with drill._one_moment(filled) as connection:
        contents.revision = drill.revision_of(connection)
        archive.write(tmp_path / "one.age", lines(connection, contents), key[1])
    writer.join()
    with filled.reading(scheme_id) as session:
        assert session.query(Locality).count() == 1
    assert contents.rows["locality"] == 1  # the filler's; the new one came later


def test_it_says_nothing_without_the_key(made, key, tmp_path):
    inside = gzip.decompress(decrypt(made.read_bytes(), [archive._identity(key[0])]))
    assert b'"table":"family"' in inside
    outside = made.read_bytes()
    assert b"family" not in outside
    assert gzip.compress(b"")[:2] not in outside[:2]
    assert oct(made.stat().st_mode)[-3:] == "600"


def test_another_key_does_not_open_it(made, tmp_path, empty_url):
    other = tmp_path / "other"
    archive.make_identity(other)
    with pytest.raises(archive.KeyFault, match="was not made for this identity"):
        drill.restore(made, other, empty_url, ())


def test_a_missing_key_is_said_plainly(made, tmp_path, empty_url):
    with pytest.raises(archive.KeyFault, match="missing or not usable"):
        drill.restore(made, tmp_path / "nowhere", empty_url, ())


@pytest.mark.parametrize("where", [0.3, 0.6, 0.95])
def test_a_flipped_bit_is_noticed(made, key, where, empty_url):
    damaged = bytearray(made.read_bytes())
    damaged[int(len(damaged) * where)] ^= 1
    made.write_bytes(damaged)
    with pytest.raises((DamagedBackup, archive.KeyFault)):
        drill.restore(made, key[0], empty_url, ())


@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_a_cut_file_is_noticed_and_nothing_stays(made, key, keep, empty_url):
    content = made.read_bytes()
    made.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DamagedBackup):
        drill.restore(made, key[0], empty_url, ())
    left = Database(empty_url, KEYRING)
    assert not any(rows_of(left).values())
    left.close()


def lines_of(made, key):
    return list(archive.read(made, key[0]))


def loaded(lines, url, bare):
    tables_from(bare)(url)
    database = Database(url, KEYRING)
    try:
        with database.writer.begin() as connection:
            return load(connection, lines, json.loads(lines[0])["revision"])
    finally:
        database.close()


def test_lines_as_written_load(made, key, empty_url, bare):
    assert sum(loaded(lines_of(made, key), empty_url, bare).rows.values()) == len(
        Base.metadata.tables
    )


def test_digest_that_is_not_compared_is_noticed(made, key, empty_url, monkeypatch, bare):
    """The control: without it a changed date comes back as if nothing were."""
    lines = [line.replace(b"2026-02-28", b"2026-02-27") for line in lines_of(made, key)]
    monkeypatch.setattr(rows._Reader, "_end", lambda self, *_: setattr(self, "ended", True))
    assert sum(loaded(lines, empty_url, bare).rows.values()) == len(Base.metadata.tables)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: lines[:3] + lines[5:],
        lambda lines: [*lines[:-1], lines[-1].replace(b'"account":1', b'"account":2')],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [line.replace(b"2026-02-28", b"2026-02-27") for line in lines],
        lambda lines: [b"not JSON\n", *lines[1:]],
    ],
    ids=["no end", "a table less", "another count", "more", "another date", "no beginning"],
)
def test_lines_that_were_changed_are_refused(made, key, empty_url, change, bare):
    with pytest.raises((DamagedBackup, ValueError)):
        loaded(change(lines_of(made, key)), empty_url, bare)


def test_a_database_with_rows_is_not_restored_into(filled, made, key, empty_url):
    url = empty_url
    drill.restore(made, key[0], url, ())
    with pytest.raises(drill.NotEmpty):
        drill.restore(made, key[0], url, ())


def test_another_version_of_the_tables_is_named(made, key, tables, tmp_path):
    lines = lines_of(made, key)
    head = json.loads(lines[0]) | {"revision": "0001"}
    tables(url := f"sqlite:///{tmp_path / 'older.sqlite3'}")
    database = Database(url, KEYRING)
    with (
        pytest.raises(DamagedBackup, match="of version 0001, those of this program"),
        database.writer.begin() as connection,
    ):
        load(connection, [json.dumps(head).encode(), *lines[1:]], "0015")
    database.close()


def test_a_failed_check_fails_the_drill(made, key):
    def fails(database):
        raise drill.FailedCheck("the chain is broken")

    with pytest.raises(drill.FailedCheck, match="the chain is broken"):
        drill.rehearse(made, key[0], (fails,))


def test_an_unfinished_backup_leaves_no_file(filled, key, tmp_path):
    def lines():
        yield b"one\n"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        archive.write(tmp_path / "half.age", lines(), key[1])
    assert not list(tmp_path.glob("half*"))


@pytest.fixture
def site(database, scheme_id, database_url, key, tmp_path):
    """A scheme with a trail, and what runs commands on it."""
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
        for _ in range(3):
            audit.record_security(session, manager, "account.sign_in", manager)
    environ = {
        "SECRET_KEY": "x" * 40,
        "DATABASE_URL": database_url,
        "PEERAPP_DATA": str(tmp_path / "data"),
        "PEERAPP_BACKUP_FOR": key[1],
    }

    def run(*words, keys=KEYS_TEXT):
        environ["PEERAPP_KEYS"] = keys
        return CliRunner(env=environ).invoke(main, ["backup", *map(str, words)])

    return run


def test_commands_make_check_and_restore(migrated_anew, site, key, empty_url, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    assert site("make", folder).exit_code == 0
    (path,) = folder.glob("*.age")
    same = ["--identity", key[0]]
    checked = site("check", path, *same)
    assert (checked.exit_code, "checked in" in checked.output) == (0, True)
    assert site("restore", path, *same, "--database", empty_url).exit_code == 0
    again = site("restore", path, *same, "--database", empty_url)
    assert (again.exit_code, "holds rows already" in again.output) == (1, True)


def drilled(site, key, tmp_path, keys):
    """Return how the drill of a fresh backup ends with some keys of the site, and what it says."""
    folder = tmp_path / "backups"
    folder.mkdir(exist_ok=True)
    if not list(folder.glob("*.age")):
        assert site("make", folder).exit_code == 0
    answer = site("check", *folder.glob("*.age"), "--identity", key[0], keys=keys)
    return answer.exit_code, "key" in answer.output


@pytest.mark.scorecard("11.3.3")
def test_the_drill_opens_what_is_sealed_with_the_key_of_this_site_alone(site, key, tmp_path):
    assert drilled(site, key, tmp_path, KEYS_TEXT) == (0, False)
    assert drilled(site, key, tmp_path, "") == (1, True)
    assert drilled(site, key, tmp_path, dump_keys(fresh_keys())) == (1, True)


@pytest.mark.scorecard("11.3.3", control=True)
def test_drill_that_opens_nothing_is_noticed(site, key, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "CHECKS", (checks.audit_is_whole,))
    assert drilled(site, key, tmp_path, dump_keys(fresh_keys())) == (0, False)


def test_a_trail_that_was_changed_fails_the_drill(site, database, key, tmp_path):
    with database.writer.begin() as connection:
        (scheme,) = connection.scalars(select(Scheme.id))
        forged = {"kind": AuditKind.READ, "action": "family.read", "subject_type": "family"}
        connection.execute(insert(AuditEvent).values(scheme_id=scheme, **forged))
    folder = tmp_path / "backups"
    folder.mkdir()
    assert site("make", folder).exit_code == 0
    checked = site("check", *folder.glob("*.age"), "--identity", key[0])
    assert (checked.exit_code, "is not whole" in checked.output) == (1, True)


def test_a_key_is_never_written_over(tmp_path):
    runner = CliRunner()
    assert runner.invoke(main, ["backup", "key", str(tmp_path / "k")]).exit_code == 0
    assert runner.invoke(main, ["backup", "key", str(tmp_path / "k")]).exit_code == 1
