"""``peerapp audit``: what it prints and how it exits, and the head that leaves once a day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from peerapp.adapters.mail import MailError
from peerapp.cli import main
from peerapp.services import audit, audit_jobs
from tests.factories import NOW, TODAY
from tests.scenes import make_scene

SECRET = "a secret key for tests, long enough"


@pytest.fixture
def scene(database_url):
    made = make_scene(database_url)
    yield made
    made.database.engine.dispose()


@pytest.fixture
def run(database_url, tmp_path):
    def invoke(*arguments, **environ):
        given = {"SECRET_KEY": SECRET, "DATABASE_URL": database_url, **environ}
        return CliRunner(env={**given, "PEERAPP_DATA": str(tmp_path)}).invoke(main, arguments)

    return invoke


def write(scene, *actions):
    with scene.writing() as session:
        actor = scene.coordinator(session)
        for action in actions:
            audit.record_change(session, actor, action, actor)


def test_whole_trail_exits_with_zero_and_with_a_head_says_that_it_agrees(scene, run, tmp_path):
    write(scene, "one.a", "one.b")
    path = str(tmp_path / "heads")
    assert run("audit", "head", "--to", path).output == "Row 2 is the last one.\n"
    write(scene, "two.a")
    assert run("audit", "head", "--to", path).exit_code == 0
    found = run("audit", "verify", "--heads", path)
    told = "The audit trail is whole: 3 rows, and agrees with 2 exported heads.\n"
    assert (found.exit_code, found.output) == (0, told)
    plain = run("audit", "verify")
    assert plain.output.splitlines()[0] == "The audit trail is whole: 3 rows."
    printed = run("audit", "head", "--to", "-")
    assert [json.loads(printed.output)[name] for name in ("scheme", "seq")] == ["default", 3]


@pytest.mark.scorecard("16.4.2")
def test_damaged_trail_exits_with_three_and_names_the_rows(scene, run, tmp_path):
    write(scene, "one.a", "one.b", "one.c")
    path = tmp_path / "heads"
    run("audit", "head", "--to", str(path))
    with scene.database.writer.begin() as connection:
        if scene.database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_event_keep_delete"))
        else:
            connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit_event WHERE seq = 2"))
    found = run("audit", "verify", "--heads", str(path))
    assert (found.exit_code, found.output.splitlines()) == (
        3,
        ["deleted: Row 2 was deleted", "The audit trail of 2 rows is NOT whole."],
    )
    path.write_text(path.read_text().replace('"seq": 3', '"seq": 2'))
    found = run("audit", "verify", "--heads", str(path))
    assert (found.exit_code, "not signed" in found.stderr) == (4, True)


def test_what_cannot_be_verified_is_not_called_whole(scene, run, database_url):
    write(scene, "one.a")
    assert run("audit", "verify", SECRET_KEY="short").exit_code == 1
    assert run("audit", "verify", PEERAPP_SCHEME="other").exit_code == 1
    assert run("audit", "verify", "--heads", "nowhere").exit_code == 2
    missing = run("audit", "verify", DATABASE_URL="sqlite:///:memory:")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (1, True)


class Outside:
    """A mailer that may be down."""

    def __init__(self, *, is_up):
        self.is_up, self.sent = is_up, []

    def send(self, message):
        if not self.is_up:
            raise MailError("The mail server cannot be used.", transient=True)
        self.sent.append(message)


def export(scene, tmp_path, mailer, today=TODAY):
    return audit_jobs.export_due(
        scene.database,
        scene.scheme_id,
        secret=SECRET,
        folder=tmp_path / "outside",
        mailer=mailer,
        mail_to="records@example.org",
        mail_from="Scheme <scheme@example.org>",
        now=NOW,
        today=today,
    )


def test_head_leaves_once_a_day_and_again_after_a_failure(scene, run, tmp_path):
    assert export(scene, tmp_path, Outside(is_up=True)) is False  # nothing is audited yet
    write(scene, "one.a")
    assert export(scene, tmp_path, Outside(is_up=False)) is False
    mailer = Outside(is_up=True)
    assert [export(scene, tmp_path, mailer) for _ in range(2)] == [True, False]
    write(scene, "two.a")
    assert export(scene, tmp_path, mailer, TODAY + timedelta(days=1)) is True
    lines = (tmp_path / "outside" / "default.heads").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 1, 2]
    assert (tmp_path / "outside" / "default.heads").stat().st_mode & 0o777 == 0o600
    assert [mail.to for mail in mailer.sent] == ["records@example.org"] * 2
    assert lines[2] in mailer.sent[1].text
    found = run("audit", "verify", "--heads", str(tmp_path / "outside" / "default.heads"))
    assert found.exit_code == 0


def test_folder_that_cannot_be_written_is_tried_again(scene, tmp_path):
    write(scene, "one.a")
    (tmp_path / "outside").write_text("a file where the folder should be")
    assert export(scene, tmp_path, Outside(is_up=True)) is False
    (tmp_path / "outside").unlink()
    assert export(scene, tmp_path, Outside(is_up=True)) is True
