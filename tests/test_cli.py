"""The commands: setting up is harmless twice, the demonstration is the same for the same seed."""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select

from peerapp.adapters.update_service import UpdateService
from peerapp.cli import main
from peerapp.db import Database
from peerapp.demo.update_service import HOST, REGISTER, read_register, write_register
from peerapp.demo.update_service_answers import Told
from peerapp.enums import (
    MatchState,
    ReferralSource,
    Role,
    RunState,
    StatusAnswer,
    StatusOutcome,
    VolunteerState,
)
from peerapp.models import (
    Account,
    AuditEvent,
    AuthenticatorApp,
    Base,
    Certificate,
    Family,
    Locality,
    Match,
    MatchingRun,
    Scheme,
    StatusCheck,
    Volunteer,
)
from peerapp.models.vault import opened
from peerapp.version import __version__
from tests.support.factors import give_app
from tests.support.keys import KEYRING, KEYS_TEXT
from tests.support.sealed import values
from tests.support.update_service import ENTRY, NUMBER, QUESTION

SECRET = "a secret key for tests, long enough"


@pytest.fixture
def run(database_url, tmp_path):
    environ = {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": database_url,
        "PEERAPP_DATA": str(tmp_path / "data"),
        "PEERAPP_KEYS": KEYS_TEXT,
    }

    def invoke(*arguments, **kwargs):
        return CliRunner(env=environ).invoke(main, arguments, **kwargs)

    return invoke


def test_version_is_told_without_any_setting():
    answer = CliRunner().invoke(main, ["--version"])
    assert (answer.exit_code, answer.output) == (0, f"peerapp, version {__version__}\n")


def test_init_makes_scheme_and_localities_and_is_harmless_twice(run, database):
    first, second = run("init", "--name", "Our scheme"), run("init", "--name", "Other")
    assert (first.exit_code, second.exit_code) == (0, 0)
    with database.reading(database.scheme_id("default")) as session:
        assert session.scalars(select(Scheme.name)).all() == ["Our scheme"]
        assert len(session.scalars(select(Locality)).all()) == 23


def test_lost_second_step_is_reset_on_the_command_line(run, database):
    run("init")
    run("staff", "add", "boss@example.org", "--password", "seven quiet herons wade")
    scheme_id = database.scheme_id("default")
    with database.writing(scheme_id) as session:
        boss = session.scalars(select(Account)).one()
        give_app(session, boss)
    assert run("staff", "reset-second-step", "nobody@example.org").exit_code == 1
    with database.reading(scheme_id) as session:
        assert len(session.scalars(select(AuthenticatorApp)).all()) == 1
    assert run("staff", "reset-second-step", "Boss@example.org").exit_code == 0
    with database.reading(scheme_id) as session:
        assert session.scalars(select(AuthenticatorApp)).all() == []
        query = select(AuditEvent.actor_id).where(AuditEvent.action == "factor.reset")
        assert session.scalars(query).all() == [None]


def test_staff_add_makes_an_account_and_refuses_what_is_wrong(run, database):
    run("init")
    good = ("staff", "add", "Boss@example.org", "--password", "seven quiet herons wade")
    assert run(*good).exit_code == 0
    assert "already" in run(*good).output
    short = run("staff", "add", "b@example.org", "--password", "short")
    assert (short.exit_code, "15 characters" in short.output) == (1, True)
    with database.reading(database.scheme_id("default")) as session:
        accounts = session.scalars(select(Account)).all()
        assert [(one.email, one.role) for one in accounts] == [("boss@example.org", Role.MANAGER)]
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "account.create"))
        assert (event.subject_id, event.actor_id) == (accounts[0].id, None)
        assert event.detail == {"role": "manager"}


def test_command_without_secret_says_what_is_missing(database_url):
    answer = CliRunner(env={"SECRET_KEY": "", "DATABASE_URL": database_url}).invoke(main, ["init"])
    assert answer.exit_code == 1
    assert "SECRET_KEY is missing" in answer.output


def demo(run, tmp_path, url, seed="3"):
    folder = tmp_path / f"demo{seed}"
    folder.mkdir(exist_ok=True)
    (folder / "keys.json").touch(mode=0o600)
    (folder / "keys.json").write_text(KEYS_TEXT, encoding="ascii")
    return run(
        *("demo", "--no-serve", "--families", "40", "--volunteers", "30", "--seed", seed),
        *("--database", url, "--data", str(folder)),
    )


