"""After a restore nobody is back who was erased: they are erased again, or the site stays shut."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from peerapp import create_app, erasure_list, jobs
from peerapp.backups import archive
from peerapp.cli import main
from peerapp.db import Database
from peerapp.enums import Role
from peerapp.erasure_list import ErasuresOutstanding
from peerapp.models import Family, Volunteer
from peerapp.services import audit_heads, erasures
from tests.factories import NOW, make_account
from tests.services.rights_scenes import CANARIES, COACH, close_family, make_pair, residue
from tests.support.databases import _made
from tests.support.keys import KEYRING, KEYS_TEXT
from tests.support.raw_contents import raw_contents


@pytest.fixture
def family(database, scheme_id, session, staff, here):
    """A family that is closed, with words in many places, and its account."""
    family = make_pair(session, staff, here)[0]
    make_account(session, Role.MANAGER)
    close_family(family)
    session.commit()
    return family


@pytest.fixture
def restored_url(server, tmp_path):
    """The URL of an empty database of the same kind."""
    if server is None:
        yield f"sqlite:///{tmp_path / 'restored.sqlite3'}"
        return
    with _made(server, "restored", "") as made:
        yield made.render_as_string(hide_password=False)


@pytest.fixture
def run(database_url, tmp_path):
    """Run a command of the site; a backup was made before anybody was erased."""
    identity, folder = tmp_path / "identity", tmp_path / "backups"
    folder.mkdir()
    environ = {
        "SECRET_KEY": "x" * 40,
        "DATABASE_URL": database_url,
        "PEERAPP_DATA": str(tmp_path / "data"),
        "PEERAPP_KEYS": KEYS_TEXT,
        "PEERAPP_BACKUP_FOR": archive.make_identity(identity),
    }

    def invoke(*words, **more):
        return CliRunner(env={**environ, **more}).invoke(main, [str(one) for one in words])

    def restore(url, *more):
        (path,) = folder.glob("*.age")
        return invoke("backup", "restore", path, "--identity", identity, "--database", url, *more)

    invoke.restore, invoke.folder, invoke.list = restore, folder, tmp_path / "data/erasures.jsonl"
    return invoke


@pytest.fixture
def erased(run, family, database, scheme_id):
    """The family was erased after the backup, and stands on the site's list."""
    assert run("backup", "make", run.folder).exit_code == 0
    with database.writing(scheme_id) as session:
        erasures.put_out(session, None, session.get_one(Family, family.id), "asked", NOW)
    assert erasure_list.sync_every(database, run.list) == 1
    return family.id


def left_of(url, scheme_id):
    """Return which of the family's and of the coach's words a database still says."""
    with closing(Database(url, KEYRING)) as database:
        with database.session(scheme_id, "all") as session:
            found = [set(residue(session, words.values())) for words in (CANARIES, COACH)]
        with database.reading(scheme_id) as session:
            assert audit_heads.check(session).faults == ()
    return found


@pytest.mark.scorecard("14.2.7")
def test_who_was_erased_after_the_backup_is_erased_again(run, erased, restored_url, scheme_id):
    answer = run.restore(restored_url)
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Erased again: 1.")
    assert left_of(restored_url, scheme_id) == [set(), set(COACH.values())]
    assert CANARIES["name"].encode() not in raw_contents(restored_url)
    assert COACH["name"].encode() in raw_contents(restored_url)


@pytest.mark.scorecard("14.2.7", control=True)
def test_restore_that_erases_nobody_is_noticed(
    run, erased, restored_url, scheme_id, settings, monkeypatch
):
    """The site does not open on what it left, and its words are found in it."""
    monkeypatch.setattr(erasure_list, "reapply", lambda *_: 0)
    answer = run.restore(restored_url)
    assert (answer.exit_code, "1 people who were erased" in answer.output) == (1, True)
    assert left_of(restored_url, scheme_id)[0] == set(CANARIES.values())
    assert CANARIES["name"].encode() in raw_contents(restored_url)
    opened = replace(settings, database_url=restored_url)
    with pytest.raises(ErasuresOutstanding, match="run `peerapp rights reapply`"):
        create_app(opened)


@pytest.mark.scorecard("14.2.7")
def test_site_and_worker_stay_shut_on_an_older_copy_until_it_is_erased_again(
    run, erased, restored_url, scheme_id, settings, database
):
    """Whichever way the copy came: here the list comes to a database that never erased."""
    assert run.restore(restored_url).exit_code == 0
    opened = replace(settings, database_url=restored_url)
    create_app(opened).extensions["database"].close()
    older = replace(settings, data_dir=run.list.parent.parent / "other")
    coach = left_behind(database, scheme_id)
    line = (str(scheme_id), str(coach), False)
    erasure_list.add(erasure_list.path_in(older.data_dir), [(line, NOW.isoformat())])
    for start in (create_app, jobs.run_worker):
        with pytest.raises(ErasuresOutstanding):
            start(older)
    answer = run("rights", "reapply", PEERAPP_DATA=str(older.data_dir))
    assert (answer.exit_code, answer.output) == (0, "Erased again: 1.\n")
    create_app(older).extensions["database"].close()


def left_behind(database, scheme_id):
    with database.reading(scheme_id) as session:
        return session.query(Volunteer).one().id


def test_nothing_is_restored_without_a_list_unless_somebody_says_so(run, erased, restored_url):
    run.list.unlink()
    (run.folder / erasure_list.FILE).unlink()
    answer = run.restore(restored_url)
    assert (answer.exit_code, "--nobody-was-erased" in answer.output) == (1, True)
    if make_url(restored_url).get_backend_name() == "sqlite":
        assert list(run.folder.parent.glob("restored*")) == []
    answer = run.restore(restored_url, "--nobody-was-erased")
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Erased again: 0.")


def test_every_list_that_is_there_counts(run, erased, restored_url, scheme_id):
    """The data folder is lost with the database; the list beside a later backup is not."""
    (run.folder / erasure_list.FILE).write_bytes(run.list.read_bytes())
    run.list.unlink()
    given = run.folder.parent / "given.jsonl"
    given.write_text("")
    answer = run.restore(restored_url, "--erasures", given)
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "Erased again: 1.")
    assert erasure_list.read(run.list) == {(str(scheme_id), str(erased), True)}
    assert run.list.stat().st_mode & 0o777 == 0o600


def test_each_backup_brings_the_list_beside_it(run, erased, family):
    for path in run.folder.glob("*.age"):
        path.unlink()
    assert (run.folder / erasure_list.FILE).read_text() == ""
    assert run("backup", "make", run.folder).exit_code == 0
    listed = erasure_list.read(run.folder / erasure_list.FILE)
    assert [person for _, person, _ in listed] == [str(erased)]


def test_list_that_cannot_be_read_stops_the_restore(run, erased, restored_url):
    run.list.write_text("not JSON\n")
    answer = run.restore(restored_url)
    assert (answer.exit_code, "cannot be read" in answer.output) == (1, True)
