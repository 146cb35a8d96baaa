"""``peerapp keys``, and a site that does not start without the keys of its database."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from peerapp import create_app
from peerapp.cli import main
from peerapp.config import settings_from_environment
from peerapp.db import Database
from peerapp.models import Account
from peerapp.sealing import KeyringError, MissingKey, load_keyring, make_keyring
from peerapp.sealing.source import write
from peerapp.services import keys as services
from tests.support.keys import KEYS

STAFF = ("staff", "add", "boss@example.org", "--password", "seven quiet herons wade")


@pytest.fixture
def environ(tmp_path, database_url):
    write(tmp_path / "keys.json", KEYS)
    return {
        "SECRET_KEY": "a secret key for tests, long enough",
        "PEERAPP_DATA": str(tmp_path),
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def run(environ):
    def invoke(*arguments, **more):
        return CliRunner(env={**environ, **more}).invoke(main, arguments)

    assert invoke("init", "--without-localities").exit_code == 0
    assert invoke(*STAFF).exit_code == 0
    return invoke


def emails(environ):
    settings = settings_from_environment(environ)
    database = Database(settings.database_url, load_keyring(settings.keys, settings.data_dir))
    with database.reading(database.scheme_id("default")) as session:
        found = emails_of(session)
    database.close()
    return found


def emails_of(session):
    return [one.email for one in session.scalars(select(Account))]


@pytest.mark.scorecard("13.3.4")
def test_key_is_rotated_and_then_retired(run, environ, tmp_path):
    old = json.loads((tmp_path / "keys.json").read_text())["active"]
    refused = run("keys", "retire", old)
    assert (refused.exit_code, "in use" in refused.output) == (1, True)
    rotated = run("keys", "rotate")
    assert re.search(r"^1 keys of persons are wrapped by", rotated.output, re.M)
    assert "older keys" in run("keys", "list").output
    assert run("keys", "retire", old).exit_code == 0
    kept = json.loads((tmp_path / "keys.json").read_text())
    assert old not in kept["keys"]
    assert (len(kept["keys"]), emails(environ)) == (1, ["boss@example.org"])
    assert run("keys", "check").output == "1 values open, 0 are erased.\n"


@pytest.mark.scorecard("13.3.4")
def test_index_key_is_rotated_and_then_retired(run, tmp_path):
    old = json.loads((tmp_path / "keys.json").read_text())["index"]["id"]
    refused = run("keys", "retire", old)
    assert (refused.exit_code, "in use" in refused.output) == (1, True)
    rotated = run("keys", "rotate-index")
    assert re.search(r"^1 indexes were made anew by", rotated.output, re.M)
    assert run("keys", "reindex").output.count("0 indexes were made anew") == 1
    assert re.search(rf"^ *{old} .* older indexes *$", run("keys", "list").output, re.M)
    assert "already" in run(*STAFF).output  # found by the new index
    assert run("keys", "retire", old).exit_code == 0
    kept = json.loads((tmp_path / "keys.json").read_text())
    assert (old in kept["index"]["id"], "older_indexes" in kept) == (False, False)
    assert "already" in run(*STAFF).output
    assert run("keys", "check").exit_code == 0


def test_list_shows_fingerprints_and_no_key(run, tmp_path):
    shown = run("keys", "list").output
    held = json.loads((tmp_path / "keys.json").read_text())
    every = [*held["keys"].values(), held["index"]["key"]]
    assert held["active"] in shown
    assert [key for key in every if key in shown] == []


@pytest.mark.scorecard("13.3.4")
@pytest.mark.parametrize("command", [("migrate",), ("init",), ("keys", "list"), STAFF])
def test_command_without_the_key_file_stops_and_makes_no_other(run, tmp_path, command):
    (tmp_path / "keys.json").rename(tmp_path / "kept-elsewhere.json")
    answer = run(*command)
    assert (answer.exit_code, "there is no key file at" in answer.output) == (1, True)
    assert not (tmp_path / "keys.json").exists()
    (tmp_path / "kept-elsewhere.json").rename(tmp_path / "keys.json")
    assert run("migrate").exit_code == 0


def test_files_that_init_makes_are_private(environ, tmp_path):
    new = {**environ, "DATABASE_URL": "", "PEERAPP_DATA": str(tmp_path / "new")}
    assert CliRunner(env=new).invoke(main, ["init", "--without-localities"]).exit_code == 0
    modes = {one.name: one.stat().st_mode & 0o777 for one in (tmp_path / "new").iterdir()}
    assert modes == {"keys.json": 0o600, "peerapp.sqlite3": 0o600}


@pytest.mark.scorecard("13.3.4")
def test_site_with_the_key_file_of_another_site_does_not_start(run, environ, tmp_path):
    make_keyring("", tmp_path / "other")
    wrong = {**environ, "PEERAPP_KEYS": str(tmp_path / "other" / "keys.json")}
    with pytest.raises(KeyringError, match="does not fit this database: it lacks the key"):
        create_app(settings_from_environment(wrong))
    answer = run("migrate", PEERAPP_KEYS=wrong["PEERAPP_KEYS"])
    assert (answer.exit_code, "does not fit this database" in answer.output) == (1, True)


@pytest.mark.scorecard("13.3.4", control=True)
def test_site_that_does_not_compare_its_keys_is_noticed(run, environ, tmp_path, monkeypatch):
    """It starts with the key file of another site, and can then open nothing."""
    make_keyring("", tmp_path / "other")
    wrong = {**environ, "PEERAPP_KEYS": str(tmp_path / "other" / "keys.json")}
    monkeypatch.setattr(services, "fault_of", lambda *_: None)
    app = create_app(settings_from_environment(wrong))
    database = app.extensions["database"]
    with database.reading(database.scheme_id("default")) as session, pytest.raises(MissingKey):
        emails_of(session)
    database.close()


def test_site_without_any_key_does_not_start(run, environ, tmp_path):
    missing = {**environ, "PEERAPP_KEYS": str(tmp_path / "nowhere.json")}
    with pytest.raises(KeyringError, match="there is no key file at"):
        create_app(settings_from_environment(missing))


def test_keys_may_come_from_the_environment(run, environ, tmp_path):
    text = (tmp_path / "keys.json").read_text()
    (tmp_path / "keys.json").unlink()
    assert run("keys", "check", PEERAPP_KEYS=text).exit_code == 0
    for command in ("rotate", "rotate-index"):
        answer = run("keys", command, PEERAPP_KEYS=text)
        assert (answer.exit_code, "restart the site" in answer.output) == (1, True)
    assert list(Path(tmp_path).glob("keys.json")) == []