def contents(url):
    """Return what a database holds, but for times and secrets."""
    database = Database(url, KEYRING)
    left_out = {"created_at", "password_hash", "confirmed_at", "at", "input_digest", "summary"}
    left_out |= {"token_hash", "sealed_secret"}
    rows = []
    with database.session(database.scheme_id("default")) as session:
        for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
            names = [
                mapper.get_property_by_column(c).key.removeprefix("_sealed_")
                for c in mapper.local_table.c
                if c.name not in left_out and "DATETIME" not in str(c.type)
            ]
            found = opened(session, mapper.class_, names)
            values = sorted(json.dumps([*row], default=str) for row in found)
            rows.append((mapper.class_.__tablename__, values))
    database.engine.dispose()
    random = {"audit_event", "audit_head", "match_event", "person_key", "scheme_key"}
    return [row for row in rows if row[0] not in random]


@pytest.mark.walk
def test_demo_builds_every_state_a_finished_run_and_proposals(
    run, tmp_path, database, database_url
):
    answer = demo(run, tmp_path, database_url)
    assert answer.exit_code == 0, answer.output
    assert "coordinator@example.org" in answer.output
    with database.reading(database.scheme_id("default")) as session:
        states = set(session.scalars(select(Volunteer.state)))
        assert states == set(VolunteerState)
        runs = session.scalars(select(MatchingRun.state)).all()
        assert runs == [RunState.FINISHED, RunState.FINISHED]
        matches = set(session.scalars(select(Match.state)))
        assert {MatchState.PROPOSED, MatchState.APPROVED, MatchState.ACTIVE} <= matches
        assert session.scalars(select(Scheme.is_demo)).all() == [True]
        stepped = select(Family).where(Family.source == ReferralSource.STEP_DOWN)
        down = session.scalars(stepped).all()
        assert down
        assert all(one.step_down_level and one.step_down_on for one in down)


def test_demo_refuses_a_database_in_use_and_leaves_it(run, tmp_path, database, database_url):
    run("init", "--name", "Real scheme")
    answer = demo(run, tmp_path, database_url)
    assert answer.exit_code == 1
    assert "holds a scheme already" in answer.output
    with database.reading(database.scheme_id("default")) as session:
        assert session.scalars(select(Scheme.name)).all() == ["Real scheme"]


@pytest.mark.long
def test_demo_is_the_same_for_the_same_seed(run, tmp_path):
    urls = [f"sqlite:///{tmp_path / name}.sqlite3" for name in ("one", "two", "other")]
    for url, seed in zip(urls, ("3", "3", "4"), strict=True):
        assert demo(run, tmp_path, url, seed).exit_code == 0
    one, two, other = map(contents, urls)
    assert one == two
    assert one != other


@pytest.mark.walk
def test_demo_has_asked_about_certificates_and_wrote_the_register(
    run, tmp_path, database, database_url
):
    assert demo(run, tmp_path, database_url).exit_code == 0
    register = read_register(tmp_path / "demo3" / REGISTER)
    with database.reading(database.scheme_id("default")) as session:
        outcomes = set(session.scalars(select(StatusCheck.outcome)))
        assert outcomes >= {StatusOutcome.PASSED, StatusOutcome.NEW_INFORMATION}
        assert StatusOutcome.ASKED not in outcomes
        numbers = set(values(session, Certificate, "number"))
    assert numbers == set(register)
    assert (tmp_path / "demo3" / REGISTER).stat().st_mode & 0o077 == 0


def test_stand_in_runs_alone_and_answers_as_its_file_says(tmp_path):
    path = tmp_path / REGISTER
    write_register(path, {NUMBER: ENTRY})
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "peerapp.cli", "update-service", "--register", str(path)]
    process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True)
    service = UpdateService(f"http://{HOST}:{port}")
    try:
        assert process.stdout.readline().startswith(f"http://{HOST}:{port} answers as")
        deadline = time.monotonic() + 20
        while (reply := service.ask(QUESTION)).failure and time.monotonic() < deadline:
            time.sleep(0.05)
        assert reply.answer == StatusAnswer.BLANK_NO_NEW_INFO
        write_register(path, {NUMBER: dataclasses.replace(ENTRY, told=Told.NEW_INFO)})
        assert service.ask(QUESTION).answer == StatusAnswer.NEW_INFO
    finally:
        process.kill()
        process.communicate()


def test_migrated_tables_are_those_of_the_models(database):
    made = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        columns = {column["name"] for column in made.get_columns(table.name)}
        assert columns == {column.name for column in table.c}, table.name
